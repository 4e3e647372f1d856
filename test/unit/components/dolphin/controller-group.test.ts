import assert from "node:assert/strict";
import type { PlainArgs } from "../../../../components/changes/compare";
import { controllerProblems } from "../../../../components/dolphin/controller-group";

/** Arguments as the state has them, with the defaults that the layout goes by. */
const args = (hosts: string[], controllers?: { host: string; alias?: string; port?: number }[]): PlainArgs => ({
  ...{ hosts, addresses: {}, ports: { controller: 8800, agent: 8801, dataNode: 8802, computeNode: 8803 } },
  ...(controllers && { controllers }),
  parameters: { controllers: {} },
});
const three = ["p1", "p2", "p3"];

describe("Another group of DolphinDB controllers", () => {
  for (const [what, old, next] of [
    ["a host that comes behind the first three", args(three), args([...three, "p4"])],
    ["a host that goes from behind them", args([...three, "p4"]), args(three)],
    ["another order of the first three", args([...three, "p4"]), args(["p3", "p1", "p2", "p4"])],
    [
      "those that are there, named",
      args(three),
      args(["p4", ...three], [{ host: "p2" }, { host: "p1" }, { host: "p3" }]),
    ],
  ] as const)
    it(`is not ${what}`, () => {
      assert.deepEqual(controllerProblems(old, next), []);
    });

  for (const [what, old, next, problem] of [
    [
      "a host before the first three",
      args(three),
      args(["p4", ...three]),
      "hosts: p4-controller on p4, port 8800 would come, p3-controller on p3, port 8800 would go",
    ],
    [
      "another one in the place of one of them",
      args(three),
      args(["p1", "p4", "p3"]),
      "hosts: p4-controller on p4, port 8800 would come, p2-controller on p2, port 8800 would go",
    ],
    [
      "another alias",
      args(three),
      args(three, [{ host: "p1", alias: "c1" }, { host: "p2" }, { host: "p3" }]),
      "controllers: c1 on p1, port 8800 would come, p1-controller on p1, port 8800 would go",
    ],
  ] as const)
    it(`is ${what}`, () => {
      assert.deepEqual(controllerProblems(old, next), [
        `${problem}: the controllers are a Raft group, and another group is not built yet; fix: keep p1, p2, p3 in hosts, and name them in controllers; a machine in the place of one of them takes its name and address (docs/dolphin-ha.md)`,
      ]);
    });

  it("does not take its metadata elsewhere", () => {
    const moved = { ...args(three), parameters: { controllers: { dfsMetaDir: "/ssd/meta" } } };
    assert.deepEqual(controllerProblems(args(three), moved), [
      "parameters.controllers.dfsMetaDir: would be /ssd/meta, and the metadata are in the engine's default; fix: take the former value back",
    ]);
    assert.deepEqual(controllerProblems(moved, moved), []);
  });
});
