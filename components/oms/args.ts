import type * as pulumi from "@pulumi/pulumi";
import type { CertificateSource } from "../certificate";
import type { ImageSource } from "../image";
import type { OmsRegionArgs } from "./region-args";
import type { OmsTsdbArgs } from "./tsdb-args";

/**
 * Arguments of {@link OmsMultiNode}. Source for all, where no other is named: "Deploy OMS Community Edition on multiple nodes in a
 * single region" and "Scale out OMS Community Edition".
 */
export interface OmsMultiNodeArgs {
  /**
   * Version of OMS in `image`: it tells which keys config.yaml has, how OMS is initialised, from which versions it may be upgraded,
   * and is part of the containers' names (oms_427).
   * Rule: three numbers, with `-bp` and a number for a patch; the one in the image's tag, where that tells one.
   * @example "4.2.7"
   */
  version: string;
  /** The OMS image. Source: "Load the downloaded OMS Community Edition image file". */
  image: ImageSource;
  /** The databases in which all nodes of all regions keep their metadata. */
  metaDb: OmsMetaDbArgs;
  /**
   * The regions with their nodes.
   * Rule: at least one; each has its own `location`; exactly one is the default one.
   */
  regions: OmsRegionArgs[];
  /** TCP ports that OMS listens on, on all addresses of its hosts. Rule: since 4.2.2; before that they are fixed. */
  ports?: OmsPortArgs;
  /**
   * The user that reads incremental logs of OceanBase (drc_user, drc_password).
   * Rule: needed below 3.3.0, gone from 4.1.1 on.
   * @default none
   */
  drc?: OmsDrcArgs;
  /**
   * The time-series database for OMS's metrics, one for all regions. Giving it turns metrics on (tsdb_enabled).
   * Source: "Deploy a time-series database".
   * @default none: OMS collects no metrics
   */
  tsdb?: OmsTsdbArgs;
  /**
   * Operation audit by Alibaba Cloud's Simple Log Service. Rule: all of it or nothing. Source: OBD's parameters of OMS.
   * @default none
   */
  slsAudit?: OmsSlsAuditArgs;
  /**
   * Further keys of config.yaml, for versions that have more than is known here; each one is warned of.
   * Rule: no key that an argument writes; nothing secret but under a key whose name says so (password, secret, token).
   * @default {}
   * @example { some_new_key: true }
   */
  settings?: Record<string, string | number | boolean>;
  /**
   * Serve the console by HTTPS, and by nothing else then: certificate and key are mounted into every container.
   * @default HTTP
   */
  https?: OmsHttpsArgs;
  /**
   * First part of the containers' names, before `_` and the version without its dots.
   * @default "oms"
   */
  containerPrefix?: string;
  /**
   * Path of config.yaml on the hosts; it is mounted to /home/admin/conf/config.yaml, where OMS's scripts write into it, too.
   * Rule: outside the mounted directories.
   * @default "/data/oms/config.yaml"
   */
  configFile?: string;
  /** Directories of the hosts that the containers write to. They must stay as they are from version to version. */
  mounts?: OmsMountArgs;
  /**
   * Keep the mounted directories when the deployment is destroyed.
   * @default true
   */
  keepData?: boolean;
  /**
   * Seconds that the initialisation of one node may take. The vendor says two to four minutes; OBD waits for 900 seconds.
   * Rule: 60 to 7200.
   * @default 900
   */
  initTimeout?: number;
  /**
   * Seconds from the start of an initialised node until its services run and its console is healthy. Rule: 10 to 7200.
   * @default 300
   */
  startTimeout?: number;
  /**
   * Close port 8084 to other hosts. OMS's supervisord listens there on all addresses and asks for no password: who reaches it stops
   * and starts OMS's services.
   * @default true
   */
  guardSupervisor?: boolean;
  /**
   * Let an upgrade switch high availability (`enable` in OMS's system parameter `ha.config`) off before it and on again after it.
   * Without that an upgrade waits for you to do so: OMS must not move tasks between nodes while they are stopped.
   * @default false
   */
  manageHa?: boolean;
  /**
   * Version from which an upgrade to `version` is allowed although no document known here says so; take it from the release notes
   * of `version`. Rule: an earlier version than `version`.
   * @default by the vendor's documents, see "Versions"
   * @example "4.2.5"
   */
  upgradeFrom?: string;
  /** The backups of the MetaDB that are made before an upgrade. */
  backup?: OmsBackupArgs;
  /**
   * Go back to a backup: all nodes are stopped and the backup takes the place of all databases of OMS. Give the version and the image
   * of the backup beside it. It is done once; remove it afterwards.
   * @default none
   */
  rollback?: OmsRollbackArgs;
  /**
   * Take over the nodes' containers that were made by hand, without a restart (docs/adopt.md). They must have the names that `containerPrefix`
   * and `version` tell, be initialised and do what the arguments say; what differs otherwise is told, and stays until they are replaced.
   * Without it they are refused.
   * @default false
   */
  adopt?: boolean;
}

