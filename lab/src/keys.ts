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

/** Writes what `make` returns to `path` if that is missing or empty. Mode 0600. */
async function keepSecret(path: string, make: () => string): Promise<void> {
  if (!existsSync(path) || statSync(path).size === 0) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    await writeFileAtomic(path, make(), { mode: 0o600 });
  }
}

/** ssh2 writes an unreadable key when the public half begins with a zero byte (once in 256 times): then another one is drawn. */
function newKey(comment: string): string {
  for (;;) {
    const key = utils.generateKeyPairSync("ed25519", { comment }).private;
    if (!(utils.parseKey(key) instanceof Error)) return key;
  }
}

/** The public half, "ssh-ed25519 AAAA…", of a private key. */
export function publicKey(privateKey: string): string {
  const key = utils.parseKey(privateKey);
  if (key instanceof Error)
    throw new Error(`a key of the lab cannot be read (${key.message}); remove the lab with lab/down`);
  return `${key.type} ${key.getPublicSSH().toString("base64")}`;
}

/** Reads the lab's keys and password; undefined when one of them is missing. */
export function readSecrets(paths: LabPaths): LabSecrets | undefined {
  const files = [paths.privateKey, ...HOST_NAMES.map(paths.hostKey), paths.metadbPassword];
  if (!files.every((file) => existsSync(file) && statSync(file).size > 0)) return undefined;
  const clientKey = readFileSync(paths.privateKey, "utf8");
  const pairs = HOST_NAMES.map((host) => {
    const privateKey = readFileSync(paths.hostKey(host), "utf8");
    return [host, { privateKey, publicKey: publicKey(privateKey) }] as const;
  });
  return {
    clientKey,
    clientPublicKey: publicKey(clientKey),
    hostKeys: Object.fromEntries(pairs) as LabSecrets["hostKeys"],
    metadbPassword: readFileSync(paths.metadbPassword, "utf8"),
  };
}

/** Reads the lab's keys and password, making those that are missing. */
export async function ensureSecrets(name: string, paths: LabPaths): Promise<LabSecrets> {
  await keepSecret(paths.privateKey, () => newKey(`lab ${name}`));
  for (const host of HOST_NAMES) await keepSecret(paths.hostKey(host), () => newKey(`${host} of lab ${name}`));
  await keepSecret(paths.metadbPassword, () => randomBytes(18).toString("base64url"));
  const secrets = readSecrets(paths);
  if (secrets === undefined) throw new Error(`the keys in ${paths.directory} vanished while they were made`);
  return secrets;
}
