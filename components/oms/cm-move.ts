import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host";
import { problemIn } from "../metadb/backups";
import { NOTHING_TO_DO, nodeCommand, said, scriptCommand } from "../metadb/command";
import { waitFor, type Waits } from "../rolling";
import { refusal } from "../validation";
import { cannotMove, isBuilt, leadsNowhere } from "./cm-lead";
import { renderCmMoveScript } from "./cm-move-script";
import { nextPlan, type CmFound, type CmNext } from "./cm-plan";
import type { MetaDbSide } from "./ha";
import type { Region } from "./members";
import { renderOmsMetaDbScript, type OmsMetaDb, type OmsMetaDbProcedure } from "./metadb";
import { onlyWith } from "./only-with";
import { addressesOf } from "./region-values";
import type { OmsSettings } from "./schema";
import { containerNameOf } from "./versions";

/** The script while there has been no plan. */
const NOTHING_MOVED = "printf '\\n{}\\n'\n";

/** What has been done is not done again because its text is another one. */
const NOT_AGAIN = "not_again";

/** What moves need beyond the settings of the deployment. */
export interface CmMovesArgs {
  settings: OmsSettings<Host>;
  side: MetaDbSide;
  /** What the MetaDB has as of the start of this run. */
  found: pulumi.Output<CmFound>;
  /** Hosts whose services run as of the start of this run. */
  serving: Promise<Host[]>;
  /** Nodes that serve at another address than their region's new one, which is bound before they are stopped. */
  ahead: Map<Region, Promise<Host[]>>;
  /** Known when it is. */
  bound: pulumi.Output<unknown>;
  /** What must be done before anything is stopped. */
  after: pulumi.Resource[];
}

/**
 * Another address of a region's CM, by the vendor's procedure: it is bound and leads there, the services are stopped, the tables that have the address backed up
 * and the region's row deleted; the nodes are initialised anew, and in the end the tables must have what was asked for. Whether that
 * is due the MetaDB tells, in preview too: so is repaired what somebody changed there, and ended what an earlier run began. Where no
 * backup can be made, the services are started again and the run fails.
 */
export class CmMoves {
  /** What the nodes wait for before they get config.yaml and are initialised. */
  readonly prepared: pulumi.Resource[];
  /** Whose change is a reason to look whether a node must be initialised anew. */
  readonly trigger: pulumi.Output<string>;
  private readonly next: pulumi.Output<CmNext>;

  /** @param name the deployment's name; children are `${name}-cm-role-host` and `${name}-cm-move-location`. */
  constructor(
    private readonly name: string,
    private readonly args: CmMovesArgs,
    private readonly parent: pulumi.Resource,
  ) {
    const { settings, side, found, serving, bound, after } = args;
    const due = pulumi
      .all([side.metaDb, found, serving])
      .apply(([known, cm, hosts]) => this.due(known as OmsMetaDb, cm, hosts));
    this.next = pulumi.unsecret(due);
    this.trigger = this.next.apply(({ plan }) => JSON.stringify(plan));
    const nodes = settings.regions.flatMap((region) => region.nodes.map((host) => ({ host, region })));
    // nothing is bound in a preview
    const proven = pulumi.runtime.isDryRun()
      ? ""
      : pulumi.all([this.next, bound]).apply(([next]) => this.prove(next, isBuilt).then(() => ""));
    const stops = nodes.map((node) => this.step("stop", node, "stop", proven, after));
    const moves = settings.regions.map(({ location }) => this.move(location, stops));
    const problem = pulumi
      .all(moves.map((moved) => said(moved).apply(problemIn)))
      .apply((all) => all.filter((text) => text !== "").join("; "));
    const others = nodes.filter(({ host }) => !host.isLost && host !== side.host);
    const [first] = nodes.filter(({ host }) => host === side.host) as [(typeof nodes)[number]];
    const gone = onlyWith(problem, () => others.map((node) => this.step("go", node, "go", problem, moves)));
    this.prepared = [this.step("go", first, "lead", problem, waitFor(gone, ...moves))];
  }

  /** What is due. @throws pulumi.ResourceError where the new address leads nowhere yet */
  private async due({ regions }: OmsMetaDb, found: CmFound, serving: Host[]): Promise<CmNext> {
    const { settings } = this.args;
    const addresses = new Set(settings.regions.flatMap((region) => servingIn(region, serving)));
    const proven = new Set(await this.provable(serving));
    const next = nextPlan(found, regions, addresses, proven, new Date().toISOString());
    // what is built here leads there later
    await this.prove(next, (region) => !isBuilt(region));
    for (const reason of next.reasons) void pulumi.log.info(reason, this.parent);
    return next;
  }

