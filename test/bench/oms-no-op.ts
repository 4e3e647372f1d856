/** Times a run that changes nothing and looks at everything, of a two-node OMS beside a two-node ODC, on the lab of the tests, which it makes. */
import { Command } from "commander";
import { labDown, labUp } from "../../lab/src/lab";
import { engines, type Engine } from "../integration/engines";
import { devConfig } from "../integration/odc-config";
import { dropOmsDatabases, emptyOmsMetaDb, omsConfig } from "../integration/oms-stack";
import { TestStack } from "../integration/stack";
import { labName } from "../test-lab";
import { ratios, summarize } from "./stats";
import { seconds, table, times } from "./table";

/** A stack with its configuration, which shares a file with the other's. */
interface Deployment {
  name: string;
  stack: TestStack;
  config: Record<string, unknown>;
  taken: number[];
}

const noOp = ["up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes"];

async function main(): Promise<void> {
  const { runs } = new Command("oms-no-op")
    .description("Times `pulumi up --refresh` without a change, of OMS beside ODC, each with two nodes")
    .option("--runs <n>", "rounds", Number, 10)
    .parse()
    .opts<{ runs: number }>();
  await labUp(labName);
  const engine = engines().at(-1) as Engine;
  const made = (name: string, config: Record<string, unknown>): Deployment => ({
    ...{ name, config, taken: [] },
    stack: new TestStack(engine),
  });
  const odc = made("ODC", devConfig());
  const oms = made("OMS", omsConfig());
  const server = await emptyOmsMetaDb();
  try {
    for (const { stack, config } of [odc, oms]) {
      await stack.init(config);
      await stack.up();
    }
    for (let round = 0; round < runs; round += 1)
      for (const one of round % 2 === 0 ? [odc, oms] : [oms, odc]) {
        one.stack.configure(one.config);
        const began = performance.now();
        await one.stack.succeed(...noOp);
        one.taken.push((performance.now() - began) / 1000);
      }
    const row = ({ name, taken }: Deployment): string[] => {
      const { min, median, max } = summarize(taken);
      return [name, seconds(median), `${seconds(min)}-${seconds(max)}`];
    };
    const { min, median, max } = ratios(oms.taken, odc.taken);
    console.log(`\n${engine.name}, ${runs} rounds\n`);
    console.log(table(["no-op up --refresh", "median", "range"], [row(odc), row(oms)]));
    console.log(`\nOMS / ODC in the same round: ${times(median)} (${times(min)}-${times(max)})`);
    for (const { stack, config } of [oms, odc]) {
      stack.configure(config);
      await stack.destroy();
    }
    await dropOmsDatabases(server);
  } finally {
    await server.close();
    for (const { stack } of [odc, oms]) stack.remove();
    await labDown(labName);
  }
}

void main();
