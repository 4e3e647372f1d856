import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { utils, type ParsedKey } from "ssh2";
import { openSshPrivateKey } from "../tls/openssh-key";

// What Go's x/crypto/ssh 0.48, with which @pulumi/command 1.2.1 is built, takes for a private key: less than OpenSSH in ciphers
// and passphrases, and refused in the same words.

const WRONG_PASSPHRASE = "x509: decryption password incorrect";
const MISSING_PASSPHRASE = "ssh: this private key is passphrase protected";

/**
 * Reads a private key as the real provider does.
 * @throws Error in its words
 */
export function goPrivateKey(text: string, passphrase: string | undefined): ParsedKey {
  const [, type = "", body = ""] =
    /(?:^|\n)-----BEGIN ([A-Z0-9 ]+)-----\r?\n([^]*?)-----END \1-----/.exec(text) ?? refuse("ssh: no key found");
  if (type === "OPENSSH PRIVATE KEY") return openSsh(text, opensshCipher(body), passphrase);
  const isEncrypted = /^Proc-Type:.*ENCRYPTED/m.test(body);
  if (passphrase === undefined && isEncrypted) return refuse(MISSING_PASSPHRASE);
  if (passphrase !== undefined && !isEncrypted) return refuse("ssh: not an encrypted key");
  if (!["RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY"].includes(type))
    return refuse(`ssh: unsupported key type ${JSON.stringify(type)}`);
  try {
    const pem = `-----BEGIN ${type}-----\n${body}-----END ${type}-----\n`.replaceAll("\r", "");
    return forSsh2(createPrivateKey({ key: pem, passphrase }));
  } catch (error) {
    return refuse(isEncrypted ? WRONG_PASSPHRASE : (error as Error).message);
  }
}

function openSsh(text: string, cipher: string, passphrase: string | undefined): ParsedKey {
  if (passphrase === undefined && cipher !== "none") return refuse(MISSING_PASSPHRASE);
  if (passphrase !== undefined) {
    if (cipher === "none") return refuse("ssh: key is not password protected");
    if (!["aes256-ctr", "aes256-cbc"].includes(cipher))
      return refuse(`ssh: unknown cipher "${cipher}", only supports "aes256-ctr" or "aes256-cbc"`);
  }
  const key = utils.parseKey(text, passphrase);
  if (key instanceof Error) return refuse(passphrase === undefined ? "ssh: unhandled key type" : WRONG_PASSPHRASE);
  return key;
}

/** The name of the cipher that a key in OpenSSH's own format is under: the first field after the format's name. */
function opensshCipher(body: string): string {
  const bytes = Buffer.from(body, "base64");
  const start = "openssh-key-v1\0".length;
  if (bytes.length < start + 4) return refuse("ssh: invalid openssh private key format");
  return bytes.toString("latin1", start + 4, start + 4 + bytes.readUInt32BE(start));
}

/** ssh2 does not read PKCS #8, which Go does. */
function forSsh2(key: KeyObject): ParsedKey {
  const parsed = utils.parseKey(openSshPrivateKey(key, createPublicKey(key)));
  return parsed instanceof Error ? refuse("ssh: unhandled key type") : parsed;
}

function refuse(message: string): never {
  throw new Error(message);
}
