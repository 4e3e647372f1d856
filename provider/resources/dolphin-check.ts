import * as pulumi from "@pulumi/pulumi";
import type { NodeRow } from "./dolphin/node-rows";
import type { DolphinAccessArgs } from "./dolphin-access";

/** Arguments of a `DolphinCheck`, beside those of `DolphinAccessArgs`. */
export interface DolphinCheckArgs extends DolphinAccessArgs {
  /** Password of the user admin. Kept as a secret; it travels within the SSH connection only. */
  password: pulumi.Input<string>;
  /** The rows of cluster.nodes: the first data node that is online writes, a compute node of another host counts, where there is one. */
  nodes: pulumi.Input<pulumi.Input<NodeRow>[]>;
  /**
   * Name of the database that is made and dropped, without `dfs://`; none that is there.
   * @default "dbha_check"
   */
  database?: pulumi.Input<string>;
  /**
   * Rows that are written. 1 to 10000000.
   * @default 1000
   */
  rows?: pulumi.Input<number>;
  /**
   * Texts; when one changes, it is checked again.
   * @default []
   */
  triggers?: pulumi.Input<pulumi.Input<string>[]>;
}

/** That a running DolphinDB cluster takes rows through a data node and gives them back through a compute node. */
export class DolphinCheck extends pulumi.CustomResource {
  /** Alias of the data node that rows were written through. */
  declare public readonly written: pulumi.Output<string>;
  /** Alias of the node that they were counted through. */
  declare public readonly counted: pulumi.Output<string>;
  /** What a run that ended has left to be done; the next `up` does it. */
  declare public readonly pending: pulumi.Output<string[]>;

  constructor(name: string, args: DolphinCheckArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = { written: undefined, counted: undefined, pending: undefined };
    super("dbha:index:DolphinCheck", name, { ...args, password: pulumi.secret(args.password), ...outputs }, opts);
  }
}
