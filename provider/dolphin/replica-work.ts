import type { Context } from "../kinds/kind";
import { chunksOn } from "../resources/dolphin/chunks";
import type { NodeRow } from "../resources/dolphin/node-rows";
import { planReplicaMoves } from "../resources/dolphin/replica-moves";
import { rowsOf } from "./answer";
import { NotYet } from "./cluster";
import type { NodeWork } from "./node-work";

/** How often replicas are given out again that did not get there. */
const rounds = 3;

/** States of a recovery task that has ended; all others still go on. */
const ENDED = new Set(["Finished", "Aborted"]);

/**
 * Moves all replicas of a data node that goes to those that stay, and waits until none is left there.
 * @param staying data nodes that stay
 * @param replicas that each chunk must keep
 * @param limit in seconds
 */
export async function moveReplicas(
  work: NodeWork,
  leaving: string,
  staying: readonly NodeRow[],
  replicas: number,
  limit: number,
  context: Context,
): Promise<void> {
  const { cluster } = work;
  const step = `move the replicas of ${leaving}`;
  const end = Date.now() + limit * 1000;
  const total = chunksOn(await work.chunks(step), leaving).length;
  for (let round = 1; ; round++) {
    await work.untilGateOpen(step);
    const chunks = await work.chunks(step);
    const left = chunksOn(chunks, leaving).length;
    if (left === 0) return;
    if (round > rounds)
      throw cluster.problem(
        undefined,
        step,
        `${left} of ${total} replicas are still there after ${rounds} attempts`,
        "see getRecoveryTaskStatus() and the data nodes' logs, and run it again",
      );
    const { nodes } = await cluster.led(step);
    const online = new Set(nodes.filter(({ isOnline }) => isOnline).map(({ alias }) => alias));
    const targets = staying.filter(({ alias }) => online.has(alias));
    const moves = planReplicaMoves(chunks, leaving, targets, replicas);
    if (moves.stuck.length > 0)
      throw cluster.problem(
        undefined,
        step,
        `no data node is there to take ${moves.stuck.length} replicas, like that of ${moves.stuck[0] ?? ""}`,
        "start data nodes that are offline, or add others, and run it again",
      );
    for (const [target, ids] of moves.to)
      await cluster.onLeader(step, {
        name: "moveReplicas",
        params: { srcNode: leaving, destNode: target, chunkIds: ids },
        once: true,
      });
    if (moves.spare.length > 0)
      await cluster.onLeader(step, {
        name: "deleteReplicas",
        params: { chunkIds: moves.spare, node: leaving },
        once: true,
      });
    const seconds = Math.max(1, Math.round((end - Date.now()) / 1000));
    await cluster.until(step, seconds, "the replicas elsewhere", async () => {
      const rest = chunksOn(await work.chunks(step), leaving).length;
      const tasks = rowsOf(await cluster.onLeader(step, { name: "getRecoveryTaskStatus" })) ?? [];
      const goingOn = tasks.filter((task) => task.Source === leaving && !ENDED.has(String(task.Status))).length;
      if (rest === 0 || goingOn === 0) return;
      context.status(`${step}: ${total - rest} of ${total}`);
      throw new NotYet(`${rest} of ${total} replicas are left`);
    });
  }
}
