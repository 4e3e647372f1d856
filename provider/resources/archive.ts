import * as pulumi from "@pulumi/pulumi";
import { HostData } from "./host-data";

/** Arguments of an `Archive`. */
export interface ArchiveArgs {
  /** The host that the archive is unpacked on. Another name replaces the resource. */
  host: pulumi.Input<HostData>;
  /**
   * A .tar, .tar.gz or .zip file on the machine that runs Pulumi; relative paths start at the project. Its first bytes
   * tell the format, not its name. A file with other content under the same path is seen in preview and unpacked by an
   * update. Refused before the host is changed: absolute names, `..`, links that may lead outside, names that come twice,
   * devices and other special files. Modes are kept without setuid, setgid and sticky.
   * @example "archives/obproxy-ce-4.2.1.tar.gz"
   */
  source: pulumi.Input<string>;
  /**
   * Absolute path of the base directory, which holds the versions and the link; it is made when it is missing. A new path
   * replaces the resource.
   * @example "/opt/obproxy"
   */
  path: pulumi.Input<string>;
  /**
   * Name of the version's directory below `path`: letters, digits, `.`, `_`, `+` and `-`. The directory is the
   * resource's alone: what changed in it, or was added, is drift, and an update puts a fresh one in its place. Software
   * that writes is to be told to write elsewhere.
   * @default the first 12 digits of the file's SHA-256
   * @example "4.2.1"
   */
  version?: pulumi.Input<string>;
  /**
   * How many leading parts of the names in the archive are left out; what has no more parts is not unpacked.
   * @default 0
   * @example 1 // "obproxy-4.2.1/bin/obproxy" becomes "bin/obproxy"
   */
  stripComponents?: pulumi.Input<number>;
  /**
   * User that owns everything that is unpacked, by name or number; owners in the archive do not count.
   * @default "root"
   */
  owner?: pulumi.Input<string>;
  /**
   * Group of everything that is unpacked, by name or number.
   * @default "root"
   */
  group?: pulumi.Input<string>;
  /**
   * Name of the link below `path` that points to the current version. It is switched by one rename, after everything is
   * on disk. A file or directory of this name is refused, never replaced.
   * @default "current"
   */
  link?: pulumi.Input<string>;
  /**
   * How many former versions stay. To go back to one of them, give its `source` (and `version`) again: nothing is sent.
   * @default 1
   */
  keep?: pulumi.Input<number>;
}

/** An archive unpacked on a host: a directory for every version, and a link to the current one. */
export class Archive extends pulumi.CustomResource {
  declare public readonly host: pulumi.Output<HostData>;
  declare public readonly source: pulumi.Output<string>;
  declare public readonly path: pulumi.Output<string>;
  declare public readonly version: pulumi.Output<string | undefined>;
  declare public readonly stripComponents: pulumi.Output<number>;
  declare public readonly owner: pulumi.Output<string>;
  declare public readonly group: pulumi.Output<string>;
  declare public readonly link: pulumi.Output<string>;
  declare public readonly keep: pulumi.Output<number>;
  /** SHA-256 of the archive file in hex; known in preview. */
  declare public readonly sha256: pulumi.Output<string>;
  /** Absolute path of the current version, `path/version`; known in preview. A trigger for what runs from it. */
  declare public readonly directory: pulumi.Output<string>;
  /** Absolute path of the link, `path/link`; it stays the same across versions. */
  declare public readonly currentPath: pulumi.Output<string>;
  /** Versions that this resource unpacked, the current one last. Only these are removed on delete. */
  declare public readonly ownedVersions: pulumi.Output<string[]>;
  /** Hash over names, types, modes, sizes, times and link targets of the version; known in preview. */
  declare public readonly manifest: pulumi.Output<string>;
  /** The base directory and its parents as far as they were made for this; removed on delete when they are empty. */
  declare public readonly createdPaths: pulumi.Output<string[]>;

  constructor(name: string, args: ArchiveArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = {
      sha256: undefined,
      directory: undefined,
      currentPath: undefined,
      ownedVersions: undefined,
      manifest: undefined,
      createdPaths: undefined,
    };
    super("dbha:index:Archive", name, { ...args, ...outputs }, opts);
  }
}
