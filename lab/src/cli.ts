import { mkdirSync } from "node:fs";
import Table from "cli-table3";
import { Command } from "commander";
import { environment } from "./env";
import type { Finding } from "./health";
import { checkLabName } from "./name";
import { labPaths } from "./paths";

// What a command needs is loaded when it runs: lab/env, which begins a shell's work, takes half the time so.
const program = new Command("lab").description(
  "Three Debian hosts and a MetaDB on this machine, for trying and testing the stacks",
);

function command(name: string, description: string, action: (lab: string) => Promise<void> | void): void {
  program
    .command(name)
    .description(description)
    .option("--name <name>", "which lab", "demo")
    .action((options: { name: string }) => action(checkLabName(options.name)));
}

function table(findings: readonly Finding[]): string {
  const rows = new Table({ head: ["part", "address", "state"], style: { head: [], border: [] } });
  rows.push(
    ...findings.map((finding) => [finding.part, finding.address, `${finding.ok ? "" : "FAULT: "}${finding.detail}`]),
  );
  return rows.toString();
}

command("up", "start the lab, or repair it; does nothing when it is healthy", async (name) => {
  const { up } = await import("./up.js");
  const { changed, findings } = await up(name);
  console.log(table(findings));
  console.log(changed ? `lab ${name} is up` : `lab ${name} is up already, nothing to do`);
});

command("down", "remove the lab with everything that belongs to it", async (name) => {
  await (await import("./down.js")).down(name);
  console.log(`lab ${name} is removed`);
});

command("status", "say what runs and what is wrong; ends with 1 when something is", async (name) => {
  const { loadLab } = await import("./up.js");
  const loaded = loadLab(name);
  if (loaded === undefined) {
    const damage = (await import("./memory.js")).memoryDamage(labPaths(name));
    console.log(
      damage === undefined
        ? `lab ${name} is not there; start it with: lab/up --name ${name}`
        : `${table(damage)}\nlab ${name} has faults; repair it with: lab/up --name ${name}`,
    );
    process.exitCode = 1;
    return;
  }
  const { daemonFault, dockerClient } = await import("./docker.js");
  const { inspectLab } = await import("./health.js");
  const docker = dockerClient();
  const daemon = await daemonFault();
  if (daemon !== undefined) {
    console.log(`${daemon}; repair the lab with: lab/up --name ${name}`);
    process.exitCode = 1;
    return;
  }
  const findings = await inspectLab(docker, loaded.lab, loaded.paths);
  console.log(table(findings));
  if (findings.every((finding) => finding.ok)) {
    console.log(`lab ${name} is healthy`);
  } else {
    console.log(`lab ${name} has faults; repair it with: lab/up --name ${name}`);
    process.exitCode = 1;
  }
});

command("env", 'print export lines for the shell: eval "$(lab/env)"', (name) => {
  const paths = labPaths(name);
  mkdirSync(paths.state, { recursive: true });
  console.log(environment(paths));
});

program
  .command("summary", { hidden: true })
  .description("the outputs of stack dev as a table; called by lab/summary")
  .action(async () => (await import("./summary.js")).summarize());

program
  .command("download-pulumi <cache>", { hidden: true })
  .description("try once to get the real Pulumi CLI; called by lab/bin/pulumi")
  .action(async (cache: string) => {
    process.exitCode = await (await import("./real-pulumi.js")).downloadPulumi(cache);
  });

// the reader of a pipe may have seen enough (lab/up | head): the work goes on, its lines go nowhere
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

async function main(): Promise<void> {
  if (process.argv[2] === "fault") program.addCommand((await import("./fault-cli.js")).faultCommand());
  await program.parseAsync();
}

main().catch((error: unknown) => {
  console.error(`lab: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
