import { appendFileSync } from "node:fs";

/** One connection, command or forwarding, for counting; never any contents. */
export interface TraceEvent {
  event: "connect" | "exec" | "forward";
  host: string;
  /** Name of the step, for commands. */
  step?: string;
  /** How long it took, in milliseconds. */
  ms: number;
}

export type Trace = (event: TraceEvent) => void;

/** Appends events as JSON lines to the file that DBHA_TRACE names; does nothing without it. */
export function traceFromEnvironment(environment: NodeJS.ProcessEnv): Trace {
  const file = environment.DBHA_TRACE;
  if (file === undefined || file === "") {
    return () => undefined;
  }
  return ({ ms, ...event }) => {
    const line = { time: new Date().toISOString(), pid: process.pid, ...event, ms: Math.round(ms * 10) / 10 };
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  };
}
