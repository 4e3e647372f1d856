import assert from "node:assert/strict";
import type { ChunkRow } from "../../../../provider/resources/dolphin/chunks";
import { planReplicaMoves } from "../../../../provider/resources/dolphin/replica-moves";

const chunk = (chunkId: string, ...nodes: string[]): ChunkRow => ({
  ...{ chunkId, file: `/db/${chunkId}`, version: 1, state: "COMPLETE", replicaCount: nodes.length },
  replicas: nodes.map((node) => `${node}:1:0:0`).join(","),
});
const on = (host: number, ...aliases: string[]): { alias: string; host: string }[] =>
  aliases.map((alias) => ({ alias, host: `10.0.0.${host}` }));

describe("The replicas of a data node that goes", () => {
  it("are spread over those that stay and have none of the chunk", () => {
    const chunks = [chunk("a", "d1", "d2"), chunk("b", "d1", "d3"), chunk("c", "d1", "d2"), chunk("d", "d2", "d3")];
    const { to, spare, stuck } = planReplicaMoves(chunks, "d1", [...on(2, "d2"), ...on(3, "d3"), ...on(4, "d4")], 2);
    assert.deepEqual(
      [...to],
      [
        ["d3", ["a"]],
        ["d2", ["b"]],
        ["d4", ["c"]],
      ],
    );
    assert.deepEqual([spare, stuck], [[], []]);
  });

  it("go to a host without the chunk where there is one", () => {
    const targets = [...on(2, "d2", "d2b"), ...on(3, "d3")];
    const chunks = [chunk("a", "d1", "d2"), chunk("b", "d1", "d2")];
    assert.deepEqual([...planReplicaMoves(chunks, "d1", targets, 2).to], [["d3", ["a", "b"]]]);
  });

  it("are deleted where enough are left, and told of where nobody can take them", () => {
    const chunks = [chunk("a", "d1", "d2", "d3"), chunk("b", "d1"), chunk("c", "d1", "d2")];
    assert.deepEqual(planReplicaMoves(chunks, "d1", on(2, "d2"), 2), {
      to: new Map([["d2", ["b"]]]),
      spare: ["a"],
      stuck: ["/db/c"],
    });
  });
});
