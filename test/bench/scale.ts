/** What `make bench-scale` runs: small files on many hosts, which it makes itself. See README.md. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { engineVersion } from "./ours";
import { goalTable } from "./report";
import { measureScale, writeScaleJob, type ScaleFigures } from "./scale-figures";
import { ScaleHosts } from "./scale-hosts";
import { parseScaleOptions, type ScaleOptions } from "./scale-options";
import { roleTable, scaleChart, scaleGoals, scaleTable } from "./scale-report";
import { overBadLine, withSilentHosts } from "./scale-trouble";
import { troubleTable } from "./scale-trouble-table";
import { dbhaTool, emptyTool, pyinfraTool, type ScaleTool } from "./scale-tools";
import { svgChart } from "./svg-chart";

/** The charts of the README. */
const CHARTS = { up: "test/bench/scale-up.svg", "no-op": "test/bench/scale-no-op.svg" } as const;

/** With a resource for each file, `up` of a hundred hosts takes 285 s. */
const MOST_HOSTS_OF_FILE = 30;

async function figuresOf(count: number, options: ScaleOptions, signal: AbortSignal): Promise<ScaleFigures> {
  const folder = mkdtempSync(join(tmpdir(), "dbha-scale-"));
  const kinds = options.kinds.filter((kind) => kind !== "File" || count <= MOST_HOSTS_OF_FILE);
  const tools: ScaleTool[] = [];
  let hosts: ScaleHosts | undefined;
  try {
    hosts = await ScaleHosts.start(count, folder);
    const { privateKeyFile } = hosts;
    const config = { "dbha:privateKeyFile": privateKeyFile };
    tools.push(emptyTool(folder), ...kinds.map((kind) => dbhaTool(kind, folder, config)));
    if (options.pyinfra) tools.push(await pyinfraTool());
    return await measureScale(hosts, tools, writeScaleJob(hosts, options.files, folder), options.runs, signal);
  } finally {
    for (const tool of tools) tool.remove();
    await hosts?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function troubleOf({ hosts, files, kinds }: ScaleOptions, signal: AbortSignal): Promise<string> {
  const kind = kinds.at(-1) ?? "Files";
  const silent = await withSilentHosts(Math.max(10, ...hosts), kind, files, signal);
  return troubleTable(silent, await overBadLine(10, kind, files, signal));
}

async function main(): Promise<void> {
  const options = parseScaleOptions(process.argv);
  const abort = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const)
    process.once(name, () => abort.abort(new Error(`stopped by ${name}`)));
  const figures = new Map<number, ScaleFigures>();
  for (const count of options.hosts) figures.set(count, await figuresOf(count, options, abort.signal));
  const memory = Math.round(totalmem() / 2 ** 30);
  const engine = await engineVersion(undefined);
  console.log(
    `\n${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, ${memory} GiB, engine ${engine}, ${options.runs} rounds, ${options.files} files a host`,
  );
  const goals = scaleGoals(figures);
  const tables = [scaleTable(figures), ...(goals.length > 0 ? [goalTable(goals)] : []), roleTable(figures)];
  if (options.trouble) tables.push(await troubleOf(options, abort.signal));
  console.log(`\n${tables.join("\n\n")}`);
  if (options.hosts.length === 1) return;
  for (const [step, file] of Object.entries(CHARTS)) {
    writeFileSync(file, svgChart(scaleChart(figures, step as keyof typeof CHARTS, options.files)));
    console.log(`\nwrote ${file}`);
  }
}

main().catch((error: unknown) => {
  console.error(`bench-scale: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
