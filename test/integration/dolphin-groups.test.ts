import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { architecture } from "../../lab/src/docker";
import { run } from "../../lab/src/lab";
import { HOST_NAMES, type HostName } from "../../lab/src/name";
import { waitFor } from "../../lab/src/wait";
import { vendorClient } from "./dolphin-client";
import { COUNT, TABLE } from "./dolphin-rows";
import { dolphinConfig, dolphinNode, dolphinOutputs, endDolphin } from "./dolphin-stack";
import { call, nodeOf, untilStates } from "./dolphin-stand-in";
import { engines } from "./engines";
import { labHosts, on, theLab } from "./hosts";
import type { Config } from "./odc-config";
import { TestStack } from "./stack";

const [engine] = engines();
const PACKAGE = "/opt/DolphinDB_of_the_host.zip";
const ZONES: Record<HostName, string> = { p1: "east", p2: "east", p3: "west" };

/** The commands of the page for a controller whose Raft files are damaged, for one of this deployment. */
function runbook(alias: string): string {
  const page = readFileSync("docs/dolphin-ha.md", "utf8");
  const [, commands = ""] =
    /^### Raft files of a controller that are damaged\n.*?^```sh\n(.*?)^```$/ms.exec(page) ?? [];
  assert.match(commands, /ALIAS/);
  return commands.replaceAll("NAME", "dolphin").replaceAll("ALIAS", alias);
}

describe("A DolphinDB cluster with a compute group and zones, from a package that lies on its hosts", function () {
  this.timeout(240_000);
  let stack: TestStack;
  const password = "First.Password+1";

  /** A compute node of the group on each of these hosts. */
  const config = (...group: HostName[]): Config =>
    dolphinConfig((dolphin) => {
      Object.assign(dolphin, {
        adminPassword: password,
        server: { version: "3.00.4.3", hostArchives: { [architecture()]: PACKAGE } },
        zones: { east: { replicationFactor: 1 }, west: { replicationFactor: 1 } },
        dataNodes: HOST_NAMES.map((host) => ({ host, zone: ZONES[host] })),
        computeNodes: group.map((host) => ({ host, group: "orca", zone: ZONES[host] })),
      });
    });
  const counted = async (host: HostName): Promise<unknown> =>
    (
      await vendorClient({
        node: { host: labHosts()[host].address, port: dolphinNode(host, "computenode").port },
        password,
        scripts: [COUNT],
      })
    )[1];
  /** Rows of cluster.nodes that data and compute nodes have, without their sites' addresses. */
  const rows = async (): Promise<string[]> =>
    (await on("p2", "cat /var/lib/dolphin-dolphin/config/cluster.nodes"))
      .split("\n")
      .flatMap((line) => /:([\w-]+,(?:datanode|computenode),.*)$/.exec(line)?.[1] ?? [])
      .sort();

  before(async () => {
    assert.ok(engine);
    const server = readFileSync(theLab().servers["3.00.4.3"]).toString("base64");
    for (const host of HOST_NAMES) await run(theLab(), host, `base64 -d >${PACKAGE}`, { stdin: server });
    stack = new TestStack(engine);
    await stack.init(config("p1", "p2"));
    await stack.up();
    const written = await vendorClient({ node: dolphinNode("p1", "datanode"), password, scripts: [TABLE] });
    assert.deepEqual(written, [{ connected: true }, { value: 30 }]);
  });
  after(async () => {
    await endDolphin(stack);
    for (const host of HOST_NAMES) await on(host, `rm -f ${PACKAGE}`);
  });

  it("has them as the cluster's own, with aliases that begin with the group's name", async () => {
    assert.deepEqual(await rows(), [
      ...["orca-p1,computenode,orca,east", "orca-p2,computenode,orca,east"],
      ...["p1-datanode,datanode,,east", "p2-datanode,datanode,,east", "p3-datanode,datanode,,west"],
    ]);
    const { nodes } = await dolphinOutputs(stack);
    assert.deepEqual(
      nodes.filter(({ state }) => state !== "online").map(({ alias }) => alias),
      [],
    );
    assert.match(await on("p1", "cat /var/lib/dolphin-dolphin/config/controller.cfg"), /east/);
    await stack.succeed("preview", "--refresh", "--expect-no-changes");
  });

  it("counts through a node of the group", async () => {
    assert.deepEqual(await counted("p2"), { value: 30 });
  });

  it("takes another node into the group by an ordinary up, and then has nothing to do", async () => {
    stack.configure(config("p1", "p2", "p3"));
    assert.match(await stack.succeed("preview"), /computenode orca-p3 on [\d.]+ is added, while all others serve/);
    await stack.up();
    assert.ok((await rows()).includes("orca-p3,computenode,orca,west"));
    assert.deepEqual(await counted("p3"), { value: 30 });
    await stack.succeed("preview", "--refresh", "--expect-no-changes");
  });

  it("has a controller with damaged Raft files back by the page's commands, while another one leads", async () => {
    const { leader } = await dolphinOutputs(stack);
    const host = HOST_NAMES.find((name) => !leader.startsWith(name)) as HostName;
    const home = `/var/lib/dolphin-dolphin/${host}-controller`;
    const unit = "dbha-dolphin-dolphin-controller";
    await on(host, `systemctl stop ${unit} && printf damaged >${home}/raft/raftWAL1 && systemctl start ${unit}`);
    await waitFor("the controller did not refuse the files", 30, async () =>
      assert.match(await on(host, "tail -n 5 /var/lib/dolphin-dolphin/log/controller.log"), /the file is corrupted/),
    );
    const seen = nodeOf(leader.slice(0, 2) as HostName, "controller");
    await untilStates(seen, { [`${host}-controller`]: 0 }, password);
    await on(host, `sh -eu -c '${runbook(`${host}-controller`).replaceAll("'", `'\\''`)}'`);
    await untilStates(seen, { [`${host}-controller`]: 1 }, password);
    // the others see it before it has heard from them
    await waitFor("the controller does not know the leader", 30, async () =>
      assert.deepEqual(await call(nodeOf(host, "controller"), "getActiveMaster", {}, password), {
        form: "scalar",
        value: leader,
      }),
    );
    assert.equal(await on(host, `cat ${home}/damaged/raft/raftWAL1`), "damaged");
    assert.deepEqual(await counted(host), { value: 30 });
    await stack.succeed("preview", "--refresh", "--expect-no-changes");
  });
});
