import { statSync } from "node:fs";
import { privateKeyOf, type PrivateKey } from "../provider/resources/private-key";
import type { Credentials } from "./credentials";
import { sentence } from "./validation";

// Docker's client runs the system's ssh, which has no terminal here: it can ask for nothing, and is strict about key files.

/** Why ssh cannot log in for Docker's client where the plugin can, and what to do; undefined where nothing is known against it. */
export function dockerLoginProblem(credentials: Credentials): string | undefined {
  const client = "Docker's own client, which runs ssh,";
  const hasAgent = (process.env.SSH_AUTH_SOCK ?? "") !== "";
  const { privateKeyFile, privateKey, password } = credentials;
  if (privateKeyFile === undefined) {
    if (hasAgent || (privateKey === undefined && password === undefined)) return undefined;
    const given = privateKey === undefined ? "a password" : "a key that is given as text";
    return sentence(
      `${client} cannot use ${given}`,
      "put the key into a file of mode 600 and set dbha:privateKeyFile, or load it into ssh-agent and set dbha:agent",
    );
  }
  const key = privateKeyOf({ privateKeyFile });
  const problem = key && fileProblem(key, hasAgent);
  return problem && sentence(`${client} cannot use the key file ${key.source}: ${problem[0]}`, problem[1]);
}

function fileProblem(
  { text, source, form }: PrivateKey,
  hasAgent: boolean,
): [problem: string, fix: string] | undefined {
  const { mode, uid } = statSync(source);
  if ((mode & 0o077) !== 0 && uid === process.getuid?.())
    return [`its mode is ${(mode & 0o777).toString(8)}, and others must not read it`, `chmod 600 ${source}`];
  if (form.format === "OpenSSH" && text.includes("\r"))
    return ["its lines end as on Windows", `sed -i 's/\\r$//' ${source}`];
  if (form.format === "OpenSSH" && !text.endsWith("\n")) return ["its last line does not end", `echo >>${source}`];
  if (form.format === "OpenSSH" && !text.startsWith("-----BEGIN"))
    return ["something stands before its first line", "remove what stands there"];
  if (form.isEncrypted && !hasAgent)
    return [
      "it is protected by a passphrase, which ssh cannot ask for here",
      `start ssh-agent, and: ssh-add ${source}`,
    ];
  return undefined;
}
