import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { LineUse } from "./delay-proxy";
import { readTrace, type EngineTrace } from "./engine-trace";
import { logins as countLogins } from "./hosts";
import { cpuCounters } from "./hosts-cpu";
import type { Command } from "./measure";
import { measure } from "./measure";
import { roleOf } from "./process-role";
import { memoryBytes } from "./processes";
import { ProcessWatch, type SeenProcess } from "./process-watch";
import type { Session } from "./session";

/** How often the processes are looked at, in milliseconds: a log-in takes longer at any latency. */
const LOOK_MS = 20;
/** Memory is looked at this many times more seldom, since that takes time of the run's own. */
const LOOKS_BETWEEN = 10;

/** Where the time of one run goes. Times are seconds after its begin. */
export interface Profile {
  seconds: number;
  processes: SeenProcess[];
  /** Highest memory of all processes together, in MiB, a page that several share counted once. */
  peakMiB: number;
  /** SSH log-ins of all hosts together, as their sshd counted them. */
  logins: number;
  /** What went over the line to the hosts. */
  lines: LineUse[];
  /** Processor time of all hosts together, looked at again and again. */
  hostsCpu: { at: number; seconds: number }[];
  /** Of another run of the same command, since tracing takes time of its own; empty for the fallback engine. */
  trace: EngineTrace;
}

/**
 * Runs a command of the engine twice, once watched from outside and once traced by itself.
 * @param used tells what went over the line since it was last asked.
 */
export async function profile(session: Session, command: Command, used: () => Promise<LineUse[]>): Promise<Profile> {
  const counters = await cpuCounters(session.lab);
  const hosts = (): number => counters.reduce((sum, read) => sum + read(), 0);
  await used();
  const watch = new ProcessWatch();
  const before = hosts();
  const hostsCpu: Profile["hostsCpu"] = [{ at: 0, seconds: 0 }];
  const loginsBefore = await allLogins(session);
  let looks = 0;
  let peak = 0;
  const { seconds } = await measure(command, session.signal, {
    everyMs: LOOK_MS,
    look: (pids) => {
      watch.look(pids);
      looks += 1;
      if (looks % LOOKS_BETWEEN === 0) peak = Math.max(peak, memoryBytes(pids));
      hostsCpu.push({ at: watch.now, seconds: hosts() - before });
    },
  });
  const lines = await used();
  const logins = (await allLogins(session)) - loginsBefore;
  const file = join(session.folder, `trace-${randomUUID()}.json`);
  await measure({ ...command, args: [...command.args, "--otel-traces", `file://${file}`] }, session.signal);
  const trace = readTrace(file);
  rmSync(file, { force: true });
  return { seconds, processes: watch.processes, peakMiB: peak / 2 ** 20, logins, lines, hostsCpu, trace };
}

const allLogins = async ({ lab }: Session): Promise<number> =>
  Object.values(await countLogins(lab)).reduce((sum, count) => sum + count, 0);

/** When the program began: with `--refresh` all before is the look at what is there. */
export const programStart = ({ processes }: Pick<Profile, "processes">): number | undefined =>
  processes.find(({ command }) => roleOf(command) === "program")?.started;
