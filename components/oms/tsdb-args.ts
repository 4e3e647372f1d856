import type * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host";
import type { ImageSource } from "../image";

/** The time-series database: one that is there (`url`), or one that is deployed beside OMS (`influxDb`). */
export interface OmsTsdbArgs {
  /**
   * Its kind (tsdb_service), "INFLUXDB" or "CERESDB". OMS's own default is CERESDB, while its tools set up InfluxDB alone.
   * @default "INFLUXDB"
   */
  service?: "INFLUXDB" | "CERESDB";
  /**
   * Address and port of one that is there (tsdb_url). Rule: either this or `influxDb`; without scheme; with several nodes not a
   * loopback address; every node reaches it.
   * @example "10.0.0.5:8086"
   */
  url?: string;
  /**
   * Deploy InfluxDB on a host of this stack, with log-in required and its user made.
   * @default none: the one at `url`
   */
  influxDb?: OmsInfluxDbArgs;
  /**
   * User (tsdb_username). The one of `influxDb` is made, with all privileges; the one at `url` has been made by hand.
   * Rule: needed with `url`; no colon with `influxDb`.
   * @default "oms" with `influxDb`
   */
  username?: string;
  /**
   * Its password (tsdb_password). Rule: needed with `url`. Kept as a secret.
   * @default a random one with `influxDb`, in the output `tsdbPassword`
   */
  password?: pulumi.Input<string>;
}

/** InfluxDB 1.8 in a container: one node, as OMS's document has it; the metrics are lost with its host. */
export interface OmsInfluxDbArgs {
  /** The host that runs it: one with a node of OMS, or any other. */
  host: Host;
  /**
   * Its image: the official one of InfluxDB 1.8, or one of its shape.
   * @example { reference: "influxdb:1.8" }
   */
  image: ImageSource;
  /**
   * Name of the container.
   * @default "oms-influxdb"
   */
  containerName?: string;
  /**
   * Directory of the data on its host, made when missing; `keepData` is about it, too.
   * @default "/data/oms-influxdb"
   */
  dataDirectory?: string;
  /**
   * TCP port, on all addresses of its host. 127.0.0.1:14444 is taken besides, for InfluxDB's own backups.
   * @default 8086
   */
  port?: number;
  /**
   * Address under which the nodes reach it, where that is not the host's own. Rule: with several nodes not a loopback address.
   * @default the host's address
   */
  address?: string;
}
