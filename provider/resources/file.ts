import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { HostData } from "./host-data";

/** Formats in which a `File` is compared by what it says. */
export const FileFormat = { Yaml: "yaml", Parameters: "parameters" } as const;
export type FileFormat = (typeof FileFormat)[keyof typeof FileFormat];

/** Arguments of a `File`. */
export interface FileArgs {
  /** The host that holds the file. Another name replaces the resource; another address, port, user or key does not. */
  host: pulumi.Input<HostData>;
  /**
   * Absolute path of the file. The directory it is in must exist. A new path replaces the resource.
   * @example "/etc/nginx/nginx.conf"
   */
  path: pulumi.Input<string>;
  /**
   * The whole text of the file, UTF-8, up to 4 MiB. Exactly one of `content`, `contentBase64` and `source` is given.
   * Secret text stays secret in the state; it travels on the connection only.
   * @example "worker_processes auto;\n"
   */
  content?: pulumi.Input<string>;
  /**
   * The whole content in Base64 (RFC 4648, with padding, no line breaks), for what is no text; up to 4 MiB of content.
   * @example fs.readFileSync("licence.bin").toString("base64")
   */
  contentBase64?: pulumi.Input<string>;
  /**
   * Path of a file on the machine that runs Pulumi, relative to the project, of any length: it is sent as a stream. The
   * state holds path, hash and size alone; a file that changed shows as an update in the preview, a missing one fails it.
   * @example "packages/server.bin"
   */
  source?: pulumi.Input<string>;
  /**
   * False keeps the content out of the state, even in encrypted form: there is a salted SHA-256 instead, by which changes
   * in the program and on the host are seen, and the size. The hash is stored as a secret. Whoever can decrypt the state
   * can still try contents against it: a random password of 16 characters stays safe, a PIN or a word does not.
   * @default true
   */
  contentInState?: boolean;
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
   * True writes into the file that is there instead of swapping in another one, for a file that a container has mounted: that
   * keeps the file it was given, and never sees one that took its place. Who reads meanwhile meets the old text or the new one,
   * with empty lines after it at worst; of a file of more than 4 KiB parts of both. The host's power lost in that moment may
   * leave parts of both too, which the next run mends.
   * @default false
   */
  inPlace?: pulumi.Input<boolean>;
  /**
   * `yaml` compares by what the text says, for a file that programs rewrite: quotes, comments, empty lines, tags of types and
   * the order of keys are no difference, and what is no list and no map counts as text, so that `2` and `"2"` are equal. Such a
   * file is left as it was rewritten. `parameters` does so for lines of key=value, as DolphinDB has them: comments (`#`, `//`), empty lines
   * and the order are no difference. With `content` that is in the state.
   * @default none: every byte counts
   * @example "yaml"
   */
  format?: pulumi.Input<FileFormat>;
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

/** A file on a host: written atomically, checked before the swap where asked, readable for drift. */
export class File extends pulumi.CustomResource {
  declare public readonly host: pulumi.Output<HostData>;
  declare public readonly path: pulumi.Output<string>;
  /** As given; missing where it is given another way or kept out of the state. */
  declare public readonly content: pulumi.Output<string | undefined>;
  /** As given; missing where it is given another way or kept out of the state. */
  declare public readonly contentBase64: pulumi.Output<string | undefined>;
  declare public readonly source: pulumi.Output<string | undefined>;
  declare public readonly contentInState: pulumi.Output<boolean | undefined>;
  declare public readonly mode: pulumi.Output<string>;
  declare public readonly owner: pulumi.Output<string>;
  declare public readonly group: pulumi.Output<string>;
  declare public readonly inPlace: pulumi.Output<boolean | undefined>;
  declare public readonly format: pulumi.Output<FileFormat | undefined>;
  /**
   * SHA-256 of the content in hex, salted where the content is kept out of the state; secret when the content is. Fit as a
   * trigger for whatever depends on the content.
   */
  declare public readonly sha256: pulumi.Output<string>;
  /** Length of the content in bytes. */
  declare public readonly size: pulumi.Output<number>;

  constructor(name: string, args: FileArgs, opts?: pulumi.CustomResourceOptions) {
    super("dbha:index:File", name, { ...args, sha256: sha256Of(args), salt: undefined, size: undefined }, opts);
  }
}

/** As an input, so that the engine marks it secret exactly when the content is: a bare hash gives short secrets away. */
function sha256Of({ content, contentBase64, contentInState = true }: FileArgs): pulumi.Input<string> | undefined {
  const hashed = (text: pulumi.Input<string>, encoding: "utf8" | "base64") =>
    pulumi.output(text).apply((known) => createHash("sha256").update(known, encoding).digest("hex"));
  if (!contentInState) {
    // The plugin computes it with a salt; what counts here is that it is secret.
    return pulumi.secret("");
  }
  if (content !== undefined) {
    return hashed(content, "utf8");
  }
  return contentBase64 === undefined ? undefined : hashed(contentBase64, "base64");
}
