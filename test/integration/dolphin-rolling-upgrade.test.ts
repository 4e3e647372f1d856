import assert from "node:assert/strict";
import { HOST_NAMES } from "../../lab/src/name";
import { ClientLoop, vendorClient } from "./dolphin-client";
import { COUNT, TABLE } from "./dolphin-rows";
import { dolphinConfig, dolphinNode, dolphinOutputs, endDolphin, serverOf, type ServerVersion } from "./dolphin-stack";
import { engines } from "./engines";
import { on } from "./hosts";
import type { Config } from "./odc-config";
import { TestStack } from "./stack";

const [engine] = engines();

describe("A rolling upgrade of a DolphinDB cluster", function () {
  this.timeout(240_000);
  let stack: TestStack;
  const password = "First.Password+1";
  const config = (version: ServerVersion): Config =>
    dolphinConfig((dolphin) =>
      Object.assign(dolphin, { adminPassword: password, server: serverOf(version), upgrade: { mode: "rolling" } }),
    );

  before(async () => {
    assert.ok(engine);
    stack = new TestStack(engine);
    await stack.init(config("3.00.4.3"));
    await stack.up();
    const written = await vendorClient({ node: dolphinNode("p1", "datanode"), password, scripts: [TABLE] });
    assert.deepEqual(written, [{ connected: true }, { value: 30 }]);
  });
  after(() => endDolphin(stack));

  it("goes host by host, the leader's last, while the vendor's client counts all rows", async () => {
    const { leader } = await dolphinOutputs(stack);
    stack.configure(config("3.00.5.1"));
    assert.match(
      await stack.succeed("preview"),
      /host by host nodes stop, [^\n]* 3\.00\.5\.1 in the place of 3\.00\.4\.3/,
    );
    const sites = HOST_NAMES.map((name) => dolphinNode(name, "datanode"));
    const node = sites[0] as (typeof sites)[number];
    const loop = await ClientLoop.start({ node, password, sites, reconnect: true, scripts: [COUNT] });
    try {
      await loop.untilMore(1);
      await stack.up();
      await loop.untilMore(2);
    } finally {
      const lines = (await loop.stop()).slice(1);
      assert.ok(lines.length > 10, String(lines.length));
      assert.deepEqual([...new Set(lines.map((line) => JSON.stringify(line)))], ['{"value":30}']);
    }
    const { nodes, backups } = await dolphinOutputs(stack);
    assert.deepEqual([...new Set(nodes.map(({ state, version }) => `${state} ${version}`))], ["online 3.00.5.1"]);
    assert.equal(backups.length, 1);
    const ages = await Promise.all(
      HOST_NAMES.map(async (host) => ({
        host,
        at: Number(await on(host, "stat -c %Y /opt/dbha/dolphin-dolphin/server/.package")),
      })),
    );
    assert.equal(`${ages.sort((a, b) => a.at - b.at).at(-1)?.host}-controller`, leader);
    await stack.succeed("preview", "--refresh", "--expect-no-changes");
  });
});
