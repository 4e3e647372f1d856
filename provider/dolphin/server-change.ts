import { createHash } from "node:crypto";
import { z } from "zod";
import type { Context } from "../kinds/kind";
import { aliasesOf, isWorker } from "../resources/dolphin/node-rows";
import type { ClusterRestart } from "./cluster-restart";
import type { DolphinCluster } from "./cluster";
import { metadataOf } from "./metadata";
import type { NodeWork } from "./node-work";
import { NoLeader } from "./silence";
import { ServerRoll } from "./server-roll";
import type { InstalledServer, ServerHosts, WantedServer } from "./server-hosts";
import { controllersOf } from "./site";
import type { UnderWay } from "./under-way";
import { workersOf } from "./view";

/** A change of the server that was begun. */
export const serverUnderWay = z.strictObject({
  /** What is done now; `stop` stands for the backup, too, and `roll` for one host after the other. */
  phase: z.enum(["roll", "stop", "switch", "start"]),
  from: z.string(),
  to: z.string(),
  backup: z.string(),
  isRollback: z.boolean(),
  /** Directories of metadata by host. */
  metadata: z.record(z.string(), z.array(z.string())),
  /** What is noted with the backup. */
  about: z.string(),
  /** Chunks that lacked something before; missing where nobody could tell. */
  incomplete: z.number().optional(),
});
export type ServerUnderWay = z.output<typeof serverUnderWay>;

/** In words, for a preview. */
export const tellServerUnderWay = ({ phase, from, to }: ServerUnderWay): string =>
  phase === "start" ? `start all nodes with ${to}` : `go on from ${from} to ${to}`;

const BACK_UP = "back up the metadata";

/** Puts another server in place, all nodes stopped and their metadata saved; what is begun and ended anywhere is gone on with by the next run. */
export class ServerChange {
  constructor(
    private readonly cluster: DolphinCluster,
    private readonly work: NodeWork,
    private readonly restart: ClusterRestart,
    private readonly underWay: UnderWay<ServerUnderWay>,
    private readonly hosts: ServerHosts,
    private readonly wanted: WantedServer,
    private readonly context: Context,
  ) {}

  /** The version that a change starts from; undefined where none is due. */
  dueFrom(installed: Map<string, InstalledServer>): string | undefined {
    const behind = [...installed].find(
      ([name, one]) => one.package !== "" && one.package !== this.wanted.packages[name],
    );
    return behind?.[1].version;
  }

  /**
   * Whether rows were written since a backup was made; undefined where nobody can tell.
   */
  async isWritten(backup: string): Promise<boolean | undefined> {
    const noted = await this.hosts.about(backup);
    try {
      const { leader } = await this.cluster.view();
      if (leader === undefined) return undefined;
    } catch (error) {
      if (error instanceof NoLeader) return undefined;
      throw error;
    }
    return noted !== (await this.chunks("look whether rows were written"));
  }

  /** Brings about the server described; `from` is what {@link dueFrom} told. */
  async apply(from: string | undefined): Promise<void> {
    const left = await this.underWay.read();
    if (left?.phase === "roll" && this.rolls(left, from)) return this.rollOn(left);
    if (left?.phase === "stop" || left?.phase === "switch") return this.goOn(left, from);
    if (from !== undefined) return this.begin(from, left);
    await this.hosts.switch();
    if (left !== undefined) await this.startAnew(left);
  }

