import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import {
  DolphinAdmin,
  DolphinCheck,
  DolphinClusterConfig,
  DolphinLicense,
  DolphinNodes,
  DolphinServer,
} from "../../provider/resources";
import { NotedArgs } from "../changes/noted-args";
import { claimHosts } from "../claims/registry";
import type { Host } from "../host";
import { hostSchema, knownHost } from "../host-schema";
import { rolling } from "../rolling";
import { checkedOutput, parseNamed, unknown } from "../validation";
import type { DolphinHaClusterArgs } from "./args";
import { dolphinChanges } from "./changes";
import { dolphinClaims } from "./claims";
import { DolphinCluster } from "./cluster";
import { clusterLines } from "./cluster-cfg";
import { controllerProblems } from "./controller-group";
import { DolphinAgent } from "./dolphin-agent";
import { DolphinController } from "./dolphin-controller";
import { DolphinHost } from "./dolphin-host";
import { fitHosts, fitLicense } from "./fit";
import { usedKeys } from "./parameter-conflicts";
import { licenseStatus, nodeStatus, urlsOf } from "./outputs";
import { parameterInputs, shownParameters } from "./secrets";
import { replicasOf } from "./replica-conflicts";
import { restartOrder } from "./restart-order";
import { dolphinName, dolphinSchema, secretFields, type DolphinSettings } from "./schema";
import type { DolphinLicenseStatus, DolphinNodeStatus } from "./status";
import { takesAgentsOnline } from "./versions";
import { dolphinWarnings } from "./warnings";

/**
 * A DolphinDB cluster whose controllers form a Raft group: controllers, then agents, then data and compute nodes, in the order of the
 * vendor's "DolphinDB High-availability Cluster Deployment".
 *
 * After the first start the group owns cluster.nodes and cluster.cfg: changes of them go through its leader. Controllers restart one
 * after the other, the leader last.
 */
export class DolphinHaCluster extends pulumi.ComponentResource {
  /** Where browsers reach the controllers, of which each shows the whole cluster. */
  readonly urls: pulumi.Output<string[]> = unknown();
  /** Alias of the controller that leads; empty where none did at the last `up` or `refresh`. */
  readonly leader: pulumi.Output<string> = unknown();
  /** The nodes with kind, state and version. */
  readonly nodes: pulumi.Output<DolphinNodeStatus[]> = unknown();
  /** The licence in force. */
  readonly license: pulumi.Output<DolphinLicenseStatus> = unknown();
  /** cluster.cfg as in force, key by key; secrets are hidden. */
  readonly clusterConfig: pulumi.Output<Record<string, string>> = unknown();
  /** Names of the backups that an upgrade can be taken back by, the latest first: each host has its part. */
  readonly backups: pulumi.Output<string[]> = unknown();
  /** Password of `admin` (a secret). */
  readonly adminPassword: pulumi.Output<string> = unknown();

  /**
   * @param name part of the children's names, and of units, user and directories on the hosts: `dolphin-NAME`.
   * @throws pulumi.ResourceError that lists every argument that was refused, before anything is contacted; a preview tells them and goes on.
   */
  constructor(name: string, args: DolphinHaClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const schema = dolphinSchema(hostSchema, knownHost);
    const noted = new NotedArgs(`DolphinHaCluster ${name}`, dolphinChanges, schema, args, opts);
    super("dbha:index:DolphinHaCluster", name, noted.inputs, noted.options);
    const settings = parseNamed(dolphinName, schema, args, this, "DolphinHaCluster", name);
    if (settings === undefined) return;
    noted.resource = this;
    if (!claimHosts(dolphinClaims(name, settings, knownHost), this)) return;
    noted.watch = { refuse: (_paths, old, next) => Promise.resolve(controllerProblems(old, next)) };
    for (const warning of dolphinWarnings(settings, knownHost)) void pulumi.log.warn(warning, this);
    const cluster = new DolphinCluster(name, settings);
    this.adminPassword = this.password(name, settings);
    const enough = fitLicense(cluster, this);
    const fit = pulumi.all([fitHosts(cluster, this), pulumi.unsecret(enough).apply(() => true)]);
    const hosts = new Map(cluster.hosts.map((host) => [host, new DolphinHost(cluster, host, fit, this)]));
    const license = this.giveLicense(cluster, enough, hosts);
    const server = this.putServer(cluster, hosts, license);
    const controllers = this.startControllers(cluster, hosts, server);
    const admin = this.nameAdmin(cluster, controllers);
    const agents = this.startAgents(cluster, hosts, admin);
    const config = this.configure(cluster, agents);
    const nodes = this.startNodes(cluster, agents, license, config);
    this.check(cluster, agents, nodes);
    this.urls = nodes.leader.apply(() => urlsOf(cluster));
    this.leader = nodes.leader;
    this.nodes = nodeStatus(cluster, nodes);
    this.license = licenseStatus(nodes);
    this.backups = server.wayBack;
    this.clusterConfig = pulumi.unsecret(config.parameters.apply(shownParameters));
    this.registerOutputs({
      urls: this.urls,
      leader: this.leader,
      nodes: this.nodes,
      license: this.license,
      clusterConfig: this.clusterConfig,
      backups: this.backups,
      adminPassword: this.adminPassword,
    });
  }

