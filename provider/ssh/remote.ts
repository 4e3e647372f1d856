import type { Duplex, Readable } from "node:stream";
import { tunnel } from "../scripts/probe";
import { assemble, receiver, Script, Values } from "../scripts/script";
import { Answer, parseAnswer } from "./answer";
import { Connection, shortage } from "./connection";
import { ExecResult } from "./converse";
import { HostError } from "./host-error";
import { Pool } from "./pool";
import { Target } from "./target";

/** How often a step is begun on a fresh connection after the one it ran on broke. Every script may be killed and run again. */
const reruns = 2;

const defaultLimit = 120_000;

/** Up to how many bytes a body goes along with its script; shells read such lines byte by byte. */
const shortBody = 32 * 1024;

/** One step on a host: a script, its values, and what it is called in errors. */
export interface Step<P extends string> {
  /** In the infinitive, with its object: `write /etc/nginx/nginx.conf`. */
  name: string;
  script: Script<P>;
  values: Values<P>;
  /** The words of `$@`, for scripts that take a list. */
  list?: readonly string[];
  /** What follows on the script's input; a stream is made anew for every attempt. */
  body?: Buffer | (() => Readable);
  /**
   * Limit in milliseconds.
   * @default two minutes
   */
  limit?: number;
}

/** An answer with what the script wrote to stderr, and the moments that clocks are compared by. */
export interface TimedAnswer extends Answer {
  /** The end of stderr, on one line. */
  said: string;
  sentAt: number;
  firstOutputAt: number;
}

/** When to stop: `soon` ends waits and transfers at once, `now` ends short steps too. */
export interface Cancellation {
  soon: AbortSignal;
  now: AbortSignal;
}

/** Nobody answers where a connection was to be opened. */
export class Unopened extends Error {}

/** SSH's reason for not opening a channel that the server's configuration forbids (RFC 4254, 5.1). */
const prohibited = 1;

function reasonOf(error: unknown): unknown {
  return error instanceof Error && "reason" in error ? error.reason : undefined;
}

/** A step that a host could not do, with what it had answered by then. */
export class StepFailed extends HostError {
  constructor(
    error: HostError,
    readonly answer: Answer,
  ) {
    super(error.target, error.trouble, error.problem, error.fix, error.step);
  }
}

/** A host as the resource kinds see it. */
export class Remote {
  constructor(
    readonly target: Target,
    private readonly pool: Pool,
    private readonly cancellation: Cancellation,
  ) {}

  /**
   * Runs a step; begins it again when the connection breaks under it.
   * @throws HostError naming host, step, what was found and the fix
   */
  async run<P extends string>(step: Step<P>): Promise<TimedAnswer> {
    // A transfer may take minutes and can be cut anywhere; a short step is better let finish than left in doubt.
    const signal = typeof step.body === "function" ? this.cancellation.soon : this.cancellation.now;
    const bounds = { step: step.name, limit: step.limit ?? defaultLimit, signal };
    const text = assemble(step.script, step.values, step.list);
    const command = this.shell(this.target.sudo);
    const result = await this.persist(step.name, (connection) => {
      const body = typeof step.body === "function" ? step.body() : (step.body ?? Buffer.alloc(0));
      if (Buffer.isBuffer(body) && body.length <= shortBody) {
        return connection.evaluate(bounds, command, text, body);
      }
      return connection.exec(bounds, command, text, body);
    });
    const { sentAt, firstOutputAt } = result;
    return { ...this.judge(step.name, result), said: lastWords(result.stderr), sentAt, firstOutputAt };
  }

  /**
   * Opens a TCP connection from the host and lends it to `use`; not begun again. Where the SSH server forbids that or has no
   * channel for it, a shell on the host makes the connection.
   * @throws HostError; Unopened when nobody answers there
   */
  async forward<T>(
    step: string,
    limit: number,
    address: string,
    port: number,
    use: (stream: Duplex) => Promise<T>,
  ): Promise<T> {
    const connection = await this.connect(step);
    const bounds = { step, limit, signal: this.cancellation.soon };
    try {
      return await connection.forward(bounds, address, port, use);
    } catch (error) {
      const reason = reasonOf(error);
      if (reason === undefined) throw error;
      if (reason !== prohibited && reason !== shortage) {
        throw new Unopened(/timed? ?out/i.test(String(error)) ? "connection timed out" : "connection refused");
      }
    }
    // Not by sudo, as sshd itself would not.
    const text = assemble(tunnel, { address, port });
    const came = await connection.tunnel(bounds, this.shell(false), text, use);
    if ("result" in came) return came.result;
    const [problem, said] = [came.answer?.get("problem"), lastWords(came.said)];
    if (problem !== undefined) throw this.problem(step, problem, came.answer?.get("fix") ?? "see what the host said");
    throw new Unopened(/refused/i.test(said) || said === "" ? "connection refused" : said);
  }

