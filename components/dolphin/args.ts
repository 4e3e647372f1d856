import type * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host";
import type {
  DolphinAgentArgs,
  DolphinComputeNodeArgs,
  DolphinControllerArgs,
  DolphinNodeArgs,
  DolphinPortArgs,
  DolphinZoneArgs,
} from "./node-args";
import type {
  DolphinBackupArgs,
  DolphinCheckArgs,
  DolphinRollbackArgs,
  DolphinScaleArgs,
  DolphinUpgradeArgs,
} from "./operation-args";
import type { DolphinParameterArgs } from "./parameter-args";

/**
 * Arguments of `DolphinHaCluster`. Source for all, where no other is named: "DolphinDB High-availability Cluster Deployment", and the
 * vendor's manual of 3.00.5 ("Configuration").
 */
export interface DolphinHaClusterArgs {
  /**
   * The hosts of the cluster. The first three run a controller each, and every one an agent, a data node and a compute node, unless
   * `controllers`, `agents`, `dataNodes` and `computeNodes` say otherwise.
   * Rule: at least one, each once.
   */
  hosts: Host[];
  /**
   * Addresses by host name under which the nodes reach each other (the first part of localSite), where they differ from the hosts' own.
   * Rule: IPv4 addresses that are no loopback ones, none twice: a site is written as address:port:alias. Needed for a host whose own
   * address is a name.
   * @default the address of each host
   * @example { p1: "10.1.0.80" }
   */
  addresses?: Record<string, string>;
  /**
   * Addresses or names by host name under which browsers reach the nodes' web interface (publicName).
   * Rule: with `enableHTTPS` names, as the engine asks for them.
   * @default none: browsers use the nodes' addresses
   * @example { p1: "19.56.128.21" }
   */
  publicNames?: Record<string, string>;
  /**
   * The controllers, which form a Raft group.
   * Rule: an odd number, three or more, on hosts of their own, so that the group outlives one of them.
   * @default one on each of the first three hosts
   */
  controllers?: DolphinControllerArgs[];
  /**
   * The agents, which start and stop the nodes of their host.
   * Rule: exactly one on each host that has data or compute nodes.
   * @default one on each host
   */
  agents?: DolphinAgentArgs[];
  /**
   * The data nodes. Rule: as many as there are replicas, or more, on as many hosts.
   * @default one on each host
   */
  dataNodes?: DolphinNodeArgs[];
  /**
   * The compute nodes; an empty list is none.
   * @default one on each host
   */
  computeNodes?: DolphinComputeNodeArgs[];
  /** TCP ports of nodes that have none of their own. Rule: different ones on a host. */
  ports?: DolphinPortArgs;
  /**
   * Zones of data and compute nodes by name, with the number of replicas that each keeps. DolphinDB 3.00.2 or later, or 2.00.16.1.
   * Rule: with any zone each data and compute node is in one. Source: "Three centers in two places".
   * @default none
   * @example { zone1: { replicationFactor: 2 } }
   */
  zones?: Record<string, DolphinZoneArgs>;
  /** Parameters of the nodes, by the engine's names and in its units. */
  parameters?: DolphinParameterArgs;
  /** The server package. Another one is an upgrade, or with `rollback` the way back from one. */
  server: DolphinServerArgs;
  /**
   * The licence: the text of dolphindb.lic, for all nodes. Rule: not over, and enough for the nodes, their cores and memory that are
   * described here. Kept as a secret.
   * @example fs.readFileSync("dolphindb.lic", "utf8")
   */
  license: pulumi.Input<string>;
  /**
   * How another licence is taken over: `online` by every node while it runs, which the engine allows for the same client and kind, no
   * fewer nodes, cores and gigabytes and a later end; `offline` by restarts of all nodes, one after the other.
   * @default "online"
   */
  licenseUpdate?: "online" | "offline";
  /**
   * Password of the user admin, in place of the engine's own, which everybody knows. It is changed as soon as there is a leader.
   * Rule: 8 to 100 ASCII characters without spaces. Kept as a secret.
   * @default a random one, in the output `adminPassword`
   */
  adminPassword?: pulumi.Input<string>;
  /**
   * Directory of the nodes' own files on each host: metadata of controllers, logs, and the data of nodes without `volumes`. It is the
   * nodes' home.
   * Rule: without spaces and characters other than ASCII, which keep data nodes from starting.
   * @default "/var/lib/dolphin-" and the deployment's name
   */
  directory?: string;
  /**
   * Where the cluster lies on each host, and who runs it, when it was made by hand as the vendor's page has it: in `clusterDemo` of the package.
   * Rule: not with `directory`; stays for as long as the cluster does.
   * @default none: the cluster gets a directory and a user of its own
   */
  clusterDemo?: DolphinClusterDemoArgs;
  /**
   * Take over the nodes that were started by hand, without a restart (docs/adopt.md). They must run and be what the arguments say; what
   * differs is told in preview. Without it ports that they have are refused as taken. Rule: with `clusterDemo` and `adminPassword`; not with
   * `rollback`.
   * @default false
   */
  adopt?: boolean;
  /**
   * Keep `directory` and all volumes when the cluster, or a node of it, is removed.
   * @default true
   */
  keepData?: boolean;
  /**
   * Seconds from the start of the controllers until one of them leads. The engine's first election takes 8 to 16.
   * Rule: 20 to 3600, and more than twice `raftElectionTick`.
   * @default 120
   */
  electionTimeout?: number;
  /**
   * Seconds that a node may take from its start until it is online. Redo logs are read meanwhile.
   * Rule: 10 to 86400.
   * @default 600
   */
  startTimeout?: number;
  /**
   * Seconds that a node gets to write what it has in memory before it is killed.
   * Rule: 10 to 86400.
   * @default 600
   */
  stopTimeout?: number;
  /** The backups of the metadata that are made before an upgrade. */
  backup?: DolphinBackupArgs;
  /** How another server package is put in place. */
  upgrade?: DolphinUpgradeArgs;
  /**
   * Go back to a backup, with the server package of its version. Source: FAQ, "Roll back a failed upgrade on Linux". It is done once;
   * remove it afterwards.
   * @default none
   */
  rollback?: DolphinRollbackArgs;
  /** What happens to data when nodes come and go. */
  scale?: DolphinScaleArgs;
  /**
   * After a deployment make a database, write rows through a data node and count them through a compute node, then drop it. Source:
   * steps 5 and 6.
   * @default none
   */
  check?: DolphinCheckArgs;
}

