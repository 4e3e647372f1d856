import assert from "node:assert/strict";
import type { HostName } from "../../lab/src/name";
import { call, HOME, nodeOf, pidOf, signalNode, startNode, type NodeKind } from "../integration/dolphin-stand-in";
import { PASSWORD, startDolphinBench, type DolphinBench } from "./dolphin-cluster";
import type { Properties } from "./plugin-client";

const CONFIG = "dbha:index:DolphinClusterConfig";

describe("DolphinClusterConfig", function () {
  this.timeout(180_000);
  const first = { maxMemSize: "4", workerNum: "2", newValuePartitionPolicy: "add" };
  let bench: DolphinBench;
  let made: { id: string; inputs: Properties; state: Properties };
  const args = (parameters: Record<string, string>, more: Properties = {}): Properties => ({
    ...{ ...bench.access, ...bench.limits, nodes: bench.rows, directory: `${HOME}/server/clusterDemo`, parameters },
    ...more,
  });
  const change = async (parameters: Record<string, string>, more: Properties = {}): Promise<void> => {
    made.state = await bench.plugin.change(CONFIG, made.id, made.state, args(parameters, more));
  };
  const leader = (): ReturnType<typeof nodeOf> => nodeOf(bench.leader.slice(0, 2) as HostName, "controller");
  const inForce = async (): Promise<unknown> => {
    const said = await call(leader(), "loadClusterNodesConfigs", {}, PASSWORD);
    return said.form === "vector" ? said.value : said;
  };
  const told = async (name: HostName, kind: NodeKind, key: string): Promise<unknown> => {
    const said = await call(nodeOf(name, kind), "getConfig", { key }, PASSWORD);
    return said.form === "scalar" ? said.value : said;
  };

  before(async () => {
    bench = await startDolphinBench();
    await bench.plugin.make("dbha:index:DolphinAdmin", bench.access);
    const nodes = await bench.plugin.make("dbha:index:DolphinNodes", {
      ...{ ...bench.access, ...bench.limits, nodes: bench.rows },
    });
    bench.leader = String(nodes.state.leader);
  });
  after(() => bench.stop());

  it("leaves alone what is in force, and finds it at a refresh", async () => {
    made = await bench.plugin.make(CONFIG, args(first));
    assert.deepEqual(made.state.pending, []);
    assert.deepEqual(await bench.plugin.read(CONFIG, made.id, made.state), { state: made.state, inputs: made.inputs });
  });

  it("tells running nodes what they take, without a restart", async () => {
    const pid = await pidOf("p1", "datanode");
    await change({ ...first, maxMemSize: "5" });
    assert.deepEqual(await inForce(), ["maxMemSize=5", "newValuePartitionPolicy=add", "workerNum=2"]);
    assert.deepEqual(
      [await told("p1", "datanode", "maxMemSize"), await told("p3", "computenode", "maxMemSize")],
      ["5", "5"],
    );
    assert.equal(await pidOf("p1", "datanode"), pid);
  });

  it("restarts the nodes for which another parameter differs, and no others", async () => {
    const pids = [await pidOf("p1", "datanode"), await pidOf("p2", "datanode")];
    await change({ ...first, maxMemSize: "5", "p1-datanode.workerNum": "1" });
    assert.deepEqual(await inForce(), [
      "maxMemSize=5",
      "newValuePartitionPolicy=add",
      "workerNum=2",
      "p1-datanode.workerNum=1",
    ]);
    assert.equal(await told("p1", "datanode", "workerNum"), "1");
    assert.notEqual(await pidOf("p1", "datanode"), pids[0]);
    assert.equal(await pidOf("p2", "datanode"), pids[1]);
    await change({ ...first, maxMemSize: "5" });
  });

  it("puts the former one back when the engine refuses the new one", async () => {
    const wrong = { ...first, maxMemSize: "5", "p1-datanode.persistenceDir": "/srv/<ALIAS>" };
    await assert.rejects(change(wrong), {
      message:
        /reload cluster\.cfg: p\d-controller refused reloadClusterConfig: .*The node aliases and macro variables <ALIAS> cannot be specified at the same time\..*; the former cluster\.cfg was put back$/,
    });
    assert.deepEqual(await inForce(), ["maxMemSize=5", "newValuePartitionPolicy=add", "workerNum=2"]);
    assert.deepEqual((await bench.plugin.read(CONFIG, made.id, made.state))?.state.pending, []);
  });

  it("shows a change behind its back, and undoes it", async () => {
    await call(leader(), "saveClusterNodesConfigs", { configs: ["maxMemSize=5", "workerNum=2"] }, PASSWORD);
    const read = await bench.plugin.read(CONFIG, made.id, made.state);
    assert.deepEqual(read?.state.parameters, { maxMemSize: "5", workerNum: "2" });
    const diff = await bench.plugin.diff(CONFIG, made.id, read.state, args({ ...first, maxMemSize: "5" }));
    assert.deepEqual(diff.detailed["parameters.newValuePartitionPolicy"], "add");
    made.state = read.state;
    await change({ ...first, maxMemSize: "5" });
    assert.deepEqual(await inForce(), ["maxMemSize=5", "newValuePartitionPolicy=add", "workerNum=2"]);
  });

  it("goes on where a run has ended, which a refresh shows, too", async () => {
    await signalNode("p2", "agent");
    const next = { ...first, maxMemSize: "5", "p2-computenode.workerNum": "1", "p3-computenode.workerNum": "1" };
    await assert.rejects(change(next, { stopTimeout: 10, startTimeout: 10 }), {
      message: /p2-computenode/,
    });
    const read = await bench.plugin.read(CONFIG, made.id, made.state);
    assert.deepEqual(read?.state.pending, ["restart p2-computenode", "restart p3-computenode"]);
    await startNode("p2", "agent");
    made.state = read.state;
    const { inputs } = await bench.plugin.check(CONFIG, args(next));
    assert.deepEqual((await bench.plugin.diff(CONFIG, made.id, made.state, inputs)).detailed, { pending: "delete" });
    await change(next);
    assert.deepEqual(
      [await told("p2", "computenode", "workerNum"), await told("p3", "computenode", "workerNum")],
      ["1", "1"],
    );
    assert.deepEqual((await bench.plugin.read(CONFIG, made.id, made.state))?.state.pending, []);
  });

  it("refuses to leave data behind, before anything is saved", async () => {
    await assert.rejects(change({ ...first, maxMemSize: "5", volumes: "/srv/<ALIAS>" }), {
      message:
        /change cluster\.cfg: p1-datanode: volumes would lack .*\/p1-datanode\/storage, where its data, by the engine's default, are; fix: /,
    });
  });
});
