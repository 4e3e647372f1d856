import * as pulumi from "@pulumi/pulumi";
import type { NodeRow } from "./dolphin/node-rows";
import type { DolphinAccessArgs, DolphinLimitArgs } from "./dolphin-access";

/** Arguments of a `DolphinClusterConfig`, beside those of `DolphinAccessArgs` and `DolphinLimitArgs`. */
export interface DolphinClusterConfigArgs extends DolphinAccessArgs, DolphinLimitArgs {
  /** Password of the user admin. Kept as a secret; it travels within the SSH connection only. */
  password: pulumi.Input<string>;
  /**
   * All of cluster.cfg by key: a parameter, with an alias or wildcards and a dot before it or none. What is not named is taken away. A
   * secret value stays secret.
   * @example { maxMemSize: "16", "p1-datanode.volumes": "/ssd1,/ssd2" }
   */
  parameters: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** The rows of cluster.nodes that are to be; data and compute nodes of them that are there already take what differs. */
  nodes: pulumi.Input<pulumi.Input<NodeRow>[]>;
  /**
   * The nodes' home, where those without `volumes` have their data.
   * @example "/var/lib/dolphin"
   */
  directory: pulumi.Input<string>;
}

/** cluster.cfg of a running DolphinDB cluster, and that its nodes go by it. */
export class DolphinClusterConfig extends pulumi.CustomResource {
  /** The parameters in force. */
  declare public readonly parameters: pulumi.Output<Record<string, string>>;
  /** What a run that ended has left to be done; the next `up` does it. */
  declare public readonly pending: pulumi.Output<string[]>;

  constructor(name: string, args: DolphinClusterConfigArgs, opts?: pulumi.CustomResourceOptions) {
    const password = pulumi.secret(args.password);
    super("dbha:index:DolphinClusterConfig", name, { ...args, password, pending: undefined }, opts);
  }
}
