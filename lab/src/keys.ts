import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { utils } from "ssh2";
import writeFileAtomic from "write-file-atomic";
import { HOST_NAMES, type HostName } from "./name";
import type { LabPaths } from "./paths";

/** The keys of a lab's host, RSA first, as `ssh-keyscan` prints those of most hosts. */
export const HOST_KEY_KINDS = ["rsa", "ecdsa", "ed25519"] as const;

export type HostKeyKind = (typeof HOST_KEY_KINDS)[number];

export type HostKeys = Record<HostKeyKind, { privateKey: string; publicKey: string }>;

/** Secrets of one lab, made at its first start and kept until it is removed. Key texts are in OpenSSH's format. */
export interface LabSecrets {
  clientKey: string;
  clientPublicKey: string;
  hostKeys: Record<HostName, HostKeys>;
  metadbPassword: string;
}

/** The public keys of a host, "ssh-rsa AAAA…", in the order of {@link HOST_KEY_KINDS}. */
export const publicKeys = (keys: HostKeys): string[] => HOST_KEY_KINDS.map((kind) => keys[kind].publicKey);

/** ssh2 writes an unreadable key when the public half begins with a zero byte (once in 256 times): then another one is drawn. */
function newKey(kind: HostKeyKind, comment: string): string {
  for (;;) {
    const key = keyPair(kind, comment);
    if (!(utils.parseKey(key) instanceof Error)) return key;
  }
}

function keyPair(kind: HostKeyKind, comment: string): string {
  if (kind === "ed25519") return utils.generateKeyPairSync(kind, { comment }).private;
  return utils.generateKeyPairSync(kind, { bits: kind === "rsa" ? 2048 : 256, comment }).private;
}

/** The public half, "ssh-ed25519 AAAA…", of a private key. */
export function publicKey(privateKey: string): string {
  const key = utils.parseKey(privateKey);
  if (key instanceof Error)
    throw new Error(`a key of the lab cannot be read (${key.message}); repair the lab with lab/up`);
  return `${key.type} ${key.getPublicSSH().toString("base64")}`;
}

/** A file with a secret of the lab. */
interface SecretFile {
  path: string;
  make: () => string;
  isWhole: (content: string) => boolean;
  /** What making it anew brings with it. */
  consequence: string;
}

function isPrivateKey(content: string): boolean {
  const key = utils.parseKey(content);
  return !(key instanceof Error) && key.isPrivateKey();
}

function secretFiles(paths: LabPaths): SecretFile[] {
  const lab = basename(paths.directory);
  const key = (path: string, kind: HostKeyKind, comment: string, consequence: string): SecretFile => ({
    path,
    make: () => newKey(kind, comment),
    isWhole: isPrivateKey,
    consequence,
  });
  const keysOf = (host: HostName): SecretFile[] =>
    HOST_KEY_KINDS.map((kind) =>
      key(paths.hostKey(host, kind), kind, `${host} of lab ${lab}`, `a new key and ${host} anew`),
    );
  return [
    key(paths.privateKey, "ed25519", `lab ${lab}`, "a new key and the three hosts anew"),
    ...HOST_NAMES.flatMap(keysOf),
    {
      path: paths.metadbPassword,
      make: () => randomBytes(18).toString("base64url"),
      isWhole: (content) => /^[\w-]{24}$/.test(content),
      consequence: "a new password; the MetaDB keeps its data",
    },
  ];
}

const mode = (path: string): number => statSync(path).mode & 0o777;

/** What is wrong with a secret's file and how `lab/up` cures it; undefined when it is whole. */
function damageOf(file: SecretFile): string | undefined {
  if (!existsSync(file.path)) return `missing; lab/up makes ${file.consequence}`;
  const now = mode(file.path);
  if (now !== 0o600) return `mode ${now.toString(8)} instead of 600; lab/up sets it`;
  return file.isWhole(readFileSync(file.path, "utf8")) ? undefined : `damaged; lab/up makes ${file.consequence}`;
}

/** The lab's keys and password that are missing or damaged. */
export function secretDamage(paths: LabPaths): { path: string; damage: string }[] {
  return secretFiles(paths).flatMap((file) => {
    const damage = damageOf(file);
    return damage === undefined ? [] : [{ path: file.path, damage }];
  });
}

/** True when no key and no password of the lab is there, whole or not. */
export function hasNoSecrets(paths: LabPaths): boolean {
  return !secretFiles(paths).some((file) => existsSync(file.path));
}

/** Reads the lab's keys and password; undefined when one of them is missing or damaged. */
export function readSecrets(paths: LabPaths): LabSecrets | undefined {
  if (secretDamage(paths).length > 0) return undefined;
  const clientKey = readFileSync(paths.privateKey, "utf8");
  const pairOf = (host: HostName, kind: HostKeyKind) => {
    const privateKey = readFileSync(paths.hostKey(host, kind), "utf8");
    return { privateKey, publicKey: publicKey(privateKey) };
  };
  const pairs = HOST_NAMES.map((host) => [
    host,
    Object.fromEntries(HOST_KEY_KINDS.map((kind) => [kind, pairOf(host, kind)])),
  ]);
  return {
    clientKey,
    clientPublicKey: publicKey(clientKey),
    hostKeys: Object.fromEntries(pairs) as LabSecrets["hostKeys"],
    metadbPassword: readFileSync(paths.metadbPassword, "utf8"),
  };
}

/** Reads the lab's keys and password, making those that are missing or damaged; the others stay. */
export async function ensureSecrets(paths: LabPaths): Promise<LabSecrets> {
  for (const file of secretFiles(paths)) {
    if (existsSync(file.path)) chmodSync(file.path, 0o600);
    if (damageOf(file) === undefined) continue;
    mkdirSync(dirname(file.path), { recursive: true, mode: 0o700 });
    await writeFileAtomic(file.path, file.make(), { mode: 0o600 });
  }
  const secrets = readSecrets(paths);
  if (secrets === undefined) throw new Error(`the keys in ${paths.directory} vanished while they were made`);
  return secrets;
}
