import { createPrivateKey } from "node:crypto";
import { type ParsedKey, utils } from "ssh2";
import { bareKey, type PrivateKey, UnusableKey } from "../resources/private-key";

/**
 * The private key as ssh2 takes it.
 * @throws UnusableKey when it cannot be opened or read
 */
export function parsePrivateKey({ text, source, form }: PrivateKey, passphrase?: string): ParsedKey {
  const parsed = utils.parseKey(form.format === "PKCS #8" ? withName(text, passphrase) : bareKey(text), passphrase);
  if (!(parsed instanceof Error)) {
    return parsed;
  }
  throw form.isEncrypted
    ? new UnusableKey(`the passphrase does not open ${source}`, "correct dbha:passphrase")
    : new UnusableKey(
        `${source} is not a private key that can be used`,
        "give an OpenSSH or PEM key: ed25519, ECDSA or RSA",
      );
}

/** ssh2 does not read PKCS #8, but the older forms that name the algorithm; what is left as it is it refuses. */
function withName(text: string, passphrase: string | undefined): string {
  try {
    const key = createPrivateKey({ key: bareKey(text), ...(passphrase !== undefined && { passphrase }) });
    const type = key.asymmetricKeyType === "ec" ? "sec1" : "pkcs1";
    return key.export({ type, format: "pem" }).toString();
  } catch {
    return text;
  }
}
