import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../command";
import { changesOf } from "../report/changes";
import { goingOf } from "./goes";
import { hostsOfState, silence } from "./hosts";
import { obstaclesOf } from "./obstacles";
import { FAILED, LEFT, type Options, SHOWN } from "./options";
import { pulumi, shownPulumi } from "./pulumi";
import { type LeftOut, type Plan, render } from "./render";
import { destroyOf, type Exported, parseState, resourcesOf } from "./state";
import { staysOf } from "./stays";
import { withoutHosts } from "./without";

/**
 * Shows what goes and what stays, and destroys it where that is asked for.
 * @returns the exit code.
 * @throws UsageError where a host is called lost that the stack has not; InputError where the CLI cannot be run, or has no state
 */
export async function run(options: Options): Promise<number> {
  const exported = await pulumi("stack", "export", "--stack", options.stack);
  if (exported.code !== 0) return failed(exported.stderr);
  const state = parseState(exported.stdout);
  if (resourcesOf(state).length === 0) {
    console.log(`Nothing is deployed by stack ${options.stack}.`);
    return 0;
  }
  const plan = await planOf(state, options);
  process.stdout.write(render(plan));
  if (plan.obstacles.length > 0) return failed("Nothing was changed.");
  console.log("");
  if (!options.isSure) {
    console.log("Nothing was changed; with --yes-i-know it is.");
    return SHOWN;
  }
  return carryOut(state, plan, options);
}

function failed(reason: string): number {
  console.error(reason.trimEnd());
  return FAILED;
}

async function planOf(state: Exported, { stack, lost }: Options): Promise<Plan> {
  const all = changesOf(destroyOf(state));
  const hosts = hostsOfState(resourcesOf(state));
  const strange = lost.find((name) => !hosts.some((one) => one.name === name));
  if (strange !== undefined)
    throw new UsageError(`--lost ${strange}: the stack has ${hosts.map(({ name }) => name).join(", ") || "no hosts"}`);
  const [mark, ...reasons] = await Promise.all([
    pulumi("config", "get", "throwAway", "--stack", stack),
    ...hosts.map((host) => (lost.includes(host.name) || host.lost === true ? undefined : silence(host))),
  ]);
  const leftOut = hosts.flatMap((host, i): LeftOut[] =>
    reasons[i] !== undefined || lost.includes(host.name) || host.lost === true ? [{ ...host, reason: reasons[i] }] : [],
  );
  const names = leftOut.map(({ name }) => name);
  const silent = hosts.filter((_, i) => reasons[i] !== undefined).map(({ name }) => name);
  return {
    all,
    going: goingOf(all, names),
    stays: staysOf(all).filter(({ where }) => !names.includes(where)),
    leftOut,
    obstacles: obstaclesOf(withoutHosts(state, all, names), stack, mark.stdout.trim(), silent, hosts.length),
  };
}

async function carryOut(state: Exported, { all, leftOut }: Plan, { stack }: Options): Promise<number> {
  const names = leftOut.map(({ name }) => name);
  if (names.length > 0) {
    const imported = await importState(withoutHosts(state, all, names), stack);
    if (imported.code !== 0) return failed(imported.stderr);
  }
  const code = await shownPulumi("destroy", "--stack", stack, "--yes", "--skip-preview", "--non-interactive");
  if (code !== 0)
    return failed(
      `\npulumi destroy ended with ${code}: what is left is still in the state; fix what it says and run this again`,
    );
  if (names.length === 0) return 0;
  console.log(`\nDestroyed, but for what ${names.join(", ")} ${names.length === 1 ? "keeps" : "keep"}.`);
  return LEFT;
}

/** Secrets are encrypted in it. */
async function importState(state: Exported, stack: string) {
  const folder = await mkdtemp(join(tmpdir(), "dbha-destroy-"));
  try {
    const file = join(folder, "state.json");
    await writeFile(file, JSON.stringify(state), { mode: 0o600 });
    return await pulumi("stack", "import", "--stack", stack, "--file", file);
  } finally {
    await rm(folder, { recursive: true });
  }
}
