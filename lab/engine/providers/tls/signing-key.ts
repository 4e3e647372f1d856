import { createHash, createPrivateKey, createPublicKey, webcrypto, type KeyObject } from "node:crypto";
import { integer, replaces, text, type Schema } from "../bridge/schema";
import { NotInTheStandIn } from "../refusal";

/** The input for a private key, and the real provider's ways around keeping it in state, which are left to it. */
export function keyInput(name: string): Schema {
  return {
    [name]: { ...text, required: true, ...replaces },
    [`${name}Wo`]: { ...text, refused: true },
    [`${name}WoVersion`]: { ...integer, refused: true },
  };
}

/** A private key read from PEM, ready to sign with. */
export interface SigningKey {
  /** `RSA`, `ECDSA` or `ED25519`. */
  algorithm: string;
  publicKey: KeyObject;
  keys: CryptoKeyPair;
  /** Algorithm and hash for signatures with this key. */
  signing: { name: string; hash?: string };
}

type CryptoKeyPair = { privateKey: webcrypto.CryptoKey; publicKey: webcrypto.CryptoKey };

/** The hash that goes with a curve. */
const CURVES: Partial<Record<string, { namedCurve: string; hash: string }>> = {
  prime256v1: { namedCurve: "P-256", hash: "SHA-256" },
  secp384r1: { namedCurve: "P-384", hash: "SHA-384" },
  secp521r1: { namedCurve: "P-521", hash: "SHA-512" },
};

/**
 * Reads a private key in PKCS#1, SEC 1 or PKCS#8.
 * @param property the input it comes from, for the error text
 */
export async function readSigningKey(pem: string, property: string): Promise<SigningKey> {
  const key = parse(pem, property);
  const publicKey = createPublicKey(key);
  const { algorithm, parameters } = parametersOf(key, property);
  const { subtle } = webcrypto;
  const keys = {
    privateKey: await subtle.importKey("pkcs8", key.export({ type: "pkcs8", format: "der" }), parameters, true, [
      "sign",
    ]),
    publicKey: await subtle.importKey("spki", derOf(publicKey), parameters, true, ["verify"]),
  };
  return { algorithm, publicKey, keys, signing: { name: parameters.name, hash: parameters.hash } };
}

function parse(pem: string, property: string): KeyObject {
  if (!/^-----BEGIN (RSA |EC |)PRIVATE KEY-----/.test(pem.trim())) {
    throw new Error(`${property} is not a private key in PEM: it must begin with "-----BEGIN … PRIVATE KEY-----"`);
  }
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new Error(`${property} cannot be read as a private key: ${(error as Error).message}`, { cause: error });
  }
}

interface KeyParameters {
  algorithm: string;
  parameters: { name: string; hash?: string; namedCurve?: string };
}

function parametersOf(key: KeyObject, property: string): KeyParameters {
  switch (key.asymmetricKeyType) {
    case "rsa":
      return { algorithm: "RSA", parameters: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } };
    case "ed25519":
      return { algorithm: "ED25519", parameters: { name: "Ed25519" } };
    case "ec": {
      const curve = key.asymmetricKeyDetails?.namedCurve ?? "";
      const known = CURVES[curve];
      if (known === undefined) throw new NotInTheStandIn("tls", `signing with a key on curve ${curve} (${property})`);
      return { algorithm: "ECDSA", parameters: { name: "ECDSA", ...known } };
    }
    default:
      throw new Error(`${property} is a key of type ${key.asymmetricKeyType ?? "?"}: RSA, ECDSA or ED25519 is needed`);
  }
}

/**
 * SHA-1 of the public key as the real provider takes it: the bits of the key, for ED25519 wrapped in an OCTET STRING.
 */
export function subjectKeyId(publicKey: KeyObject): string {
  const jwk = publicKey.export({ format: "jwk" });
  const bits = (base64url: string | undefined): Buffer => Buffer.from(base64url ?? "", "base64url");
  const content =
    jwk.kty === "RSA"
      ? publicKey.export({ type: "pkcs1", format: "der" })
      : jwk.kty === "EC"
        ? Buffer.concat([Buffer.from([4]), bits(jwk.x), bits(jwk.y)])
        : Buffer.concat([Buffer.from([4, 32]), bits(jwk.x)]);
  return createHash("sha1").update(content).digest("hex");
}

export function derOf(publicKey: KeyObject): Buffer {
  return publicKey.export({ type: "spki", format: "der" });
}
