import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { OnDelete } from "./directory";
import type { FileFormat } from "./file";
import { HostData } from "./host-data";

/** The system user of a program: no login, a group of its own. */
export interface FilesUser {
  /**
   * Name of the user and of its group.
   * @example "dolphin-main"
   */
  name: pulumi.Input<string>;
  /** Its home as /etc/passwd has it, an absolute path; it is a directory like others, and made only where `directories` has it. */
  home: pulumi.Input<string>;
  /** What /etc/passwd says of it, letters, digits, `.`, `_` and `-`: by it a user that was made here is known, and only such a one is removed. */
  comment: pulumi.Input<string>;
}

/** One directory of `Files`. */
export interface FilesDirectory {
  /**
   * Permission bits, octal, three or four digits.
   * @default "0755"
   */
  mode?: pulumi.Input<string>;
  /**
   * User that owns it, by name or number.
   * @default "root"
   */
  owner?: pulumi.Input<string>;
  /**
   * Group of it, by name or number.
   * @default "root"
   */
  group?: pulumi.Input<string>;
  /**
   * What becomes of it when the resource is deleted, if the resource made it. A path that leaves `directories` is removed only if it is
   * empty, and kept with a warning if not.
   * @default "removeIfEmpty"
   */
  onDelete?: pulumi.Input<OnDelete>;
}

/** One file of `Files`. */
export interface FilesFile {
  /**
   * The whole text, UTF-8 without NUL, up to 256 KiB; a larger or binary one is a `File`. A secret stays secret in the state.
   * @example "worker_processes auto;\n"
   */
  content: pulumi.Input<string>;
  /**
   * Permission bits, octal, three or four digits.
   * @default "0644"
   */
  mode?: pulumi.Input<string>;
  /**
   * User that owns it, by name or number; that of `user` may be given.
   * @default "root"
   */
  owner?: pulumi.Input<string>;
  /**
   * Group of it, by name or number.
   * @default "root"
   */
  group?: pulumi.Input<string>;
  /**
   * True writes into the file that is there, as `File` does: for one that a container has mounted.
   * @default false
   */
  inPlace?: pulumi.Input<boolean>;
  /**
   * `yaml` compares by what the text says, as `File` does; one that says the same already is not written either.
   * @default none: every byte counts
   */
  format?: pulumi.Input<FileFormat>;
  /**
   * Shell command run on the host before the file is swapped in, with `$DBHA_FILE` the path of the new text; files are written in the
   * order of their paths, so those before are in place by then.
   * @default none
   * @example 'nginx -t -c "$DBHA_FILE"'
   */
  validate?: pulumi.Input<string>;
  /**
   * Shell command run on the host after every swap that changed the text there.
   * @default none
   * @example "systemctl reload nginx"
   */
  onChange?: pulumi.Input<string>;
  /**
   * True writes the file only where nothing is: it is what a program begins with and then writes itself. From then on it is neither
   * looked at nor removed, and another text is no difference.
   * @default false
   */
  once?: pulumi.Input<boolean>;
  /**
   * With `once`, where something is as soon as the program has begun: until then the file is written over one that is there, and
   * missed where none is.
   * @default none: the file itself
   * @example "/var/lib/app/raft"
   */
  unless?: pulumi.Input<string>;
  /**
   * True leaves the file where it is on delete, and when it is wanted no more: for one that somebody else made.
   * @default false
   */
  keep?: pulumi.Input<boolean>;
}

/** Arguments of `Files`; at least one directory or file. */
export interface FilesArgs {
  /** The host that holds them. Another name replaces the resource; another address, port, user or key does not. */
  host: pulumi.Input<HostData>;
  /**
   * System user, made before the rest where it is missing; one that was there is taken as it is.
   * @default none
   */
  user?: FilesUser;
  /**
   * Directories by absolute path, made in the order of their paths; missing parents are made too (root:root 0755).
   * @default none
   * @example { "/etc/app": {}, "/var/lib/app": { owner: "app", group: "app", onDelete: "purge" } }
   */
  directories?: Record<string, FilesDirectory>;
  /**
   * Files by absolute path, written in the order of their paths; each directory must exist or be one of `directories`.
   * @default none
   * @example { "/etc/app/app.conf": { content: "port = 80\n" } }
   */
  files?: Record<string, FilesFile>;
}

/**
 * What a program has on a host, as one resource: its system user, its directories, its configuration files. A difference names path and
 * line; whatever their number, they are made in one step and looked at in one.
 */
export class Files extends pulumi.CustomResource {
  declare public readonly host: pulumi.Output<HostData>;
  declare public readonly user: pulumi.Output<pulumi.Unwrap<FilesUser> | undefined>;
  declare public readonly directories: pulumi.Output<Record<string, pulumi.Unwrap<FilesDirectory>>>;
  declare public readonly files: pulumi.Output<Record<string, pulumi.Unwrap<FilesFile>>>;
  /** The directories that did not exist before, parents first; only these are ever removed. */
  declare public readonly createdPaths: pulumi.Output<string[]>;
  /** Files that are still to be removed, or whose `onChange` is still to be run, after a step that failed. */
  declare public readonly due: pulumi.Output<string[]>;

  constructor(
    name: string,
    private readonly given: FilesArgs,
    opts?: pulumi.CustomResourceOptions,
  ) {
    super("dbha:index:Files", name, { ...given, createdPaths: undefined, due: undefined }, opts);
  }

  /**
   * SHA-256 in hex of a file's text, known when the file is in place: fit as a trigger for what depends on the text. Secret when the text is.
   * @throws Error when `files` has no such path
   */
  sha256(path: string): pulumi.Output<string> {
    const content = this.given.files?.[path]?.content;
    if (content === undefined) throw new Error(`there is no ${path} among the files of this resource`);
    return pulumi.all([content, this.due]).apply(([text]) => createHash("sha256").update(text).digest("hex"));
  }
}
