import type { Context } from "../kinds/kind";
import { aliasesOf } from "../resources/dolphin/node-rows";
import type { ClusterRestart } from "./cluster-restart";
import { notKnownYet, type DolphinCluster } from "./cluster";
import { goesBy, termsIn, writeLicense, type LicenseFile } from "./license-change";
import type { NodeWork } from "./node-work";
import { DolphinRefused } from "./refusal";
import { Silent, WrongPassword } from "./silence";
import { isLost, present } from "./site";
import type { UnderWay } from "./under-way";
import type { ClusterView, SeenNode } from "./view";

const step = "change the licence";

/** The nodes that restart for a licence, in this order. */
export interface LicensePlan {
  /** First, as those whose end stops no data: a program that refuses the licence shows it here. */
  agents: SeenNode[];
  controllers: SeenNode[];
  /** Data and compute nodes; those that are offline first, as all chunks have to be there for the others. */
  workers: SeenNode[];
}

/** Has nodes go by another licence by restarting them, one after the other; none after the first that does not. */
export class LicenseRestart {
  constructor(
    private readonly cluster: DolphinCluster,
    private readonly work: NodeWork,
    private readonly restart: ClusterRestart,
    private readonly underWay: UnderWay<string[]>,
    private readonly file: LicenseFile,
    private readonly startTimeout: number,
    private readonly context: Context,
  ) {}

  /** Those that are offline read their file at the start that they need anyway. */
  async plan({ nodes }: ClusterView): Promise<LicensePlan> {
    const behind: SeenNode[] = [];
    for (const node of nodes)
      if (!isLost(this.cluster.access.hosts, node) && !(node.isOnline && (await this.isDone(node)))) behind.push(node);
    const of = (...modes: SeenNode["mode"][]): SeenNode[] => behind.filter(({ mode }) => modes.includes(mode));
    const workers = of("datanode", "computenode");
    return {
      agents: of("agent"),
      controllers: of("controller"),
      workers: [...workers.filter(({ isOnline }) => !isOnline), ...workers.filter(({ isOnline }) => isOnline)],
    };
  }

  /** What a run that ended has done is asked of the nodes, so that the next one goes on with the others. */
  async apply(view: ClusterView): Promise<void> {
    const { agents, controllers, workers } = await this.plan(view);
    const rest = new Map([...agents, ...controllers, ...workers].map((node) => [node.alias, node]));
    const all = rest.size;
    if (all > 0) await this.underWay.note([...rest.keys()]);
    const hosts = present(this.cluster.access.hosts).map(({ host }) => host);
    await writeLicense(hosts, this.file, this.context);
    const done = async (alias: string): Promise<void> => {
      const node = rest.get(alias);
      if (node !== undefined) await this.verify(node);
      rest.delete(alias);
      if (rest.size > 0) await this.underWay.note([...rest.keys()]);
    };
    try {
      for (const { alias, host } of agents) {
        await this.restart.agent(alias, host);
        await done(alias);
        await this.work.untilOnline(`restart ${alias}`, [alias]);
      }
      await this.restart.controllers(aliasesOf(controllers), done);
      await this.work.restart(aliasesOf(workers), done);
    } catch (error) {
      if (this.context.cancelled.aborted || !(error instanceof Error)) throw error;
      const told = `${all - rest.size} of ${all} nodes go by it; left with the former one: ${[...rest.keys()].join(", ")}`;
      throw new Error(`${error.message}\n  ${told}; the next run goes on with them`, { cause: error });
    }
    await this.underWay.forget();
  }

  private async isDone(node: SeenNode): Promise<boolean> {
    try {
      return goesBy(termsIn(await this.cluster.sessions.ask(node, { name: "license" })), this.file.terms);
    } catch (error) {
      if (error instanceof Silent || error instanceof DolphinRefused || error instanceof WrongPassword) return false;
      throw error;
    }
  }

  /** Waits for what a node says that has just started; what does not start tells why in its log. */
  private async verify(node: SeenNode): Promise<void> {
    const what = `an answer of ${node.alias}`;
    try {
      await this.cluster.until(step, this.startTimeout, what, async () => {
        const inForce = await this.cluster.sessions.ask(node, { name: "license" }).then(termsIn, notKnownYet);
        if (goesBy(inForce, this.file.terms)) return;
        throw this.cluster.problem(
          node,
          step,
          `${node.alias} has restarted, and goes by one that ends on ${inForce.end}`,
          "look where its program reads dolphindb.lic, and run it again",
        );
      });
    } catch (error) {
      const log = this.context.cancelled.aborted ? "" : await this.work.lastOfLog(node);
      if (log === "" || !(error instanceof Error)) throw error;
      throw new Error(`${error.message}\n  the log of ${node.alias}:${log}`, { cause: error });
    }
  }
}

/** What is done, in a line for a preview; none where nothing is. */
export function tellLicensePlan({ agents, controllers, workers }: LicensePlan): string[] {
  const all = [...agents, ...controllers, ...workers];
  if (all.length === 0) return [];
  return [
    `${all.length} nodes restart for it, one after the other, each when the one before goes by it: agents, controllers with the leader last, data and compute nodes when all chunks are complete`,
  ];
}
