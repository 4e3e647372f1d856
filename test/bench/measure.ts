import { randomUUID } from "node:crypto";
import { MarkedProcesses, residentBytes } from "./processes";

/** A program to be run and measured. */
export interface Command {
  program: string;
  args: string[];
  env?: Record<string, string>;
  cwd?: string;
  /** Whether it is measured too when it ends with an error. */
  mayFail?: boolean;
  /** Ends what it leaves in the background on purpose. */
  cleanUp?: () => Promise<void>;
}

/** What running it took. */
export interface Measured {
  seconds: number;
  /** Processor time of its processes on this machine: it depends less on what else the machine does. */
  cpuSeconds: number;
  /** Highest sum of the resident memory of its processes, in MiB, looked at ten times a second. */
  peakMiB: number;
  /** Standard output and error. */
  output: string;
}

/** Somebody who looks at the processes of a command while it runs. */
export interface Observer {
  everyMs: number;
  /** Called with the ids of those that run. */
  look: (pids: number[]) => void;
}

const LIMIT_SECONDS = 600;
const SAMPLE_MS = 100;
/** Runs its arguments and ends its error output with their processor time, in user and in system mode. */
const TIMED = 'TIMEFORMAT="%U %S"; time "$0" "$@"';

/**
 * Runs a command to its end, and ends whatever it left in the background.
 * @throws Error with the end of what it wrote when it fails, takes longer than ten minutes or `signal` stops it.
 */
export async function measure(command: Command, signal: AbortSignal, observer?: Observer): Promise<Measured> {
  // loaded here: the package is ESM only
  const { execa } = await import("execa");
  signal.throwIfAborted();
  const processes = new MarkedProcesses(randomUUID());
  let peak = 0;
  const timer = setInterval(() => {
    const pids = processes.pids();
    peak = Math.max(peak, residentBytes(pids));
    observer?.look(pids);
  }, observer?.everyMs ?? SAMPLE_MS);
  const began = performance.now();
  const result = await execa("bash", ["-c", TIMED, command.program, ...command.args], {
    env: { ...command.env, ...processes.environment },
    ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
    all: true,
    reject: false,
    stdin: "ignore",
    timeout: LIMIT_SECONDS * 1000,
    cancelSignal: signal,
  });
  const seconds = (performance.now() - began) / 1000;
  clearInterval(timer);
  await command.cleanUp?.();
  processes.end();
  signal.throwIfAborted();
  const isStopped = result.exitCode === undefined;
  if (isStopped || (result.exitCode !== 0 && command.mayFail !== true))
    throw new Error(failure(command, result.exitCode, result.all));
  const [user = "", system = ""] = (result.stderr.trim().split("\n").at(-1) ?? "").split(" ");
  return { seconds, cpuSeconds: Number(user) + Number(system), peakMiB: peak / 2 ** 20, output: result.all };
}

function failure(command: Command, exitCode: number | undefined, output: string): string {
  const ended =
    exitCode === undefined ? `was stopped, at the latest after ${LIMIT_SECONDS} s` : `ended with ${exitCode}`;
  const tail = output.split("\n").slice(-40).join("\n");
  return `${command.program} ${command.args.join(" ")} ${ended}:\n${tail}`;
}
