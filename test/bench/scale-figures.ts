import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { measure } from "./measure";
import { roleOf } from "./process-role";
import { ProcessWatch, type SeenProcess } from "./process-watch";
import type { ScaleHosts } from "./scale-hosts";
import { filesOf, leftOver, undone, type ScaleJob } from "./scale-job";
import { EMPTY, SCALE_STEPS, type ScaleStep, type ScaleTool } from "./scale-tools";
import { seconds } from "./table";

/** The most that a process of a role held at a time. */
export interface RoleFigures {
  peakMiB: number;
  descriptors: number;
  sockets: number;
}

/** One measurement of one step. */
export interface ScaleSample {
  seconds: number;
  /** Processor time of the tool. */
  cpuSeconds: number;
  /** Processor time of the hosts, which share the machine. */
  hostsCpuSeconds: number;
  /** All processes of the tool together. */
  peakMiB: number;
  roles: Record<string, RoleFigures>;
  /** SSH log-ins of a host, the least and the most. */
  logins: { least: number; most: number };
  /** Commands and file transfers a host. */
  channels: number;
}

/** Samples by tool and step, one a round, for one number of hosts. */
export type ScaleFigures = Record<string, Partial<Record<ScaleStep, ScaleSample[]>>>;

/** What the processes of each role held at most. */
export function byRole(processes: readonly SeenProcess[]): Record<string, RoleFigures> {
  const found: Record<string, RoleFigures> = {};
  for (const { command, peakMiB, descriptors, sockets } of processes) {
    const role = (found[roleOf(command)] ??= { peakMiB: 0, descriptors: 0, sockets: 0 });
    role.peakMiB = Math.max(role.peakMiB, peakMiB);
    role.descriptors = Math.max(role.descriptors, descriptors);
    role.sockets = Math.max(role.sockets, sockets);
  }
  return found;
}

/** Writes the job of these hosts. */
export function writeScaleJob(hosts: ScaleHosts, files: number, folder: string): { job: ScaleJob; file: string } {
  const { privateKeyFile, knownHostsFile } = hosts;
  const job: ScaleJob = {
    hosts: hosts.hosts.map((host) => ({ data: host.data, files: filesOf(host, files) })),
    privateKeyFile,
    knownHostsFile,
  };
  const file = join(folder, "scale-job.json");
  writeFileSync(file, JSON.stringify(job), { mode: 0o600 });
  return { job, file };
}

/** Measures one step of a tool. */
export async function scaleSample(
  hosts: ScaleHosts,
  tool: ScaleTool,
  step: ScaleStep,
  jobFile: string,
  signal: AbortSignal,
): Promise<ScaleSample> {
  const watch = new ProcessWatch();
  const before = await hosts.used();
  const taken = await measure(tool.command(step, jobFile), signal, {
    everyMs: 100,
    look: (pids) => watch.look(pids),
  });
  const { logins, channels, cpuSeconds: hostsCpu } = await hosts.used();
  const counts = hosts.hosts.map(({ data }) => logins[data.address] ?? 0);
  return {
    seconds: taken.seconds,
    cpuSeconds: taken.cpuSeconds,
    hostsCpuSeconds: hostsCpu - before.cpuSeconds,
    peakMiB: taken.peakMiB,
    roles: byRole(watch.processes),
    logins: { least: Math.min(...counts), most: Math.max(...counts) },
    channels: channels / counts.length,
  };
}

/** Lets every tool do the job in every round, each beginning with another one, and looks past them whether it is done. */
export async function measureScale(
  hosts: ScaleHosts,
  tools: readonly ScaleTool[],
  { job, file }: { job: ScaleJob; file: string },
  rounds: number,
  signal: AbortSignal,
): Promise<ScaleFigures> {
  const figures: ScaleFigures = Object.fromEntries(tools.map(({ name }) => [name, {}]));
  for (let round = 0; round < rounds; round += 1) {
    const turn = round % tools.length;
    for (const tool of [...tools.slice(turn), ...tools.slice(0, turn)]) {
      if (tool.begin !== undefined) await measure(tool.begin(), signal);
      for (const step of SCALE_STEPS) {
        const title = `${hosts.hosts.length} hosts, round ${round + 1} of ${rounds}, ${tool.name}: ${step}`;
        process.stdout.write(`${title} ... `);
        const sample = await scaleSample(hosts, tool, step, file, signal);
        process.stdout.write(`${seconds(sample.seconds)} s\n`);
        ((figures[tool.name] ??= {})[step] ??= []).push(sample);
        if (tool.name !== EMPTY) assertDone(job, step, title);
      }
    }
  }
  return figures;
}

/** @throws Error: a figure of work that was not done is worth nothing. */
function assertDone(job: ScaleJob, step: ScaleStep, title: string): void {
  const isThere = step === "up" || step === "no-op";
  const faults = isThere ? undone(job) : leftOver(job);
  if (faults.length === 0) return;
  const what = isThere ? "not as wanted" : "there, and should not be";
  throw new Error(`${title}: ${faults.length} files are ${what}, as ${faults.slice(0, 3).join(", ")}`);
}
