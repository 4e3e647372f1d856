import type { Duplex, Readable } from "node:stream";
import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { bulkhead } from "cockatiel";
import type { Client, ClientChannel } from "ssh2";
import { asLine, keeper, next, wrapped } from "../scripts/script";
import { converse, ExecResult } from "./converse";
import type { Answer } from "./answer";
import { HostError } from "./host-error";
import { partingWords } from "./refusal";
import { Target } from "./target";
import { Trace } from "./trace";
import { openTunnel, Tunnel } from "./tunnel";

/** Channels open at once per connection: below sshd's default MaxSessions of 10. */
const channelLimit = 8;

/** SSH's reason for not opening one channel more (RFC 4254, 5.1). */
export const shortage = 4;

/** How often a channel is asked for when the server refuses it though nothing else is open, and how long between, in milliseconds. */
const openAttempts = 60;
const openPause = 50;

/** What came of a tunnel. */
export type Tunnelled<T> = { result: T } | { answer: Answer | undefined; said: string };

/** What bounds a piece of work on a connection. */
export interface Bounds {
  /** Name of the step, for errors and the trace. */
  step: string;
  /** Limit for all of it, in milliseconds. */
  limit: number;
  /** Ends it early. */
  signal: AbortSignal;
}

/** A live SSH connection, shared by everything that talks to one host. */
export class Connection {
  private readonly channels = bulkhead(channelLimit, Number.MAX_SAFE_INTEGER);
  private readonly ended = new AbortController();
  /** What the server said when it ended the connection. */
  private partingWords: string | undefined;
  /** Shells that wait for their next script; they and the channels at work are never more than the limit. */
  private readonly idle: { command: string; shell: ClientChannel }[] = [];

  constructor(
    private readonly client: Client,
    private readonly target: Target,
    private readonly trace: Trace,
  ) {
    client.on("error", (error) => {
      this.partingWords = partingWords(error);
      this.ended.abort();
    });
    client.on("close", () => this.ended.abort());
  }

  /** False once the connection ended; it never comes back. */
  get alive(): boolean {
    return !this.ended.signal.aborted;
  }

  /**
   * Runs a script and collects its output.
   * @param command starts a shell that receives it
   * @param body what follows on the script's input
   * @throws HostError (lost, slow, cancelled); a script that ends non-zero is a result, not an error
   */
  exec(bounds: Bounds, command: string, text: string, body: Buffer | Readable): Promise<ExecResult> {
    return this.inChannel("exec", bounds, async (signal) => {
      const mark = randomUUID();
      const channel = await this.patiently(() => this.start(command), isOpenFailure, signal);
      const input = { head: asLine(wrapped(mark, text)), body };
      return this.lend(channel, signal, () => converse(channel, input, { mark, isKept: false }));
    });
  }

  /**
   * Runs a script in a shell that is kept for the next, which saves two round trips and the host's work for a new session.
   * @param body its whole input, a short one
   * @throws HostError as `exec`
   */
  evaluate(bounds: Bounds, command: string, text: string, body: Buffer): Promise<ExecResult> {
    return this.inChannel("exec", bounds, async (signal) => {
      const mark = randomUUID();
      let head = next(mark, text, body);
      const take = async () => {
        const waiting = this.takeShell(command);
        if (waiting !== undefined) {
          return waiting;
        }
        const fresh = await this.start(command);
        head = asLine(keeper) + head;
        return fresh;
      };
      const shell = await this.patiently(take, isOpenFailure, signal);
      const result = await this.lend(shell, signal, () => converse(shell, { head }, { mark, isKept: true }));
      if (!signal.aborted && shell.writable) {
        this.idle.push({ command, shell });
      }
      return result;
    });
  }

  /**
   * Opens a TCP connection from the host to `address:port` and lends it to `use`.
   * @throws HostError (lost, slow, cancelled); an Error with `reason` when the SSH server does not open it
   */
  forward<T>(bounds: Bounds, address: string, port: number, use: (stream: Duplex) => Promise<T>): Promise<T> {
    return this.inChannel("forward", bounds, async (signal) => {
      const stream = await this.patiently(() => this.open(address, port), isShortage, signal);
      signal.addEventListener("abort", () => stream.destroy(), { once: true });
      try {
        return await use(stream);
      } finally {
        stream.destroy();
      }
    });
  }

  /**
   * The same by a script in a shell of its own, which answers and then passes the connection on.
   * @returns what `use` makes of the connection; or the script's answer when it is not `open`, with what it wrote to stderr
   */
  tunnel<T>(bounds: Bounds, command: string, text: string, use: (stream: Duplex) => Promise<T>): Promise<Tunnelled<T>> {
    return this.inChannel("forward", bounds, async (signal) => {
      const mark = randomUUID();
      const channel = await this.patiently(() => this.start(command), isOpenFailure, signal);
      return this.lend(channel, signal, async () => {
        try {
          const [answer, said] = await openTunnel(channel, text, mark);
          return answer?.get("open") === undefined ? { answer, said } : { result: await use(new Tunnel(channel)) };
        } finally {
          channel.destroy();
        }
      });
    });
  }

