import assert from "node:assert/strict";
import { call, nodeOf, signalNode, states, untilStates } from "../integration/dolphin-stand-in";
import { PASSWORD, startDolphinBench, type DolphinBench } from "./dolphin-cluster";
import type { Properties } from "./plugin-client";

const ADMIN = "dbha:index:DolphinAdmin";
const NODES = "dbha:index:DolphinNodes";

describe("The nodes of a DolphinDB cluster", function () {
  this.timeout(180_000);
  let bench: DolphinBench;
  before(async () => {
    bench = await startDolphinBench();
  });
  after(() => bench.stop());

  describe("DolphinAdmin", () => {
    let made: { id: string; inputs: Properties; state: Properties };

    it("waits for a leader and takes the password that everybody knows away", async () => {
      made = await bench.plugin.make(ADMIN, bench.access);
      assert.match(String(made.state.leader), /^p[123]-controller$/);
      const leader = nodeOf(String(made.state.leader).slice(0, 2) as "p1", "controller");
      assert.equal(made.state.site, `${leader.host}:${leader.port}`);
      await assert.rejects(call(leader, "version"), { message: "The user name or password is incorrect." });
      assert.equal((await call(leader, "version", {}, PASSWORD)).form, "scalar");
    });

    it("is content with what it finds when its answer was lost, and at a refresh", async () => {
      assert.deepEqual((await bench.plugin.make(ADMIN, bench.access)).state, made.state);
      assert.deepEqual((await bench.plugin.read(ADMIN, made.id, made.state))?.state, made.state);
    });

    it("changes it by the former one, and shows one that was set back", async () => {
      const other = { ...bench.access, password: "Dolphin-Test-2" };
      const state = await bench.plugin.change(ADMIN, made.id, made.state, other);
      const leader = nodeOf(String(state.leader).slice(0, 2) as "p1", "controller");
      await call(leader, "resetPwd", { userId: "admin", newPwd: "123456" }, "Dolphin-Test-2");
      const read = await bench.plugin.read(ADMIN, made.id, state);
      assert.equal(read?.state.password, "123456");
      await bench.plugin.change(ADMIN, made.id, read.state, bench.access);
      await call(leader, "version", {}, PASSWORD);
    });

    it("tells of a password that nobody here knows, and never which", async () => {
      const { inputs } = await bench.plugin.check(ADMIN, { ...bench.access, password: "never-this" });
      await assert.rejects(bench.plugin.create(ADMIN, inputs), (error: Error) => {
        assert.match(
          error.message,
          /^host p\d \(.*\): set the password of admin: admin on p\d-controller has none of the passwords known here; somebody changed it: give the one that it has/,
        );
        assert.doesNotMatch(error.message, /never-this|123456/);
        return true;
      });
    });
  });

  describe("DolphinNodes", () => {
    let made: { id: string; inputs: Properties; state: Properties };
    const args = (): Properties => ({ ...bench.access, ...bench.limits, nodes: bench.rows });
    const leaderOf = (state: Properties) => nodeOf(String(state.leader).slice(0, 2) as "p1", "controller");

    it("starts all nodes and tells of them", async () => {
      made = await bench.plugin.make(NODES, args());
      assert.deepEqual(
        (made.state.states as Properties[]).map(({ alias, mode, state, version }) => [alias, mode, state, version]),
        bench.rows.map(({ alias, mode }) => [alias, mode, "online", "3.00.4.3"]),
      );
      assert.deepEqual(made.state.pending, []);
    });

    it("finds at a refresh what it made", async () => {
      assert.deepEqual(await bench.plugin.read(NODES, made.id, made.state), { state: made.state, inputs: made.inputs });
    });

    it("shows a node that is down, and starts it again", async () => {
      await signalNode("p2", "datanode");
      const leader = leaderOf(made.state);
      await untilStates(leader, { "p2-datanode": 0 }, PASSWORD);
      const read = await bench.plugin.read(NODES, made.id, made.state);
      assert.deepEqual(
        (read?.state.states as Properties[]).filter(({ state }) => state !== "online").map(({ alias }) => alias),
        ["p2-datanode"],
      );
      const diff = await bench.plugin.diff(NODES, made.id, read?.state ?? {}, made.inputs);
      assert.deepEqual(diff.detailed, { states: "update" });
      made.state = await bench.plugin.change(NODES, made.id, read?.state ?? {}, args());
      assert.equal((await states(leader, PASSWORD))["p2-datanode"], 1);
    });

    it("takes a compute node away and adds it again", async () => {
      const nodes = bench.rows.filter(({ alias }) => alias !== "p3-computenode");
      made.state = await bench.plugin.change(NODES, made.id, made.state, { ...args(), nodes });
      assert.equal((await states(leaderOf(made.state), PASSWORD))["p3-computenode"], undefined);
      made.state = await bench.plugin.change(NODES, made.id, made.state, args());
      assert.equal((await states(leaderOf(made.state), PASSWORD))["p3-computenode"], 1);
    });

    it("shows rows that somebody else took away", async () => {
      await call(leaderOf(made.state), "stopDataNode", { nodes: ["p1-computenode"] }, PASSWORD);
      await untilStates(leaderOf(made.state), { "p1-computenode": 0 }, PASSWORD);
      await call(leaderOf(made.state), "removeNode", { alias: "p1-computenode" }, PASSWORD);
      const read = await bench.plugin.read(NODES, made.id, made.state);
      assert.deepEqual(
        (read?.state.nodes as Properties[]).map(({ alias }) => alias),
        bench.rows.map(({ alias }) => alias).filter((alias) => alias !== "p1-computenode"),
      );
      made.state = await bench.plugin.change(NODES, made.id, read?.state ?? {}, args());
      assert.equal((await states(leaderOf(made.state), PASSWORD))["p1-computenode"], 1);
    });

    it("refuses what the engine cannot do, in words", async () => {
      const nodes = bench.rows.map((row) => (row.alias === "p1-datanode" ? { ...row, alias: "p1-other" } : row));
      await assert.rejects(bench.plugin.change(NODES, made.id, made.state, { ...args(), nodes }), {
        message:
          /change the nodes of the cluster: data node p1-datanode would be called p1-other, and replicas are known by its alias; fix: /,
      });
    });
  });
});
