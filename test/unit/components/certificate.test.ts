import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Certificate } from "../../../components";
import { providedProblems } from "../../../components/certificate/provided";
import { certificateArgs } from "../../../components/certificate/schema";
import { problems } from "../../../components/validation";
import { makeCertificate, type Made } from "./certificates";
import { isSecret, mockEngine, valueOf, type Registered } from "./mocks";

const NOW = Date.parse("2026-06-01");

function without(inputs: Record<string, unknown>, ...names: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => !names.includes(name)));
}

describe("Certificate", () => {
  let registered: Registered[];
  const inputs = (name: string): Record<string, unknown> => {
    const one = registered.find((resource) => resource.name === name);
    assert.ok(one, `${name} is missing among ${registered.map((resource) => resource.name).join(", ")}`);
    return one.inputs;
  };
  const subject = {
    commonName: "odc.example.com",
    country: "CN",
    province: "Zhejiang",
    locality: "Hangzhou",
    organization: "OceanBase",
    organizationalUnit: "DBA",
  };
  const names = ["odc.example.com", "odc", "10.0.0.100", "fd00::1"];

  beforeEach(async () => {
    registered = await mockEngine();
  });

  it("signs itself like the document's script, with all names in subjectAltName", async () => {
    const certificate = new Certificate("c", { names });
    await valueOf(certificate.chain);
    assert.deepEqual(registered.map(({ name, type }) => `${type.split(":").at(-1)} ${name}`).sort(), [
      "Certificate c",
      "PrivateKey c-key",
      "SelfSignedCert c-certificate",
    ]);
    assert.deepEqual(inputs("c-key"), { algorithm: "RSA", rsaBits: 2048 });
    const { privateKeyPem, ...rest } = inputs("c-certificate");
    assert.ok(isSecret(privateKeyPem));
    assert.deepEqual(rest, {
      subject,
      dnsNames: ["odc.example.com", "odc"],
      ipAddresses: ["10.0.0.100", "fd00::1"],
      validityPeriodHours: 87600,
      earlyRenewalHours: 720,
      isCaCertificate: true,
      setSubjectKeyId: true,
      setAuthorityKeyId: true,
      allowedUses: ["cert_signing", "digital_signature", "key_encipherment", "server_auth"],
    });
    assert.equal(await valueOf(certificate.trust), await valueOf(certificate.chain));
  });

  it("signs by an authority of its own, which outlives what it signs", async () => {
    // nothing of the document's place: Kiel is not in Zhejiang
    const { commonName, organizationalUnit } = subject;
    const kiel = { commonName, organization: "Example", organizationalUnit, locality: "Kiel" };
    const privateCa = { days: 90, renewBeforeDays: 20, subject: { company: "Example", city: "Kiel" } };
    await valueOf(new Certificate("c", { names, privateCa }).chain);
    assert.deepEqual(without(inputs("c-ca"), "privateKeyPem"), {
      subject: { ...kiel, commonName: "Example CA" },
      validityPeriodHours: 87600,
      earlyRenewalHours: 91 * 24,
      isCaCertificate: true,
      setSubjectKeyId: true,
      allowedUses: ["cert_signing", "crl_signing"],
    });
    assert.deepEqual(inputs("c-ca-key"), { algorithm: "RSA", rsaBits: 4096 });
    assert.deepEqual(without(inputs("c-certificate"), "certRequestPem", "caPrivateKeyPem", "caCertPem"), {
      validityPeriodHours: 2160,
      earlyRenewalHours: 480,
      setSubjectKeyId: true,
      allowedUses: ["digital_signature", "key_encipherment", "server_auth"],
    });
    assert.deepEqual(without(inputs("c-request"), "privateKeyPem"), {
      subject: kiel,
      dnsNames: ["odc.example.com", "odc"],
      ipAddresses: ["10.0.0.100", "fd00::1"],
    });
  });

  it("passes on a provided one, its key a secret, and tells when it ends", async () => {
    const { certificate, key } = await makeCertificate({
      commonName: "x",
      names: ["odc.example.com"],
      until: "2099-01-01",
    });
    const one = new Certificate("c", { names, provided: { chain: certificate, privateKey: key } });
    assert.equal(await valueOf(one.chain), certificate);
    assert.equal(await valueOf(one.privateKey), key);
    assert.equal(await valueOf(one.expires), "2099-01-01T00:00:00.000Z");
    assert.equal(await valueOf(one.trust), "");
    assert.deepEqual(
      registered.map(({ name }) => name),
      ["c"],
    );
  });

  it("warns of a provided one that ends within 30 days", async () => {
    const warnings: unknown[] = [];
    const { warn } = pulumi.log;
    try {
      Object.assign(pulumi.log, { warn: (text: string) => warnings.push(text) });
      for (const days of [29.5, 30.5]) {
        const until = new Date(Date.now() + days * 86_400_000).toISOString();
        const { certificate, key } = await makeCertificate({ commonName: "x", names: ["odc.example.com"], until });
        await valueOf(new Certificate(`c${days}`, { names, provided: { chain: certificate, privateKey: key } }).chain);
      }
    } finally {
      Object.assign(pulumi.log, { warn });
    }
    assert.equal(warnings.length, 1);
    assert.match(String(warnings[0]), /^the provided certificate ends in 29 days, on \S+Z; give a renewed one$/);
  });

  const refused: [name: string, args: Record<string, unknown>, expected: string[]][] = [
    [
      "no name",
      { names: [] },
      ["names = []: at least one name is needed; fix: name the domain or address that users open"],
    ],
    [
      "a URL as name",
      { names: ["https://odc.example.com"] },
      [
        'names[0] = "https://odc.example.com": must be an IP address or a DNS name; fix: write it like 10.0.0.9 or metadb.example.com, without port or scheme',
      ],
    ],
    [
      "two sources",
      { names, selfSigned: {}, privateCa: {} },
      [
        'arguments = {"names":["odc.example.com","odc","10.0.0.100","fd00::1"],"selfSigned":{},"privateCa":{}}: at most one of selfSigned, privateCa and provided may be given; fix: remove the others',
      ],
    ],
    [
      "a server certificate that Apple refuses",
      { names, privateCa: { days: 826 } },
      ["privateCa.days = 826: must be a whole number of days from 1 to 825; fix: give a number in that range"],
    ],
    [
      "an authority that ends first",
      { names, privateCa: { days: 300, caDays: 300 } },
      ["privateCa.caDays = 300: must be more than days; fix: an authority outlives what it signs: give more"],
    ],
    [
      "a renewal before the beginning",
      { names, selfSigned: { days: 30 } },
      ["selfSigned.days = 30: must be more than renewBeforeDays, 30; fix: renew later, or make it valid longer"],
    ],
    [
      "a country's name",
      { names, selfSigned: { subject: { country: "China" } } },
      ['selfSigned.subject.country = "China": must be a country code of two capital letters; fix: write it like "CN"'],
    ],
  ];
  for (const [name, args, expected] of refused)
    it(`refuses ${name}`, () => {
      const result = certificateArgs.safeParse(args);
      assert.deepEqual(result.success ? [] : problems(result.error, args), expected);
    });
});

