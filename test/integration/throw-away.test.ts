import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as yaml from "yaml";
import { labName } from "../test-lab";
import { engines } from "./engines";
import { emptyMetaDb, eventually, labFolder } from "./hosts";
import type { Config } from "./odc-config";
import { emptyOmsMetaDb, endOms } from "./oms-stack";
import { TestStack } from "./stack";
import { told, traces } from "./traces";

/** Stack dev on the lab of the tests, keeping as little as stacks/examples/Pulumi.test.yaml does. */
function throwAway(): Config {
  const read = (file: string) => (yaml.parse(file) as { config: Record<string, unknown> }).config;
  const dev = read(readFileSync("Pulumi.dev.yaml", "utf8").replaceAll(".lab/demo/", `${labFolder}/`));
  const example = read(readFileSync("stacks/examples/Pulumi.test.yaml", "utf8"));
  for (const name of ["odc", "oms", "dolphin"].map((one) => `dbha-stacks:${one}`)) {
    const { keepData, backup } = example[name] as { keepData?: boolean; backup?: object };
    assert.deepEqual([keepData, backup], [false, { keepOnDestroy: false }], name);
    Object.assign(dev[name] as object, { keepData, backup });
  }
  return dev;
}

const engine = engines().at(-1);

describe("A test environment that keeps nothing", function () {
  this.timeout(600_000);
  let stack: TestStack;
  let server: Awaited<ReturnType<typeof emptyOmsMetaDb>>;
  let untouched: string[];

  before(async () => {
    assert.ok(engine);
    await emptyMetaDb();
    server = await emptyOmsMetaDb();
    untouched = await traces(labName);
    stack = new TestStack(engine);
    await stack.init(throwAway());
  });
  after(async () => {
    await endOms(stack, server);
    await emptyMetaDb();
  });

  it("leaves nothing of all four components on three hosts when it is destroyed", async () => {
    await stack.up();
    const deployed = (await traces(labName)).filter((line) => !untouched.includes(line));
    // of each kind there is something to leave behind
    for (const kind of [
      "process",
      "user",
      "mount",
      "address",
      "iptables-save",
      "container",
      "image",
      "unit",
      "listens",
      "f",
    ])
      assert.ok(
        deployed.some((line) => line.split(" ")[1] === kind),
        kind,
      );
    const { code, text } = await stack.dbha("destroy", "--yes-i-know");
    assert.equal(code, 0, text);
    assert.deepEqual(told(text), [], "it says that nothing of the hosts stays");
    // a log-in's processes end some seconds after it
    const { left, missing } = await eventually(
      "what the hosts had before",
      30,
      async () => {
        const now = await traces(labName);
        return {
          left: now.filter((line) => !untouched.includes(line)),
          missing: untouched.filter((line) => !now.includes(line)),
        };
      },
      (seen) => seen.left.length === 0 && seen.missing.length === 0,
    );
    assert.deepEqual([left, missing], [[], []]);
  });
});
