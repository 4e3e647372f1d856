import assert from "node:assert/strict";
import { rowsOf } from "../../provider/dolphin/answer";
import { HOST_NAMES, type HostName } from "../../lab/src/name";
import { waitFor } from "../../lab/src/wait";
import { ClientLoop, vendorClient } from "./dolphin-client";
import {
  call,
  nodeOf,
  prepareCluster,
  removeCluster,
  script,
  signalNode,
  startCluster,
  startNode,
  startWorkers,
  untilLed,
  untilStates,
  type NodeAddress,
} from "./dolphin-stand-in";

const TABLE = `
  db = database("dfs://loop", VALUE, 2024.01.01..2024.01.03)
  t = table(1:0, \`id\`day\`v, [INT, DATE, DOUBLE])
  pt = db.createPartitionedTable(t, \`pt, \`day)
  pt.append!(table(0..29 as id, take(2024.01.01..2024.01.03, 30) as day, rand(1.0, 30) as v))`;
const APPEND = `
  t = table([100] as id, [2024.01.02] as day, [1.0] as v)
  loadTable("dfs://loop", "pt").append!(t)
  exec count(*) from loadTable("dfs://loop", "pt")`;
const COUNT = 'exec count(*) from loadTable("dfs://loop", "pt")';
const hostOf = ({ alias }: NodeAddress): HostName => alias.slice(0, 2) as HostName;

describe("Failures of the DolphinDB stand-in's cluster", function () {
  this.timeout(240_000);
  let leader: NodeAddress;
  const dataNodes = HOST_NAMES.map((name) => nodeOf(name, "datanode"));
  let loop: ClientLoop;

  before(async () => {
    await prepareCluster({ controllerCfg: ["datanodeRestartInterval=5"] });
    leader = await startCluster();
    await startWorkers(leader);
    assert.deepEqual(await script(nodeOf("p1", "datanode"), TABLE), { form: "scalar", value: "dfs://loop/pt" });
    loop = await ClientLoop.start({
      node: nodeOf("p2", "datanode"),
      sites: dataNodes,
      reconnect: true,
      scripts: [APPEND],
    });
    await loop.untilMore(2, 60);
  });
  after(async () => {
    await loop.stop();
    await removeCluster();
  });

  /** Replicas of every chunk, as the leader tells them. */
  const chunks = async () => rowsOf(await script(leader, "getClusterChunksStatus()")) ?? [];
  const untilWhole = (): Promise<void> =>
    waitFor("the chunks did not become complete", 30, async () => {
      const found = await chunks();
      assert.deepEqual(
        found.map(({ state, replicaCount }) => [state, replicaCount]),
        found.map(() => ["COMPLETE", 2]),
      );
    });

  it("has each chunk on two data nodes, and counts through a compute node", async () => {
    await untilWhole();
    assert.equal((await chunks()).length, 3);
    const found = await vendorClient({ node: nodeOf("p3", "computenode"), scripts: [COUNT] });
    assert.ok(Number(found[1]?.value) > 30, JSON.stringify(found));
  });

  it("elects another leader, while the vendor's client reads and writes on", async () => {
    const before = leader;
    await signalNode(hostOf(leader), "controller");
    leader = await untilLed(
      HOST_NAMES.filter((name) => name !== hostOf(before)),
      before.alias,
    );
    await loop.untilMore(3);
    await startNode(hostOf(before), "controller");
    await untilStates(leader, { [before.alias]: 1 });
    // the one that comes back learns what it missed
    await waitFor("the controller did not come back", 20, async () => {
      assert.deepEqual(await call(before, "getActiveMaster"), { form: "scalar", value: leader.alias });
    });
  });

  it("keeps rows when a data node is killed, starts it again and makes up for what it missed", async () => {
    await signalNode("p1", "datanode");
    await untilStates(leader, { "p1-datanode": 0 });
    await loop.untilMore(3);
    await untilStates(leader, { "p1-datanode": 1 });
    await untilWhole();
  });

  it("says that there is no leader when two of three controllers are gone, and goes on when one returns", async () => {
    const [gone, also] = HOST_NAMES.filter((name) => name !== hostOf(leader)) as [HostName, HostName];
    await Promise.all([signalNode(gone, "controller"), signalNode(also, "controller")]);
    await waitFor("the leader did not notice", 20, () =>
      assert.rejects(call(leader, "getActiveMaster"), /no leader hint available/),
    );
    await startNode(gone, "controller");
    leader = await untilLed(HOST_NAMES.filter((name) => name !== also));
    await loop.untilMore(3, 60);
    await startNode(also, "controller");
    await untilStates(leader, { [`${also}-controller`]: 1 });
  });

  it("lost no row that the client was told of", async () => {
    const lines = await loop.stop();
    const counts = lines.flatMap(({ value }) => (typeof value === "number" ? [value] : []));
    assert.deepEqual(
      counts,
      [...counts].sort((a, b) => a - b),
    );
    const [, last] = await vendorClient({ node: nodeOf("p3", "datanode"), scripts: [COUNT] });
    assert.ok(Number(last?.value) - 30 >= counts.length, `${String(last?.value)} rows, ${counts.length} answers`);
  });

  it("shows that the vendor's client runs a script again elsewhere when its node goes, so that rows are written twice", async () => {
    const slowly = `
      node = iif(getNodeAlias() == "p1-datanode", 1, iif(getNodeAlias() == "p2-datanode", 2, 3))
      t = table([200 + node] as id, [2024.01.02] as day, [1.0] as v)
      loadTable("dfs://loop", "pt").append!(t)
      sleep(3000)
      getNodeAlias()`;
    const answers = vendorClient({ node: nodeOf("p1", "datanode"), sites: dataNodes, scripts: [slowly] });
    const rows = 'exec id from loadTable("dfs://loop", "pt") where id > 200';
    const ids = async (): Promise<number[]> => {
      const found = await script(nodeOf("p2", "computenode"), rows);
      return found.form === "vector" ? found.value.map(Number) : [];
    };
    const [first] = await waitFor("the client did not write", 60, async () => {
      const found = await ids();
      assert.equal(found.length, 1);
      return found;
    });
    await signalNode(`p${Number(first) - 200}` as HostName, "datanode");
    const [, answer] = await answers;
    const second = 200 + Number(String(answer?.value).slice(1, 2));
    assert.notEqual(second, first);
    assert.deepEqual(await ids(), [first, second]);
  });
});
