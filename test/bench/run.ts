/** What `make bench` runs: stack dev and other tools doing the same, and on request the lab. See README.md. */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { type Lab, readLab } from "../../lab/src/lab";
import { ansible } from "./ansible";
import { driftFigures } from "./drift";
import { freshStart, LAB, removeLab, startLab, warmStarts } from "./lab-figures";
import { withLatency } from "./latency";
import { goals } from "./goals";
import { labImage } from "./job";
import { measure } from "./measure";
import { parseOptions, type Options, type ToolName } from "./options";
import { Ours } from "./ours";
import { comparePeers } from "./peer-figures";
import { profileNoOp } from "./profile-no-op";
import { promptOdc } from "./prompt-odc";
import { pyinfra } from "./pyinfra";
import { driftTable, goalTable, labTable, peerTable, ratioTable, stackTable } from "./report";
import { Session } from "./session";
import { shell } from "./shell";
import { BenchStack } from "./stack";
import { measureStack } from "./stack-figures";
import type { Tool } from "./tool";

/** The programs that are run by Pulumi. */
interface Stacks {
  ours: Ours;
  /** The same on the fallback engine, where a real CLI is there. */
  fallback: Ours;
  emptyStack: BenchStack;
  dockerStack: BenchStack;
}

/** Prepares the tools; one that cannot run is left out, with the reason. @returns them, and what is to be said of each. */
async function ready(
  wanted: readonly ToolName[],
  all: Record<ToolName, Tool>,
  lab: Lab,
): Promise<{ tools: Tool[]; versions: string }> {
  const tools: Tool[] = [];
  const versions: string[] = [];
  for (const name of wanted)
    try {
      versions.push(`- ${all[name].name}: ${await all[name].prepare(lab)}`);
      tools.push(all[name]);
    } catch (error) {
      versions.push(`- ${all[name].name} is left out: ${(error as Error).message.split("\n")[0] ?? ""}`);
    }
  return { tools, versions: versions.join("\n") };
}

async function figures(options: Options, folder: string, signal: AbortSignal, stacks: Stacks): Promise<string[]> {
  const { ours, fallback, emptyStack, dockerStack } = stacks;
  const lab = readLab(LAB);
  const { tools, versions } = await ready(options.only, { shell, pyinfra, ansible, dbha: ours, fallback }, lab);
  console.log(versions);
  const withOurs = tools.includes(ours);
  if (withOurs) await measure(emptyStack.begin(), signal);
  const tables = [versions];
  if (options.stack && withOurs) {
    const session = new Session(lab, folder, signal, labImage(lab, "odc-4.3.1"));
    tables.push(stackTable(await measureStack(session, ours, emptyStack, options.runs)));
  }
  if (!options.peers && !options.drift) return tables;
  const session = new Session(lab, folder, signal, await promptOdc(folder));
  for (const latency of options.peers ? options.latency : []) {
    const label = `${latency} ms`;
    const compared = await withLatency(lab, latency, () =>
      comparePeers(session, tools, withOurs ? { emptyStack, dockerStack } : undefined, options.runs, label),
    );
    tables.push(peerTable(compared, label));
    if (withOurs && tools.length > 1) tables.push(ratioTable(compared), goalTable(goals(compared, latency)));
    if (withOurs && options.profile) tables.push(await profileNoOp(session, ours, latency));
  }
  if (options.drift) tables.push(driftTable(await driftFigures(session, tools)));
  return tables;
}

async function bench(options: Options, signal: AbortSignal): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "dbha-bench-"));
  const stacks = {
    ours: new Ours(join(folder, "dbha")),
    fallback: new Ours(join(folder, "fallback"), "dbha, fallback engine", "fallback"),
    emptyStack: new BenchStack("test/bench/empty-stack", join(folder, "empty")),
    dockerStack: new BenchStack("test/bench/docker-stack", join(folder, "docker"), "bench", undefined, {
      DOCKER_JOB: join(folder, "job", "job.json"),
    }),
  };
  try {
    const starts: Record<string, number[]> = options.fresh ? { "empty cache": [await freshStart(signal)] } : {};
    await startLab(signal);
    if (options.stack) starts["warm cache"] = await warmStarts(options.runs, signal);
    const tables = Object.keys(starts).length > 0 ? [labTable(starts)] : [];
    tables.push(...(await figures(options, folder, signal, stacks)));
    const memory = Math.round(totalmem() / 2 ** 30);
    console.log(
      `\n${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, ${memory} GiB, ${options.runs} rounds`,
    );
    console.log(`\n${tables.join("\n\n")}`);
  } finally {
    for (const stack of Object.values(stacks)) stack.remove();
    rmSync(folder, { recursive: true, force: true });
    console.log("removing the lab of the benchmark");
    // a failure here may not hide the one that ended the run
    await removeLab().catch(report);
  }
}

async function main(): Promise<void> {
  const abort = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const)
    process.once(name, () => {
      console.log("\nstopping; the lab is removed first");
      abort.abort(new Error(`stopped by ${name}`));
    });
  await bench(parseOptions(process.argv), abort.signal);
}

function report(error: unknown): void {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

main().catch(report);
