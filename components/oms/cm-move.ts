import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { getHealth } from "../../provider/resources";
import type { Host } from "../host";
import { problemIn } from "../metadb/backups";
import { nodeCommand, said, scriptCommand } from "../metadb/command";
import { refusal, sentence } from "../validation";
import { renderCmMoveScript } from "./cm-move-script";
import { nextPlan, type CmFound, type CmNext } from "./cm-plan";
import { cmUrlOf, parseCmUrl } from "./cm-url";
import type { MetaDbSide } from "./ha";
import type { Region } from "./members";
import { renderOmsMetaDbQuestion, renderOmsMetaDbScript, type OmsMetaDb, type OmsMetaDbProcedure } from "./metadb";
import { addressesOf } from "./region-values";
import type { OmsSettings } from "./schema";
import { containerNameOf } from "./versions";

/** The script while there has been no plan. */
const NOTHING_MOVED = "printf '\\n{}\\n'\n";

/** What moves need beyond the settings of the deployment. */
export interface CmMovesArgs {
  settings: OmsSettings<Host>;
  side: MetaDbSide;
  /** What the MetaDB has as of the start of this run. */
  found: pulumi.Output<CmFound>;
  /** Hosts whose services run as of the start of this run. */
  serving: Promise<Host[]>;
  /** What must be done before anything is stopped. */
  after: pulumi.Resource[];
}

/**
 * Another address of a region's CM, by the vendor's procedure: the services are stopped, the tables that have the address backed up
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
    const { settings, side, found, serving, after } = args;
    const due = pulumi
      .all([side.metaDb, found, serving])
      .apply(([known, cm, hosts]) => this.due(known as OmsMetaDb, cm, hosts));
    this.next = pulumi.unsecret(due);
    this.trigger = this.next.apply(({ plan }) => JSON.stringify(plan));
    const nodes = settings.regions.flatMap((region) => region.nodes.map((host) => ({ host, region })));
    const stops = nodes.map((node) => this.step("stop", node, "stop", "", after));
    const moves = settings.regions.map(({ location }) => this.move(location, stops));
    const problem = pulumi
      .all(moves.map((moved) => said(moved).apply(problemIn)))
      .apply((all) => all.filter((text) => text !== "").join("; "));
    const others = nodes.filter(({ host }) => !host.isLost && host !== side.host);
    const [first] = nodes.filter(({ host }) => host === side.host) as [(typeof nodes)[number]];
    const gone = others.map((node) => this.step("go", node, "go", problem, moves));
    this.prepared = [this.step("go", first, "lead", problem, [...moves, ...gone])];
  }

  /** What is due. @throws pulumi.ResourceError where the new address is somebody else's and leads nowhere yet */
  private async due({ regions }: OmsMetaDb, found: CmFound, serving: Host[]): Promise<CmNext> {
    const { settings } = this.args;
    const addresses = new Set(settings.regions.flatMap((region) => servingIn(region, serving)));
    const next = nextPlan(found, regions, addresses, new Date().toISOString());
    const moving = settings.regions.filter(({ location }) =>
      next.moving.some(({ region }) => region.location === location),
    );
    const problems = (await Promise.all(moving.map((region) => this.leadsNowhere(region, serving)))).flat();
    if (problems.length > 0)
      throw refusal(`OmsMultiNode ${this.name}: the CM cannot get another address now`, problems, this.parent);
    for (const reason of next.reasons) void pulumi.log.info(reason, this.parent);
    return next;
  }

  /** An address that is not built here must lead to the CM before services are stopped for it. */
  private async leadsNowhere(region: Region, serving: Host[]): Promise<string[]> {
    const host = region.nodes.find((one) => serving.includes(one));
    const cmUrl = cmUrlOf(this.args.settings, region);
    const { host: address = "", port = 0 } = parseCmUrl(cmUrl) ?? {};
    if (host === undefined || region.virtualIp !== undefined || region.proxy !== undefined) return [];
    const asked = getHealth({ host: host.data, tcp: { address, port } }, { parent: this.parent });
    const { healthy, detail } = await host.answered(asked);
    if (healthy) return [];
    return [
      sentence(
        `region ${region.location}: ${cmUrl} does not lead to the CM from host ${host.hostName}, and nothing was stopped: ${detail}`,
        "bind the address to the region's nodes first, then run this again",
      ),
    ];
  }

  /** Fails where a node that has been initialised did not leave the CM's address in the MetaDB: the next nodes are not touched then. */
  checked(host: Host, { location }: Region, initialised: command.remote.Command): pulumi.Resource {
    const triggers = [this.trigger, said(initialised)];
    const script = this.about(location).apply(renderOmsMetaDbQuestion);
    return this.run(`check-${host.hostName}`, "verify_url", triggers, script, [initialised]);
  }

  /** The plan has come to its end: nothing can be taken back any more. @param after what must be well. */
  settle(after: pulumi.Resource[]): pulumi.Resource {
    return this.run("settled", "settle", [this.trigger], this.ofPlan(), after);
  }

  private move(location: number, after: pulumi.Resource[]): command.remote.Command {
    return this.run(`move-${location}`, "attempt_move", [this.trigger], this.ofPlan(location), after);
  }

  private run(
    role: string,
    create: string,
    triggers: pulumi.Input<string>[],
    script: pulumi.Output<string>,
    dependsOn: pulumi.Resource[],
  ): command.remote.Command {
    const name = `${this.name}-cm-${role}`;
    const procedures = { create, update: "not_again" };
    return scriptCommand(name, this.args.side.host, procedures, triggers, script, { parent: this.parent, dependsOn });
  }

  /** The script of what changes the MetaDB. */
  private ofPlan(location?: number): pulumi.Output<string> {
    return pulumi
      .all([this.about(location), this.next])
      .apply(([procedure, { plan }]) =>
        plan.made === "" ? NOTHING_MOVED : renderOmsMetaDbScript(procedure as OmsMetaDbProcedure),
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
    dependsOn: pulumi.Resource[],
  ): command.remote.Command {
    const { settings, side } = this.args;
    const keepsRecord = role === "stop" && host === side.host;
    const script = pulumi.all([this.next, problem]).apply(([{ plan }, known]) =>
      renderCmMoveScript({
        container: containerNameOf(settings),
        address: addressesOf(region)[region.nodes.indexOf(host)] as string,
        plan,
        record: keepsRecord ? `${side.directory}/${this.name}-cm-plan.txt` : "",
        problem: known,
      }),
    );
    const procedures = { create, update: "true", ...(keepsRecord && { delete: "forget" }) };
    const opts = { parent: this.parent, dependsOn };
    const places = { host, living: side.host };
    return nodeCommand(`${this.name}-cm-${role}-${host.hostName}`, places, procedures, [this.trigger], script, opts);
  }
}

const servingIn = (region: Region, serving: Host[]): string[] =>
  addressesOf(region).filter((_, i) => serving.includes(region.nodes[i] as Host));
