import type { Context } from "../kinds/kind";
import { leaderLast } from "../resources/dolphin/config-plan";
import { commandUnit } from "../scripts/units";
import { notKnownYet, NotYet, type DolphinCluster } from "./cluster";
import type { NodeWork } from "./node-work";
import { controllersOf, present, type ClusterHost, type Site } from "./site";
import { workersOf } from "./view";

type Role = keyof NonNullable<ClusterHost["units"]>;

const TOLD: Record<Role, string> = {
  controller: "the controller",
  agent: "the agent",
  nodes: "data and compute nodes",
};

/** Starts, stops and restarts controllers and agents by their hosts' systemd. */
export class ClusterRestart {
  constructor(
    private readonly cluster: DolphinCluster,
    private readonly stopTimeout: number,
    private readonly context: Context,
  ) {}

  /**
   * Restarts controllers one after the other, the leader last, each when the one before is back.
   * @param done is told of each
   */
  async controllers(aliases: readonly string[], done: (alias: string) => Promise<void>): Promise<void> {
    const { leader } = await this.cluster.led("restart controllers");
    for (const alias of leaderLast(aliases, leader.alias)) {
      const step = `restart ${alias}`;
      const found = controllersOf(this.cluster.access.hosts).find(({ site }) => site.alias === alias);
      if (found !== undefined) {
        this.context.status(step);
        await this.command(found, "controller", "restart");
        await this.untilBack(step, found.site);
      }
      await done(alias);
    }
  }

  /** Restarts an agent; the nodes that it started go on. @param address of its host */
  async agent(alias: string, address: string): Promise<void> {
    const host = present(this.cluster.access.hosts).find((one) => one.address === address);
    if (host === undefined) return;
    this.context.status(`restart ${alias}`);
    await this.command(host, "agent", "restart");
  }

  /** Stops all nodes, then starts controllers and agents; data and compute nodes are left for who comes after. */
  async all(work: NodeWork): Promise<void> {
    await this.stopWorkers(work);
    for (const [role, action] of [
      ["agent", "stop"],
      ["controller", "stop"],
      ["controller", "start"],
    ] as const)
      await this.onAll(role, action);
    await this.untilUp();
    await this.onAll("agent", "start");
  }

  /**
   * Waits for a leader; for a moment controllers that have just started do not know users yet.
   * @throws Error of nobody who leads in time, with what each controller answers
   */
  async untilUp(): Promise<void> {
    const step = "start the controllers";
    await this.cluster.until(step, this.cluster.access.electionTimeout, "a controller that knows admin", async () => {
      await this.cluster.view().catch(notKnownYet);
    });
    await this.cluster.led(step);
  }

  /** Stops the data and compute nodes that are online, where a leader can be told to. */
  async stopWorkers(work: NodeWork): Promise<void> {
    const view = await this.cluster.view().catch(() => undefined);
    if (view?.leader === undefined) return;
    await work.stop(workersOf(view.nodes, true));
  }

  /** Stops all nodes by their hosts' systemd, agents first, which would start their nodes again; it takes no leader. */
  async stopAll(hosts?: ClusterHost[]): Promise<void> {
    for (const role of ["agent", "nodes", "controller"] as const) await this.onAll(role, "stop", hosts);
  }

  /** Of the hosts that are not lost, those that have such a unit. */
  async onAll(role: Role, action: "start" | "stop", hosts = present(this.cluster.access.hosts)): Promise<void> {
    const having = hosts.filter(({ units }) => units?.[role] !== undefined);
    const where = having.length === 1 ? `on ${having[0]?.host.name ?? ""}` : "on all hosts";
    this.context.status(`${action} ${TOLD[role]} ${where}`);
    await Promise.all(having.map((host) => this.command(host, role, action)));
  }

  private async command({ host, units }: ClusterHost, role: Role, action: string): Promise<void> {
    const unit = units?.[role];
    const remote = this.context.remote(host);
    const name = `${action} the ${role}`;
    if (unit === undefined) throw remote.problem(name, "its unit is not known here", `give units.${role} of the host`);
    const limit = (this.stopTimeout + 60) * 1000;
    await remote.run({ name, script: commandUnit, values: { unit, action }, limit });
  }

  /** Waits until a controller knows a leader again, and that one hears it: for a while the leader tells of one that is gone as online. */
  private untilBack(step: string, site: Site): Promise<void> {
    const { alias } = site;
    return this.cluster.until(step, this.cluster.access.electionTimeout, `${alias} online`, async () => {
      const { nodes } = await this.cluster.led(step);
      if (!nodes.some((node) => node.alias === alias && node.isOnline)) throw new NotYet(`${alias} is offline`);
      await this.cluster.sessions.ask(site, { name: "getActiveMaster" }).catch(notKnownYet);
    });
  }
}
