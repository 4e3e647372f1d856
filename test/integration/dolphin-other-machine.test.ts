import assert from "node:assert/strict";
import { HOST_NAMES } from "../../lab/src/name";
import { vendorClient } from "./dolphin-client";
import { COUNT, TABLE } from "./dolphin-rows";
import { dolphinConfig, dolphinNode, dolphinOutputs, dolphinTraces, endDolphin } from "./dolphin-stack";
import { engines } from "./engines";
import { on } from "./hosts";
import { TestStack } from "./stack";

const [engine] = engines();
const HOME = "/var/lib/dolphin-dolphin";

/** What a machine that has just been installed has not. */
const WIPE = `cd /etc/systemd/system
systemctl disable --now dbha-dolphin-dolphin-*.service 2>/dev/null
rm -rf dbha-dolphin-dolphin-*.service* /opt/dbha/dolphin-dolphin /etc/dbha/dolphin-dolphin ${HOME} /var/backups/dolphin-dolphin
systemctl daemon-reload; userdel dolphin-dolphin`;

describe("Another machine for a host of a DolphinDB cluster", function () {
  this.timeout(240_000);
  let stack: TestStack;
  const password = "First.Password+1";

  before(async () => {
    assert.ok(engine);
    stack = new TestStack(engine);
    await stack.init(dolphinConfig((dolphin) => (dolphin.adminPassword = password)));
    await stack.up();
    const [, written] = await vendorClient({ node: dolphinNode("p1", "datanode"), password, scripts: [TABLE] });
    assert.deepEqual(written, { value: 30 });
  });
  after(() => endDolphin(stack));

  it("takes its place under its name and address, and gets all from the others", async () => {
    await on("p3", WIPE);
    assert.deepEqual(await dolphinTraces("p3"), []);
    // as where a disk of its own is mounted
    await on("p3", `mkdir ${HOME}`);
    await stack.up("--refresh");
    const { nodes } = await dolphinOutputs(stack);
    assert.deepEqual(
      nodes.map(({ host, state }) => `${host} ${state}`).sort(),
      HOST_NAMES.flatMap((host) => Array.from({ length: 4 }, () => `${host} online`)),
    );
    const node = dolphinNode("p3", "computenode");
    assert.deepEqual((await vendorClient({ node, password, scripts: [COUNT] }))[1], { value: 30 });
    await stack.succeed("preview", "--refresh", "--expect-no-changes");
  });
});
