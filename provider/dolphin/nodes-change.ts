import { z } from "zod";
import type { Context } from "../kinds/kind";
import { heldOnlyBy } from "../resources/dolphin/chunks";
import { nodeLines, parseNodeLines, type NodeRow } from "../resources/dolphin/node-rows";
import { planNodes, type NodesPlan, type NodesStep } from "../resources/dolphin/nodes-plan";
import type { ClusterRestart } from "./cluster-restart";
import { NotYet, type DolphinCluster } from "./cluster";
import type { NodeWork } from "./node-work";
import { moveReplicas } from "./replica-work";
import { isLost } from "./site";
import type { UnderWay } from "./under-way";
import type { DolphinValue } from "./answer";

/** What a change of the rows may leave to be done when it is ended. */
export const nodesUnderWay = z.union([
  z.strictObject({ restart: z.literal("cluster"), incomplete: z.number().optional() }),
  /** All has restarted, and data nodes have not reported their chunks; of which some lacked something before. */
  z.strictObject({ restart: z.literal("none"), incomplete: z.number().optional() }),
  /** Those that are left. */
  z.strictObject({ restart: z.literal("controllers"), aliases: z.array(z.string()) }),
  z.strictObject({ restart: z.literal("nodes"), aliases: z.array(z.string()) }),
]);
export type NodesUnderWay = z.output<typeof nodesUnderWay>;

/** In words, for a preview. */
export function tellUnderWay(under: NodesUnderWay): string {
  if (under.restart === "cluster") return "restart the cluster";
  if (under.restart === "none") return "wait for the chunks of all data nodes";
  return `restart ${under.aliases.join(", ")}`;
}

/** The rows described, and what is kept to on the way. */
export type WantedNodes = {
  nodes: NodeRow[];
  replicas: number;
  agentsOnline: boolean;
  moveTimeout: number;
};

const step = "change the nodes of the cluster";

/** Changes cluster.nodes of a running cluster, step by step; what is begun and ended anywhere is gone on with by the next run. */
export class NodesChange {
  /** Chunks that lacked something before that. */
  private incomplete: number | undefined;
  private hasRestarted = false;

  constructor(
    private readonly cluster: DolphinCluster,
    private readonly work: NodeWork,
    private readonly restart: ClusterRestart,
    private readonly underWay: UnderWay<NodesUnderWay>,
    private readonly wanted: WantedNodes,
    private readonly context: Context,
  ) {}

  /** Brings about the rows described. */
  async apply(): Promise<void> {
    const left = await this.underWay.read();
    // a cluster that was being restarted may have no leader that could tell its rows
    if (left?.restart === "cluster" || left?.restart === "none") {
      this.incomplete = left.incomplete;
      this.hasRestarted = true;
    }
    if (left?.restart === "cluster") await this.restartAll();
    const plan = planNodes(await rowsOfCluster(this.cluster, step), this.wanted.nodes, this.wanted);
    if (plan.refused.length > 0) throw this.refused(plan);
    for (const one of plan.steps) await this.take(one);
    if (left?.restart === "controllers") await this.restartControllers(left.aliases);
    if (left?.restart === "nodes") await this.restartNodes(left.aliases);
    await this.saveAdded();
  }

  /** Waits, where all nodes or all controllers have restarted, until data nodes have reported their chunks: a new leader knows none. */
  async untilReported(): Promise<void> {
    if (!this.hasRestarted) return;
    await this.work.untilReported("start the nodes", this.incomplete);
    await this.underWay.forget();
  }

  /** Restarts data and compute nodes one after the other; those that are left are noted. */
  async restartNodes(aliases: readonly string[]): Promise<void> {
    const rest = new Set(aliases.filter((alias) => this.wanted.nodes.some((row) => row.alias === alias)));
    await this.underWay.note({ restart: "nodes", aliases: [...rest] });
    await this.work.restart([...rest], async (alias) => {
      rest.delete(alias);
      if (rest.size > 0) await this.underWay.note({ restart: "nodes", aliases: [...rest] });
    });
    await this.underWay.forget();
  }

  private refused({ refused }: NodesPlan): Error {
    return this.cluster.problem(
      undefined,
      step,
      refused.join("; "),
      "describe what the engine can do, and run it again",
    );
  }

  private async take(one: NodesStep): Promise<void> {
    switch (one.does) {
      case "add agent": {
        const { host, port, alias } = one.node;
        const name = "addAgentToController";
        await this.cluster.onLeader(`add ${alias}`, { name, params: { host, port, alias }, once: true });
        return this.untilAgentsOnline([one.node]);
      }
      case "add node":
        await this.cluster.onLeader(`add ${one.node.alias}`, {
          name: "executeCode",
          params: { script: renderAddNode(one.node) },
          once: true,
        });
        return;
      case "start":
        return this.work.start(one.aliases);
      case "move replicas":
        return moveReplicas(
          this.work,
          one.alias,
          this.wanted.nodes.filter(({ mode }) => mode === "datanode"),
          this.wanted.replicas,
          this.wanted.moveTimeout,
          this.context,
        );
      case "stop":
        return this.stop(one.aliases);
      case "remove node":
        await this.cluster.onLeader(`remove ${one.alias}`, {
          name: "removeNode",
          params: { alias: one.alias },
          once: true,
        });
        return;
      case "save":
        return this.save(one.rows);
      case "restart controllers":
        return this.restartControllers(this.controllers);
      case "restart cluster":
        return this.restartAll();
    }
  }

