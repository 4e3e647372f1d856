import * as pulumi from "@pulumi/pulumi";
import { HostData } from "./host-data";

/** What happens to a directory when its resource is deleted. */
export const OnDelete = {
  /** Remove the directories this resource created, deepest first, as far as they are empty. */
  RemoveIfEmpty: "removeIfEmpty",
  /** Leave everything. */
  Keep: "keep",
  /** Remove the directory with all it holds, then the parents this resource created as far as they are empty. */
  Purge: "purge",
} as const;
export type OnDelete = (typeof OnDelete)[keyof typeof OnDelete];

/** Arguments of a `Directory`. */
export interface DirectoryArgs {
  /** The host that holds the directory. Another name replaces the resource. */
  host: pulumi.Input<HostData>;
  /**
   * Absolute path; missing parents are created (root:root 0755). A new path replaces the resource.
   * @example "/opt/odc/log"
   */
  path: pulumi.Input<string>;
  /**
   * Permission bits, octal, three or four digits.
   * @default "0755"
   */
  mode?: pulumi.Input<string>;
  /**
   * User that owns the directory, by name or number.
   * @default "root"
   */
  owner?: pulumi.Input<string>;
  /**
   * Group of the directory, by name or number.
   * @default "root"
   */
  group?: pulumi.Input<string>;
  /**
   * What to do with the directory on delete. A directory that was there before is never removed, whatever this says.
   * @default "removeIfEmpty"
   */
  onDelete?: pulumi.Input<OnDelete>;
}

/** A directory on a host. */
export class Directory extends pulumi.CustomResource {
  declare public readonly host: pulumi.Output<HostData>;
  declare public readonly path: pulumi.Output<string>;
  declare public readonly mode: pulumi.Output<string>;
  declare public readonly owner: pulumi.Output<string>;
  declare public readonly group: pulumi.Output<string>;
  declare public readonly onDelete: pulumi.Output<OnDelete>;
  /** The directories that did not exist before, parents first; only these are ever removed. */
  declare public readonly createdPaths: pulumi.Output<string[]>;

  constructor(name: string, args: DirectoryArgs, opts?: pulumi.CustomResourceOptions) {
    super("dbha:index:Directory", name, { ...args, createdPaths: undefined }, opts);
  }
}
