import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";

/** A process or pipe of one; Node counts those that are referenced. */
type Handle = Partial<Pick<Socket, "ref" | "unref">>;

/**
 * A connection to a Docker daemon through the system's ssh and `docker system dial-stdio`. It has what Node's HTTP
 * agent asks of a socket.
 */
export class SshStream extends Duplex {
  private readonly child: ChildProcessWithoutNullStreams;
  private complaint = "";

  /** @param args what follows `ssh` on its command line */
  constructor(args: string[]) {
    super();
    this.child = spawn("ssh", args);
    this.child.stdout.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) this.child.stdout.pause();
    });
    this.child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.complaint = (this.complaint + text).slice(-2_000);
    });
    // the end of the process tells more than a broken pipe does
    this.child.stdin.on("error", () => undefined);
    this.child.on("error", (error) => this.destroy(new Error(`ssh cannot be started: ${error.message}`)));
    this.child.on("close", (code, signal) => this.ended(code, signal));
  }

  override _read(): void {
    this.child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (this.child.stdin.write(chunk)) callback();
    else this.child.stdin.once("drain", callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.child.stdin.end(callback);
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.child.kill();
    callback(error);
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  /** An idle connection does not keep the process from ending. */
  unref(): this {
    this.eachHandle((handle) => handle.unref?.());
    return this;
  }

  ref(): this {
    this.eachHandle((handle) => handle.ref?.());
    return this;
  }

  private eachHandle(apply: (handle: Handle) => void): void {
    const { child } = this;
    for (const handle of [child, child.stdin, child.stdout, child.stderr]) apply(handle as Handle);
  }

  private ended(code: number | null, signal: string | null): void {
    if (code === 0) {
      this.push(null);
    } else {
      const reason = this.complaint.trim() || "no message";
      this.destroy(new Error(`ssh ended with ${signal ?? `exit status ${code ?? "?"}`}: ${reason}`));
    }
  }
}
