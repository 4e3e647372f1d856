import type { Client } from "ssh2";
import type { ProviderLog } from "../../provider";
import { acceptedVariables, refusedVariable } from "./environment";
import { execute } from "./exec";
import type { Connection } from "./ssh-config";

/** Inputs of a remote command after `check`. */
export interface CommandInputs {
  connection: Connection;
  create?: string;
  update?: string;
  delete?: string;
  stdin?: string;
  environment?: Record<string, string>;
  addPreviousOutputInEnv?: boolean;
  logging?: string;
}

export interface CommandOutput {
  stdout: string;
  stderr: string;
}

/**
 * Runs one command of a resource and waits for its end.
 * @param previous what the last run of the resource printed
 * @returns both outputs, each without its last newline
 * @throws Error with the exit status, the command and all it printed, as the real provider does
 */
export async function run(
  client: Client,
  command: string,
  inputs: CommandInputs,
  previous: CommandOutput,
  log: ProviderLog,
): Promise<CommandOutput> {
  const env = { ...previousOutput(inputs, previous), ...inputs.environment };
  if (Object.keys(env).length > 0) {
    const accepted = await acceptedVariables(client, env);
    for (const name of Object.keys(env).filter((name) => !accepted.has(name))) {
      if (inputs.environment && name in inputs.environment) throw new Error(refusedVariable(name));
      log.warn(refusedVariable(name));
    }
  }
  const logging = inputs.logging ?? "stdoutAndStderr";
  const say = (line: string): void => log.status(line);
  const execution = await execute(client, command, {
    env,
    stdin: inputs.stdin,
    onStdout: logging.startsWith("stdout") ? say : undefined,
    onStderr: logging === "stderr" || logging === "stdoutAndStderr" ? say : undefined,
  });
  if (execution.failure !== undefined) {
    throw new Error(`${execution.failure}: running ${JSON.stringify(command)}:\n${execution.both}`);
  }
  return { stdout: withoutLastNewline(execution.stdout), stderr: withoutLastNewline(execution.stderr) };
}

function previousOutput(inputs: CommandInputs, previous: CommandOutput): Record<string, string> {
  if (inputs.addPreviousOutputInEnv === false) return {};
  return {
    ...(previous.stdout === "" ? {} : { PULUMI_COMMAND_STDOUT: previous.stdout }),
    ...(previous.stderr === "" ? {} : { PULUMI_COMMAND_STDERR: previous.stderr }),
  };
}

function withoutLastNewline(text: string): string {
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}
