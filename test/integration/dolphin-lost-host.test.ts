import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as yaml from "yaml";
import { inject, start } from "../../lab/src/faults";
import { vendorClient } from "./dolphin-client";
import { dolphinConfig, dolphinNode, dolphinOutputs, endDolphin } from "./dolphin-stack";
import { engines } from "./engines";
import { labFolder, theLab } from "./hosts";
import type { Config } from "./odc-config";
import { TestStack } from "./stack";

const [engine] = engines();

describe("A host of a DolphinDB cluster that is off and marked as lost", function () {
  this.timeout(240_000);
  let stack: TestStack;
  let folder: string;

  /** Nodes with so many connections at most; p3 may be lost. */
  function config(maxConnections: number, lost: boolean): Config {
    const { hosts } = yaml.parse(readFileSync(join(labFolder, "hosts.yaml"), "utf8")) as { hosts: { name: string }[] };
    const file = join(folder, `${lost ? "lost" : "all"}.yaml`);
    const marked = hosts.map((host) => (lost && host.name === "p3" ? { ...host, lost } : host));
    writeFileSync(file, yaml.stringify({ hosts: marked }));
    const dolphin = dolphinConfig(({ parameters }) => {
      parameters.controllers = { ...parameters.controllers, maxConnections };
    });
    return { ...dolphin, "dbha-stacks:inventory": file, "dbha:connectTimeout": "5" };
  }
  const states = async (): Promise<string[]> => {
    const { nodes } = await dolphinOutputs(stack);
    return [...new Set(nodes.map(({ host, state }) => `${host} ${state}`))].sort();
  };

  before(async () => {
    assert.ok(engine);
    folder = mkdtempSync(join(tmpdir(), "dbha-dolphin-lost-"));
    stack = new TestStack(engine);
    await stack.init(config(400, false));
    await stack.up();
    await inject(theLab(), "p3", { kind: "stopped", power: "lost" });
  });
  after(async () => {
    await start(theLab(), "p3");
    stack.configure(config(300, false));
    await endDolphin(stack);
    rmSync(folder, { recursive: true });
  });

  it("is not contacted by a change of the others' controllers, which serve on", async () => {
    stack.configure(config(300, true));
    await stack.up();
    assert.deepEqual(await states(), ["p1 online", "p2 online", "p3 lost"]);
    const { adminPassword: password, leader } = await dolphinOutputs(stack);
    assert.match(leader, /^p[12]-controller$/);
    const scripts = ["1 + 1"];
    const answers = await vendorClient({ node: dolphinNode("p1", "computenode"), password, scripts });
    assert.deepEqual(answers, [{ connected: true }, { value: 2 }]);
    await stack.succeed("preview", "--refresh", "--expect-no-changes");
  });

  it("has its nodes again when it is there and marked no more", async () => {
    await start(theLab(), "p3");
    stack.configure(config(300, false));
    await stack.up("--refresh");
    assert.deepEqual(await states(), ["p1 online", "p2 online", "p3 online"]);
    await stack.succeed("preview", "--refresh", "--expect-no-changes");
  });
});
