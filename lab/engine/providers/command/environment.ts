import type { Client } from "ssh2";
import { execute } from "./exec";

/**
 * The variables of `env` that the server hands to commands. An SSH server drops what its AcceptEnv does not name, and
 * ssh2 does not ask for its verdict, so a command of its own asks.
 */
export async function acceptedVariables(client: Client, env: Record<string, string>): Promise<Set<string>> {
  const names = Object.keys(env).map((name) => `'${name.replaceAll("'", `'\\''`)}'`);
  const question = `for name in ${names.join(" ")}; do printenv "$name" >/dev/null && echo "$name"; done; true`;
  const answer = await execute(client, question, { env });
  if (answer.failure !== undefined) throw new Error(`asking for the environment: ${answer.failure}: ${answer.both}`);
  return new Set(answer.stdout.split("\n").filter((line) => line !== ""));
}

/** The sentence of the real provider for a variable the server does not accept. */
export function refusedVariable(name: string): string {
  return (
    `Unable to set '${name}'. This only works if your SSH server is configured to accept these variables via ` +
    "AcceptEnv. Alternatively, if a Bash-like shell runs the command on the remote host, you could prefix the " +
    "command itself with the variables in the form 'VAR=value command'"
  );
}
