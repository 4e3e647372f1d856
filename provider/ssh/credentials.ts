import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { AnyAuthMethod } from "ssh2";
import { propertyPath } from "../check";
import { UnusableKey, usableKeyOf } from "../resources/private-key";
import { fingerprint } from "./host-key";
import { HostError } from "./host-error";
import { parsePrivateKey } from "./parse-key";
import { Target } from "./target";

/** Ways to log in, plain. Several may be given; they are tried in the order key, agent, password. */
export interface Credentials {
  privateKey?: string;
  /** Path on this machine, `~` being the home directory; relative to the working directory, which is the project's. */
  privateKeyFile?: string;
  passphrase?: string;
  password?: string;
  agent?: boolean;
}

/** Login attempts in order, and how they are named in a refusal. */
export interface Login {
  methods: AnyAuthMethod[];
  tried: string[];
  /** What may be the reason for a refusal, where something was seen. */
  hint?: string;
  /** The same for the same user with the same credentials, and for nobody else. */
  identity: string;
}

/**
 * Turns credentials into login attempts for a target.
 * @throws HostError (refused) when a key cannot be read or nothing is configured
 */
export function loginFor(target: Target, credentials: Credentials): Login {
  const username = target.user;
  const login: Login = { methods: [], tried: [], identity: "" };
  const refuse = (problem: string, fix: string) => new HostError(target, "refused", problem, fix);

  try {
    addKey(login, username, credentials);
  } catch (error) {
    throw error instanceof UnusableKey ? refuse(error.problem, error.fix) : error;
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
  const secret = createHash("sha256")
    .update(credentials.password ?? "")
    .digest("hex");
  return { ...login, identity: JSON.stringify([username, login.tried, secret]) };
}

/** Where the credentials of a target alone are set; a bastion is known by its address. */
function ownSetting({ name, credentialNames = [name] }: Target): string {
  return `dbha:${propertyPath(["credentials", ...credentialNames.slice(0, 1)])}`;
}

function addKey(login: Login, username: string, credentials: Credentials): void {
  const key = usableKeyOf(credentials);
  if (key === undefined) {
    return;
  }
  const parsed = parsePrivateKey(key, credentials.passphrase);
  login.methods.push({ type: "publickey", username, key: parsed });
  login.tried.push(`key ${fingerprint(parsed.getPublicSSH())}`);
  if (existsSync(`${key.source}-cert.pub`)) {
    login.hint = `the certificate ${key.source}-cert.pub is for OpenSSH's client alone: the key itself must be in authorized_keys`;
  }
}
