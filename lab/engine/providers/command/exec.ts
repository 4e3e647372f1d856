import { createInterface } from "node:readline";
import type { Client } from "ssh2";

export interface Execution {
  stdout: string;
  stderr: string;
  /** What was printed on either, in the order it arrived. */
  both: string;
  /** How it ended, in the words of Go's ssh package; undefined for exit status 0. */
  failure: string | undefined;
}

export interface ExecutionOptions {
  env?: Record<string, string>;
  stdin?: string;
  /** Take the output line by line. */
  onStdout?: ((line: string) => void) | undefined;
  onStderr?: ((line: string) => void) | undefined;
}

/** Runs one command in a channel of its own and waits until the channel is closed. */
export function execute(client: Client, command: string, options: ExecutionOptions = {}): Promise<Execution> {
  return new Promise((resolve, reject) => {
    client.exec(command, { env: options.env }, (error, channel) => {
      if (error) {
        reject(error);
        return;
      }
      const result: Execution = { stdout: "", stderr: "", both: "", failure: undefined };
      channel.setEncoding("utf8").on("data", (text: string) => {
        result.stdout += text;
        result.both += text;
      });
      channel.stderr.setEncoding("utf8").on("data", (text: string) => {
        result.stderr += text;
        result.both += text;
      });
      if (options.onStdout) createInterface(channel).on("line", options.onStdout);
      if (options.onStderr) createInterface(channel.stderr).on("line", options.onStderr);
      // a command that does not read its input may be gone before all of it is written: its exit status tells the story
      channel.on("error", () => undefined);
      channel.on("close", (code: number | null | undefined, signal: string | undefined) => {
        result.failure = failureOf(code, signal);
        resolve(result);
      });
      channel.end(options.stdin ?? "");
    });
  });
}

function failureOf(code: number | null | undefined, signal: string | undefined): string | undefined {
  if (code === 0) return undefined;
  if (typeof code === "number") return `Process exited with status ${code}`;
  if (signal !== undefined) return `Process exited from signal ${signal.replace(/^SIG/, "")}`;
  return "the connection ended before the command did";
}
