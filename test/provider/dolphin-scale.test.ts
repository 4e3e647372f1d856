import assert from "node:assert/strict";
import { run } from "../../lab/src/lab";
import { HOST_NAMES, type HostName } from "../../lab/src/name";
import { call, nodeOf, pidOf, script, states, untilStates } from "../integration/dolphin-stand-in";
import { waitFor } from "../../lab/src/wait";
import { theLab } from "../integration/hosts";
import { PASSWORD, startDolphinBench, type DolphinBench } from "./dolphin-cluster";
import type { Properties } from "./plugin-client";

const NODES = "dbha:index:DolphinNodes";

const TABLE = `
  db = database("dfs://moved", VALUE, 1..6)
  pt = db.createPartitionedTable(table(1:0, \`k\`v, [INT, INT]), \`pt, \`k)
  pt.append!(table(take(1..6, 60) as k, 1..60 as v))`;
const COUNT = 'exec count(*) from loadTable("dfs://moved", "pt")';

describe("A DolphinDB cluster that shrinks and grows", function () {
  this.timeout(240_000);
  let bench: DolphinBench;
  let made: { id: string; state: Properties };
  const args = (nodes = bench.rows): Properties => ({ ...bench.access, ...bench.limits, nodes });
  const change = async (nodes?: Properties[]): Promise<void> => {
    made.state = await bench.plugin.change(NODES, made.id, made.state, args(nodes));
  };
  const leader = () => nodeOf(String(made.state.leader).slice(0, 2) as HostName, "controller");
  const controllerPids = (): Promise<string[]> => Promise.all(HOST_NAMES.map((name) => pidOf(name, "controller")));
  const withoutP3 = (): Properties[] =>
    bench.rows.filter(({ alias, mode }) => mode === "controller" || !String(alias).startsWith("p3"));

  before(async () => {
    bench = await startDolphinBench({}, { units: true });
    await bench.plugin.make("dbha:index:DolphinAdmin", bench.access);
    made = await bench.plugin.make(NODES, args());
    await script(nodeOf("p1", "datanode"), TABLE, PASSWORD);
  });
  after(async () => {
    await bench.plugin.delete(NODES, made.id, made.state);
    await bench.stop();
  });

  it("lets a host's nodes go when their replicas are elsewhere, and restarts the controllers one by one", async () => {
    const pids = await controllerPids();
    await change(withoutP3());
    assert.deepEqual(
      Object.entries(await states(leader(), PASSWORD)).filter(([alias]) => alias.startsWith("p3")),
      [["p3-controller", 1]],
    );
    const after = await controllerPids();
    assert.ok(
      after.every((pid, at) => pid !== pids[at]),
      `${pids.join()} and ${after.join()}`,
    );
    assert.deepEqual(await script(nodeOf("p1", "computenode"), COUNT, PASSWORD), { form: "scalar", value: 60 });
    assert.equal(await pidOf("p3", "datanode"), "");
    assert.deepEqual(
      [made.state.pending, (await bench.plugin.read(NODES, made.id, made.state))?.state.pending],
      [[], []],
    );
  });

  it("adds them again while all others serve", async () => {
    const pids = await controllerPids();
    const notes = bench.plugin.log.length;
    const { inputs } = await bench.plugin.check(NODES, args());
    await bench.plugin.update(NODES, made.id, made.state, inputs, { preview: true });
    assert.deepEqual(
      bench.plugin.log.slice(notes).map(({ message }) => message),
      ["agent", "datanode", "computenode"].map(
        (mode) => `${mode} p3-${mode} on ${nodeOf("p3", "agent").host} is added, while all others serve`,
      ),
    );
    await change();
    assert.equal((await states(leader(), PASSWORD))["p3-datanode"], 1);
    assert.deepEqual(await controllerPids(), pids);
  });

  it("restarts the whole cluster for another port of a data node, and keeps its rows", async () => {
    const rows = bench.rows.map((row) => (row.alias === "p2-datanode" ? { ...row, port: 8812 } : row));
    await change(rows);
    // online nodes still report their chunks for a moment
    const counted = await waitFor("not all chunks were there", 20, () =>
      script({ ...nodeOf("p2", "datanode"), port: 8812 }, COUNT, PASSWORD),
    );
    assert.deepEqual(counted, { form: "scalar", value: 60 });
    assert.deepEqual(made.state.pending, []);
  });

  it("goes on where a run has ended before all controllers were restarted, which a refresh shows", async () => {
    const broken = (sed: string): Promise<string> =>
      run(
        theLab(),
        "p2",
        `sed -i '${sed}' /etc/systemd/system/dolphin-test-controller.service && systemctl daemon-reload`,
      );
    await broken("s|^ExecStart=|ExecStart=/bin/false |");
    const nodes = withoutP3().map((row) => (row.alias === "p2-datanode" ? { ...row, port: 8812 } : row));
    const { inputs } = await bench.plugin.check(NODES, { ...args(nodes), electionTimeout: 10 });
    await assert.rejects(bench.plugin.update(NODES, made.id, made.state, inputs), {
      message: /restart p2-controller: p2-controller online was not there within 10 s: p2-controller is offline; /,
    });
    const read = await bench.plugin.read(NODES, made.id, made.state);
    assert.match(String(read?.state.pending), /^restart .*p2-controller/);
    await broken("s|^ExecStart=/bin/false |ExecStart=|");
    const wanted = (await bench.plugin.check(NODES, args(nodes))).inputs;
    assert.deepEqual((await bench.plugin.diff(NODES, made.id, read?.state ?? {}, wanted)).detailed, {
      pending: "delete",
      states: "update",
    });
    made.state = await bench.plugin.update(NODES, made.id, read?.state ?? {}, wanted);
    assert.equal((await states(leader(), PASSWORD))["p2-controller"], 1);
    assert.deepEqual((await bench.plugin.read(NODES, made.id, made.state))?.state.pending, []);
    assert.deepEqual(await script(nodeOf("p1", "computenode"), COUNT, PASSWORD), { form: "scalar", value: 60 });
  });

  it("tells that a majority is gone, and what to do", async () => {
    for (const name of ["p2", "p3"] as const) await run(theLab(), name, "systemctl stop dolphin-test-controller");
    const left = nodeOf("p1", "controller");
    await untilStates(left, { "p2-controller": 0, "p3-controller": 0 }, PASSWORD);
    // one that led knows a moment later that it does no more
    await waitFor("p1-controller still knew a leader", 20, () =>
      assert.rejects(call(left, "getActiveMaster", {}, PASSWORD), /no leader hint available/),
    );
    const inForce = args(made.state.nodes as Properties[]);
    const { inputs } = await bench.plugin.check(NODES, { ...inForce, electionTimeout: 5 });
    await assert.rejects(bench.plugin.update(NODES, made.id, made.state, inputs), {
      message:
        /change the nodes of the cluster: a leader was not there within 5 s: 1 of 3 controllers are online, and 2 have to be for one to lead; offline: p2-controller, p3-controller; start the controllers that do not answer/,
    });
    for (const name of ["p2", "p3"] as const) await run(theLab(), name, "systemctl start dolphin-test-controller");
  });
});
