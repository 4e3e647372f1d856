import { spawn, type ChildProcessByStdio } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";

/**
 * Runs a command and ends it when this process ends, however that happens: the watcher sees the pipe close. The
 * command has the same pipe as its stdin, as plugins of the real CLI do, and may watch it as well. A SIGTERM to the
 * group reaches the command; the shell itself outlives it until the command has ended.
 */
const SUPERVISE = `
trap : TERM
exec 3<&0
"$@" <&3 3<&- &
child=$!
{ cat <&3; kill -TERM $child; sleep 5; kill -KILL $child; } >/dev/null 2>&1 &
watcher=$!
wait $child
status=$?
while kill -0 $child; do wait $child; status=$?; done 2>/dev/null
kill $watcher 2>/dev/null
exit $status
`;

const STOP_LIMIT_MS = 5_000;

export interface SupervisedOptions {
  directory: string;
  environment: NodeJS.ProcessEnv;
}

export class Supervised {
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;

  /** Resolves with the exit code, or the signal, that ended the command. */
  readonly ended: Promise<number | NodeJS.Signals>;
  readonly stdout: Readable;
  readonly stderr: Readable;

  constructor(command: string[], options: SupervisedOptions) {
    // a process group of its own: Ctrl-C in the terminal is for the engine, which ends its children in good order
    this.child = spawn("/bin/sh", ["-c", SUPERVISE, "supervise", ...command], {
      cwd: options.directory,
      env: options.environment,
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.stdout = this.child.stdout;
    this.stderr = this.child.stderr;
    this.child.stdin.on("error", () => undefined);
    this.ended = new Promise((resolve) => {
      this.child.on("error", () => resolve(127));
      this.child.on("exit", (code, signal) => resolve(code ?? signal ?? 0));
    });
  }

  /** How it ended; undefined when it still runs after the limit. */
  async endedWithin(milliseconds: number): Promise<number | NodeJS.Signals | undefined> {
    return Promise.race([this.ended, wait(milliseconds, undefined, { ref: false })]);
  }

  /** Asks the command to end, and ends it by force when it does not. */
  async stop(): Promise<void> {
    this.kill("SIGTERM");
    if ((await this.endedWithin(STOP_LIMIT_MS)) === undefined) this.kill("SIGKILL");
    await this.ended;
  }

  /** Sends a signal to the command and all that it started. */
  kill(signal: NodeJS.Signals): void {
    const { pid, exitCode, signalCode } = this.child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // it ended in the meantime
    }
  }
}

export function describeEnding(ending: number | NodeJS.Signals): string {
  return typeof ending === "number" ? `exit code ${ending}` : `signal ${ending}`;
}

/** Calls back for every line of a stream, the last one included when it lacks a line break. */
export function eachLine(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream }).on("line", onLine);
}
