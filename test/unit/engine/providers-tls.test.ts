import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate, type KeyObject } from "node:crypto";
import { utils, type ParsedKey } from "ssh2";
import { tlsProvider } from "../../../lab/engine/providers/tls";
import { openSshPrivateKey, sshPublicKey } from "../../../lab/engine/providers/tls/openssh-key";
import type { Values } from "../../../lab/engine/provider";
import { Resource } from "./providers-support";

const resource = (kind: string): Resource => {
  return new Resource(tlsProvider(), `tls:index/${kind.charAt(0).toLowerCase()}${kind.slice(1)}:${kind}`);
};

async function make(kind: string, inputs: Values): Promise<Record<string, string>> {
  return (await resource(kind).create(inputs)).outputs as Record<string, string>;
}

function parsed(key: string | undefined): ParsedKey {
  const result = utils.parseKey(key ?? "");
  if (result instanceof Error) throw result;
  return result;
}

describe("stand-in of tls", () => {
  let authorityKey: Record<string, string>;
  let authority: Record<string, string>;
  const caInputs = (): Values => ({
    ...{ privateKeyPem: authorityKey.privateKeyPem ?? "", subject: { commonName: "CA" }, isCaCertificate: true },
    ...{ allowedUses: ["cert_signing"], validityPeriodHours: 100 },
  });

  before(async () => {
    authorityKey = await make("PrivateKey", { algorithm: "ECDSA", ecdsaCurve: "P521" });
    authority = await make("SelfSignedCert", caInputs());
  });

  const algorithms: [inputs: Values, sshType: string][] = [
    [{ algorithm: "RSA" }, "ssh-rsa"],
    [{ algorithm: "ECDSA", ecdsaCurve: "P256" }, "ecdsa-sha2-nistp256"],
    [{ algorithm: "ECDSA", ecdsaCurve: "P384" }, "ecdsa-sha2-nistp384"],
    [{ algorithm: "ECDSA", ecdsaCurve: "P521" }, "ecdsa-sha2-nistp521"],
    [{ algorithm: "ED25519" }, "ssh-ed25519"],
  ];
  for (const [inputs, sshType] of algorithms) {
    it(`makes one key in every format: ${sshType}`, async () => {
      const key = await make("PrivateKey", inputs);
      const [openSsh, authorized] = [parsed(key.privateKeyOpenssh), parsed(key.publicKeyOpenssh)];
      assert.equal(openSsh.type, sshType);
      assert(openSsh.isPrivateKey());
      assert(openSsh.getPublicSSH().equals(authorized.getPublicSSH()));
      const publicPem = createPublicKey(createPrivateKey(key.privateKeyPem ?? "")).export({
        type: "spki",
        format: "pem",
      });
      assert.equal(publicPem, key.publicKeyPem);
      assert.equal(
        createPublicKey(createPrivateKey(key.privateKeyPemPkcs8 ?? "")).export({ type: "spki", format: "pem" }),
        publicPem,
      );
      const signature = openSsh.sign("text");
      assert(Buffer.isBuffer(signature) && authorized.verify("text", signature));
    });
  }

  it("signs certificates that validate", async () => {
    const key = await make("PrivateKey", { algorithm: "ED25519" });
    const names = { dnsNames: ["odc.example"], ipAddresses: ["10.0.0.1", "fd00::1"] };
    const request = await make("CertRequest", {
      privateKeyPem: key.privateKeyPem ?? "",
      subject: { commonName: "odc" },
      ...names,
    });
    const signed = await make("LocallySignedCert", {
      caCertPem: authority.certPem ?? "",
      caPrivateKeyPem: authorityKey.privateKeyPem ?? "",
      certRequestPem: request.certRequestPem ?? "",
      allowedUses: ["server_auth"],
      validityPeriodHours: 24,
    });
    const certificate = new X509Certificate(signed.certPem ?? "");
    const issuer = new X509Certificate(authority.certPem ?? "");
    assert(issuer.ca && issuer.verify(issuer.publicKey));
    assert(certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey));
    assert(certificate.checkPrivateKey(createPrivateKey(key.privateKeyPem ?? "")));
    assert.equal(certificate.subject, "CN=odc");
    assert.equal(certificate.subjectAltName, "DNS:odc.example, IP Address:10.0.0.1, IP Address:FD00:0:0:0:0:0:0:1");
    assert.equal(BigInt(`0x${certificate.serialNumber}`).toString(), signed.id);
    const hours = (Date.parse(signed.validityEndTime ?? "") - Date.parse(signed.validityStartTime ?? "")) / 3_600_000;
    assert.equal(hours, 24);
  });

  it("asks for a new certificate once its renewal begins", async () => {
    const certificates = resource("SelfSignedCert");
    const inputs = { ...caInputs(), earlyRenewalHours: 10 };
    const { id, outputs } = await certificates.create(inputs);
    assert.equal(outputs.readyForRenewal, false);
    assert.equal((await certificates.diff(outputs, inputs, inputs)).changes, "none");

    const aging = { ...outputs, validityEndTime: new Date(Date.now() + 9 * 3_600_000).toISOString() };
    const diff = await certificates.diff(aging, inputs, inputs);
    assert.deepEqual([diff.changes, diff.replaces], ["some", ["readyForRenewal"]]);
    assert.equal((await certificates.read(id, inputs, aging))?.outputs.readyForRenewal, true);
  });

  it("names what is wrong", async () => {
    const certificates = resource("SelfSignedCert");
    await assert.rejects(certificates.create({ ...caInputs(), subject: {} }), {
      message: "subject is empty: a certificate authority needs at least one name in it, such as commonName",
    });
    await assert.rejects(certificates.create({ ...caInputs(), privateKeyPem: "no key" }), {
      message: 'privateKeyPem is not a private key in PEM: it must begin with "-----BEGIN … PRIVATE KEY-----"',
    });
    await assert.rejects(certificates.create({ ...caInputs(), ipAddresses: ["10.0.0"] }), {
      message: 'ipAddresses: "10.0.0" is not an IP address',
    });
    await assert.rejects(certificates.create({ ...caInputs(), isCaCertificate: false, setAuthorityKeyId: true }), {
      message: "setAuthorityKeyId needs a subject key identifier: set setSubjectKeyId or isCaCertificate as well",
    });
    assert.match(
      (await certificates.problems({ ...caInputs(), allowedUses: ["x"] })).join(),
      /^allowedUses\[0\]: "x" is not one of digital_/,
    );
    assert.deepEqual(await certificates.problems({ ...caInputs(), subject: { name: "x" } }), [
      "subject.name: there is no such property",
    ]);

    const other = await make("PrivateKey", { algorithm: "ECDSA", ecdsaCurve: "P521" });
    const inputs = { caCertPem: authority.certPem ?? "", allowedUses: [], validityPeriodHours: 1 };
    const request = await make("CertRequest", { privateKeyPem: other.privateKeyPem ?? "" });
    await assert.rejects(
      make("LocallySignedCert", {
        ...inputs,
        caPrivateKeyPem: other.privateKeyPem ?? "",
        certRequestPem: request.certRequestPem ?? "",
      }),
      { message: "caPrivateKeyPem is not the key of caCertPem: their public keys differ" },
    );
  });

  it("refuses P224 by name, said or meant, and to sign with such a key", async () => {
    const sentence =
      "is not implemented by the lab's stand-in of the tls provider; the real Pulumi CLI with the real tls provider does it.";
    const refused = [`ecdsaCurve: a key on curve P224, which is the default, ${sentence}`];
    assert.deepEqual(await resource("PrivateKey").problems({ algorithm: "ECDSA" }), refused);
    assert.deepEqual(await resource("PrivateKey").problems({ algorithm: "ECDSA", ecdsaCurve: "P224" }), refused);
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "secp224r1" });
    const privateKeyPem = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
    await assert.rejects(make("CertRequest", { privateKeyPem }), {
      message: `signing with a key on curve secp224r1 (privateKeyPem) ${sentence}`,
    });
  });

  it("writes an ED25519 key that begins with a zero byte", () => {
    const privateKey = keyThatBeginsWithZero();
    const publicKey = createPublicKey(privateKey);
    const key = parsed(openSshPrivateKey(privateKey, publicKey));
    assert(key.getPublicSSH().equals(sshPublicKey(publicKey).blob));
  });
});

/** A private key, found by trying seeds, whose public key begins with a zero byte. */
function keyThatBeginsWithZero(): KeyObject {
  const [header, seed] = [Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.alloc(32)];
  for (let number = 0; ; number++) {
    seed.writeUInt32BE(number);
    const key = createPrivateKey({ key: Buffer.concat([header, seed]), format: "der", type: "pkcs8" });
    const { x = "" } = createPublicKey(key).export({ format: "jwk" });
    if (Buffer.from(x, "base64url")[0] === 0) return key;
  }
}