/** The MetaDB: a MySQL tenant of OceanBase 2.0 or later (or its proxy), or MySQL. */
export interface OmsMetaDbArgs {
  /**
   * Address as the nodes see it (oms_meta_host). Rule: with several nodes not a loopback address.
   * @example "10.0.0.9"
   */
  host: pulumi.Input<string>;
  /**
   * TCP port (oms_meta_port).
   * @example 2883
   */
  port: pulumi.Input<number>;
  /**
   * User, in OceanBase in the form user@tenant#cluster (oms_meta_user). Rule: not one of the tenant sys.
   * @example "root@oms#obcluster"
   */
  username: pulumi.Input<string>;
  /**
   * Its password (oms_meta_password). Rule: not empty, ASCII characters without control characters: OMS's clients (PyMySQL) send others in
   * Latin-1, and the MetaDB refuses them. Kept as a secret.
   */
  password: pulumi.Input<string>;
  /**
   * Database of the console (drc_rm_db).
   * @default "oms_rm"
   */
  rmDatabase?: pulumi.Input<string>;
  /**
   * Database of the cluster manager, CM (drc_cm_db).
   * @default "oms_cm"
   */
  cmDatabase?: pulumi.Input<string>;
}

/** Ports of OMS. Rule for each: 1025 to 65535, none twice, none of those that OMS has besides. Source: Chinese document of 4.2.2. */
export interface OmsPortArgs {
  /**
   * The console's backend (ghana_server_port).
   * @default 8090
   */
  ghana?: number;
  /**
   * The console that users open (nginx_server_port).
   * @default 8089
   */
  console?: number;
  /**
   * The cluster manager (cm_server_port).
   * @default 8088
   */
  cm?: number;
  /**
   * The supervisor of tasks, not supervisord (supervisor_server_port).
   * @default 9000
   */
  supervisor?: number;
  /**
   * The container's SSH server (sshd_server_port).
   * @default 2023
   */
  sshd?: number;
}

/** The user that reads incremental logs, in the tenant sys of the clusters that are migrated. */
export interface OmsDrcArgs {
  /**
   * Its name (drc_user).
   * @example "drc_user_name"
   */
  user: string;
  /** Its password (drc_password). Kept as a secret. */
  password: pulumi.Input<string>;
}

/** Where OMS sends its operation audit. */
export interface OmsSlsAuditArgs {
  /** Access key (apsara_audit_sls_access_key). Kept as a secret. */
  accessKey: pulumi.Input<string>;
  /** Its secret (apsara_audit_sls_access_secret). Kept as a secret. */
  accessSecret: pulumi.Input<string>;
  /**
   * Endpoint of the service (apsara_audit_sls_endpoint).
   * @example "cn-hangzhou.log.aliyuncs.com"
   */
  endpoint: string;
  /** Topic of the operators' site (apsara_audit_sls_ops_site_topic). */
  opsSiteTopic: string;
  /** Topic of the users' site (apsara_audit_sls_user_site_topic). */
  userSiteTopic: string;
}

/** The console over HTTPS. */
export interface OmsHttpsArgs extends CertificateSource {
  /**
   * More names and addresses for the certificate than those of the regions' virtual IPs, URLs and nodes.
   * @default []
   * @example ["oms.example.com"]
   */
  alternativeNames?: string[];
  /**
   * Directory of the hosts in which certificate and key are, as https_crt and https_key, made when missing. The vendor's document has
   * /data/oms beside a config.yaml in /data. Rule: outside the mounted directories.
   * @default the one of `configFile`
   * @example "/data/oms"
   */
  directory?: string;
}

/** Directories of the hosts, made when missing. Rule: none within another. */
export interface OmsMountArgs {
  /**
   * Logs, /home/admin/logs in the container.
   * @default "/data/oms/oms_logs"
   */
  logs?: string;
  /**
   * Logs that stores have pulled, /home/ds/store in the container. It grows with the incremental data.
   * @default "/data/oms/oms_store"
   */
  store?: string;
  /**
   * Files of synchronisation components, /home/ds/run in the container.
   * @default "/data/oms/oms_run"
   */
  run?: string;
}

/** Backups of the MetaDB, on the host of the default region's first node. It needs MySQL's or MariaDB's client tools. */
export interface OmsBackupArgs {
  /**
   * Directory of the backups, made when missing. Rule: outside the mounted directories.
   * @default "/var/backups/oms"
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
export interface OmsRollbackArgs {
  /**
   * The backup: its path on the host that made it.
   * @example "/var/backups/oms/oms-20261129T180000Z-4.2.7.sql.gz"
   */
  backup: string;
}
