import { createHash } from "node:crypto";
import type { ServerHostKeyAlgorithm } from "ssh2";

const algorithmsByKind = new Map<string, ServerHostKeyAlgorithm[]>([
  ["ssh-ed25519", ["ssh-ed25519"]],
  ["ecdsa-sha2-nistp256", ["ecdsa-sha2-nistp256"]],
  ["ecdsa-sha2-nistp384", ["ecdsa-sha2-nistp384"]],
  ["ecdsa-sha2-nistp521", ["ecdsa-sha2-nistp521"]],
  ["ssh-rsa", ["rsa-sha2-512", "rsa-sha2-256"]],
]);

/** The kinds of host key that can be pinned. */
export const hostKeyKinds: readonly string[] = [...algorithmsByKind.keys()];

/** A host key: its kind, such as `ssh-ed25519`, and its binary form. */
export interface HostKey {
  kind: string;
  blob: Buffer;
}

/** Reads the kind that the binary form of a key starts with; empty when it is none. */
export function kindOf(blob: Buffer): string {
  const length = blob.length >= 4 ? blob.readUInt32BE(0) : 0;
  return blob.subarray(4, 4 + length).toString("latin1");
}

/** Parses `TYPE BASE64`, with or without a comment after it; undefined when it is not a key of a kind that can be pinned. */
export function parseHostKey(text: string): HostKey | undefined {
  const [kind, base64] = text.trim().split(/\s+/);
  if (kind === undefined || base64 === undefined || !algorithmsByKind.has(kind)) {
    return undefined;
  }
  const blob = Buffer.from(base64, "base64");
  return kindOf(blob) === kind && blob.toString("base64") === base64 ? { kind, blob } : undefined;
}

/** Fingerprint in OpenSSH's form, `SHA256:…`. */
export function fingerprint(blob: Buffer): string {
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

/**
 * Algorithms to offer: those of the pinned kinds first, so that a server with several keys shows the pinned one; the rest
 * after them, so that a server without it shows what it has and the refusal can name it.
 */
export function hostKeyAlgorithms(pinned: readonly HostKey[]): ServerHostKeyAlgorithm[] {
  const kinds = new Set([...pinned.map((key) => key.kind), ...hostKeyKinds]);
  return [...kinds].flatMap((kind) => algorithmsByKind.get(kind) ?? []);
}
