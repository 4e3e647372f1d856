import assert from "node:assert/strict";
import { ClusterRestart } from "../../../../provider/dolphin/cluster-restart";
import { NotYet, type DolphinCluster } from "../../../../provider/dolphin/cluster";
import { Silent, WrongPassword } from "../../../../provider/dolphin/silence";
import type { Host } from "../../../../provider/kinds/fields";
import type { Context } from "../../../../provider/kinds/kind";

describe("Controllers of a DolphinDB cluster that restart", () => {
  const names = ["c1", "c2", "c3"];
  /** What each controller answers after its restart, one after the other; then it serves. */
  let answers: Error[];
  let done: string[];

  const restart = (): ClusterRestart => {
    const access = {
      electionTimeout: 60,
      hosts: names.map((alias, i) => ({
        host: { name: alias } as Host,
        address: `10.0.0.${i + 1}`,
        controller: { alias, port: 8800 },
        units: { controller: `${alias}.service` },
      })),
    };
    const cluster = {
      access,
      // the leader has not noticed that one is gone
      led: () => Promise.resolve({ leader: { alias: "c1" }, nodes: names.map((alias) => ({ alias, isOnline: true })) }),
      sessions: {
        ask: async ({ alias }: { alias: string }) => {
          await Promise.resolve();
          const error = answers.shift();
          done.push(`${alias} ${error === undefined ? "serves" : "is asked"}`);
          if (error !== undefined) throw error;
        },
      },
      until: async (_step: string, _limit: number, _what: string, attempt: () => Promise<void>) => {
        for (;;)
          try {
            await attempt();
            return;
          } catch (error) {
            if (!(error instanceof Silent || error instanceof NotYet)) throw error;
          }
      },
    } as unknown as DolphinCluster;
    const context = {
      status: () => undefined,
      remote: ({ name }: Host) => ({
        run: () => Promise.resolve(void done.push(`restart ${name}`)),
      }),
    } as unknown as Context;
    return new ClusterRestart(cluster, 30, context);
  };

  beforeEach(() => ([answers, done] = [[], []]));

  it("follow one another when the one before serves itself, whatever the leader tells of it", async () => {
    answers = [new Silent("refused", false), new WrongPassword("c2")];
    await restart().controllers(names, (alias) => Promise.resolve(void done.push(`done ${alias}`)));
    assert.deepEqual(done, [
      ...["restart c2", "c2 is asked", "c2 is asked", "c2 serves", "done c2"],
      ...["restart c3", "c3 serves", "done c3"],
      ...["restart c1", "c1 serves", "done c1"],
    ]);
  });
});
