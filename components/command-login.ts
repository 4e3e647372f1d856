import { existsSync } from "node:fs";
import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { BastionData } from "../provider/resources";
import { bareKey, usableKeyOf } from "../provider/resources/private-key";
import type { Credentials } from "./credentials";
import { sentence } from "./validation";

// @pulumi/command logs in by Go's SSH library. It takes one host key, for an RSA one only signatures with SHA-1, a private key
// under two ciphers, and a passphrase only with a key that has one.

/** How `@pulumi/command` reaches one server. */
export type CommandEndpoint = command.types.input.remote.ProxyConnectionArgs;

/**
 * The login of `@pulumi/command` to a server. An agent is found by SSH_AUTH_SOCK, which stays out of the state since it is
 * another one at every log-in.
 * @throws UnusableKey when the key file cannot be read
 */
export function commandEndpoint(
  { address, port, user, hostKeys }: BastionData,
  { privateKey, privateKeyFile, passphrase, password, agent }: Credentials,
): CommandEndpoint {
  // Go asks the agent only where it has no key
  const key = usableKeyOf({ privateKey, privateKeyFile, passphrase, agent });
  return {
    host: address,
    port,
    user,
    hostKey: hostKeys?.find((pinned) => !isRsa(pinned)) ?? hostKeys?.[0],
    privateKey: key && pulumi.secret(bareKey(key.text)),
    privateKeyPassword:
      key?.form.isEncrypted === true && passphrase !== undefined ? pulumi.secret(passphrase) : undefined,
    password: password === undefined ? undefined : pulumi.secret(password),
  };
}

const isRsa = (hostKey: string): boolean => hostKey.startsWith("ssh-rsa ");

/** Why `@pulumi/command` cannot log in where the plugin can, and what to do; undefined where it can. */
export function commandProblem(credentials: Credentials): string | undefined {
  const client = "@pulumi/command, which runs a part of the steps,";
  const key = usableKeyOf(credentials);
  const socket = process.env.SSH_AUTH_SOCK;
  if (socket !== undefined && socket !== "" && !existsSync(socket)) {
    return sentence(
      `${client} calls the agent at SSH_AUTH_SOCK before all else, and ${socket} does not exist`,
      "start ssh-agent, or unset SSH_AUTH_SOCK",
    );
  }
  if (key?.form.isEncrypted !== true) return undefined;
  const { format, cipher = "" } = key.form;
  const isOpened = format === "OpenSSH" ? ["aes256-ctr", "aes256-cbc"].includes(cipher) : format === "PEM";
  if (isOpened) return undefined;
  return sentence(
    `${client} does not open ${key.source}, which is ${format === "OpenSSH" ? `under the cipher ${cipher}` : "encrypted in PKCS #8 form"}`,
    "write it anew under the same passphrase: ssh-keygen -p -Z aes256-ctr -f FILE",
  );
}

/** What a server's pinned keys mean for `@pulumi/command`; undefined where they are good. */
export function hostKeyWarning(what: string, { hostKeys = [] }: BastionData): string | undefined {
  if (hostKeys.length === 0 || !hostKeys.every(isRsa)) return undefined;
  return sentence(
    `${what}: only an RSA key is pinned, for which @pulumi/command knows signatures with SHA-1 alone; OpenSSH 8.8 and later do not make them, and its steps will fail there`,
    "pin the host's ed25519 or ECDSA key in hostKeys, too (ssh-keyscan ADDRESS shows it; ssh-keygen -A on the host makes what is missing)",
  );
}
