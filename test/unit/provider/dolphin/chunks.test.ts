import assert from "node:assert/strict";
import {
  chunkGate,
  type ChunkRow,
  chunksOn,
  heldOnlyBy,
  incompleteChunks,
  replicasOf,
} from "../../../../provider/resources/dolphin/chunks";

const chunk = (chunkId: string, replicas: string, values: Partial<ChunkRow> = {}): ChunkRow => ({
  ...{
    chunkId,
    file: `/db/${chunkId}`,
    version: 2,
    state: "COMPLETE",
    replicas,
    replicaCount: replicas.split(",").length,
  },
  ...values,
});

const rows = [
  chunk("a", "d1:2:0,d2:2:0"),
  chunk("b", "d2:2:0:0:1648721321138:1,d3:2:0:0:1648721321138:0"),
  chunk("c", "d3:2:0,d1:2:0"),
];

describe("Chunks of DolphinDB", () => {
  it("have replicas, however much is told of each", () => {
    assert.deepEqual(replicasOf({ replicas: "P1-node1:2:0, P2-node1:1:1:0:1648721321138:0" }), [
      { node: "P1-node1", version: 2, isCorrupted: false },
      { node: "P2-node1", version: 1, isCorrupted: true },
    ]);
    assert.deepEqual(replicasOf({ replicas: "" }), []);
  });

  it("let nodes stop when all are complete, with every replica", () => {
    assert.deepEqual(chunkGate(rows, 2), { isOpen: true, reasons: [] });
    assert.deepEqual(chunkGate([], 2), { isOpen: true, reasons: [] });
  });

  it("lack something until nodes have told of all replicas, but not while they are written to", () => {
    const found = [
      ...rows,
      chunk("d", "d1:2:0,d2:2:0", { state: "CONSTRUCTING" }),
      chunk("e", "d1:2:0,d2:2:0", { state: "RECOVERING" }),
      chunk("f", "d1:2:0"),
      chunk("g", "d1:2:0,d2:2:1"),
    ];
    assert.deepEqual(
      incompleteChunks(found, 2).map(({ chunkId }) => chunkId),
      ["e", "f", "g"],
    );
  });

  it("keep nodes from stopping for each reason, with an example", () => {
    const found = [
      ...rows,
      chunk("d", "d1:2:0,d2:2:0", { state: "RECOVERING" }),
      chunk("e", "d1:2:0,d2:2:0", { state: "RECOVERING" }),
      chunk("f", "d1:2:0", { state: "CONSTRUCTING" }),
      chunk("g", "d1:2:0,d2:2:1"),
    ];
    assert.deepEqual(chunkGate(found, 2), {
      isOpen: false,
      reasons: [
        "2 chunks in the state RECOVERING, like /db/d",
        "1 chunk in the state CONSTRUCTING, like /db/f",
        "1 chunk with fewer than 2 replicas, like /db/f",
        "1 chunk with a replica that is corrupted, like /db/g",
      ],
    });
    assert.deepEqual(chunkGate(rows, 3).reasons, ["3 chunks with fewer than 3 replicas, like /db/a"]);
  });

  it("are lost with nodes that have all good replicas", () => {
    const ids = (...nodes: string[]) =>
      heldOnlyBy([...rows, chunk("old", "d1:2:0,d2:1:0"), chunk("bad", "d1:2:1,d2:2:0")], new Set(nodes)).map(
        ({ chunkId }) => chunkId,
      );
    assert.deepEqual([ids("d1"), ids("d2"), ids("d3"), ids("d1", "d2")], [["old"], ["bad"], [], ["a", "old", "bad"]]);
  });

  it("move with the node that they are on", () => {
    assert.deepEqual([chunksOn(rows, "d1"), chunksOn(rows, "d")], [["a", "c"], []]);
  });
});
