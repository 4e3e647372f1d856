import { createCipheriv, createDecipheriv, pbkdf2, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { EXIT, messageOf, UserError } from "./errors";

const derive = promisify(pbkdf2);
const ITERATIONS = 1_000_000;

/** Pulumi's passphrase secrets manager: PBKDF2-SHA256 for the key, which takes a while by design, AES-256-GCM for each value. */
export class PassphraseCrypter {
  private constructor(
    private readonly key: Buffer,
    /** `v1:SALT:CHECK`, kept in the stack's settings and in its state. */
    readonly salt: string,
  ) {}

  /** Starts a new stack with a random salt. */
  static async create(passphrase: string): Promise<PassphraseCrypter> {
    const salt = randomBytes(8);
    const key = await derive(passphrase, salt, ITERATIONS, 32, "sha256");
    const check = new PassphraseCrypter(key, "").encrypt("pulumi");
    return new PassphraseCrypter(key, `v1:${salt.toString("base64")}:${check}`);
  }

  /** @throws UserError when the passphrase is not the one that the salt was made with. */
  static async open(passphrase: string, salt: string): Promise<PassphraseCrypter> {
    const [version, saltText, ...check] = salt.split(":");
    if (version !== "v1" || saltText === undefined || check.length !== 3) {
      throw new UserError(`the encryption salt must look like "v1:SALT:CHECK", found version "${version ?? ""}"`);
    }
    const key = await derive(passphrase, Buffer.from(saltText, "base64"), ITERATIONS, 32, "sha256");
    const crypter = new PassphraseCrypter(key, salt);
    try {
      crypter.decrypt(check.join(":"));
    } catch {
      throw new UserError(
        "incorrect passphrase: set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to the one this stack was made with",
      );
    }
    return crypter;
  }

  /** Gives `v1:NONCE:CIPHERTEXT-AND-TAG`, both in base64. */
  encrypt(plain: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.key, nonce);
    const sealed = Buffer.concat([cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
  }

  /** @throws UserError when the text is not a ciphertext of this key. */
  decrypt(text: string): string {
    const [, nonce = "", sealed = ""] = text.split(":");
    const bytes = Buffer.from(sealed, "base64");
    try {
      const decipher = createDecipheriv("aes-256-gcm", this.key, Buffer.from(nonce, "base64"));
      decipher.setAuthTag(bytes.subarray(-16));
      return decipher.update(bytes.subarray(0, -16), undefined, "utf8") + decipher.final("utf8");
    } catch {
      const found = `${text.slice(0, 30)}…`;
      throw new UserError(`the secret ${found} cannot be decrypted: it was made with another passphrase or is damaged`);
    }
  }
}

/** The passphrase from the environment, as the CLI looks for it. */
export function passphraseFromEnvironment(env: NodeJS.ProcessEnv): string {
  if (env.PULUMI_CONFIG_PASSPHRASE !== undefined) return env.PULUMI_CONFIG_PASSPHRASE;
  const file = env.PULUMI_CONFIG_PASSPHRASE_FILE;
  if (file === undefined || file === "") {
    throw new UserError(
      "passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
      EXIT.configuration,
    );
  }
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new UserError(`PULUMI_CONFIG_PASSPHRASE_FILE cannot be read: ${messageOf(error)}`, EXIT.configuration);
  }
}