  /** Waits until the leader hears agents. */
  untilAgentsOnline(agents: readonly NodeRow[]): Promise<void> {
    const awaited = agents.filter((agent) => !isLost(this.cluster.access.hosts, agent)).map(({ alias }) => alias);
    return this.cluster.until(
      "wait for the agents",
      this.cluster.access.electionTimeout,
      "all agents online",
      async () => {
        const { nodes } = await this.cluster.view();
        const offline = awaited.filter((alias) => !nodes.some((node) => node.alias === alias && node.isOnline));
        if (offline.length > 0) throw new NotYet(`offline: ${offline.join(", ")}`);
      },
    );
  }

  private get controllers(): string[] {
    return this.wanted.nodes.filter(({ mode }) => mode === "controller").map(({ alias }) => alias);
  }

  /** Stops nodes that go, when nothing is only there. */
  private async stop(aliases: string[]): Promise<void> {
    const leaving = new Set(aliases);
    const name = `stop ${aliases.join(", ")}`;
    const { nodes } = await this.cluster.led(name);
    const running = nodes.filter(({ alias, isOnline }) => leaving.has(alias) && isOnline);
    if (running.some(({ mode }) => mode === "datanode")) {
      const [only, ...more] = heldOnlyBy(await this.work.chunks(name), leaving);
      if (only !== undefined)
        throw this.cluster.problem(
          undefined,
          name,
          `${more.length + 1} chunks are nowhere else, like ${only.file}`,
          "run it again, which moves them",
        );
    }
    await this.work.stop(running.map(({ alias }) => alias));
  }

  /** A restart that follows is noted before, since the rows do not tell that it is still to come. */
  private async save(rows: readonly NodeRow[]): Promise<void> {
    const before = await rowsOfCluster(this.cluster, step);
    const { steps } = planNodes(before, rows, this.wanted);
    const all = steps.some(({ does }) => does === "restart cluster");
    if (all) {
      await this.noteRestart();
      // after that they would be looked for where the new rows have them
      await this.restart.stopWorkers(this.work);
    } else await this.underWay.note({ restart: "controllers", aliases: this.controllers });
    const params = { sites: nodeLines(rows) };
    await this.cluster.onLeader("save cluster.nodes", { name: "saveClusterNodes", params });
  }

  private async restartControllers(aliases: readonly string[]): Promise<void> {
    await this.count();
    const rest = new Set(aliases);
    await this.restart.controllers(aliases, async (alias) => {
      rest.delete(alias);
      if (rest.size > 0) await this.underWay.note({ restart: "controllers", aliases: [...rest] });
    });
    await this.underWay.note({ restart: "none", incomplete: this.incomplete });
  }

  private async noteRestart(): Promise<void> {
    await this.count();
    await this.underWay.note({ restart: "cluster", incomplete: this.incomplete });
  }

  private async count(): Promise<void> {
    if (!this.hasRestarted) this.incomplete = await this.work.incomplete(step);
    this.hasRestarted = true;
  }

  private async restartAll(): Promise<void> {
    await this.noteRestart();
    await this.restart.all(this.work);
    await this.underWay.note({ restart: "none", incomplete: this.incomplete });
  }

  /** Saves rows that are in force and not in the file, as the engine's own console does when it has added nodes. */
  private async saveAdded(): Promise<void> {
    const rows = await rowsOfCluster(this.cluster, step);
    if (planNodes(rows, this.wanted.nodes, this.wanted).steps.length === 0) return;
    const params = { sites: nodeLines(this.wanted.nodes) };
    await this.cluster.onLeader("save cluster.nodes", { name: "saveClusterNodes", params });
  }
}

/** The rows in force. */
export const rowsOfCluster = async (cluster: DolphinCluster, name: string): Promise<NodeRow[]> =>
  rowsIn(await cluster.onLeader(name, { name: "getClusterNodesCfg" }));

/** Reads the answer to getClusterNodesCfg. */
export function rowsIn(value: DolphinValue): NodeRow[] {
  if (value.form !== "vector") throw new Error("getClusterNodesCfg answered no vector");
  return parseNodeLines(value.value.map(String));
}

/** A script, since a call has no form for true and false; as few arguments as needed, which earlier versions have no more of. */
export function renderAddNode({ host, port, alias, mode, group, zone }: NodeRow): string {
  const quoted = (text: string): string => JSON.stringify(text);
  const more = zone !== "" ? [quoted(group), quoted(zone)] : group !== "" ? [quoted(group)] : [];
  return `addNode(${[quoted(host), port, quoted(alias), "true", quoted(mode), ...more].join(", ")})`;
}
