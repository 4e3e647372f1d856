import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { HostData } from "./host-data";

/** Arguments of a `File`. */
export interface FileArgs {
  /** The host that holds the file. Another name replaces the resource; another address, port, user or key does not. */
  host: pulumi.Input<HostData>;
  /**
   * Absolute path of the file. The directory it is in must exist. A new path replaces the resource.
   * @example "/etc/nginx/nginx.conf"
   */
  path: pulumi.Input<string>;
  /** The whole text of the file, UTF-8. Secret text stays secret in the state; it travels on the connection only. */
  content: pulumi.Input<string>;
  /**
   * Permission bits, octal, three or four digits.
   * @default "0644"
   * @example "0600"
   */
  mode?: pulumi.Input<string>;
  /**
   * User that owns the file, by name or number; it must exist on the host.
   * @default "root"
   */
  owner?: pulumi.Input<string>;
  /**
   * Group of the file, by name or number; it must exist on the host.
   * @default "root"
   */
  group?: pulumi.Input<string>;
  /**
   * Shell command run on the host before the file is swapped in, with `$DBHA_FILE` the path of the new text. When it
   * ends non-zero the old file stays as it was and what the command printed is the error.
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
}

/** A text file on a host: written atomically, checked before the swap where asked, readable for drift. */
export class File extends pulumi.CustomResource {
  declare public readonly host: pulumi.Output<HostData>;
  declare public readonly path: pulumi.Output<string>;
  declare public readonly content: pulumi.Output<string>;
  declare public readonly mode: pulumi.Output<string>;
  declare public readonly owner: pulumi.Output<string>;
  declare public readonly group: pulumi.Output<string>;
  /** SHA-256 of the content in hex; secret when the content is. Fit as a trigger for whatever depends on the text. */
  declare public readonly sha256: pulumi.Output<string>;
  /** Length of the content in bytes. */
  declare public readonly size: pulumi.Output<number>;

  constructor(name: string, args: FileArgs, opts?: pulumi.CustomResourceOptions) {
    // As an input, so that the engine marks it secret exactly when the content is: a bare hash gives short secrets away.
    const sha256 = pulumi.output(args.content).apply((text) => createHash("sha256").update(text).digest("hex"));
    super("dbha:index:File", name, { ...args, sha256, size: undefined }, opts);
  }
}