  /** A TCP connection from the host for as long as this one lives; it takes none of the bounded channels. */
  open(address: string, port: number): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      this.client.forwardOut("127.0.0.1", 0, address, port, (error, stream) => {
        if (error) {
          reject(error);
        } else {
          resolve(stream);
        }
      });
    });
  }

  end(): void {
    this.client.end();
  }

  /**
   * Gets a channel. sshd counts a session a moment longer than we do, so one too many is refused now and then: shells that
   * wait are let go for it, and then it is waited out, for long while other channels are busy, and briefly when none is.
   */
  private async patiently<C>(
    get: () => Promise<C>,
    isRefusal: (error: unknown) => boolean,
    signal: AbortSignal,
  ): Promise<C> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await get();
      } catch (error) {
        const busy = this.atWork > 1;
        if (!isRefusal(error) || signal.aborted || (!busy && attempt >= openAttempts)) {
          throw error;
        }
      }
      this.idle.shift()?.shell.end();
      await pause(openPause);
    }
  }

  /** Lets a channel work until it is told to stop, which is the end of the channel. */
  private async lend<T>(channel: ClientChannel, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const stop = () => abandon(channel);
    if (signal.aborted) {
      stop();
    }
    signal.addEventListener("abort", stop, { once: true });
    try {
      return await work();
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** A waiting shell that the command started. */
  private takeShell(command: string): ClientChannel | undefined {
    const index = this.idle.findIndex((waiting) => waiting.command === command && waiting.shell.writable);
    return index === -1 ? undefined : this.idle.splice(index, 1)[0]?.shell;
  }

  private get atWork(): number {
    return channelLimit - this.channels.executionSlots;
  }

  private start(command: string): Promise<ClientChannel> {
    while (this.idle.length > 0 && this.idle.length + this.atWork > channelLimit) {
      this.idle.shift()?.shell.end();
    }
    return new Promise((resolve, reject) => {
      this.client.exec(command, (error, channel) => {
        if (error) {
          reject(error);
        } else {
          // It may fail while nobody works with it.
          channel.on("error", () => undefined);
          channel.once("close", () => this.forget(channel));
          resolve(channel);
        }
      });
    });
  }

  private forget(channel: ClientChannel): void {
    const index = this.idle.findIndex(({ shell }) => shell === channel);
    if (index !== -1) {
      this.idle.splice(index, 1);
    }
  }

  private inChannel<T>(event: "exec" | "forward", bounds: Bounds, action: (signal: AbortSignal) => Promise<T>) {
    return this.channels.execute(async () => {
      const started = performance.now();
      try {
        return await this.bounded(bounds, action);
      } finally {
        this.trace({ event, host: this.target.name, step: bounds.step, ms: performance.now() - started });
      }
    });
  }

  /** Lets `action` run until the connection ends, its time is over or Pulumi is told to stop. */
  private async bounded<T>(bounds: Bounds, action: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const timeUp = AbortSignal.timeout(bounds.limit);
    const stop = AbortSignal.any([this.ended.signal, timeUp, bounds.signal]);
    const interruption = () => this.interruption(bounds, timeUp);
    const early = interruption();
    if (early !== undefined) {
      throw early;
    }
    try {
      return await Promise.race([action(stop), rejection(stop)]);
    } catch (error) {
      // A connection that breaks fails its channels a moment before it says so itself.
      await nextTurn();
      if (isNotConnected(error)) {
        this.ended.abort();
      }
      throw interruption() ?? error;
    }
  }

  private interruption({ step, limit, signal }: Bounds, timeUp: AbortSignal): HostError | undefined {
    if (!this.alive) {
      const fix = "check that the host is up, sshd's log, and what cuts connections between; then run it again";
      const words = this.partingWords === undefined ? "" : `; the SSH server said "${this.partingWords}"`;
      return new HostError(this.target, "lost", `the connection ended before the step did${words}`, fix, step);
    }
    if (signal.aborted) {
      return new HostError(this.target, "cancelled", `stopped: ${String(signal.reason)}`, "run it again", step);
    }
    if (timeUp.aborted) {
      const fix = "see on the host what it hangs on; then run it again";
      return new HostError(this.target, "slow", `not done after ${Math.round(limit / 1000)} s`, fix, step);
    }
    return undefined;
  }
}

/** Whether the server refused to open a channel; it says why by a number. */
function isOpenFailure(error: unknown): boolean {
  return error instanceof Error && "reason" in error && typeof error.reason === "number";
}

/** Whether it refused because there are too many; what else refuses a forwarding is told by what is at its other end. */
function isShortage(error: unknown): boolean {
  return error instanceof Error && "reason" in error && error.reason === shortage;
}

/** Whether the client knows that the server hung up, though its connection is not closed yet. */
function isNotConnected(error: unknown): boolean {
  return error instanceof Error && error.message === "Not connected";
}

/** Lets go of a command; where the server passes signals on, it is told to end. */
function abandon(channel: ClientChannel): void {
  channel.signal("TERM");
  channel.destroy();
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error("interrupted")), { once: true });
  });
}
