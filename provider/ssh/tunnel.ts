import { Duplex } from "node:stream";
import type { ClientChannel } from "ssh2";
import { asLine, beginning, opened } from "../scripts/script";
import { Answer, parseAnswer } from "./answer";

/** How much may be said before the tunnel is open, in bytes: what a login prints, and the answer. */
const greetingLimit = 1024 * 1024;

/**
 * Lets a command's shell run a script that answers and then passes a TCP connection on, and waits for its answer. What comes
 * after that on the channel is the connection's.
 * @returns the answer, with the end of stderr; no answer when the shell ended before
 */
export function openTunnel(channel: ClientChannel, text: string, mark: string): Promise<[Answer | undefined, string]> {
  return new Promise((resolve, reject) => {
    let said = "";
    let heard = Buffer.alloc(0);
    const first = beginning(mark);
    const finish = (answer?: Answer) => {
      channel.off("data", onData).off("error", reject).off("close", onClose);
      resolve([answer, said.split(first).at(-1) ?? ""]);
    };
    const onClose = () => finish();
    const onData = (chunk: Buffer) => {
      heard = Buffer.concat([heard, chunk]);
      const begun = heard.indexOf(first);
      const end = begun === -1 ? -1 : heard.indexOf("\n\n", begun);
      if (end !== -1) {
        channel.pause();
        finish(parseAnswer(heard.subarray(begun + first.length, end)));
        channel.unshift(heard.subarray(end + 2));
      } else if (heard.length > greetingLimit) {
        reject(new Error("it printed more than 1 MiB before it was open"));
      }
    };
    channel.on("data", onData).on("error", reject).on("close", onClose);
    channel.stderr.on("data", (chunk: Buffer) => (said = (said + chunk.toString("utf8")).slice(-4096)));
    channel.write(asLine(opened(mark, text)));
  });
}

/** The connection at a channel's other end, as a stream of its own: the channel was paused once, and then stays so, whoever listens. */
export class Tunnel extends Duplex {
  constructor(private readonly channel: ClientChannel) {
    super();
    const ended = () => {
      if (!this.readableEnded && !this.isOver) this.push(null);
      this.isOver = true;
    };
    channel.on("data", (chunk: Buffer) => {
      if (!this.isOver && !this.push(chunk)) channel.pause();
    });
    channel.on("end", ended).on("close", ended);
  }

  private isOver = false;

  override _read(): void {
    this.channel.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    if (this.channel.writable) this.channel.write(chunk, done);
    else done(new Error("the connection ended"));
  }

  override _final(done: () => void): void {
    this.channel.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.isOver = true;
    this.channel.destroy();
    done(error);
  }
}
