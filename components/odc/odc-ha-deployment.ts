import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { Certificate } from "../certificate";
import { factsOf, healthOf, living, type Host } from "../host";
import { hostSchema, knownHost } from "../host-schema";
import { Image } from "../../provider/resources";
import { downFirst, rolling } from "../rolling";
import { NotedArgs } from "../changes/noted-args";
import { claimHosts } from "../claims/registry";
import { checkedOutput, parseNamed, refusal, unknown } from "../validation";
import type { OdcHaDeploymentArgs } from "./args";
import type { OdcMetaDb } from "./environment";
import { backupDirectory, MetaDbBackups } from "../metadb/backups";
import { askMetaDb, metaDbProblems } from "../metadb/preflight";
import { MetaDbRollback } from "../metadb/rollback";
import type { MetaDbBackup } from "../metadb/types";
import { odcChanges } from "./changes";
import { odcClaims } from "./claims";
import { downgradeProblem, versionOf } from "./downgrade";
import { gcWarning } from "./gc-options";
import { askNode, type LiveNode } from "./live-node";
import { nodeAddress, nodePort } from "./node-endpoint";
import { demandsOf, procedureOf } from "./metadb";
import { OdcNode } from "./odc-node";
import { odcDemands, odcProblems } from "./preflight";
import { OdcProxy } from "./odc-proxy";
import { adminPassword, metaDbFields, odcName, odcSchema } from "./schema";
import type { OdcSettings } from "./schema";
import type { OdcCertificateStatus, OdcNodeStatus, OdcProxyStatus } from "./status";
import { watchChanges } from "./watch-changes";

/** A backup of ODC's MetaDB. */
export type OdcBackup = MetaDbBackup;

/**
 * OceanBase Developer Center in high-availability mode: one node a host, one shared MetaDB, nginx in front.
 *
 * Nodes start one after the other, each when the one before is healthy: the first migrates the MetaDB, whose lock does not
 * keep out a node with the same address of Docker's bridge, nor one that has waited a minute. A later change of image or settings
 * goes through them in the same way, those that are down first, and stops at the first node that does not come back.
 */
export class OdcHaDeployment extends pulumi.ComponentResource {
  /** Where users open ODC. */
  readonly url: pulumi.Output<string> = unknown();
  /** The nodes with version and health. */
  readonly nodes: pulumi.Output<OdcNodeStatus[]> = unknown();
  /** The nginx instances with version and health. */
  readonly proxies: pulumi.Output<OdcProxyStatus[]> = unknown();
  /** The backups of the MetaDB on the first node's host, the newest last. */
  readonly backups: pulumi.Output<OdcBackup[]> = unknown();
  /** The newest of them; nothing before the first upgrade. */
  readonly lastBackup: pulumi.Output<OdcBackup | undefined> = unknown();
  /** The certificate of HTTPS; nothing without it. */
  readonly certificate: pulumi.Output<OdcCertificateStatus | undefined> = unknown();
  /** Password of `admin` for the first log-in (a secret). ODC applied it at its first start only. */
  readonly adminPassword: pulumi.Output<string> = unknown();

  /** @throws pulumi.ResourceError that lists every argument that was refused, before anything is contacted; a preview tells them and goes on. */
  constructor(name: string, args: OdcHaDeploymentArgs, opts?: pulumi.ComponentResourceOptions) {
    const schema = odcSchema(hostSchema, knownHost);
    const noted = new NotedArgs(`OdcHaDeployment ${name}`, odcChanges, schema, args, opts);
    super("dbha:index:OdcHaDeployment", name, noted.inputs, noted.options);
    const settings = parseNamed(odcName, schema, args, this, "OdcHaDeployment", name);
    if (settings === undefined) return;
    noted.resource = this;
    if (!claimHosts(odcClaims(name, settings, knownHost), this)) return;
    this.adminPassword = this.password(name, settings);
    const asked = living(settings.nodes);
    const live = asked.map((host) => askNode(host, settings, this));
    noted.watch = watchChanges(live);
    const { nodes, backups } = this.startNodes(name, settings, asked, live);
    this.backups = backups;
    this.lastBackup = backups.apply((all) => all.at(-1));
    const proxy = new OdcProxy(name, settings, nodes, this);
    this.url = pulumi.output(proxy.url);
    this.nodes = nodeStatus(settings, nodes);
    this.proxies = proxy.status;
    this.certificate = pulumi.output(proxy.certificate && certificateStatus(proxy.certificate));
    this.registerOutputs({
      url: this.url,
      nodes: this.nodes,
      proxies: this.proxies,
      backups: this.backups,
      lastBackup: this.lastBackup,
      certificate: this.certificate,
      adminPassword: this.adminPassword,
    });
  }

