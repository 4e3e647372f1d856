import assert from "node:assert/strict";
import { parseConfigLines } from "../../../../provider/resources/dolphin/config-lines";
import { leaderLast, planClusterConfig } from "../../../../provider/resources/dolphin/config-plan";

const workers = [
  { alias: "d1", mode: "datanode" as const },
  { alias: "d2", mode: "datanode" as const },
  { alias: "c1", mode: "computenode" as const },
];
const before = [
  "maxMemSize=32",
  "workerNum=4",
  "volumes=/ssd1/<ALIAS>",
  "d1.maxMemSize=16",
  "s3SecretAccessKey=Secret",
];
const plan = (...after: string[]) =>
  planClusterConfig(parseConfigLines(before), parseConfigLines(after), workers, "/data");
const nothing = { online: [], restart: [], told: [], refused: [] };

describe("The plan for cluster.cfg", () => {
  it("is none for another order, or another way to say the same", () => {
    assert.deepEqual(plan(...before.toReversed()), nothing);
    assert.deepEqual(
      plan(
        "maxMemSize=16",
        "d2.maxMemSize=32",
        "c%.maxMemSize=32",
        "workerNum=4",
        "volumes=/ssd1/<ALIAS>",
        "s3SecretAccessKey=Secret",
      ),
      nothing,
    );
  });

  it("tells nodes values that they take while they run, where they differ", () => {
    assert.deepEqual(plan("maxMemSize=24", ...before.slice(1)), {
      online: [
        { alias: "d2", parameter: "maxMemSize", value: "24" },
        { alias: "c1", parameter: "maxMemSize", value: "24" },
      ],
      restart: [],
      told: ["d2: maxMemSize: while it runs", "c1: maxMemSize: while it runs"],
      refused: [],
    });
  });

  it("restarts the nodes that read others, without showing values", () => {
    assert.deepEqual(plan(...before.slice(0, 4), "s3SecretAccessKey=Secret-of-new", "maxMemSize=8", "d1.workerNum=8"), {
      online: [],
      restart: ["d1", "d2", "c1"],
      told: [
        "d1: workerNum, s3SecretAccessKey: it restarts for workerNum, s3SecretAccessKey",
        "d2: maxMemSize, s3SecretAccessKey: it restarts for s3SecretAccessKey",
        "c1: maxMemSize, s3SecretAccessKey: it restarts for s3SecretAccessKey",
      ],
      refused: [],
    });
  });

  it("restarts a node for a value that goes: which one it has then nobody can tell it", () => {
    assert.deepEqual(plan(...before.slice(1)).restart, ["d2", "c1"]);
  });

  it("restarts data nodes alone for what compute nodes do not read", () => {
    const { restart, refused } = plan(...before.slice(0, 2), "volumes=/ssd1/<ALIAS>,/ssd2/<ALIAS>", ...before.slice(3));
    assert.deepEqual([restart, refused], [["d1", "d2"], []]);
  });

  it("is refused, with nothing to do, when data or metadata would not be found again", () => {
    const lacks = (alias: string, path: string, why = "") =>
      `${alias}: volumes would lack ${path}, where its data${why} are; fix: name it, too, before those that are added`;
    const moved = plan(...before.slice(0, 2), "volumes=/ssd2/<ALIAS>", ...before.slice(3));
    assert.deepEqual(moved, { ...nothing, refused: [lacks("d1", "/ssd1/d1"), lacks("d2", "/ssd1/d2")] });
    const first = planClusterConfig([], [["d1.volumes", "/ssd1"]], workers, "/data");
    assert.deepEqual(first.refused, [lacks("d1", "/data/d1/storage", ", by the engine's default,")]);
    const both = planClusterConfig([], [["d1.volumes", "/data/d1/storage,/ssd1"]], workers, "/data");
    assert.deepEqual([both.restart, both.refused], [["d1"], []]);
    assert.deepEqual(plan(...before, "d2.TSDBRedoLogDir=/ssd1/d2/redo").refused, [
      "d2: TSDBRedoLogDir would be another directory, and the metadata are in the former one; fix: take it back, or add a node that has the new one and take this one away",
    ]);
  });
});

describe("The restart of controllers", () => {
  it("comes to the leader last", () => {
    assert.deepEqual(leaderLast(["a", "b", "c"], "b"), ["a", "c", "b"]);
    assert.deepEqual(leaderLast(["a", "b"], ""), ["a", "b"]);
  });
});