  /** Locations of the regions where another address can be seen to lead to a node before that is stopped. */
  private async provable(serving: Host[]): Promise<number[]> {
    const { settings, ahead } = this.args;
    const asked = settings.regions.map(async (region) => {
      const hosts = isBuilt(region) ? await ahead.get(region) : region.nodes.filter((host) => serving.includes(host));
      return hosts?.length ? [region.location] : [];
    });
    return (await Promise.all(asked)).flat();
  }

  /** @throws pulumi.ResourceError where a node does not reach CM and console by its region's new address */
  private async prove({ moving }: CmNext, isAsked: (region: Region) => boolean): Promise<void> {
    const { settings } = this.args;
    const locations = moving.filter(({ isProven }) => isProven).map(({ region }) => region.location);
    const regions = settings.regions.filter((region) => locations.includes(region.location) && isAsked(region));
    const problems = (await Promise.all(regions.map((one) => leadsNowhere(settings, one, this.parent)))).flat();
    if (problems.length > 0) throw refusal(cannotMove(this.name), problems, this.parent);
  }

  /** Fails where a node that has been initialised did not leave the CM's address in the MetaDB: the next nodes are not touched then. */
  checked(host: Host, { location }: Region, initialised: command.remote.Command): pulumi.Resource {
    const triggers = [this.trigger, said(initialised)];
    const script = this.about(location).apply((procedure) => scriptOf(procedure, "verify_url"));
    return this.run(`check-${host.hostName}`, "verify_url", triggers, script, [initialised]);
  }

  /** The plan has come to its end: nothing can be taken back any more. @param after what must be well. */
  settle(after: pulumi.Resource[]): pulumi.Resource {
    return this.run("settled", "settle", [this.trigger], this.ofPlan("settle"), after);
  }

  private move(location: number, after: pulumi.Resource[]): command.remote.Command {
    return this.run(`move-${location}`, "attempt_move", [this.trigger], this.ofPlan("attempt_move", location), after);
  }

  private run(
    role: string,
    create: string,
    triggers: pulumi.Input<string>[],
    script: pulumi.Output<string>,
    dependsOn: pulumi.Resource[],
  ): command.remote.Command {
    const name = `${this.name}-cm-${role}`;
    const procedures = { create, update: NOT_AGAIN };
    return scriptCommand(name, this.args.side.host, procedures, triggers, script, { parent: this.parent, dependsOn });
  }

  /** The script of what changes the MetaDB. */
  private ofPlan(create: string, location?: number): pulumi.Output<string> {
    return pulumi
      .all([this.about(location), this.next])
      .apply(([procedure, { plan }]) =>
        plan.made === "" ? NOTHING_MOVED : scriptOf(procedure as OmsMetaDbProcedure, create),
      );
  }

  private about(location?: number): pulumi.Output<OmsMetaDbProcedure> {
    const { settings, side } = this.args;
    const { keep } = settings.backup;
    return side.metaDb.apply((known) => ({ ...known, directory: side.directory, name: this.name, keep, location }));
  }

  private step(
    role: string,
    { host, region }: { host: Host; region: Region },
    create: string,
    problem: pulumi.Input<string>,
    dependsOn: Waits,
  ): command.remote.Command {
    const { settings, side } = this.args;
    const keepsRecord = role === "stop" && host === side.host;
    const script = pulumi.all([this.next, problem]).apply(([{ plan }, known]) => {
      if (plan.made === "" || (role === "go" && known === "")) return NOTHING_TO_DO;
      return renderCmMoveScript(
        {
          container: containerNameOf(settings),
          address: addressesOf(region)[region.nodes.indexOf(host)] as string,
          plan,
          record: keepsRecord ? `${side.directory}/${this.name}-cm-plan.txt` : "",
          problem: known,
        },
        [create, ...(keepsRecord ? ["forget"] : [])],
      );
    });
    const procedures = { create, update: "true", ...(keepsRecord && { delete: "forget" }) };
    const opts = { parent: this.parent, dependsOn };
    const places = { host, living: side.host };
    return nodeCommand(`${this.name}-cm-${role}-${host.hostName}`, places, procedures, [this.trigger], script, opts);
  }
}

const scriptOf = (procedure: OmsMetaDbProcedure, create: string): string =>
  renderOmsMetaDbScript(procedure, [create, NOT_AGAIN]);

const servingIn = (region: Region, serving: Host[]): string[] =>
  addressesOf(region).filter((_, i) => serving.includes(region.nodes[i] as Host));