  private password(name: string, settings: OdcSettings<Host>): pulumi.Output<string> {
    if (settings.adminPassword !== undefined)
      return pulumi.secret(checkedOutput(settings.adminPassword, adminPassword, "adminPassword", this));
    return new random.RandomPassword(
      `${name}-admin-password`,
      { length: 20, minNumeric: 2, minUpper: 2, minLower: 2, minSpecial: 2, overrideSpecial: "._+@#$%" },
      { parent: this },
    ).result;
  }

  /** @param live what is known of the nodes on the hosts that were asked. */
  private startNodes(name: string, settings: OdcSettings<Host>, asked: Host[], live: Promise<LiveNode>[]) {
    // no container is touched before the hosts are known to be fit
    const metaDb = pulumi.all([this.metaDb(name, settings), this.preflight(name, settings)]).apply(([known]) => known);
    const isHealthy = async (host: Host): Promise<boolean> => (await live[asked.indexOf(host)])?.healthy === true;
    const serves = Promise.all(live).then((nodes) => nodes.some(({ healthy }) => healthy));
    const allImagesFirst = settings.rollback ? Promise.resolve(true) : serves;
    const images = this.images(name, settings, allImagesFirst);
    const imageIds = images.map((image) => this.accepted(name, image, live, settings));
    const version = this.version(images[0] as Image, settings);
    const procedure = metaDb.apply(procedureOf);
    const rollback = new MetaDbRollback(name, { ...settings, metaDb: procedure }, this);
    const firstNode = settings.nodes.findIndex((host) => !host.isLost);
    const reason = imageIds[firstNode] as pulumi.Output<string>;
    const fit = allImagesFirst.then((all) => [
      ...(all ? images : images.slice(firstNode, firstNode + 1)),
      ...rollback.checks,
    ]);
    const directory = backupDirectory(name, settings.nodes, settings.backup, this);
    const toBackUp = { ...settings, directory, metaDb: procedure, trigger: reason, after: fit };
    const backups = new MetaDbBackups(name, toBackUp, this);
    const { restored, labels } = rollback.restore([backups.made]);
    const order = downFirst(asked, isHealthy);
    const nodes = rolling(settings.nodes, order, [backups.made, restored], (host, waits) => {
      const imageId = imageIds[settings.nodes.indexOf(host)] as pulumi.Output<string>;
      const { adminPassword } = this;
      return new OdcNode(name, { host, settings, metaDb, adminPassword, imageId, version, labels, waits }, this);
    });
    return { nodes, backups: backups.list(nodes.map((node) => node.probe)) };
  }

  /**
   * All hosts have the image before the first container of a deployment that serves is touched. Where nothing serves, one
   * host gets it after the other, so that the first node has the whole line and starts while the others wait for theirs.
   */
  private images(name: string, { nodes, image }: OdcSettings<Host>, allFirst: Promise<boolean>): Image[] {
    const images: Image[] = [];
    for (const host of nodes) {
      const before = images.slice(-1);
      const dependsOn = allFirst.then((all) => (all ? [] : before));
      const args = { host: host.data, ...image };
      images.push(new Image(`${name}-image-${host.hostName}`, args, { parent: this, dependsOn }));
    }
    return images;
  }

