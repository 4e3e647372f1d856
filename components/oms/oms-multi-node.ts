import * as pulumi from "@pulumi/pulumi";
import { Image, type Probe } from "../../provider/resources";
import type { Adoption } from "../adopt/adoption";
import { Certificate } from "../certificate";
import { NotedArgs } from "../changes/noted-args";
import { claimHosts } from "../claims/registry";
import { living, type Host } from "../host";
import { hostSchema, knownHost } from "../host-schema";
import type { MetaDbBackup } from "../metadb/types";
import { downFirst, rolling } from "../rolling";
import { parseNamed, unknown } from "../validation";
import { allTaken, takeOver } from "./adopt";
import type { OmsMultiNodeArgs } from "./args";
import { omsChanges } from "./changes";
import { omsClaims } from "./claims";
import { aheadOf } from "./cm-lead";
import { CmMoves } from "./cm-move";
import { cmUrlOf } from "./cm-url";
import type { OmsConfig } from "./config-yaml";
import { consoleNames, consoleProbe } from "./console";
import { firstLogin } from "./first-login";
import { InfluxDb } from "./influxdb";
import { askLive, upgradesOf, type Live } from "./live";
import { servingOf } from "./live-node";
import { defaultRegion, hostsOf, membersOf, type Member, type Region } from "./members";
import { OmsNode } from "./oms-node";
import { nodeStatus, regionStatus } from "./outputs";
import { fitHosts, fitMetaDb } from "./readiness";
import { RegionAccess } from "./region-access";
import { regionConfig, type KnownInputs } from "./region-config";
import { addressesOf, knownInputs, omsMetaDb, type OmsMetaDbValues } from "./region-values";
import { rowsProbe } from "./rows";
import { omsName, omsSchema, type OmsSettings } from "./schema";
import type { OmsCertificateStatus, OmsInfluxDbStatus, OmsNodeStatus, OmsRegionStatus } from "./status";
import { tsdbAccess, type TsdbAccess } from "./tsdb";
import { fitTsdb } from "./tsdb-preflight";
import { OmsUpgrade } from "./upgrade";
import { upgradeAllowed } from "./upgrade-allowed";
import { containerNameOf } from "./versions";
import { omsWarnings } from "./warnings";

/**
 * OceanBase Migration Service on several nodes of one or more regions: one container a host, one shared MetaDB, and an address for
 * each region by which its nodes and users reach the cluster manager (CM) and the console, whichever node lives.
 *
 * Nodes are initialised one after the other, those of the default region first; a change of settings goes through them in the same
 * way. Another version is no such change: all nodes are stopped first, as OMS's documents ask for.
 */
export class OmsMultiNode extends pulumi.ComponentResource {
  /** Where users open the console, by the default region's address. */
  readonly url: pulumi.Output<string> = unknown();
  /** The regions with their addresses. */
  readonly regions: pulumi.Output<OmsRegionStatus[]> = unknown();
  /** The nodes with version, health and the states of their services. */
  readonly nodes: pulumi.Output<OmsNodeStatus[]> = unknown();
  /** The backups of the MetaDB on the default region's first host, the newest last. */
  readonly backups: pulumi.Output<MetaDbBackup[]> = unknown();
  /** The newest of them; nothing before the first upgrade. */
  readonly lastBackup: pulumi.Output<MetaDbBackup | undefined> = unknown();
  /** How the first user logs in: OMS asks the first visitor for a password, or has one that everybody knows. */
  readonly firstLogin: pulumi.Output<string> = unknown();
  /** The InfluxDB that was deployed beside OMS; nothing without one. */
  readonly influxDb: pulumi.Output<OmsInfluxDbStatus | undefined> = unknown();
  /** Password of the user in the time-series database (a secret); nothing without one. */
  readonly tsdbPassword: pulumi.Output<string | undefined> = unknown();
  /** The certificate of HTTPS; nothing without it. */
  readonly certificate: pulumi.Output<OmsCertificateStatus | undefined> = unknown();

