import * as pulumi from "@pulumi/pulumi";
import type { NodeRow } from "./dolphin/node-rows";
import type { DolphinAccessArgs, DolphinLimitArgs } from "./dolphin-access";

/** A node of a DolphinDB cluster, as it was seen last. */
export interface DolphinNodeState {
  alias: string;
  mode: string;
  host: string;
  port: number;
  state: string;
  version: string;
}

/** What a licence of DolphinDB allows. */
export interface DolphinLicenseTerms {
  end: string;
  kind: string;
  nodes: number;
  cores: number;
  memory: number;
}

/** Arguments of `DolphinNodes`, beside those of `DolphinAccessArgs` and `DolphinLimitArgs`. */
export interface DolphinNodesArgs extends DolphinAccessArgs, DolphinLimitArgs {
  /** Password of the user admin. Kept as a secret; it travels within the SSH connection only. */
  password: pulumi.Input<string>;
  /**
   * All rows of cluster.nodes, controllers and agents too.
   * @example [{ host: "10.0.0.11", port: 8802, alias: "p1-datanode", mode: "datanode", group: "", zone: "" }]
   */
  nodes: pulumi.Input<pulumi.Input<NodeRow>[]>;
  /**
   * Whether an agent that is added knows its nodes before a restart, which it does from DolphinDB 3.00.3 on.
   * @default true
   */
  agentsOnline?: pulumi.Input<boolean>;
  /**
   * Seconds that the replicas of a data node that goes may take to reach others. 60 to 604800.
   * @default 86400
   */
  moveTimeout?: pulumi.Input<number>;
  /**
   * Spread chunks over all data nodes when one has come.
   * @default false
   */
  rebalance?: pulumi.Input<boolean>;
  /**
   * Texts; when one changes, all nodes are looked at, and started where they are offline.
   * @default []
   */
  triggers?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Texts; when one changes, all data and compute nodes restart, one after the other.
   * @default []
   */
  restartTriggers?: pulumi.Input<pulumi.Input<string>[]>;
}

/** The nodes of a running DolphinDB cluster: its rows of cluster.nodes, and that all data and compute nodes are online. */
export class DolphinNodes extends pulumi.CustomResource {
  declare public readonly nodes: pulumi.Output<NodeRow[]>;
  /** Alias of the controller that leads; empty when none did at a refresh. */
  declare public readonly leader: pulumi.Output<string>;
  /** All nodes as they were seen last: alias, mode, host, port, state (`online` or `offline`) and version of the server. */
  declare public readonly states: pulumi.Output<DolphinNodeState[]>;
  /** The licence that the leader goes by: end, kind, nodes, cores and memory in GB. */
  declare public readonly license: pulumi.Output<DolphinLicenseTerms>;
  /** What a run that ended has left to be done; the next `up` does it. */
  declare public readonly pending: pulumi.Output<string[]>;

  constructor(name: string, args: DolphinNodesArgs, opts?: pulumi.CustomResourceOptions) {
    const password = pulumi.secret(args.password);
    const outputs = { leader: undefined, states: undefined, license: undefined, pending: undefined };
    super("dbha:index:DolphinNodes", name, { ...args, password, ...outputs }, opts);
  }
}