  /** By the image's tag; a warning is given where none is known and that matters. */
  private version({ loadedReference }: Image, { jvm }: OdcSettings<Host>): pulumi.Output<string | undefined> {
    return loadedReference.apply((reference) => {
      const warning = gcWarning(jvm.gc, versionOf(reference));
      if (warning !== undefined) void pulumi.log.warn(warning, this);
      return versionOf(reference);
    });
  }

  /** The image's ID, unless the nodes cannot go back to its version. @throws pulumi.ResourceError that says why. */
  private accepted(
    name: string,
    { imageId, loadedReference }: Image,
    live: Promise<LiveNode>[],
    { rollback }: OdcSettings<Host>,
  ): pulumi.Output<string> {
    if (rollback) return imageId;
    // of a registry's image the ID is not known before it has been pulled, the reference is
    const checked = pulumi.all([loadedReference, Promise.all(live)]).apply(([reference, nodes]) => {
      const problem = downgradeProblem(reference, nodes);
      if (problem === undefined) return;
      throw refusal(`OdcHaDeployment ${name}: its image was refused`, [problem], this);
    });
    return pulumi.all([imageId, checked]).apply(([id]) => id);
  }

  /** Asks all hosts at once, in preview too. @throws pulumi.ResourceError that lists what every host lacks. */
  private preflight(name: string, settings: OdcSettings<Host>): pulumi.Output<void> {
    const hosts = [...new Set([...settings.nodes, ...settings.proxy.hosts])];
    return pulumi.output(
      factsOf(living(hosts)).then((known) => {
        const found = odcProblems(
          known.map(({ host, facts }) => ({ name: host.hostName, facts, demands: odcDemands(settings, host) })),
        );
        if (found.length === 0) return;
        throw refusal(`OdcHaDeployment ${name}: its hosts are not ready`, found, this);
      }),
    );
  }

  /** The MetaDB, when it is known and was found fit. @throws pulumi.ResourceError that lists what it lacks. */
  private metaDb(name: string, { metaDb, nodes }: OdcSettings<Host>): pulumi.Output<OdcMetaDb> {
    const given: pulumi.Output<OdcMetaDb> = pulumi.output({
      host: checkedOutput(metaDb.host, metaDbFields.host, "metaDb.host", this),
      port: checkedOutput(metaDb.port, metaDbFields.port, "metaDb.port", this),
      username: checkedOutput(metaDb.username, metaDbFields.username, "metaDb.username", this),
      password: pulumi.secret(checkedOutput(metaDb.password, metaDbFields.password, "metaDb.password", this)),
      database: checkedOutput(metaDb.database, metaDbFields.database, "metaDb.database", this),
    });
    return given.apply(async (known) => {
      const demands = demandsOf(known);
      const { reach, look } = await askMetaDb(living(nodes), demands, this);
      const found = metaDbProblems(reach, look, demands);
      if (found.length > 0) throw refusal(`OdcHaDeployment ${name}: its MetaDB is not ready`, found, this);
      return known;
    });
  }
}

function nodeStatus(settings: OdcSettings<Host>, nodes: OdcNode[]): pulumi.Output<OdcNodeStatus[]> {
  return pulumi.all(
    nodes.map((node, i) => {
      const host = settings.nodes[i] as Host;
      return pulumi.all([node.probe.values, node.probe.healthy]).apply(([values, healthy]) => ({
        host: host.hostName,
        address: nodeAddress(settings, host),
        endpoint: `${host.address}:${nodePort(settings)}`,
        container: settings.containerName,
        version: host.isLost ? "unknown" : (values.version ?? "unknown"),
        health: healthOf(host, healthy),
      }));
    }),
  );
}

function certificateStatus({ expires, trust }: Certificate): pulumi.Output<OdcCertificateStatus> {
  return pulumi.output({ expires, trust });
}