describe("a provided certificate", () => {
  let ca: Made, intermediate: Made, server: Made;

  before(async () => {
    ca = await makeCertificate({ commonName: "Root" });
    intermediate = await makeCertificate({ commonName: "Between", by: ca });
    server = await makeCertificate({
      commonName: "odc",
      names: ["*.example.com"],
      addresses: ["10.0.0.100"],
      by: intermediate,
      from: "2026-02-01",
      until: "2026-09-01",
    });
  });

  const check = (chain: string[], privateKey: string, name = "odc.example.com", now = NOW): string[] =>
    providedProblems({ chain: chain.join("\n"), privateKey }, [name], now);

  it("is accepted with its whole chain, by name and by address", () => {
    const chain = [server.certificate, intermediate.certificate, ca.certificate];
    assert.deepEqual(check(chain, server.key), []);
    assert.deepEqual(check(chain, server.key, "10.0.0.100"), []);
  });

  it("is refused with another one's key", () => {
    assert.deepEqual(check([server.certificate], ca.key), [
      'privateKey: is not the key of "odc"; fix: give the key that the certificate was requested with',
    ]);
  });

  it("is refused before and after its time", () => {
    assert.deepEqual(check([server.certificate], server.key, "odc.example.com", Date.parse("2026-09-02")), [
      'chain: "odc" has expired on 2026-09-01; fix: give a renewed one',
    ]);
    assert.deepEqual(check([server.certificate], server.key, "odc.example.com", Date.parse("2026-01-15")), [
      'chain: "odc" is not valid before 2026-02-01; fix: wait, or mend this machine\'s clock',
    ]);
  });

  it("is refused for a name that it does not cover", () => {
    assert.deepEqual(check([server.certificate], server.key, "odc.example.org"), [
      'chain: "odc" does not cover odc.example.org (it has DNS:*.example.com, IP Address:10.0.0.100); fix: change the domain or the certificate',
    ]);
    assert.deepEqual(check([ca.certificate], ca.key, "Root"), [
      'chain: "Root" does not cover Root (it has no subjectAltName); fix: change the domain or the certificate',
    ]);
  });

  it("is refused in the wrong order", () => {
    assert.deepEqual(check([server.certificate, ca.certificate, intermediate.certificate], server.key), [
      'chain: "odc" is not signed by the next one, "Root"; fix: order the chain from the server to the authority',
      'chain: "Root" is not signed by the next one, "Between"; fix: order the chain from the server to the authority',
    ]);
  });

  it("is refused when it is not PEM, both texts at once", () => {
    assert.deepEqual(check(["garbage"], "secret garbage"), [
      "chain: must be certificates in PEM; fix: give the text of the .crt or .pem file, server certificate first",
      "privateKey: must be an unencrypted private key in PEM; fix: give the text of the .key file; `openssl pkey -in FILE` takes a passphrase off",
    ]);
  });
});
