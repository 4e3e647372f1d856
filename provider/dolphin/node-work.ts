import type { Context } from "../kinds/kind";
import { quoted } from "../probing/log-words";
import { chunkGate, incompleteChunks, type ChunkRow } from "../resources/dolphin/chunks";
import { readLogs } from "../scripts/watched";
import { chunkRowsOf } from "./chunk-rows";
import { NotYet, type DolphinCluster } from "./cluster";
import { reasonIn } from "./log-reasons";
import { isLost, present } from "./site";
import type { SeenNode } from "./view";

/** Limits for what nodes do, in seconds, and where they log. */
export type NodeLimits = {
  startTimeout: number;
  stopTimeout: number;
  recoveryTimeout: number;
  /** Directory of the nodes' logs on each host. */
  logs: string;
  /** Replicas that each chunk must have before a node is stopped. */
  replicas: number;
};

const logLimit = 15_000;

/** Starts and stops data and compute nodes through the leader, and waits until they are so. */
export class NodeWork {
  constructor(
    readonly cluster: DolphinCluster,
    private readonly limits: NodeLimits,
    private readonly context: Context,
  ) {}

  /** Starts nodes that are offline, and waits until they are online. */
  async start(aliases: readonly string[]): Promise<void> {
    if (aliases.length === 0) return;
    const step = `start ${aliases.join(", ")}`;
    await this.cluster.onLeader(step, { name: "startDataNode", params: { nodes: [...aliases] } });
    await this.untilOnline(step, aliases);
  }

  /** Stops nodes and waits until they are offline, having written what they had in memory. */
  async stop(aliases: readonly string[]): Promise<void> {
    if (aliases.length === 0) return;
    const step = `stop ${aliases.join(", ")}`;
    await this.cluster.onLeader(step, { name: "stopDataNode", params: { nodes: [...aliases] } });
    await this.untilAre(step, aliases, false, this.limits.stopTimeout);
  }

  /** Restarts nodes one after the other, each when all chunks have all their replicas. */
  async restart(
    aliases: readonly string[],
    done: (alias: string) => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    for (const [at, alias] of aliases.entries()) {
      const step = `restart ${alias}`;
      this.context.status(`${step}, ${at + 1} of ${aliases.length}`);
      const { nodes } = await this.cluster.led(step);
      if (nodes.some((one) => one.alias === alias && one.isOnline)) {
        await this.untilGateOpen(step);
        await this.stop([alias]);
      }
      await this.start([alias]);
      await done(alias);
    }
  }

  /** All chunks, as the leader knows them. */
  async chunks(step: string): Promise<ChunkRow[]> {
    return chunkRowsOf(await this.cluster.onLeader(step, { name: "getClusterChunksStatus" }));
  }

  /** Waits until nodes may be stopped. */
  untilGateOpen(step: string): Promise<void> {
    return this.cluster.until(step, this.limits.recoveryTimeout, "all chunks with all their replicas", async () => {
      const { isOpen, reasons } = chunkGate(await this.chunks(step), this.limits.replicas);
      if (!isOpen) throw new NotYet(reasons.join("; "));
    });
  }

  /** How many chunks lack something: what a start of all nodes is not to make more of. */
  async incomplete(step: string): Promise<number> {
    return incompleteChunks(await this.chunks(step), this.limits.replicas).length;
  }

  /**
   * Waits until data nodes that have started have reported their chunks.
   * @param before how many lacked something before they were stopped; where nobody knows, what is lacking is warned of alone
   */
  async untilReported(step: string, before: number | undefined): Promise<void> {
    const { recoveryTimeout, startTimeout, replicas } = this.limits;
    const limit = before === undefined ? startTimeout : recoveryTimeout;
    try {
      await this.cluster.until(step, limit, "all replicas that data nodes had", async () => {
        const found = incompleteChunks(await this.chunks(step), replicas);
        if (found.length <= (before ?? 0)) return;
        const known = before === undefined || before === 0 ? "" : `; ${before} were so before`;
        throw new NotYet(`${chunkGate(found, replicas).reasons.join("; ")}${known}`);
      });
    } catch (error) {
      if (before !== undefined || this.context.cancelled.aborted || !(error instanceof Error)) throw error;
      this.context.warn(`${error.message}; whether it was so before is not known`);
    }
  }

  /** Waits until nodes are online; one that is not is told of with the end of its log. */
  async untilOnline(step: string, aliases: readonly string[]): Promise<void> {
    try {
      await this.untilAre(step, aliases, true, this.limits.startTimeout);
    } catch (error) {
      const { nodes } = await this.cluster.view().catch(() => ({ nodes: [] as SeenNode[] }));
      const late = nodes.find(({ alias, isOnline }) => aliases.includes(alias) && !isOnline);
      if (late === undefined || this.context.cancelled.aborted || !(error instanceof Error)) throw error;
      const log = await this.lastOfLog(late);
      if (log === "") throw error;
      throw new Error(`${error.message}\n  the log of ${late.alias}, ${this.logOf(late)}:${log}`, { cause: error });
    }
  }

  /** Waits until the leader has noticed that nodes are gone: before that it tells of them as of nodes that are there. */
  untilOffline(step: string, aliases: readonly string[]): Promise<void> {
    return this.untilAre(step, aliases, false, this.limits.stopTimeout);
  }

  private untilAre(step: string, aliases: readonly string[], isOnline: boolean, limit: number): Promise<void> {
    const what = isOnline ? "all of them online" : "all of them offline";
    return this.cluster.until(step, limit, what, async () => {
      const { nodes } = await this.cluster.view();
      const others = nodes.filter((node) => aliases.includes(node.alias) && node.isOnline !== isOnline);
      const unknown = aliases.filter((alias) => !nodes.some((node) => node.alias === alias));
      const told = [
        ...others.map(({ alias }) => `${alias} is ${isOnline ? "offline" : "online"}`),
        ...(isOnline ? unknown.map((alias) => `${alias} is not in the cluster`) : []),
      ];
      if (told.length > 0) throw new NotYet(told.join(", "));
    });
  }

  private logOf({ alias, mode }: SeenNode): string {
    return `${this.limits.logs}/${mode === "controller" || mode === "agent" ? mode : alias}.log`;
  }

  /** The last lines of a node's log that tell something, and what is known to be behind them; empty where there are none. */
  async lastOfLog(node: SeenNode): Promise<string> {
    const machine = present(this.cluster.access.hosts).find(({ address }) => address === node.host);
    if (machine === undefined || isLost(this.cluster.access.hosts, node)) return "";
    const unit = machine.units?.agent ?? "dolphindb.service";
    const answer = await this.context
      .remote(machine.host)
      .run({
        name: `read the log of ${node.alias}`,
        script: readLogs,
        values: { container: "", unit, seconds: this.limits.startTimeout + 60, lines: 200 },
        list: [this.logOf(node)],
        limit: logLimit,
      })
      .catch(() => undefined);
    const lines = quoted(answer?.all("line1") ?? [], [this.cluster.sessions.accepted]);
    const reason = reasonIn(lines);
    return [...lines, ...(reason === undefined ? [] : [`likely: ${reason}`])].map((line) => `\n    ${line}`).join("");
  }
}
