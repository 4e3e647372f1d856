import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { AnyAuthMethod, utils } from "ssh2";
import { propertyPath } from "../check";
import { fingerprint } from "./host-key";
import { HostError } from "./host-error";
import { Target } from "./target";

/** Ways to log in, plain. Several may be given; they are tried in the order key, agent, password. */
export interface Credentials {
  privateKey?: string;
  /** Path on this machine; relative to the working directory, which is the project's. */
  privateKeyFile?: string;
  passphrase?: string;
  password?: string;
  agent?: boolean;
}

/** Login attempts in order, and how they are named in a refusal. */
export interface Login {
  methods: AnyAuthMethod[];
  tried: string[];
}

/**
 * Turns credentials into login attempts for a target.
 * @throws HostError (refused) when a key cannot be read or nothing is configured
 */
export async function loginFor(target: Target, credentials: Credentials): Promise<Login> {
  const username = target.user;
  const login: Login = { methods: [], tried: [] };
  const refuse = (problem: string, fix: string) => new HostError(target, "refused", problem, fix);

  const key = await privateKeyText(credentials, refuse);
  if (key !== undefined) {
    const parsed = utils.parseKey(key.text, credentials.passphrase);
    if (parsed instanceof Error) {
      throw refuse(...unreadableKey(key.source, parsed.message, credentials.passphrase !== undefined));
    }
    if (!parsed.isPrivateKey()) {
      throw refuse(`${key.source} holds a public key`, "give the private key, the file without .pub");
    }
    login.methods.push({ type: "publickey", username, key: parsed });
    login.tried.push(`key ${fingerprint(parsed.getPublicSSH())}`);
  }
  if (credentials.agent === true) {
    const agent = process.env.SSH_AUTH_SOCK;
    if (agent === undefined || agent === "") {
      throw refuse("dbha:agent is true, but SSH_AUTH_SOCK is not set", "start ssh-agent and add the key with ssh-add");
    }
    login.methods.push({ type: "agent", username, agent });
    login.tried.push("the keys of the agent");
  }
  if (credentials.password !== undefined) {
    const { password } = credentials;
    login.methods.push({ type: "password", username, password });
    // Servers with PAM often take passwords by this method only.
    login.methods.push({
      type: "keyboard-interactive",
      username,
      prompt: (_name, _instructions, _lang, prompts, finish) => finish(prompts.map(() => password)),
    });
    login.tried.push("the password");
  }
  if (login.methods.length === 0) {
    throw refuse(
      "there are no credentials for it",
      `set dbha:privateKeyFile, privateKey, agent or password for all hosts, or ${ownSetting(target)} for this one`,
    );
  }
  return login;
}

/** Where the credentials of a target alone are set; a bastion is known by its address. */
function ownSetting({ name, credentialNames = [name] }: Target): string {
  return `dbha:${propertyPath(["credentials", ...credentialNames.slice(0, 1)])}`;
}

async function privateKeyText(credentials: Credentials, refuse: (problem: string, fix: string) => HostError) {
  if (credentials.privateKey !== undefined) {
    return { text: credentials.privateKey, source: "dbha:privateKey" };
  }
  if (credentials.privateKeyFile === undefined) {
    return undefined;
  }
  const path = resolve(credentials.privateKeyFile);
  try {
    return { text: await readFile(path, "utf8"), source: path };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw refuse(`the private key ${path} cannot be read (${code})`, "correct dbha:privateKeyFile or the file's mode");
  }
}

function unreadableKey(source: string, message: string, hasPassphrase: boolean): [problem: string, fix: string] {
  if (/encrypted|passphrase|bad decrypt|integrity/i.test(message)) {
    return hasPassphrase
      ? [`the passphrase does not open ${source}`, "correct dbha:passphrase"]
      : [
          `${source} is protected by a passphrase`,
          "set dbha:passphrase, or load the key into ssh-agent and set dbha:agent",
        ];
  }
  return [`${source} is not a private key that can be used`, "give an OpenSSH or PEM key: ed25519, ECDSA or RSA"];
}
