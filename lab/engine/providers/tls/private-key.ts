import { createHash, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { UNKNOWN, type Values } from "../../provider";
import { FrameworkResource } from "../bridge/framework-resource";
import { oneOf, type Property, type Schema } from "../bridge/schema";
import { authorizedKey, fingerprints, openSshPrivateKey } from "./openssh-key";

const output: Property = { type: "string", computed: true, outputOnly: true };

const CURVES: Record<string, string> = { P224: "secp224r1", P256: "prime256v1", P384: "secp384r1", P521: "secp521r1" };

const schema: Schema = {
  algorithm: { type: "string", required: true, forceNew: true, rule: oneOf("RSA", "ECDSA", "ED25519") },
  ecdsaCurve: {
    type: "string",
    computed: true,
    default: "P224",
    forceNew: true,
    rule: oneOf(...Object.keys(CURVES)),
  },
  rsaBits: { type: "integer", computed: true, default: 2048, forceNew: true },
  id: output,
  privateKeyOpenssh: output,
  privateKeyPem: output,
  privateKeyPemPkcs8: output,
  publicKeyFingerprintMd5: output,
  publicKeyFingerprintSha256: output,
  publicKeyOpenssh: output,
  publicKeyPem: output,
};

/** `tls:index/privateKey:PrivateKey`. */
export class PrivateKey extends FrameworkResource {
  readonly secretOutputs = ["privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"];
  protected readonly packageName = "tls";
  protected readonly schema = schema;
  protected override readonly schemaVersion = 1;

  /** Any change makes another key. */
  protected override modifyPlan(planned: Values, prior: Values | undefined): void {
    const inputs = Object.keys(schema).filter((name) => !schema[name]?.outputOnly);
    if (prior === undefined || inputs.every((name) => planned[name] === prior[name])) return;
    for (const name of Object.keys(schema)) if (schema[name]?.outputOnly) planned[name] = UNKNOWN;
  }

  protected override async make(planned: Values): Promise<Values> {
    const algorithm = planned.algorithm as string;
    const { privateKey, publicKey } = await generate(
      algorithm,
      planned.rsaBits as number,
      planned.ecdsaCurve as string,
    );
    const { md5, sha256 } = fingerprints(publicKey);
    return {
      id: hashForId(publicKey.export({ type: "spki", format: "der" })),
      privateKeyOpenssh: openSshPrivateKey(privateKey, publicKey),
      privateKeyPem: privateKey.export({ type: TRADITIONAL[algorithm] ?? "pkcs8", format: "pem" }) as string,
      privateKeyPemPkcs8: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
      publicKeyFingerprintMd5: md5,
      publicKeyFingerprintSha256: sha256,
      publicKeyOpenssh: authorizedKey(publicKey),
      publicKeyPem: publicKey.export({ type: "spki", format: "pem" }) as string,
    };
  }
}

/** `privateKeyPem` is in the older format of its kind where there is one. */
const TRADITIONAL: Partial<Record<string, "pkcs1" | "sec1">> = { RSA: "pkcs1", ECDSA: "sec1" };

function generate(
  algorithm: string,
  rsaBits: number,
  curve: string,
): Promise<{ privateKey: KeyObject; publicKey: KeyObject }> {
  switch (algorithm) {
    case "RSA":
      return promisify(generateKeyPair)("rsa", { modulusLength: rsaBits });
    case "ECDSA":
      return promisify(generateKeyPair)("ec", { namedCurve: CURVES[curve] ?? curve });
    default:
      return promisify(generateKeyPair)("ed25519");
  }
}

/** Hex SHA-1 of the bytes without the white space around them, the way the real provider makes its ids. */
export function hashForId(content: Buffer): string {
  const trimmed = content.toString("latin1").replace(/^[\t-\r ]+|[\t-\r ]+$/g, "");
  return createHash("sha1").update(Buffer.from(trimmed, "latin1")).digest("hex");
}
