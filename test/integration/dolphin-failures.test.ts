import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as yaml from "yaml";
import { inject, start } from "../../lab/src/faults";
import type { HostName } from "../../lab/src/name";
import { waitFor } from "../../lab/src/wait";
import { ClientLoop, vendorClient } from "./dolphin-client";
import { COUNT, TABLE } from "./dolphin-rows";
import { dolphinConfig, dolphinNode, dolphinOutputs, endDolphin } from "./dolphin-stack";
import { engines } from "./engines";
import { labFolder, on, theLab } from "./hosts";
import type { Config } from "./odc-config";
import { TestStack } from "./stack";

const [engine] = engines();

describe("A DolphinDB cluster that loses nodes and hosts", function () {
  this.timeout(240_000);
  let stack: TestStack;
  let folder: string;
  const password = "First.Password+1";

  function config(...lost: HostName[]): Config {
    const { hosts } = yaml.parse(readFileSync(join(labFolder, "hosts.yaml"), "utf8")) as {
      hosts: { name: HostName }[];
    };
    const file = join(folder, `${lost.join("-")}.yaml`);
    const marked = hosts.map((host) => (lost.includes(host.name) ? { ...host, lost: true } : host));
    writeFileSync(file, yaml.stringify({ hosts: marked }));
    const dolphin = dolphinConfig((section) => Object.assign(section, { adminPassword: password }));
    return { ...dolphin, "dbha-stacks:inventory": file, "dbha:connectTimeout": "5" };
  }
  const counted = async (host: HostName): Promise<unknown> =>
    (await vendorClient({ node: dolphinNode(host, "computenode"), password, scripts: [COUNT] }))[1];
  const pidOfData = async (host: HostName): Promise<string> =>
    (await on(host, `pgrep -f -- '[-]home /var/lib/dolphin-dolphin/${host}-datanode' || true`)).trim();

  before(async () => {
    assert.ok(engine);
    folder = mkdtempSync(join(tmpdir(), "dbha-dolphin-failures-"));
    stack = new TestStack(engine);
    await stack.init(config());
    await stack.up();
    const written = await vendorClient({ node: dolphinNode("p1", "datanode"), password, scripts: [TABLE] });
    assert.deepEqual(written, [{ connected: true }, { value: 30 }]);
  });
  after(async () => {
    for (const host of ["p2", "p3"] as const) await start(theLab(), host);
    stack.configure(config());
    await endDolphin(stack);
    rmSync(folder, { recursive: true });
  });

  it("has a data node that was killed again, with its rows, while others count them", async () => {
    const pid = await pidOfData("p2");
    const loop = await ClientLoop.start({ node: dolphinNode("p1", "computenode"), password, scripts: [COUNT] });
    try {
      await loop.untilMore(1);
      await on("p2", `kill -KILL ${pid}`);
      await waitFor("the data node was not started again", 60, async () => {
        const next = await pidOfData("p2");
        assert.ok(next !== "" && next !== pid, next);
      });
      await loop.untilMore(3);
    } finally {
      const lines = await loop.stop();
      const counts = new Set(lines.slice(1).map((line) => JSON.stringify(line)));
      assert.deepEqual([...counts], ['{"value":30}']);
    }
    await stack.up("--refresh");
    await stack.succeed("preview", "--refresh", "--expect-no-changes");
    assert.deepEqual(await counted("p2"), { value: 30 });
  });

  it("says that nobody leads without two hosts of three, and what to do, before anything is changed", async () => {
    for (const host of ["p2", "p3"] as const) await inject(theLab(), host, { kind: "stopped", power: "lost" });
    stack.configure(config("p2", "p3"));
    const { code, text } = await stack.run("preview");
    assert.notEqual(code, 0);
    assert.match(
      text,
      /1 of 3 controllers are on hosts that are not marked as lost, and without a majority nobody leads; fix: bring a host with a controller back/,
    );
    const said = await vendorClient({
      node: dolphinNode("p1", "datanode"),
      password,
      scripts: [TABLE.replace("kept", "new")],
    });
    assert.notEqual(said.at(-1)?.value, 30, JSON.stringify(said));
  });

  it("leads and counts again when one of them is back, and has all nodes when both are", async () => {
    await start(theLab(), "p2");
    stack.configure(config("p3"));
    await stack.up();
    const { leader, nodes } = await dolphinOutputs(stack);
    assert.match(leader, /^p[12]-controller$/);
    assert.deepEqual([...new Set(nodes.map(({ host, state }) => `${host} ${state}`))].sort(), [
      ...["p1 online", "p2 online", "p3 lost"],
    ]);
    assert.deepEqual(await counted("p2"), { value: 30 });
    await start(theLab(), "p3");
    stack.configure(config());
    await stack.up("--refresh");
    assert.deepEqual(await counted("p3"), { value: 30 });
    await stack.succeed("preview", "--refresh", "--expect-no-changes");
  });
});
