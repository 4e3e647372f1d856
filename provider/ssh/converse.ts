import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ClientChannel } from "ssh2";

/** How much of a command's output is kept, in bytes: more than any step says, less than what hurts. */
const outputLimit = 64 * 1024 * 1024;
/** How much of the end of its stderr is kept, in characters. */
const errorTextLimit = 16 * 1024;

/** What to write to a command: its whole input, or a beginning and a body after it. */
export interface Input {
  head: string;
  body?: Buffer | Readable;
}

/** How a command ended and what it said. */
export interface ExecResult {
  /** Exit status; undefined when a signal ended it. */
  code: number | undefined;
  stdout: Buffer;
  /** The end of what it wrote to stderr. */
  stderr: string;
  /** `performance.now()` when its input went out and when its first output came in. */
  sentAt: number;
  firstOutputAt: number;
}

/**
 * Writes the input to a command's channel and collects its output until the channel closes. A command may end without
 * reading all of its input; that is its business.
 * @throws Error when the body cannot be read or the output is too long
 */
export function converse(channel: ClientChannel, input: Input): Promise<ExecResult> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let stderr = "";
    let code: number | undefined;
    let firstOutputAt: number | undefined;
    const giveUp = (error: unknown) => {
      reject(error instanceof Error ? error : new Error(String(error)));
      channel.destroy();
    };

    channel.on("data", (chunk: Buffer) => {
      firstOutputAt ??= performance.now();
      length += chunk.length;
      if (length > outputLimit) {
        giveUp(new Error(`it printed more than ${outputLimit / 1024 / 1024} MiB`));
      } else {
        chunks.push(chunk);
      }
    });
    channel.stderr.on("data", (chunk: Buffer) => {
      stderr = (stderr + chunk.toString("utf8")).slice(-errorTextLimit);
    });
    channel.on("exit", (status: number | null) => {
      code = status ?? undefined;
    });
    channel.on("error", giveUp);
    const sentAt = performance.now();
    channel.on("close", () => {
      resolve({
        code,
        stdout: Buffer.concat(chunks),
        stderr,
        sentAt,
        firstOutputAt: firstOutputAt ?? performance.now(),
      });
    });
    send(channel, input, giveUp);
  });
}

function send(channel: ClientChannel, { head, body }: Input, giveUp: (error: unknown) => void): void {
  if (body === undefined) {
    channel.end(head);
  } else if (Buffer.isBuffer(body)) {
    channel.end(Buffer.concat([Buffer.from(head), body]));
  } else {
    channel.write(head);
    pipeline(body, channel).catch((error: unknown) => {
      const closedByCommand = error instanceof Error && "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE";
      if (!closedByCommand) {
        giveUp(error);
      }
    });
  }
}
