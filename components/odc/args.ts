import type * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host";
import type { ImageSource } from "../image";
import type { OdcProxyArgs } from "./proxy-args";

/** Arguments of {@link OdcHaDeployment}. Source for all: "Deploy ODC in high-availability mode". */
export interface OdcHaDeploymentArgs {
  /**
   * The hosts that run an ODC node, in start order. The first one migrates the MetaDB.
   * Rule: at least one, each host once; two or more for high availability.
   */
  nodes: Host[];
  /** The ODC image. */
  image: ImageSource;
  /** The database in which all nodes keep their metadata. It must exist. */
  metaDb: OdcMetaDbArgs;
  /** nginx in front of the nodes. */
  proxy: OdcProxyArgs;
  /**
   * Initial password of the user `admin`. ODC applies it at the first start only; change it in ODC afterwards.
   * Rule: 8-32 characters, no spaces, at least 2 digits, 2 upper-case letters, 2 lower-case letters and 2 of `._+@#$%`.
   * @default a random password, in the output `adminPassword`
   */
  adminPassword?: pulumi.Input<string>;
  /**
   * TCP port on which ODC listens (ODC_SERVER_PORT).
   * @default 8989
   */
  port?: number;
  /**
   * TCP port of the hosts under which the nodes are reached (ODC_MAPPING_PORT). It is one for all, since a node calls the
   * others on the port that it was told itself. When it differs from `port`, the container does not use the host's network
   * but has `port` published there.
   * @default the value of `port`
   * @example 18989
   */
  mappingPort?: number;
  /**
   * Addresses under which nodes call each other (ODC_HOST), by host name, where they differ from the hosts' own.
   * Rule: only hosts in `nodes`, IP address or DNS name, not a loopback address.
   * @default the address of each host
   * @example { p1: "192.168.7.11", p2: "192.168.7.12" }
   */
  nodeAddresses?: Record<string, string>;
  /** Options of the Java virtual machine. */
  jvm?: OdcJvmArgs;
  /**
   * More arguments of the server (ODC_APP_EXTRA_ARGS).
   * Rule: nothing secret, since ODC's start script writes its whole command line to its log.
   * @default none
   * @example "--server.servlet.session.timeout=10m"
   */
  extraArgs?: string;
  /**
   * Directory of logs inside the container (ODC_LOG_DIR); `mounts.log` is mounted there.
   * @default "/opt/odc/log"
   */
  logDirectory?: string;
  /**
   * Name of the ODC container on every node.
   * @default "obodc"
   */
  containerName?: string;
  /**
   * Profile of the server (ODC_PROFILE_MODE).
   * @default "alipay"
   */
  profileMode?: string;
  /**
   * CPU limit in cores, fractions allowed (`--cpu-quota` over a `--cpu-period` of 100000 microseconds).
   * @default 4
   */
  cpus?: number;
  /**
   * Memory limit in MiB.
   * Rule: at least 1024. ODC's JVM takes about half of it as heap.
   * @default 8192
   */
  memory?: number;
  /** Directories of the host that the container writes to. */
  mounts?: OdcMountArgs;
  /**
   * Keep the mounted directories, logs and data, when the deployment is destroyed.
   * @default true
   */
  keepData?: boolean;
  /**
   * Seconds a node may take from container start to healthy. ODC takes about two minutes, the first one longer.
   * @default 600
   */
  startTimeout?: number;
  /** The backup of the MetaDB that is made before the nodes get another image. */
  backup?: OdcBackupArgs;
  /**
   * Go back to a backup: all nodes are stopped, the backup takes the place of everything in the MetaDB, and the nodes start
   * one after the other. Give the image of the backup's version beside it. It is done once; remove it afterwards.
   * @default none
   */
  rollback?: OdcRollbackArgs;
  /**
   * Take over the containers of these names that were made by hand, ODC's and nginx's, without a restart (docs/adopt.md). They must do what
   * the arguments say; what differs otherwise is told, and stays until they are replaced. Without it they are refused.
   * @default false
   */
  adopt?: boolean;
}

/** Backups of the MetaDB, on the host of the first node. It needs MySQL's or MariaDB's client tools. */
export interface OdcBackupArgs {
  /**
   * Directory of the backups, made when missing.
   * @default "/var/backups/odc"
   */
  directory?: string;
  /**
   * How many backups stay; older ones are removed when all nodes have come back.
   * Rule: 1 to 1000.
   * @default 5
   */
  keep?: number;
  /**
   * Keep the directory with all backups when the deployment is destroyed.
   * @default true
   */
  keepOnDestroy?: boolean;
}

/** The way back from an upgrade. */
export interface OdcRollbackArgs {
  /**
   * The backup: its path on the host of the first node, as in the outputs `backups` and `lastBackup`.
   * @example "/var/backups/odc/odc-20261121T180000Z-4.3.1.sql.gz"
   */
  backup: string;
}

/** The MetaDB: a MySQL-mode tenant of OceanBase (or its proxy). */
export interface OdcMetaDbArgs {
  /**
   * Address as the nodes see it (DATABASE_HOST). Rule: with several nodes not a loopback address.
   * @example "10.0.0.9"
   */
  host: pulumi.Input<string>;
  /**
   * TCP port (DATABASE_PORT).
   * @example 2883
   */
  port: pulumi.Input<number>;
  /**
   * User in the form db_user@tenant_name#cluster_name (DATABASE_USERNAME).
   * @example "odc@meta#ob"
   */
  username: pulumi.Input<string>;
  /** Its password (DATABASE_PASSWORD). Kept as a secret. */
  password: pulumi.Input<string>;
  /**
   * Name of the database (DATABASE_NAME).
   * @default "odc_metadb"
   */
  database?: pulumi.Input<string>;
}

/** Options of ODC's Java virtual machine. What is left out keeps the default of the image. Nothing in them may be secret. */
export interface OdcJvmArgs {
  /**
   * Heap (ODC_JVM_HEAP_OPTIONS). Rule: `-Xmx` less than `memory`.
   * @default by the image: a share of the container's memory, 60 % up to version 4.2, 45 % since 4.3.1
   * @example "-Xmx2048m -Xms2048m"
   */
  heap?: string;
  /**
   * Garbage collection (ODC_JVM_GC_OPTIONS).
   * @default by the image: G1 with a log of five files of 50 MB in /opt/odc/log
   * @example "-XX:+UseG1GC -XX:MaxGCPauseMillis=200"
   */
  gc?: string;
  /**
   * What happens when memory runs out (ODC_JVM_OOM_OPTIONS).
   * @default by the image: "-XX:+ExitOnOutOfMemoryError"
   */
  outOfMemory?: string;
  /**
   * Other options (ODC_JVM_EXTRA_OPTIONS).
   * @default none
   * @example "-Duser.timezone=Asia/Shanghai"
   */
  extra?: string;
}

/** Directories of the host, made when missing. */
export interface OdcMountArgs {
  /**
   * Logs of ODC, `logDirectory` in the container.
   * @default "/var/log/odc"
   */
  log?: string;
  /**
   * Files of ODC, /opt/odc/data in the container.
   * @default "/var/data/odc"
   */
  data?: string;
}
