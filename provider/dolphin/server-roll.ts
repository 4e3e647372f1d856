import type { Context } from "../kinds/kind";
import { aliasesOf, isWorker } from "../resources/dolphin/node-rows";
import type { ClusterRestart } from "./cluster-restart";
import type { DolphinCluster } from "./cluster";
import type { NodeWork } from "./node-work";
import type { ServerHosts } from "./server-hosts";
import type { ClusterHost } from "./site";
import { workersOf, type SeenNode } from "./view";

/** What a host is brought to, and where its metadata go before. */
interface Roll {
  from: string;
  to: string;
  backup: string;
  metadata: Record<string, string[]>;
  about: string;
}

/** Puts another server in place on one host after the other, the leader's last, while the others serve; the first that does not come back is the last. */
export class ServerRoll {
  constructor(
    private readonly cluster: DolphinCluster,
    private readonly work: NodeWork,
    private readonly restart: ClusterRestart,
    private readonly hosts: ServerHosts,
    private readonly context: Context,
  ) {}

  /** @param packages that are wanted, by host; one that has it is but started, as a run may have ended there */
  async run(plan: Roll, packages: Record<string, string>): Promise<void> {
    const installed = await this.hosts.installed();
    const isDone = ({ host: { name } }: ClusterHost): boolean => installed.get(name)?.package === packages[name];
    for (const host of this.hosts.all.filter(isDone)) await this.start(host, plan.to);
    for (const host of await this.order(this.hosts.all.filter((one) => !isDone(one)))) await this.one(host, plan);
    await this.work.untilGateOpen("end the upgrade");
  }

  private async order(hosts: ClusterHost[]): Promise<ClusterHost[]> {
    const { leader } = await this.cluster.led("choose the first host");
    const leads = ({ address }: ClusterHost): boolean => address === leader.host;
    return [...hosts.filter((host) => !leads(host)), ...hosts.filter(leads)];
  }

  private async one(host: ClusterHost, plan: Roll): Promise<void> {
    const step = `upgrade ${host.host.name}`;
    await this.work.untilGateOpen(step);
    try {
      const here = await this.nodesOn(host, step);
      await this.work.stop(workersOf(here, true));
      await this.restart.stopAll([host]);
      await this.cluster.led(step);
      await this.work.untilOffline(step, aliasesOf(here));
      await this.hosts.backUp(plan, [host]);
    } catch (error) {
      if (this.context.cancelled.aborted || !(error instanceof Error)) throw error;
      await this.start(host, plan.from);
      throw new Error(`${error.message}; ${host.host.name} runs with ${plan.from} again, and no other host was begun`, {
        cause: error,
      });
    }
    await this.hosts.switch([host]);
    await this.start(host, plan.to);
  }

  private async start(host: ClusterHost, version: string): Promise<void> {
    const step = `start ${host.host.name} with ${version}`;
    for (const role of ["controller", "agent", "nodes"] as const) await this.restart.onAll(role, "start", [host]);
    const others = (await this.nodesOn(host, step)).filter((node) => !isWorker(node));
    await this.work.untilOnline(step, aliasesOf(others));
    await this.work.start(workersOf(await this.nodesOn(host, step), false));
    await this.work.untilOnline(step, workersOf(await this.nodesOn(host, step)));
  }

  private async nodesOn({ address }: ClusterHost, step: string): Promise<SeenNode[]> {
    return (await this.cluster.led(step)).nodes.filter((node) => node.host === address);
  }
}