  /** The command that starts a shell, past aliases and functions of the login shell, whichever it is. */
  private shell(sudo: boolean): string {
    return `exec ${sudo ? "sudo -n " : ""}${receiver}`;
  }

  /** A problem found on this host, in words. */
  problem(step: string, problem: string, fix: string): HostError {
    return new HostError(this.target, "failed", problem, fix, step);
  }

  private async connect(step: string): Promise<Connection> {
    const { soon } = this.cancellation;
    if (soon.aborted) {
      throw new HostError(this.target, "cancelled", `not begun: ${String(soon.reason)}`, "run it again", step);
    }
    const over = new AbortController();
    try {
      return await Promise.race([this.pool.connect(this.target), this.stopped(step, over.signal)]);
    } catch (error) {
      throw error instanceof HostError ? error.during(step) : error;
    } finally {
      over.abort();
    }
  }

  /** Rejects when Pulumi is told to stop; `over` says that nobody waits for that any more. */
  private stopped(step: string, over: AbortSignal): Promise<never> {
    const { soon } = this.cancellation;
    return new Promise((_resolve, reject) => {
      const stop = () => {
        const problem = `stopped while connecting: ${String(soon.reason)}`;
        reject(new HostError(this.target, "cancelled", problem, "run it again", step));
      };
      soon.addEventListener("abort", stop, { once: true, signal: over });
    });
  }

  private async persist<T>(step: string, action: (connection: Connection) => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      const connection = await this.connect(step);
      try {
        return await action(connection);
      } catch (error) {
        if (!(error instanceof HostError)) {
          const message = error instanceof Error ? error.message : String(error);
          const fix = "check sshd's log on the host and its MaxSessions; then run it again";
          throw new HostError(this.target, "failed", `the command could not be run (${message})`, fix, step);
        }
        if (error.trouble !== "lost" || attempt >= reruns) {
          throw error;
        }
      }
    }
  }

  private judge(step: string, result: ExecResult): Answer {
    const said = lastWords(result.stderr);
    const ending = result.code === undefined ? "was killed" : `ended with status ${result.code}`;
    const words = (problem: string) => (said === "" ? problem : `${problem} (${said})`);
    if (!result.begun) {
      throw this.notBegun(step, words, said, ending);
    }
    const answer = parseAnswer(result.stdout, (problem) =>
      this.problem(
        step,
        words(`its answer is not understood: ${problem}`),
        "see what the host said; then run it again",
      ),
    );
    const problem = answer.get("problem");
    if (problem !== undefined) {
      throw new StepFailed(this.problem(step, words(problem), answer.get("fix") ?? "see what the host said"), answer);
    }
    if (result.code === 0) {
      return answer;
    }
    throw this.problem(step, words(`the script ${ending}`), "see what the host said");
  }

  /** What stands between the connection and the step: sudo, or a login shell that does not run commands. */
  private notBegun(step: string, words: (problem: string) => string, said: string, ending: string): HostError {
    const { sudo, user, address } = this.target;
    if (sudo && /(^|\| )sudo:/.test(said)) {
      const fix = `allow ${user} to run sh by sudo without a password (NOPASSWD) and without a terminal`;
      return this.problem(step, `sudo refused (${said})`, fix);
    }
    const what = `the login shell of ${user} ${ending} before the step began`;
    const fix = `ssh ${user}@${address} true must end with status 0: the shell must run commands, its startup files must not exit`;
    return this.problem(step, words(what), fix);
  }
}

/** The end of what a command wrote to stderr, on one line. */
export function lastWords(stderr: string): string {
  const lines = stderr.split(/\r?\n/).map((line) => line.trim());
  return lines
    .filter((line) => line !== "")
    .slice(-8)
    .join(" | ")
    .slice(-1500);
}
