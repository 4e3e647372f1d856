import assert from "node:assert/strict";
import { rowsOf } from "../../provider/dolphin/answer";
import { leaderIn } from "../../provider/dolphin/refusal";
import { HOST_NAMES } from "../../lab/src/name";
import { vendorClient } from "./dolphin-client";
import {
  call,
  followerOf,
  nodeOf,
  prepareCluster,
  removeCluster,
  script,
  startCluster,
  startWorkers,
  states,
  type NodeAddress,
} from "./dolphin-stand-in";

describe("The stand-in of DolphinDB", function () {
  this.timeout(180_000);
  let leader: NodeAddress;
  let follower: NodeAddress;

  before(async () => {
    await prepareCluster();
    leader = await startCluster();
    follower = followerOf(leader);
  });
  after(removeCluster);

  it("says what it is", async () => {
    assert.match(
      await (await fetch(`http://${leader.host}:${leader.port}/`)).text(),
      /stand-in for the DolphinDB server/,
    );
    assert.deepEqual(await vendorClient({ node: follower, scripts: ["version()"] }), [
      { connected: true },
      { value: "3.00.4.3 2026.01.15 LINUX x86_64 stand-in" },
    ]);
  });

  it("tells of all nodes on every controller, and who leads", async () => {
    for (const node of [leader, follower]) {
      const rows = rowsOf(await script(node, "getClusterPerf(true)")) ?? [];
      assert.deepEqual(
        rows.filter(({ mode }) => mode === 2).map(({ name, state, isLeader }) => [name, state, isLeader]),
        HOST_NAMES.map((name) => [`${name}-controller`, 1, `${name}-controller` === leader.alias]),
      );
      assert.deepEqual(
        rows.filter(({ mode }) => mode === 0).map(({ name, state, isLeader }) => [name, state, isLeader]),
        HOST_NAMES.map((name) => [`${name}-datanode`, 0, null]),
      );
    }
  });

  it("sends to the leader what only the leader does", async () => {
    await assert.rejects(call(follower, "startDataNode", { nodes: ["p1-datanode"] }), (refused: Error) => {
      assert.deepEqual(leaderIn(refused.message), { host: leader.host, port: leader.port, alias: leader.alias });
      return true;
    });
    const [, answer] = await vendorClient({ node: follower, scripts: ["startDataNode('p1-datanode')"] });
    assert.match(answer?.error ?? "", new RegExp(`<NotLeader>${leader.host}:${leader.port}`));
  });

  it("refuses a wrong password", async () => {
    assert.deepEqual(await vendorClient({ node: leader, password: "wrong" }), [{ connected: false }]);
    await assert.rejects(call(leader, "version", {}, "wrong"), {
      message: "The user name or password is incorrect.",
    });
  });

  it("starts and stops nodes through the agents", async () => {
    await startWorkers(leader);
    assert.deepEqual([...new Set(Object.values(await states(leader)))], [1]);
    const node = nodeOf("p2", "datanode");
    assert.deepEqual(await vendorClient({ node, scripts: ["getNodeAlias()", "getControllerAlias()", "1..3 * 2"] }), [
      { connected: true },
      { value: "p2-datanode" },
      { value: leader.alias },
      { value: [2, 4, 6] },
    ]);
  });
});
