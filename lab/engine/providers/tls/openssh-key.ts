import { randomBytes, type KeyObject } from "node:crypto";

// Key pairs that ssh2 generates are malformed where an ED25519 public key begins with a zero byte, one in 256.

/** The public key in SSH's wire format. */
export function sshPublicKey(publicKey: KeyObject): { type: string; blob: Buffer } {
  const jwk = publicKey.export({ format: "jwk" });
  if (jwk.kty === "OKP") return wire("ssh-ed25519", [bytes(jwk.x)]);
  if (jwk.kty === "RSA") return wire("ssh-rsa", [positive(bytes(jwk.e)), positive(bytes(jwk.n))]);
  const curve = SSH_CURVES[jwk.crv ?? ""] ?? "";
  return wire(`ecdsa-sha2-${curve}`, [Buffer.from(curve), uncompressedPoint(jwk.x, jwk.y)]);
}

/** An unencrypted private key in OpenSSH's own format (PROTOCOL.key of OpenSSH). */
export function openSshPrivateKey(privateKey: KeyObject, publicKey: KeyObject): string {
  const key = sshPublicKey(publicKey);
  const check = randomBytes(4);
  const secret = Buffer.concat([check, check, field(Buffer.from(key.type)), ...privateFields(privateKey), field("")]);
  const padding = Buffer.from(Array.from({ length: -secret.length & 7 }, (_, index) => index + 1));
  const none = field("none");
  const count = Buffer.from([0, 0, 0, 1]);
  const body = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    ...[none, none, field(""), count, field(key.blob), field(Buffer.concat([secret, padding]))],
  ]);
  const lines = body.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join("\n");
}

const SSH_CURVES: Partial<Record<string, string>> = { "P-256": "nistp256", "P-384": "nistp384", "P-521": "nistp521" };

function privateFields(privateKey: KeyObject): Buffer[] {
  const jwk = privateKey.export({ format: "jwk" });
  if (jwk.kty === "OKP") {
    const [seed, point] = [bytes(jwk.d), bytes(jwk.x)];
    return [field(point), field(Buffer.concat([seed, point]))];
  }
  if (jwk.kty === "RSA") {
    return [jwk.n, jwk.e, jwk.d, jwk.qi, jwk.p, jwk.q].map((number) => field(positive(bytes(number))));
  }
  const curve = SSH_CURVES[jwk.crv ?? ""] ?? "";
  return [field(curve), field(uncompressedPoint(jwk.x, jwk.y)), field(positive(bytes(jwk.d)))];
}

function wire(type: string, fields: Buffer[]): { type: string; blob: Buffer } {
  return { type, blob: Buffer.concat([field(type), ...fields.map(field)]) };
}

function field(content: Buffer | string): Buffer {
  const buffer = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(buffer.length);
  return Buffer.concat([length, buffer]);
}

/** An mpint: no superfluous zero in front, but one where the number would look negative. */
function positive(number: Buffer): Buffer {
  const start = number.findIndex((byte) => byte !== 0);
  const shortest = number.subarray(start);
  return (shortest[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), shortest]) : shortest;
}

function uncompressedPoint(x: string | undefined, y: string | undefined): Buffer {
  return Buffer.concat([Buffer.from([4]), bytes(x), bytes(y)]);
}

function bytes(base64url: string | undefined): Buffer {
  return Buffer.from(base64url ?? "", "base64url");
}
