import { createHash, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { UNKNOWN, type Values } from "../../provider";
import { frameworkResource } from "../bridge/framework-resource";
import { filledIn, oneOf, output, type Schema } from "../bridge/schema";
import { refusal } from "../refusal";
import { openSshPrivateKey, sshPublicKey } from "./openssh-key";

/** OpenSSL's names of the curves. */
const CURVES: Partial<Record<string, string>> = { P256: "prime256v1", P384: "secp384r1", P521: "secp521r1" };

/** `privateKeyPem` is in the older format of its kind where there is one. */
const TRADITIONAL: Partial<Record<string, "pkcs1" | "sec1">> = { RSA: "pkcs1", ECDSA: "sec1" };

const inputs = {
  algorithm: { type: "string", required: true, forceNew: true, rule: oneOf("RSA", "ECDSA", "ED25519") },
  ecdsaCurve: { ...filledIn("string", "P224"), rule: oneOf("P224", ...Object.keys(CURVES)) },
  rsaBits: filledIn("integer", 2048),
} as const;

const outputs = {
  ...{ id: output, privateKeyOpenssh: output, privateKeyPem: output, privateKeyPemPkcs8: output },
  ...{ publicKeyFingerprintMd5: output, publicKeyFingerprintSha256: output, publicKeyOpenssh: output },
  publicKeyPem: output,
} satisfies Schema;

/** `tls:index/privateKey:PrivateKey`. */
export const privateKey = frameworkResource({
  packageName: "tls",
  schema: { ...inputs, ...outputs },
  schemaVersion: 1,
  secretOutputs: ["privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"],

  validate: ({ algorithm, ecdsaCurve }) => {
    const isDefault = algorithm === "ECDSA" && (ecdsaCurve === undefined || ecdsaCurve === "P224");
    return isDefault ? [["ecdsaCurve", refusal("tls", "a key on curve P224, which is the default,")]] : [];
  },

  /** Any change makes another key. */
  modifyPlan(planned, prior) {
    if (prior === undefined || Object.keys(inputs).every((name) => planned[name] === prior[name])) return;
    for (const name of Object.keys(outputs)) planned[name] = UNKNOWN;
  },

  async make({ algorithm, ecdsaCurve, rsaBits }): Promise<Values> {
    const { privateKey, publicKey } = await generate(algorithm as string, rsaBits as number, ecdsaCurve as string);
    const { type, blob } = sshPublicKey(publicKey);
    const hash = (name: string): Buffer => createHash(name).update(blob).digest();
    return {
      id: hashForId(publicKey.export({ type: "spki", format: "der" })),
      privateKeyOpenssh: openSshPrivateKey(privateKey, publicKey),
      privateKeyPem: privateKey.export({ type: TRADITIONAL[algorithm as string] ?? "pkcs8", format: "pem" }) as string,
      privateKeyPemPkcs8: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
      publicKeyFingerprintMd5: hash("md5").toString("hex").match(/../g)?.join(":") ?? "",
      publicKeyFingerprintSha256: `SHA256:${hash("sha256").toString("base64").replace(/=+$/, "")}`,
      publicKeyOpenssh: `${type} ${blob.toString("base64")}\n`,
      publicKeyPem: publicKey.export({ type: "spki", format: "pem" }) as string,
    };
  },
});

function generate(
  algorithm: string,
  rsaBits: number,
  curve: string,
): Promise<{ privateKey: KeyObject; publicKey: KeyObject }> {
  const make = promisify(generateKeyPair);
  if (algorithm === "RSA") return make("rsa", { modulusLength: rsaBits });
  return algorithm === "ECDSA" ? make("ec", { namedCurve: CURVES[curve] ?? curve }) : make("ed25519");
}

/** Hex SHA-1 of the bytes without the white space around them, the way the real provider makes its ids. */
export function hashForId(content: Buffer): string {
  const trimmed = content.toString("latin1").replace(/^[\t-\r ]+|[\t-\r ]+$/g, "");
  return createHash("sha1").update(Buffer.from(trimmed, "latin1")).digest("hex");
}
