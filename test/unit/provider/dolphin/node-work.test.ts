import assert from "node:assert/strict";
import { NotYet, type DolphinCluster } from "../../../../provider/dolphin/cluster";
import { NodeWork } from "../../../../provider/dolphin/node-work";
import type { Context } from "../../../../provider/kinds/kind";

describe("Chunks of data nodes that have started", () => {
  /** How many chunks of four have told of no replica, each time that it is asked. */
  let missing: number[];
  let warned: string[];
  let limits: number[];
  beforeEach(() => ([missing, warned, limits] = [[], [], []]));

  const work = (): NodeWork => {
    const cluster = {
      onLeader: async () => {
        await Promise.resolve();
        const left = missing.shift() ?? 0;
        const columns = ["chunkId", "file", "version", "state", "replicas", "replicaCount"];
        const rows = [1, 2, 3, 4].map((id) =>
          id > left
            ? [`c${id}`, `/db/${id}`, 1, "COMPLETE", "d1:1:0,d2:1:0", 2]
            : [`c${id}`, `/db/${id}`, 1, "COMPLETE", "", 0],
        );
        return {
          ...{ form: "table", rows: 4 },
          columns: Object.fromEntries(columns.map((name, at) => [name, rows.map((row) => row[at])])),
        };
      },
      // the limit is that the answers end
      until: async (_step: string, limit: number, what: string, attempt: () => Promise<void>) => {
        limits.push(limit);
        for (;;)
          try {
            await attempt();
            return;
          } catch (error) {
            if (!(error instanceof NotYet)) throw error;
            if (missing.length === 0) throw new Error(`${what} was not there: ${error.message}`, { cause: error });
          }
      },
    } as unknown as DolphinCluster;
    const context = {
      cancelled: new AbortController().signal,
      warn: (line: string) => warned.push(line),
    } as unknown as Context;
    const all = { startTimeout: 60, stopTimeout: 60, recoveryTimeout: 1800, logs: "/log", replicas: 2 };
    return new NodeWork(cluster, all, context);
  };

  it("are awaited until all are reported", async () => {
    missing = [4, 2, 1, 0];
    await work().untilReported("start", 0);
    assert.deepEqual([missing, limits], [[], [1800]]);
  });

  it("are awaited no longer than until those are left that lacked something before", async () => {
    missing = [4, 1, 0];
    await work().untilReported("start", 1);
    assert.deepEqual(missing, [0]);
  });

  it("are told of where they are not reported", async () => {
    missing = [4, 2];
    await assert.rejects(work().untilReported("start", 1), {
      message:
        "all replicas that data nodes had was not there: 2 chunks with fewer than 2 replicas, like /db/1; 1 were so before",
    });
    assert.deepEqual(warned, []);
  });

  it("are warned of alone where nobody knows how they were before", async () => {
    missing = [4, 2];
    await work().untilReported("start", undefined);
    assert.deepEqual(warned, [
      "all replicas that data nodes had was not there: 2 chunks with fewer than 2 replicas, like /db/1; whether it was so before is not known",
    ]);
    assert.deepEqual(limits, [60]);
  });

  it("are counted", async () => {
    missing = [3];
    assert.equal(await work().incomplete("look"), 3);
  });
});
