/**
 * Times a run that changes nothing and looks at everything, of a two-node OMS and of a DolphinDB cluster of twelve nodes beside a
 * two-node ODC, on the lab of the tests, which it makes.
 */
import { Command } from "commander";
import { labDown, labUp, readLab, type Lab } from "../../lab/src/lab";
import { dolphinConfig, endDolphin } from "../integration/dolphin-stack";
import { engines, type Engine } from "../integration/engines";
import { devConfig } from "../integration/odc-config";
import { clearOms, dropOmsDatabases, emptyOmsMetaDb, omsConfig } from "../integration/oms-stack";
import { TestStack } from "../integration/stack";
import { labName } from "../test-lab";
import { logins } from "./hosts";
import { ratios, summarize } from "./stats";
import { seconds, table, times } from "./table";

/** A stack with its configuration, which shares a file with the others'. */
interface Deployment {
  name: string;
  stack: TestStack;
  config: Record<string, unknown>;
  taken: number[];
  /** Of each host and run. */
  logins: number[];
}

const noOp = ["up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes"];

async function measure(lab: Lab, one: Deployment): Promise<void> {
  one.stack.configure(one.config);
  const before = await logins(lab);
  const began = performance.now();
  await one.stack.succeed(...noOp);
  one.taken.push((performance.now() - began) / 1000);
  const after = await logins(lab);
  one.logins.push(...Object.keys(after).map((host) => (after[host] ?? 0) - (before[host] ?? 0)));
}

function report(deployments: Deployment[], odc: Deployment): string {
  const rows = deployments.map(({ name, taken, logins: counts }) => {
    const { min, median, max } = summarize(taken);
    const ratio = ratios(taken, odc.taken);
    return [
      name,
      seconds(median),
      `${seconds(min)}-${seconds(max)}`,
      `${times(ratio.median)} (${times(ratio.min)}-${times(ratio.max)})`,
      `${Math.min(...counts)}-${Math.max(...counts)}`,
    ];
  });
  return table(["no-op up --refresh", "median", "range", "/ ODC in the same round", "SSH logins a host"], rows);
}

async function main(): Promise<void> {
  const { runs } = new Command("no-op")
    .description("Times `pulumi up --refresh` without a change, of OMS and DolphinDB beside ODC")
    .option("--runs <n>", "rounds", Number, 10)
    .parse()
    .opts<{ runs: number }>();
  await labUp(labName);
  const lab = readLab(labName);
  const engine = engines().at(-1) as Engine;
  const made = (name: string, config: Record<string, unknown>): Deployment => ({
    ...{ name, config, taken: [], logins: [] },
    stack: new TestStack(engine),
  });
  const odc = made("ODC, 2 nodes", devConfig());
  const oms = made("OMS, 2 nodes", omsConfig());
  const dolphin = made("DolphinDB, 12 nodes", dolphinConfig());
  const all = [odc, oms, dolphin];
  const server = await emptyOmsMetaDb();
  try {
    for (const { stack, config } of all) {
      await stack.init(config);
      await stack.up();
    }
    for (let round = 0; round < runs; round += 1)
      for (let i = 0; i < all.length; i += 1) await measure(lab, all[(round + i) % all.length] as Deployment);
    console.log(`\n${engine.name}, ${runs} rounds\n\n${report(all, odc)}`);
    for (const { stack, config } of [oms, odc]) {
      stack.configure(config);
      await stack.destroy();
    }
    dolphin.stack.configure(dolphin.config);
    await endDolphin(dolphin.stack);
    await clearOms();
    await dropOmsDatabases(server);
  } finally {
    await server.close();
    for (const { stack } of [odc, oms]) stack.remove();
    await labDown(labName);
  }
}

void main();
