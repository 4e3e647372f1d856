import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

// Private keys as they lie on disk. Plugin, Docker's client and @pulumi/command read them each by a library of its own; what
// each of them takes is decided by what is found here.

/** A path as people write it: `~` is the home directory. */
export const expandedPath = (path: string): string =>
  resolve(/^~(?=\/|$)/.test(path) ? join(homedir(), path.slice(1)) : path);

/** What a text is, as far as can be seen without the passphrase. */
export interface KeyForm {
  /** `PKCS #8` is what `openssl genpkey` and `ssh-keygen -m PKCS8` write, `PEM` the older form with the algorithm's name. */
  format: "OpenSSH" | "PEM" | "PKCS #8" | "PuTTY" | "public" | "none";
  isEncrypted: boolean;
  /** The cipher of an encrypted key in OpenSSH's format. */
  cipher?: string;
  /** Type of a key in OpenSSH's format, such as `ssh-ed25519`. */
  type?: string;
}

/** A private key and where it was found. */
export interface PrivateKey {
  text: string;
  /** The path of its file, or the setting that holds it. */
  source: string;
  form: KeyForm;
}

/** A private key that cannot be used, on whatever host. */
export class UnusableKey extends Error {
  constructor(
    readonly problem: string,
    readonly fix: string,
  ) {
    super(`${problem}; ${fix}`);
  }
}

/**
 * The private key that settings name; undefined where they name none.
 * @throws UnusableKey when its file cannot be read
 */
export function privateKeyOf(settings: { privateKey?: string; privateKeyFile?: string }): PrivateKey | undefined {
  if (settings.privateKey !== undefined) {
    return { text: settings.privateKey, source: "dbha:privateKey", form: keyForm(settings.privateKey) };
  }
  if (settings.privateKeyFile === undefined) {
    return undefined;
  }
  const source = expandedPath(settings.privateKeyFile);
  try {
    const text = readFileSync(source, "utf8");
    return { text, source, form: keyForm(text) };
  } catch (error) {
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    throw new UnusableKey(
      code === "ENOENT"
        ? `the private key ${source} does not exist`
        : `the private key ${source} cannot be read (${code})`,
      code === "ENOENT" ? "correct dbha:privateKeyFile" : "correct dbha:privateKeyFile or the file's mode",
    );
  }
}

/**
 * The private key to log in with, of a form that can be used; undefined where there is none, or one that is left to the agent,
 * as nothing else can open it.
 * @throws UnusableKey saying why it cannot be used
 */
export function usableKeyOf(settings: {
  privateKey?: string;
  privateKeyFile?: string;
  passphrase?: string;
  agent?: boolean;
}): PrivateKey | undefined {
  const key = privateKeyOf(settings);
  if (key === undefined) {
    return undefined;
  }
  const { source, form } = key;
  if (form.format === "public") {
    throw new UnusableKey(`${source} holds a public key`, "give the private key, the file without .pub");
  }
  if (form.type?.startsWith("sk-") === true) {
    const problem = `${source} is a key of a security key (${form.type}), which somebody must touch`;
    throw new UnusableKey(problem, "give an ed25519, ECDSA or RSA key");
  }
  if (!form.isEncrypted) {
    return key;
  }
  if (settings.passphrase === undefined) {
    if (settings.agent === true) {
      return undefined;
    }
    const fix = "set dbha:passphrase, or load the key into ssh-agent and set dbha:agent";
    throw new UnusableKey(`${source} is protected by a passphrase`, fix);
  }
  if (form.cipher?.startsWith("chacha20") === true) {
    const problem = `${source} is under the cipher ${form.cipher}, which the plugin does not know`;
    throw new UnusableKey(problem, "put it under another one: ssh-keygen -p -Z aes256-ctr -f FILE");
  }
  return key;
}

const block = /^-----BEGIN ([A-Z0-9 ]+)-----\r?\n([^]*?)-----END \1-----/m;

/** The text of a private key alone, in Unix's line ends: what stands around it is no business of who reads it. */
export function bareKey(text: string): string {
  const found = block.exec(text.replace(/^\uFEFF/, ""));
  return found === null ? text : `${found[0].replaceAll("\r", "")}\n`;
}

export function keyForm(text: string): KeyForm {
  const [, name = "", body = ""] = block.exec(text.replace(/^\uFEFF/, "")) ?? [];
  if (name === "OPENSSH PRIVATE KEY") {
    return openSshForm(Buffer.from(body, "base64"));
  }
  if (name.endsWith("PRIVATE KEY")) {
    const format = /^(ENCRYPTED )?PRIVATE KEY$/.test(name) ? "PKCS #8" : "PEM";
    return { format, isEncrypted: name.startsWith("ENCRYPTED") || /^Proc-Type:.*ENCRYPTED/m.test(body) };
  }
  const format = /^PuTTY-User-Key-File-/.test(text)
    ? "PuTTY"
    : /^\s*(ssh|ecdsa|sk)-\S+ AAAA/.test(text)
      ? "public"
      : "none";
  return { format, isEncrypted: false };
}

/** Cipher and type stand in front of the encrypted part, each after its length (PROTOCOL.key of OpenSSH). */
function openSshForm(bytes: Buffer): KeyForm {
  let at = "openssh-key-v1\0".length;
  const field = (): Buffer => {
    const length = at + 4 <= bytes.length ? bytes.readUInt32BE(at) : 0;
    at += 4 + length;
    return bytes.subarray(at - length, at);
  };
  const [cipher] = [field().toString("latin1"), field(), field()];
  at += 4;
  const publicKey = field();
  const length = publicKey.length >= 4 ? publicKey.readUInt32BE(0) : 0;
  const type = publicKey.toString("latin1", 4, 4 + length);
  return cipher === "none"
    ? { format: "OpenSSH", isEncrypted: false, type }
    : { format: "OpenSSH", isEncrypted: true, cipher, type };
}
