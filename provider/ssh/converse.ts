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
 * Writes the input to a command's channel and collects its output until the channel closes, or, where a mark is given, until
 * the receiver of many scripts says that this one is done. A command may end without reading all of its input; that is its
 * business.
 * @throws Error when the body cannot be read or the output is too long
 */
export function converse(channel: ClientChannel, input: Input, mark?: string): Promise<ExecResult> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let tail = "";
    let stderr = "";
    let code: number | undefined;
    let firstOutputAt: number | undefined;
    const sentAt = performance.now();

    const finish = (stdout: Buffer) => {
      detach();
      resolve({ code, stdout, stderr, sentAt, firstOutputAt: firstOutputAt ?? performance.now() });
    };
    const finishAtMark = () => {
      const [end, status] = new RegExp(`\\n${mark} (\\d+)\\n$`).exec(tail) ?? [];
      if (end !== undefined && stderr.endsWith(`${mark}\n`)) {
        code = Number(status);
        stderr = stderr.slice(0, -`${mark}\n`.length);
        finish(Buffer.concat(chunks).subarray(0, length - end.length));
      }
    };
    const giveUp = (error: unknown) => {
      detach();
      reject(error instanceof Error ? error : new Error(String(error)));
      channel.destroy();
    };
    const onData = (chunk: Buffer) => {
      firstOutputAt ??= performance.now();
      length += chunk.length;
      if (length > outputLimit) {
        giveUp(new Error(`it printed more than ${outputLimit / 1024 / 1024} MiB`));
        return;
      }
      chunks.push(chunk);
      if (mark !== undefined) {
        tail = (tail + chunk.toString("latin1", Math.max(0, chunk.length - 64))).slice(-64);
        finishAtMark();
      }
    };
    const onErrorText = (chunk: Buffer) => {
      stderr = (stderr + chunk.toString("utf8")).slice(-errorTextLimit);
      if (mark !== undefined) {
        finishAtMark();
      }
    };
    const onExit = (status: number | null) => {
      code = status ?? undefined;
    };
    const onClose = () => finish(Buffer.concat(chunks));
    const detach = () => {
      channel.off("data", onData).off("exit", onExit).off("error", giveUp).off("close", onClose);
      channel.stderr.off("data", onErrorText);
    };

    channel.on("data", onData).on("exit", onExit).on("error", giveUp).on("close", onClose);
    channel.stderr.on("data", onErrorText);
    if (mark === undefined) {
      send(channel, input, giveUp);
    } else {
      channel.write(`${mark}\n${input.head}`);
    }
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