  /** @throws pulumi.ResourceError that lists every argument that was refused, before anything is contacted; a preview tells them and goes on. */
  constructor(
    private readonly name: string,
    args: OmsMultiNodeArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const schema = omsSchema(hostSchema, knownHost);
    const noted = new NotedArgs(`OmsMultiNode ${name}`, omsChanges, schema, args, opts);
    super("dbha:index:OmsMultiNode", name, noted.inputs, noted.options);
    const settings = parseNamed(omsName, schema, args, this, "OmsMultiNode", name);
    if (settings === undefined) return;
    noted.resource = this;
    if (!claimHosts(omsClaims(name, settings, knownHost), this)) return;
    for (const warning of omsWarnings(settings)) void pulumi.log.warn(warning, this);
    const members = membersOf(settings);
    const live = askLive(name, settings, members, this);
    const metaDb = fitMetaDb(name, settings, hostsOf(members), this);
    const found = metaDb.apply(({ cm }) => cm);
    const tsdb = tsdbAccess(name, settings, this);
    const images = this.images(settings, members);
    const adoptions = takeOver(name, members, { settings, live, images, tsdb, found }, this);
    const fits = [
      fitHosts(name, settings, hostsOf(members), this),
      fitTsdb(name, settings, hostsOf(members), tsdb, this),
      allTaken(adoptions),
    ];
    const fit = pulumi.all([metaDb, pulumi.all(fits)]).apply(([{ values }]) => values);
    const access = tsdb && pulumi.all([tsdb, fit]).apply(([known]) => known);
    const influxDb = this.deployInfluxDb(settings, members, access);
    const certificate = this.issueCertificate(settings);
    const asking = { host: living(hostsOf(members))[0] as Host, situation: live.situation };
    const allowed = upgradeAllowed(name, settings, asking, fit, this);
    const upgrade = this.upgrade(settings, members, live, allowed, [...images.values()]);
    const inputs = knownInputs(settings, fit, access, this);
    const { side, done: after } = upgrade;
    const ahead = new Map(settings.regions.map((region) => [region, aheadOf(name, settings, region, live, this)]));
    // the nodes wait for the moves, most of the accesses for the nodes, and moves for the rest of them
    const bound = pulumi.output(Promise.all(ahead.values()).then(() => pulumi.all(accesses.map((one) => one.bound))));
    const serving = servingOf(live.nodes);
    const moves = new CmMoves(name, { settings, side, found, serving, ahead, bound, after }, this);
    const waits = [...moves.prepared, ...(influxDb?.probes ?? [])];
    const needs = { upgrade, moves, waits, inputs, images, adoptions, tls: certificate };
    const nodes = this.startNodes(settings, members, live, needs);
    const accesses = this.openRegions(settings, nodes, ahead);
    const consoles = this.consoles(settings, members, nodes, accesses);
    const looks = [moves.trigger, ...[...nodes.values()].map(({ containerId }) => containerId)];
    const rows = rowsProbe(settings, upgrade.side, looks, [...consoles.values()], this);
    this.backups = upgrade.backups.list([...upgrade.finish([rows]), rows, moves.settle([rows])]);
    this.lastBackup = this.backups.apply((all) => all.at(-1));
    this.regions = regionStatus(settings, accesses);
    this.url = this.regions.apply((regions) => regions[defaultRegion(settings)]?.url ?? "");
    this.nodes = nodeStatus(settings, members, nodes, consoles, rows);
    this.firstLogin = this.url.apply((url) => firstLogin(settings.version, url));
    this.influxDb = pulumi.output(influxDb?.status);
    this.tsdbPassword = tsdb?.apply(({ password }) => password) ?? pulumi.output(undefined);
    this.certificate = pulumi.output(certificate && { expires: certificate.expires, trust: certificate.trust });
    this.registerOutputs({
      url: this.url,
      regions: this.regions,
      nodes: this.nodes,
      backups: this.backups,
      lastBackup: this.lastBackup,
      firstLogin: this.firstLogin,
      influxDb: this.influxDb,
      tsdbPassword: this.tsdbPassword,
      certificate: this.certificate,
    });
  }

  private issueCertificate({ https, regions }: OmsSettings<Host>): Certificate | undefined {
    if (https === undefined) return undefined;
    const { alternativeNames, selfSigned, privateCa, provided } = https;
    const names = regions.flatMap((region) => consoleNames(region));
    return new Certificate(
      `${this.name}-console`,
      { names: [...new Set([...alternativeNames, ...names])], selfSigned, privateCa, provided },
      { parent: this },
    );
  }

  /** All hosts have the image before anything is stopped. */
  private images({ image }: OmsSettings<Host>, members: Member[]): Map<Host, Image> {
    const load = ({ host }: Member) =>
      new Image(`${this.name}-image-${host.hostName}`, { host: host.data, ...image }, { parent: this });
    return new Map(members.map((member) => [member.host, load(member)]));
  }

