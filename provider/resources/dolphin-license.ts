import * as pulumi from "@pulumi/pulumi";
import type { DolphinAccessArgs, DolphinLimitArgs } from "./dolphin-access";

/** Arguments of a `DolphinLicense`, beside those of `DolphinAccessArgs` and `DolphinLimitArgs`. */
export interface DolphinLicenseArgs extends DolphinAccessArgs, DolphinLimitArgs {
  /** Password of the user admin. Kept as a secret; it travels within the SSH connection only. */
  password: pulumi.Input<string>;
  /** Text of dolphindb.lic. Kept as a secret. */
  license: pulumi.Input<string>;
  /**
   * Path of the file on each of the hosts; its directory must exist. A new path replaces the resource.
   * @example "/opt/dolphin/server/dolphindb.lic"
   */
  path: pulumi.Input<string>;
  /**
   * Further paths at which processes that were started by hand read their licence. Where there is a file, it gets the text, too, and stays
   * when the resource goes.
   * @default none
   * @example ["/opt/DolphinDB/server/dolphindb.lic"]
   */
  copies?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * User that owns the file.
   * @default "root"
   */
  owner?: pulumi.Input<string>;
  /**
   * Group of the file.
   * @default "root"
   */
  group?: pulumi.Input<string>;
  /**
   * Permission bits of the file.
   * @default "0600"
   */
  mode?: pulumi.Input<string>;
  /**
   * How another licence is taken over: `online` by every node while it runs, `offline` by restarts, one after the other:
   * agents, controllers with the leader last, then data and compute nodes, each when all chunks are complete.
   * @default "online"
   */
  update?: pulumi.Input<"online" | "offline">;
}

/** The licence of a DolphinDB cluster: its file on each host, and that the nodes which run go by it. */
export class DolphinLicense extends pulumi.CustomResource {
  /** Its last day, like 2042-01-01; of the licence in force where a controller says. */
  declare public readonly end: pulumi.Output<string>;
  /** `commercial`, `free`, `trial` and others; empty where no controller runs, since the file does not name it. */
  declare public readonly kind: pulumi.Output<string>;
  /** Nodes that it allows. */
  declare public readonly nodes: pulumi.Output<number>;
  /** Cores of a node that it allows. */
  declare public readonly cores: pulumi.Output<number>;
  /** Memory of a node that it allows, in GB. */
  declare public readonly memory: pulumi.Output<number>;
  /** SHA-256 of the text in hex: fit as a trigger for what depends on it. */
  declare public readonly sha256: pulumi.Output<string>;
  /** Nodes that a run which ended has left with the former licence; the next `up` goes on with them. */
  declare public readonly pending: pulumi.Output<string[]>;

  constructor(name: string, args: DolphinLicenseArgs, opts?: pulumi.CustomResourceOptions) {
    const secrets = { password: pulumi.secret(args.password), license: pulumi.secret(args.license) };
    const outputs = { end: undefined, kind: undefined, nodes: undefined, cores: undefined, memory: undefined };
    const more = { sha256: undefined, pending: undefined };
    super("dbha:index:DolphinLicense", name, { ...args, ...secrets, ...outputs, ...more }, opts);
  }
}
