import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ClientChannel } from "ssh2";
import { beginning } from "../scripts/script";

/** How much of a command's output is kept, in bytes: more than any step says, less than what hurts. */
const outputLimit = 64 * 1024 * 1024;
/** How much of the end of its stderr is kept, in characters. */
const errorTextLimit = 16 * 1024;

/** What to write to a command: its whole input, or a beginning and a body after it. */
export interface Input {
  head: string;
  body?: Buffer | Readable;
}

/** The mark that a step's output stands between, and whether the shell stays for the next. */
export interface Marked {
  mark: string;
  isKept: boolean;
}

/** How a step ended and what it said; what came before its first mark is no part of that. */
export interface ExecResult {
  /** Whether it began: without a mark nothing but a login shell or sudo said anything. */
  begun: boolean;
  /** Exit status, of the command when the step did not come to its end; undefined when a signal ended it. */
  code: number | undefined;
  stdout: Buffer;
  /** The end of what it wrote to stderr. */
  stderr: string;
  /** `performance.now()` when its input went out and when it began. */
  sentAt: number;
  firstOutputAt: number;
}

/**
 * Writes the input to a command's channel and collects its output until the channel closes, or, where the shell stays, until it
 * says that this step is done. A command may end without reading all of its input; that is its business.
 * @throws Error when the body cannot be read or the output is too long
 */
export function converse(channel: ClientChannel, input: Input, { mark, isKept }: Marked): Promise<ExecResult> {
  return new Promise((resolve, reject) => {
    const first = beginning(mark);
    let opening = "";
    const chunks: Buffer[] = [];
    let length = 0;
    let tail = "";
    let stderr = "";
    let beganAt: number | undefined;
    const sentAt = performance.now();

    // the status comes with the end: "exit" may have been before anybody listened, of a shell that waited, or ended at once
    const finish = (code?: number | null) => {
      detach();
      const said = afterMark(Buffer.concat(chunks), first);
      const [end, status = code ?? undefined] = endOf(mark, tail) ?? [];
      resolve({
        begun: beganAt !== undefined,
        code: status,
        stdout: end === undefined ? said : said.subarray(0, said.length - end.length),
        stderr: ownWords(stderr, mark),
        sentAt,
        firstOutputAt: beganAt ?? performance.now(),
      });
    };
    const finishAtMark = () => {
      if (isKept && endOf(mark, tail) !== undefined && stderr.endsWith(`${mark}\n`)) {
        finish();
      }
    };
    const giveUp = (error: unknown) => {
      detach();
      reject(error instanceof Error ? error : new Error(String(error)));
      channel.destroy();
    };
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      if (length > outputLimit) {
        giveUp(new Error(`it printed more than ${outputLimit / 1024 / 1024} MiB`));
        return;
      }
      chunks.push(chunk);
      if (beganAt === undefined) {
        opening = opening.slice(-first.length) + chunk.toString("latin1");
        beganAt = opening.includes(first) ? performance.now() : undefined;
      }
      tail = (tail + chunk.toString("latin1", Math.max(0, chunk.length - 64))).slice(-64);
      finishAtMark();
    };
    const onErrorText = (chunk: Buffer) => {
      stderr = (stderr + chunk.toString("utf8")).slice(-errorTextLimit);
      finishAtMark();
    };
    const detach = () => {
      channel.off("data", onData).off("error", giveUp).off("close", finish);
      channel.stderr.off("data", onErrorText);
    };

    channel.on("data", onData).on("error", giveUp).on("close", finish);
    channel.stderr.on("data", onErrorText);
    if (isKept) {
      channel.write(input.head);
    } else {
      send(channel, input, giveUp);
    }
  });
}

/** What follows the first mark; nothing where there is none. */
function afterMark(output: Buffer, first: string): Buffer {
  const at = output.indexOf(first);
  return at === -1 ? Buffer.alloc(0) : output.subarray(at + first.length);
}

/** The line of the mark with which a step ends, and its status. */
function endOf(mark: string, tail: string): [line: string, status: number] | undefined {
  const [line, status] = new RegExp(`\\n${mark} (\\d+)\\n$`).exec(tail) ?? [];
  return line === undefined ? undefined : [line, Number(status)];
}

/** What is between the marks; all of it where the beginning is so long ago that it was not kept. */
function ownWords(stderr: string, mark: string): string {
  const begun = stderr.split(beginning(mark)).at(-1) ?? "";
  return begun.endsWith(`${mark}\n`) ? begun.slice(0, -`${mark}\n`.length) : begun;
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
