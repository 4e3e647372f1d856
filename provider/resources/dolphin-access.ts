import * as pulumi from "@pulumi/pulumi";
import { HostData } from "./host-data";

/** A host of a DolphinDB cluster. */
export interface DolphinHostData {
  /** Where it is. Its nodes are asked through its own SSH connection; on one that is `lost` nothing is asked or awaited. */
  host: pulumi.Input<HostData>;
  /**
   * IPv4 address, as the sites of its nodes have it.
   * @example "10.0.0.11"
   */
  address: pulumi.Input<string>;
  /**
   * Alias and port of its controller.
   * @default none
   * @example { alias: "p1-controller", port: 8800 }
   */
  controller?: pulumi.Input<{ alias: pulumi.Input<string>; port: pulumi.Input<number> }>;
  /**
   * Units that systemd runs its controller and its agent by, and one that ends its data and compute nodes when it is stopped.
   * @default none: what needs their restart is refused
   * @example { controller: "dolphin-controller.service", agent: "dolphin-agent.service" }
   */
  units?: pulumi.Input<{
    controller?: pulumi.Input<string>;
    agent?: pulumi.Input<string>;
    nodes?: pulumi.Input<string>;
  }>;
}

/** How a DolphinDB cluster is reached: what all of its resources take. */
export interface DolphinAccessArgs {
  /** All hosts of the cluster, those with a controller in the order in which they are asked, one after the other. */
  hosts: pulumi.Input<pulumi.Input<DolphinHostData>[]>;
  /**
   * Whether the nodes have `enableHTTPS`.
   * @default false
   */
  https?: pulumi.Input<boolean>;
  /**
   * Seconds that an election may take, and that a refusal which passes is waited for. 1 to 3600.
   * @default 120
   */
  electionTimeout?: pulumi.Input<number>;
}

/** What is kept to when nodes of a DolphinDB cluster are stopped and started. */
export interface DolphinLimitArgs {
  /** Replicas of each chunk (dfsReplicationFactor): a node is stopped when all of them are there. */
  replicas: pulumi.Input<number>;
  /**
   * Directory of the nodes' logs on each host, of which an error shows the last lines.
   * @example "/var/lib/dolphin/log"
   */
  logs: pulumi.Input<string>;
  /**
   * Seconds from a node's start until it is online. 10 to 86400.
   * @default 600
   */
  startTimeout?: pulumi.Input<number>;
  /**
   * Seconds that a node may take to stop: it writes what it has in memory. 10 to 86400.
   * @default 600
   */
  stopTimeout?: pulumi.Input<number>;
  /**
   * Seconds that chunks may take to be complete, each with all its replicas, before a node is stopped. 10 to 86400.
   * @default 1800
   */
  recoveryTimeout?: pulumi.Input<number>;
}
