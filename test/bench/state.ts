/** Times a stack of many small resources under settings of the state's backend, for docs/operations.md. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { measure } from "./measure";
import { engineVersion } from "./ours";
import { roleOf } from "./process-role";
import { ProcessWatch } from "./process-watch";
import { BenchStack } from "./stack";
import { seconds, table } from "./table";

/** Settings by name, and arguments of `pulumi up`. */
const SETTINGS: readonly { name: string; env?: Record<string, string>; args?: string[] }[] = [
  { name: "as it is" },
  { name: "--parallel 64", args: ["--parallel", "64"] },
  { name: "PULUMI_DIY_BACKEND_ZSTD=true", env: { PULUMI_DIY_BACKEND_ZSTD: "true" } },
  { name: "PULUMI_SKIP_CHECKPOINTS=true", env: { PULUMI_SKIP_CHECKPOINTS: "true" } },
];

const STEPS: readonly (readonly [step: string, args: string[]])[] = [
  ["up", ["up", "--yes", "--skip-preview"]],
  ["no-op up", ["up", "--yes", "--skip-preview"]],
  ["no-op up --refresh", ["up", "--yes", "--skip-preview", "--refresh"]],
  ["destroy", ["destroy", "--yes", "--skip-preview"]],
];

interface Options {
  resources: string;
  backend?: string;
}

async function main(): Promise<void> {
  const { resources, backend } = new Command("state")
    .description("Times resources that ask nobody, under settings of the state's backend")
    .option("--resources <n>", "how many", "840")
    .option("--backend <url>", "instead of a folder on this machine; the stack is removed in the end")
    .parse()
    .opts<Options>();
  const folder = mkdtempSync(join(tmpdir(), "dbha-state-"));
  const { signal } = new AbortController();
  const stack = new BenchStack("test/bench/state-stack", folder, "bench");
  const rows: string[][] = [];
  try {
    for (const { name, env, args = [] } of SETTINGS) {
      const more = {
        ...env,
        STATE_RESOURCES: resources,
        ...(backend === undefined ? {} : { PULUMI_BACKEND_URL: backend }),
      };
      const withMore = (command: ReturnType<BenchStack["command"]>) => ({
        ...command,
        env: { ...command.env, ...more },
      });
      await measure(withMore(stack.begin()), signal);
      for (const [step, stepArgs] of STEPS) {
        const watch = new ProcessWatch();
        const look = { everyMs: 100, look: (pids: number[]) => watch.look(pids) };
        const taken = await measure(withMore(stack.command(...stepArgs, ...args)), signal, look);
        const cli = watch.processes.filter(({ command }) => roleOf(command) === "CLI");
        const written = Math.max(0, ...cli.map(({ writtenMiB }) => writtenMiB));
        const peak = Math.max(0, ...cli.map(({ peakMiB }) => peakMiB));
        rows.push([
          `${step}, ${name}`,
          seconds(taken.seconds),
          seconds(taken.cpuSeconds),
          written.toFixed(0),
          peak.toFixed(0),
        ]);
        console.log(rows.at(-1)?.join("  "));
      }
      await measure(withMore(stack.command("stack", "rm", "--yes", "--force")), signal);
    }
    console.log(`\n${resources} resources, engine ${await engineVersion(undefined)}\n`);
    console.log(table(["step, setting", "seconds", "CPU", "written, MiB", "CLI's peak MiB"], rows));
  } finally {
    stack.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
