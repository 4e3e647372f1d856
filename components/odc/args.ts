import type * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host";
import type { ImageSource } from "../image";

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
   * TCP port of ODC on every node (ODC_SERVER_PORT and ODC_MAPPING_PORT; nodes call each other on their own port, so it is
   * one for all).
   * @default 8989
   */
  port?: number;
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

/** nginx in front of the ODC nodes. */
export interface OdcProxyArgs {
  /**
   * The hosts that run nginx; they may be ODC nodes too.
   * Rule: exactly one; a second one needs a virtual IP, which this version does not have yet.
   */
  hosts: Host[];
  /** The nginx image. */
  image: ImageSource;
  /**
   * TCP port that users open.
   * @default 80
   */
  port?: number;
  /**
   * Domain name under which users open ODC (`server_name`); it becomes part of the output `url`.
   * @default the address of the nginx host
   * @example "odc.example.com"
   */
  domain?: string;
  /**
   * Name of the nginx container.
   * @default "odc-nginx"
   */
  containerName?: string;
  /**
   * Listen on IPv6 too.
   * @default false
   */
  ipv6?: boolean;
  /**
   * Seconds nginx waits for a connection to a node (`proxy_connect_timeout`). Rule: at most 75.
   * @default 75
   */
  connectTimeout?: number;
  /**
   * Seconds between two reads from or writes to a node (`proxy_read_timeout`, `proxy_send_timeout`).
   * @default 1800
   */
  transferTimeout?: number;
}

/** Directories of the host, made when missing. */
export interface OdcMountArgs {
  /**
   * Logs of ODC, /opt/odc/log in the container.
   * @default "/var/log/odc"
   */
  log?: string;
  /**
   * Files of ODC, /opt/odc/data in the container.
   * @default "/var/data/odc"
   */
  data?: string;
}