  private password(name: string, { adminPassword }: DolphinSettings<Host>): pulumi.Output<string> {
    if (adminPassword !== undefined)
      return pulumi.secret(checkedOutput(adminPassword, secretFields.adminPassword, "adminPassword", this));
    return new random.RandomPassword(`${name}-admin-password`, { length: 20, special: false }, { parent: this }).result;
  }

  private giveLicense(
    cluster: DolphinCluster,
    license: pulumi.Output<string>,
    hosts: Map<Host, DolphinHost>,
  ): DolphinLicense {
    const { name, settings, instance } = cluster;
    const { user, byHand } = instance;
    const file = {
      ...{ path: instance.license, owner: user, group: byHand === undefined ? user : "root" },
      // processes that were started by hand read theirs
      ...(byHand && { copies: [byHand.license] }),
    };
    return new DolphinLicense(
      `${name}-license`,
      { ...this.access(cluster), ...limitsOf(cluster), license, ...file, update: settings.licenseUpdate },
      { parent: this, dependsOn: [...hosts.values()].flatMap(({ owning }) => owning) },
    );
  }

  /** After the licence, which nodes take while they run. */
  private putServer(cluster: DolphinCluster, hosts: Map<Host, DolphinHost>, license: DolphinLicense): DolphinServer {
    const { name, settings, instance } = cluster;
    const { backup, server, rollback } = settings;
    return new DolphinServer(
      `${name}-server`,
      {
        ...this.access(cluster),
        ...limitsOf(cluster),
        version: server.version,
        mode: settings.upgrade.mode,
        packages: Object.fromEntries([...hosts].map(([{ hostName }, { version }]) => [hostName, version])),
        ...{ server: instance.server, directory: instance.directory, backups: instance.backups },
        ...{ keep: backup.keep, keepBackups: backup.keepOnDestroy, keys: usedKeys(settings) },
        ...(rollback && { rollback }),
      },
      { parent: this, dependsOn: [license, ...[...hosts.values()].flatMap(({ prepared }) => prepared)] },
    );
  }

  /** All at the same time where nobody leads, else one after the other. */
  private startControllers(
    cluster: DolphinCluster,
    hosts: Map<Host, DolphinHost>,
    server: DolphinServer,
  ): DolphinController[] {
    const order = restartOrder(cluster, this);
    return rolling(cluster.controllerHosts, order, [server], (host, waits) => {
      return new DolphinController(cluster, host, hosts.get(host) as DolphinHost, waits, this);
    });
  }

  private nameAdmin(cluster: DolphinCluster, controllers: DolphinController[]): DolphinAdmin {
    return new DolphinAdmin(`${cluster.name}-admin`, this.access(cluster), {
      parent: this,
      dependsOn: controllers.map(({ probe }) => probe),
    });
  }

  private startAgents(cluster: DolphinCluster, hosts: Map<Host, DolphinHost>, admin: DolphinAdmin): DolphinAgent[] {
    const agents: DolphinAgent[] = [];
    for (const [host, on] of hosts) {
      if (cluster.agentOn(host) === undefined) continue;
      const before = agents.slice(-1).map(({ service }) => service);
      agents.push(new DolphinAgent(cluster, host, on, [admin, ...before], this));
    }
    return agents;
  }

  /** Before the nodes, as one that comes reads its parameters at its first start. */
  private configure(cluster: DolphinCluster, agents: DolphinAgent[]): DolphinClusterConfig {
    const { name, settings, instance, nodes } = cluster;
    const parameters = parameterInputs(clusterLines({ ...settings, nodes }));
    return new DolphinClusterConfig(
      `${name}-cluster-cfg`,
      { ...this.access(cluster), ...limitsOf(cluster), parameters, nodes: cluster.rows, directory: instance.directory },
      { parent: this, dependsOn: agents.map(({ service }) => service) },
    );
  }

  private startNodes(
    cluster: DolphinCluster,
    agents: DolphinAgent[],
    license: DolphinLicense,
    config: DolphinClusterConfig,
  ): DolphinNodes {
    const { name, settings } = cluster;
    return new DolphinNodes(
      `${name}-nodes`,
      {
        ...this.access(cluster),
        ...limitsOf(cluster),
        nodes: cluster.rows,
        agentsOnline: takesAgentsOnline(settings.server.version),
        moveTimeout: settings.scale.moveTimeout,
        rebalance: settings.scale.rebalance,
        triggers: [...agents.flatMap(({ reasons }) => reasons), license.sha256],
      },
      { parent: this, dependsOn: [config] },
    );
  }

  private check(cluster: DolphinCluster, agents: DolphinAgent[], nodes: DolphinNodes): void {
    const { name, settings, rows } = cluster;
    if (settings.check === undefined) return;
    const triggers = agents.flatMap(({ reasons }) => reasons);
    new DolphinCheck(
      `${name}-check`,
      { ...this.access(cluster), nodes: rows, triggers, ...settings.check },
      { parent: this, dependsOn: [nodes] },
    );
  }

  /** How the plugin reaches the cluster, and as whom. */
  private access({ access: hosts, https, settings: { electionTimeout } }: DolphinCluster) {
    return { hosts, password: this.adminPassword, https, electionTimeout };
  }
}

/** What is kept to when nodes stop and start. */
const limitsOf = ({ settings, instance }: DolphinCluster) => ({
  replicas: replicasOf(settings),
  logs: instance.logs,
  startTimeout: settings.startTimeout,
  stopTimeout: settings.stopTimeout,
  recoveryTimeout: settings.upgrade.recoveryTimeout,
});