  private async begin(from: string, left: ServerUnderWay | undefined): Promise<void> {
    const { version: to, rollback } = this.wanted;
    const isRollback = rollback !== undefined;
    const stamp = `${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
    const backup = rollback?.backup ?? `${stamp}-${from}`;
    if (isRollback) await this.hosts.prove(backup);
    const rolls = this.wanted.mode === "rolling" && !isRollback;
    const plan: ServerUnderWay = {
      ...{ phase: rolls ? "roll" : "stop", from, to, backup, isRollback },
      // a cluster that does not start any more tells nothing
      metadata: isRollback ? {} : (left?.metadata ?? (await metadataOf(this.cluster, this.wanted.directory))),
      about: isRollback ? "" : left === undefined ? await this.chunks(BACK_UP) : left.about,
      ...(!isRollback && { incomplete: left === undefined ? await this.work.incomplete(BACK_UP) : left.incomplete }),
    };
    await this.underWay.note(plan);
    await (rolls ? this.rollOn(plan) : this.stop(plan));
  }

  /** Whether what was begun host by host is to be gone on with so; all hosts may have the package already. */
  private rolls({ to }: ServerUnderWay, from: string | undefined): boolean {
    return this.wanted.version === to && (from === undefined || this.wanted.mode === "rolling");
  }

  private async rollOn(plan: ServerUnderWay): Promise<void> {
    const { cluster, work, restart, hosts, context } = this;
    await new ServerRoll(cluster, work, restart, hosts, context).run(plan, this.wanted.packages);
    await this.hosts.prune();
    await this.underWay.forget();
  }

  private async goOn(left: ServerUnderWay, from: string | undefined): Promise<void> {
    // the former server is wanted again, before anything was put in place
    if (left.phase === "stop" && from === undefined) return this.startAgain(left);
    const plan = { ...left, to: this.wanted.version };
    return left.phase === "stop" ? this.stop(plan) : this.replace(plan);
  }

  /** Where metadata cannot be saved, everything starts again as it was. */
  private async stop(plan: ServerUnderWay): Promise<void> {
    try {
      await this.stopAll();
      if (!plan.isRollback) await this.hosts.backUp(plan);
    } catch (error) {
      if (this.context.cancelled.aborted || !(error instanceof Error)) throw error;
      const told = await this.startAgain(plan).then(
        () => `nothing was changed, and all nodes run with ${plan.from} again`,
        (other: unknown) => `and all nodes should start with ${plan.from} again: ${(other as Error).message}`,
      );
      throw new Error(`${error.message}; ${told}`, { cause: error });
    }
    await this.replace(plan);
  }

  private async replace(plan: ServerUnderWay): Promise<void> {
    await this.underWay.note({ ...plan, phase: "switch" });
    if (plan.isRollback) await this.hosts.restore(plan.backup);
    await this.hosts.switch();
    await this.startAnew(plan);
  }

  private async startAnew(plan: ServerUnderWay): Promise<void> {
    await this.underWay.note({ ...plan, phase: "start" });
    try {
      await this.startAll(plan);
    } catch (error) {
      if (this.context.cancelled.aborted || plan.isRollback || !(error instanceof Error)) throw error;
      throw new Error(
        `${error.message}\n  the way back: the package of ${plan.from} with rollback.backup ${plan.backup}`,
        { cause: error },
      );
    }
    await this.hosts.prune();
    await this.underWay.forget();
  }

  private async startAgain(plan: ServerUnderWay): Promise<void> {
    await this.startAll(plan);
    await this.underWay.forget();
  }

  /** Data and compute nodes end through leader and agents, where those are there, so that it is known whether they wrote all they had. */
  private async stopAll(): Promise<void> {
    const view = await this.cluster.view().catch((error: unknown) => {
      if (error instanceof NoLeader) return undefined;
      throw error;
    });
    this.context.status("stop all nodes");
    if (view?.leader !== undefined) {
      const reached = view.nodes.filter(({ mode, isOnline }) => mode === "agent" && isOnline).map(({ host }) => host);
      await this.work.stop(
        workersOf(
          view.nodes.filter(({ host }) => reached.includes(host)),
          true,
        ),
      );
    }
    await this.restart.stopAll();
  }

  /** Ends when data nodes have reported their chunks: before that rows may seem to be gone. */
  private async startAll({ incomplete }: ServerUnderWay): Promise<void> {
    await this.restart.onAll("controller", "start");
    await this.untilLed();
    await this.restart.onAll("agent", "start");
    await this.restart.onAll("nodes", "start");
    const view = await this.cluster.led("start the nodes");
    const there = ({ host }: { host: string }): boolean => this.hosts.all.some(({ address }) => address === host);
    const nodes = view.nodes.filter(there);
    const others = nodes.filter((node) => !isWorker(node));
    await this.work.untilOnline("start controllers and agents", aliasesOf(others));
    await this.work.start(workersOf(nodes, false));
    await this.work.untilOnline("start the nodes", workersOf(nodes));
    await this.work.untilReported("start the nodes", incomplete);
  }

  /** With the ends of the controllers' logs where there is no leader. */
  private async untilLed(): Promise<void> {
    try {
      await this.restart.untilUp();
    } catch (error) {
      if (this.context.cancelled.aborted || !(error instanceof Error)) throw error;
      const logs = await Promise.all(
        controllersOf(this.cluster.access.hosts).map(async ({ site }) => {
          const log = await this.work.lastOfLog({ ...site, mode: "controller", isOnline: false });
          return log === "" ? "" : `\n  the log of ${site.alias}:${log}`;
        }),
      );
      throw new Error(`${error.message}${logs.join("")}`, { cause: error });
    }
  }

  /** What the chunks are, in one word. */
  private async chunks(step: string): Promise<string> {
    const lines = (await this.work.chunks(step)).map(({ chunkId, version }) => `${chunkId} ${version}`);
    return createHash("sha256").update(lines.sort().join("\n")).digest("hex");
  }
}
