import * as pulumi from "@pulumi/pulumi";
import type { DolphinAccessArgs, DolphinLimitArgs } from "./dolphin-access";

/** The way back from another server. */
export interface DolphinServerRollbackArgs {
  /**
   * Name of the backup, of the version that `version` is.
   * @example "20261129T180000Z-3.00.3"
   */
  backup: pulumi.Input<string>;
  /**
   * Go back although rows were written since, or nobody can tell.
   * @default false
   */
  loseNewData?: pulumi.Input<boolean>;
}

/** Arguments of a `DolphinServer`, beside those of `DolphinAccessArgs` and `DolphinLimitArgs`. */
export interface DolphinServerArgs extends DolphinAccessArgs, DolphinLimitArgs {
  /** Password of the user admin. Kept as a secret; it travels within the SSH connection only. */
  password: pulumi.Input<string>;
  /**
   * Version of the package, as version() begins.
   * @example "3.00.4.1"
   */
  version: pulumi.Input<string>;
  /**
   * Directory of the unpacked package on each host, by the host's name. Another one is put in place with all nodes stopped.
   * @example { p1: "/opt/dolphin/3.00.4.1" }
   */
  packages: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Directory that nodes run from on each host; it must exist, beside the packages on one file system.
   * @example "/opt/dolphin/server"
   */
  server: pulumi.Input<string>;
  /**
   * The nodes' home: each has a directory of its alias in it.
   * @example "/var/lib/dolphin"
   */
  directory: pulumi.Input<string>;
  /**
   * Directory of the backups on each host, made when missing.
   * @example "/var/backups/dolphin"
   */
  backups: pulumi.Input<string>;
  /**
   * Whether all nodes are stopped for another package, or those of one host after the other, the leader's host last, while the others serve.
   * @default "offline"
   */
  mode?: pulumi.Input<"offline" | "rolling">;
  /**
   * How many backups stay; older ones are removed when all nodes have come back. 1 to 1000.
   * @default 5
   */
  keep?: pulumi.Input<number>;
  /**
   * Whether the backups stay when the resource is deleted.
   * @default true
   */
  keepBackups?: pulumi.Input<boolean>;
  /**
   * Parameters of controller.cfg and cluster.cfg that are used: versions that took some away are refused.
   * @default []
   */
  keys?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Go back to a backup, with the package of its version; done once.
   * @default none
   */
  rollback?: pulumi.Input<DolphinServerRollbackArgs>;
}

/** The server that the nodes of a DolphinDB cluster run from; another one is put in place with all nodes stopped and their metadata saved. */
export class DolphinServer extends pulumi.CustomResource {
  /** Version that was put in place last. */
  declare public readonly installed: pulumi.Output<string>;
  /** Names of the backups that every host has its part of, the latest first. */
  declare public readonly wayBack: pulumi.Output<string[]>;
  /** What a run that ended has left to be done; the next `up` does it. */
  declare public readonly pending: pulumi.Output<string[]>;

  constructor(name: string, args: DolphinServerArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = { installed: undefined, wayBack: undefined, pending: undefined };
    super("dbha:index:DolphinServer", name, { ...args, password: pulumi.secret(args.password), ...outputs }, opts);
  }
}
