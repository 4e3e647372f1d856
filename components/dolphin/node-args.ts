import type { Host } from "../host";

/** A controller. */
export interface DolphinControllerArgs {
  /** The host that it runs on. */
  host: Host;
  /**
   * Its name in the cluster. Rule: letters, digits, _ and -, a letter first; unique in the cluster, where case counts.
   * @default the host's name and "-controller"
   * @example "controller1"
   */
  alias?: string;
  /**
   * Its TCP port.
   * @default the value of `ports.controller`
   */
  port?: number;
}

/** An agent. */
export interface DolphinAgentArgs {
  /** The host whose nodes it starts and stops. */
  host: Host;
  /**
   * Its name in the cluster. Rule: as for a controller.
   * @default the host's name and "-agent"
   * @example "agent1"
   */
  alias?: string;
  /**
   * Its TCP port.
   * @default the value of `ports.agent`
   */
  port?: number;
}

/** A data node. */
export interface DolphinNodeArgs {
  /** The host that it runs on. */
  host: Host;
  /**
   * Its name in the cluster, by which replicas are known for good. Rule: as for a controller.
   * @default the host's name and "-datanode"; a second one of a host needs its own
   * @example "datanode1"
   */
  alias?: string;
  /**
   * Its TCP port. Rule: a second data node of a host needs its own.
   * @default the value of `ports.dataNode`
   */
  port?: number;
  /**
   * Its zone. Rule: one of `zones`.
   * @default none
   */
  zone?: string;
}

/** A compute node. */
export interface DolphinComputeNodeArgs {
  /** The host that it runs on. */
  host: Host;
  /**
   * Its name in the cluster. Rule: as for a controller; with `group` it begins with the group's name.
   * @default the host's name and "-computenode"; with `group` the group's name, "-" and the host's name
   * @example "computenode1"
   */
  alias?: string;
  /**
   * Its TCP port. Rule: a second compute node of a host needs its own.
   * @default the value of `ports.computeNode`
   */
  port?: number;
  /**
   * The compute group that it belongs to, which keeps copies of data in a cache of its own. DolphinDB 3.00.2 or later.
   * Rule: letters, digits and _, a letter first. Source: "Separation of storage and computation".
   * @default none
   * @example "orca"
   */
  group?: string;
  /**
   * Its zone. Rule: one of `zones`.
   * @default none
   */
  zone?: string;
}

/** TCP ports. */
export interface DolphinPortArgs {
  /**
   * Of controllers; the first one's is the address of the web interface.
   * @default 8800
   */
  controller?: number;
  /**
   * Of agents.
   * @default 8801
   */
  agent?: number;
  /**
   * Of data nodes.
   * @default 8802
   */
  dataNode?: number;
  /**
   * Of compute nodes.
   * @default 8803
   */
  computeNode?: number;
}

/** A zone. */
export interface DolphinZoneArgs {
  /**
   * Replicas that the zone keeps of every chunk (zone.dfsReplicationFactor).
   * Rule: at least 1, at most the zone's data nodes; two or more in all zones together.
   */
  replicationFactor: number;
}
