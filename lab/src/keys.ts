import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { utils } from "ssh2";
import writeFileAtomic from "write-file-atomic";
import { HOST_NAMES, type HostName } from "./name";
import type { LabPaths } from "./paths";

/** Secrets of one lab, made at its first start and kept until it is removed. Key texts are in OpenSSH's format. */
export interface LabSecrets {
  clientKey: string;
  clientPublicKey: string;
  hostKeys: Record<HostName, { privateKey: string; publicKey: string }>;
  metadbPassword: string;
}

/** Returns the content of `path`; writes what `make` returns first if it is missing or empty. Mode 0600. */
async function keepSecret(path: string, make: () => string): Promise<string> {
  if (!existsSync(path) || statSync(path).size === 0) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    await writeFileAtomic(path, make(), { mode: 0o600 });
  }
  return readFileSync(path, "utf8");
}

function newKey(comment: string): string {
  return utils.generateKeyPairSync("ed25519", { comment }).private;
}

/** The public half, "ssh-ed25519 AAAA…", of a private key. */
export function publicKey(privateKey: string): string {
  const key = utils.parseKey(privateKey);
  if (key instanceof Error)
    throw new Error(`a key of the lab cannot be read (${key.message}); remove the lab with lab/down`);
  const parsed = Array.isArray(key) ? key[0] : key;
  if (parsed === undefined) throw new Error("a key file of the lab holds no key; remove the lab with lab/down");
  return `${parsed.type} ${parsed.getPublicSSH().toString("base64")}`;
}

/** Reads the lab's keys and password, making those that are missing. */
export async function ensureSecrets(name: string, paths: LabPaths): Promise<LabSecrets> {
  const clientKey = await keepSecret(paths.privateKey, () => newKey(`lab ${name}`));
  const pairs = await Promise.all(
    HOST_NAMES.map(async (host) => {
      const privateKey = await keepSecret(paths.hostKey(host), () => newKey(`${host} of lab ${name}`));
      return [host, { privateKey, publicKey: publicKey(privateKey) }] as const;
    }),
  );
  return {
    clientKey,
    clientPublicKey: publicKey(clientKey),
    hostKeys: Object.fromEntries(pairs) as LabSecrets["hostKeys"],
    metadbPassword: await keepSecret(paths.metadbPassword, () => randomBytes(18).toString("base64url")),
  };
}
