import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { measure, type Measured } from "./measure";
import { scaleSample, writeScaleJob } from "./scale-figures";
import { ScaleHosts } from "./scale-hosts";
import { leftOver, undone } from "./scale-job";
import { dbhaTool, withEnv, type ScaleKind, type ScaleStep, type ScaleTool } from "./scale-tools";
import { seconds } from "./table";

/** Seconds that the plugin tries to reach a host. */
export const CONNECT_TIMEOUT = 5;
/** A bad line: a round trip in milliseconds, and the part of the packets that hosts lose. */
export const BAD_LINE = { roundTripMs: 200, lossPercent: 2 };

/** A step with some hosts silent, beside the same step with all of them. */
export interface Unreachable {
  step: ScaleStep;
  hosts: number;
  silent: number;
  /** With all hosts there, and with some silent. */
  seconds: { all: number; some: number };
  told: Told;
}

/** How a run says which hosts were not reached. */
export interface Told {
  /** Messages that tell of any. */
  messages: number;
  /** Messages that name all of them. */
  whole: number;
}

/** A step over a bad line. */
export interface OverBadLine {
  step: ScaleStep;
  seconds: number;
  logins: { least: number; most: number };
}

/** Counts messages in what a run wrote. @param silent names of the hosts. */
export function toldOf(output: string, silent: readonly string[]): Told {
  const messages = output
    .split(/^\s*error: /m)
    .slice(1)
    .map((text) => text.split(/\n\s*\n/)[0] ?? "")
    .filter((text) => /not reached within/.test(text));
  const namesAll = (text: string): boolean => silent.every((name) => new RegExp(`\\b${name}\\b`).test(text));
  return { messages: messages.length, whole: messages.filter(namesAll).length };
}

/** What runs of a number of hosts take, a tenth of which is silent: packets to them are dropped without an answer. */
export async function withSilentHosts(
  count: number,
  kind: ScaleKind,
  files: number,
  signal: AbortSignal,
): Promise<Unreachable[]> {
  return withHosts(count, kind, files, async (hosts, tool, written) => {
    const silent = hosts.hosts.filter((_, i) => i % 10 === 9);
    const names = silent.map(({ data }) => data.name);
    const rules = (change: "-I" | "-D"): Promise<void> =>
      hosts.inside(silent.map(({ data }) => `iptables ${change} INPUT -d ${data.address} -j DROP`).join("\n"));
    // as docs/operations.md advises for many hosts: the engine asks for all of them at once
    const atOnce = { PULUMI_PARALLEL: String(count) };
    const run = async (step: ScaleStep, areSilent = false) => {
      process.stdout.write(`${count} hosts, ${areSilent ? silent.length : 0} of them silent: ${step} ... `);
      if (areSilent) await rules("-I");
      const command = withEnv(tool.command(step, written.file), atOnce);
      const taken = await measure({ ...command, mayFail: areSilent }, signal);
      if (areSilent) await rules("-D");
      process.stdout.write(`${seconds(taken.seconds)} s\n`);
      return taken;
    };
    const compared = (step: ScaleStep, all: Measured, some: Measured): Unreachable => ({
      ...{ step, hosts: count, silent: silent.length, told: toldOf(some.output, names) },
      seconds: { all: all.seconds, some: some.seconds },
    });
    await begin(tool, signal);
    const first = await run("up");
    await run("destroy");
    const firstOfSome = await run("up", true);
    await run("up");
    const noOp = await run("no-op");
    const noOpOfSome = await run("no-op", true);
    await run("destroy");
    return [compared("up", first, firstOfSome), compared("no-op", noOp, noOpOfSome)];
  });
}

async function begin({ begin: command }: ScaleTool, signal: AbortSignal): Promise<void> {
  if (command !== undefined) await measure(command(), signal);
}

/** What runs over a bad line take; what is wanted has to be there, and gone, in the end. */
export async function overBadLine(
  count: number,
  kind: ScaleKind,
  files: number,
  signal: AbortSignal,
): Promise<OverBadLine[]> {
  return withHosts(count, kind, files, async (hosts, tool, written) => {
    const delay = resolve("lab/images/host/delay");
    const { roundTripMs, lossPercent } = BAD_LINE;
    const received = "iptables -t raw -A PREROUTING -i eth0";
    // last the queue: a packet that was delayed meets no further rule
    await hosts.inside(`set -e
      ${received} -m statistic --mode random --probability ${lossPercent / 100} -j DROP
      ${received} -j NFQUEUE --queue-num ${roundTripMs} --queue-bypass
      perl ${delay} ${roundTripMs}`);
    await begin(tool, signal);
    const found: OverBadLine[] = [];
    for (const step of ["up", "no-op", "destroy"] as const) {
      process.stdout.write(`${count} hosts at ${roundTripMs} ms with ${lossPercent} % loss: ${step} ... `);
      const sample = await scaleSample(hosts, tool, step, written.file, signal);
      process.stdout.write(`${seconds(sample.seconds)} s\n`);
      const wrong = step === "destroy" ? leftOver(written.job) : undone(written.job);
      if (wrong.length > 0) throw new Error(`${step} over a bad line: not as wanted: ${wrong.slice(0, 3).join(", ")}`);
      found.push({ step, seconds: sample.seconds, logins: sample.logins });
    }
    return found;
  });
}

async function withHosts<T>(
  count: number,
  kind: ScaleKind,
  files: number,
  work: (hosts: ScaleHosts, tool: ScaleTool, written: ReturnType<typeof writeScaleJob>) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "dbha-scale-"));
  let hosts: ScaleHosts | undefined;
  let tool: ScaleTool | undefined;
  try {
    hosts = await ScaleHosts.start(count, folder);
    tool = dbhaTool(kind, folder, {
      "dbha:privateKeyFile": hosts.privateKeyFile,
      "dbha:connectTimeout": String(CONNECT_TIMEOUT),
    });
    return await work(hosts, tool, writeScaleJob(hosts, files, folder));
  } finally {
    tool?.remove();
    await hosts?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
