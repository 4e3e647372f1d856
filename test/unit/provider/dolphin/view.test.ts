import assert from "node:assert/strict";
import { parseAnswer } from "../../../../provider/dolphin/answer";
import { viewOf } from "../../../../provider/dolphin/view";

const column = (name: string, type: string, value: unknown[]) => ({
  name,
  form: "vector",
  type,
  size: String(value.length),
  value,
});
const answer = (states: (number | null)[], leads: (boolean | null)[], gone = "") =>
  viewOf(
    parseAnswer(
      JSON.stringify({
        ...{ sessionID: "1", resultCode: "0", msg: "" },
        object: [
          {
            ...{ name: "", form: "table", size: "4" },
            value: [
              column("host", "string", ["10.0.0.1", "10.0.0.2", "10.0.0.1", "10.0.0.1"]),
              column("port", "int", [8800, 8800, 8803, 8900]),
              column("mode", "int", [2, 2, 4, 3]),
              column("state", "int", states),
              column("name", "string", ["c1", "c2", "q1", "other"]),
              column("isLeader", "bool", leads),
            ],
          },
        ],
      }),
    ).value,
    ({ host }) => host === gone,
  );

describe("What a controller sees", () => {
  it("is every node of the cluster, and who leads", () => {
    assert.deepEqual(answer([1, 1, 0, 1], [false, true, null, null]), {
      nodes: [
        { host: "10.0.0.1", port: 8800, alias: "c1", mode: "controller", isOnline: true },
        { host: "10.0.0.2", port: 8800, alias: "c2", mode: "controller", isOnline: true },
        { host: "10.0.0.1", port: 8803, alias: "q1", mode: "computenode", isOnline: false },
      ],
      leader: { host: "10.0.0.2", port: 8800, alias: "c2" },
    });
  });

  it("has no leader where none says so, or one that is gone is told of", () => {
    assert.equal(answer([1, 1, 1, 1], [null, null, null, null]).leader, undefined);
    assert.equal(answer([1, 0, 1, 1], [false, true, null, null]).leader, undefined);
  });

  it("has a node that is gone offline, whatever the controller still says, and no leader there", () => {
    const { nodes, leader } = answer([1, 1, 1, 1], [false, true, null, null], "10.0.0.2");
    assert.deepEqual(
      nodes.map(({ alias, isOnline }) => `${alias} ${isOnline}`),
      ["c1 true", "c2 false", "q1 true"],
    );
    assert.equal(leader, undefined);
  });

  it("is no scalar", () => {
    assert.throws(() => viewOf({ form: "scalar", value: 1 }), { message: "getClusterPerf answered no table" });
  });
});