/** A cluster in the directory of the vendor's package. */
export interface DolphinClusterDemoArgs {
  /**
   * Directory with `config`, `data` and `log`; program and licence are in the one above it.
   * Rule: an absolute path that ends in /clusterDemo; there on every host, with the three in it.
   * @example "/opt/DolphinDB/server/clusterDemo"
   */
  directory: string;
  /**
   * User that the nodes run as.
   * @example "dolphindb"
   */
  user: string;
}

/** The server package. Exactly one of `archives` and `hostArchives`. */
export interface DolphinServerArgs {
  /**
   * Version of the package, as DolphinDB's `version()` begins. No flag of the program tells it before it runs.
   * Rule: two to four numbers with dots, `_JIT` or `_ABI` where the package has it in its name.
   * @example "3.00.4.1"
   */
  version: string;
  /**
   * The packages (.zip, .tar or .tar.gz) on the machine that runs Pulumi, by architecture of the hosts.
   * @example { amd64: "packages/DolphinDB_Linux64_V3.00.4.zip" }
   */
  archives?: DolphinArchives;
  /**
   * The packages on the hosts.
   * @example { amd64: "/opt/packages/DolphinDB_Linux64_V3.00.4.zip" }
   */
  hostArchives?: DolphinArchives;
  /**
   * Leading parts of the names in the package that are left out, down to `dolphindb`. The vendor's have `server`.
   * Rule: 0 to 16.
   * @default 1
   */
  stripComponents?: number;
  /**
   * Former versions that stay on the hosts. Rule: 1 to 100, for the way back.
   * @default 1
   */
  keep?: number;
}

/** Files by Docker's name of the architecture. Rule: at least one. */
export interface DolphinArchives {
  /** For x86-64. */
  amd64?: string;
  /** For ARM. */
  arm64?: string;
}