  private upgrade(
    settings: OmsSettings<Host>,
    members: Member[],
    { situation }: Live,
    metaDb: pulumi.Output<OmsMetaDbValues>,
    images: Image[],
  ): OmsUpgrade {
    const known = metaDb.apply((values) => omsMetaDb(settings, values));
    const args = { settings, hosts: hostsOf(members), situation, metaDb: known, after: images };
    return new OmsUpgrade(this.name, args, this);
  }

  private startNodes(
    settings: OmsSettings<Host>,
    members: Member[],
    live: Live,
    { upgrade, moves, waits: before, inputs, images, adoptions, tls }: NodesNeed,
  ): Map<Host, OmsNode> {
    const hosts = hostsOf(members);
    // one whose CM gets another address is stopped before all others are begun with
    const isHealthy = async (host: Host): Promise<boolean> => {
      const { healthy, cmUrl } = (await live.nodes.get(host)) ?? { healthy: false, cmUrl: "" };
      const { region } = members[hosts.indexOf(host)] as Member;
      return healthy && cmUrl === cmUrlOf(settings, region);
    };
    const configOf = (region: Region): pulumi.Output<OmsConfig> =>
      inputs.apply((known) => regionConfig(settings, region, addressesOf(region), known));
    const configs = new Map(settings.regions.map((region) => [region, configOf(region)]));
    const nodes = rolling(hosts, downFirst(hosts, isHealthy), before, (host, waits) => {
      const { region } = members[hosts.indexOf(host)] as Member;
      const config = configs.get(region) as pulumi.Output<OmsConfig>;
      const image = images.get(host) as Image;
      const address = addressesOf(region)[region.nodes.indexOf(host)] as string;
      const upgrades = upgradesOf(live, host, containerNameOf(settings));
      const node = { host, settings, config, address, location: region.location, asking: living(hosts)[0] as Host };
      const looks = [upgrade.began, moves.trigger];
      const needs = { looks, backup: upgrade.wayBack, before: moves.prepared, waits };
      const adoption = adoptions.get(host) as Adoption;
      const deployed = new OmsNode(this.name, { ...node, image, tls, upgrades, adoption, ...needs }, this);
      const checks = host.isLost ? [] : [moves.checked(host, region, deployed.initialised)];
      return { node: deployed, probe: deployed.probe, done: [deployed.probe, ...checks] };
    });
    return new Map(hosts.map((host, i) => [host, (nodes[i] as (typeof nodes)[number]).node]));
  }

  private deployInfluxDb(
    settings: OmsSettings<Host>,
    members: Member[],
    access: pulumi.Output<TsdbAccess> | undefined,
  ): InfluxDb | undefined {
    if (access === undefined || settings.tsdb?.influxDb === undefined) return undefined;
    return new InfluxDb(this.name, { settings, access, nodes: hostsOf(members) }, this);
  }

  private openRegions(
    settings: OmsSettings<Host>,
    nodes: Map<Host, OmsNode>,
    ahead: Map<Region, Promise<Host[]>>,
  ): RegionAccess[] {
    return settings.regions.map((region) => {
      const serving = living(region.nodes).map((host) => (nodes.get(host) as OmsNode).probe);
      return new RegionAccess(this.name, settings, region, serving, ahead.get(region) ?? Promise.resolve([]), this);
    });
  }

  /** Whether the nodes reach their region's address and their consoles are healthy, which may depend on it. */
  private consoles(
    settings: OmsSettings<Host>,
    members: Member[],
    nodes: Map<Host, OmsNode>,
    accesses: RegionAccess[],
  ): Map<Host, Probe> {
    const look = ({ host, region }: Member): Probe => {
      const { containerId: container } = nodes.get(host) as OmsNode;
      const { ready: after } = accesses[settings.regions.indexOf(region)] as RegionAccess;
      const args = { host, region, settings, container, after };
      return consoleProbe(`${this.name}-console-${host.hostName}`, args, this);
    };
    return new Map(members.map((member) => [member.host, look(member)]));
  }
}

/** What all nodes need. */
interface NodesNeed {
  upgrade: OmsUpgrade;
  moves: CmMoves;
  /** What the first of them waits for. */
  waits: pulumi.Resource[];
  inputs: pulumi.Output<KnownInputs>;
  images: Map<Host, Image>;
  adoptions: Map<Host, Adoption>;
  tls: Certificate | undefined;
}
