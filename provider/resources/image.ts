import * as pulumi from "@pulumi/pulumi";
import { HostData } from "./host-data";

/** Image files for `docker load`, gzip or plain, by architecture. */
export interface ImageTarballs {
  /**
   * For x86-64 hosts.
   * @example "images/odc-4.3.1.tar.gz"
   */
  amd64?: string;
  /** For 64-bit ARM hosts. */
  arm64?: string;
}

/** Arguments of an `Image`: one of `tarballs`, `hostTarballs` and `reference`, or files with the tag they get. */
export interface ImageArgs {
  /** The host whose Docker Engine gets the image. Another name replaces the resource. */
  host: pulumi.Input<HostData>;
  /**
   * Files on the machine that runs Pulumi, written by `docker save`, one image each. The host's architecture chooses; a
   * file with other text under the same path is seen in preview and loaded by an update.
   * @default none
   */
  tarballs?: pulumi.Input<ImageTarballs>;
  /**
   * Files that lie on the host, by absolute path, written by `docker save`, one image each. Nothing is sent. The host's
   * architecture chooses; a new one is read there in preview, and one with other text under the same path is seen by a
   * refresh. A file may be removed once it has been loaded; dbha leaves it where it is.
   * @default none
   * @example { amd64: "/opt/images/odc-4.3.1.tar.gz" }
   */
  hostTarballs?: pulumi.Input<ImageTarballs>;
  /**
   * Without files: the image to pull. With files: the tag the loaded image gets.
   * @default with files, the tag in the file
   * @example "oceanbase/odc:4.3.1"
   */
  reference?: pulumi.Input<string>;
  /**
   * Without files: whether the image is pulled. Without that the host must have it, by this very tag, and it is taken as it is: the ID is
   * known in preview, and no registry is asked.
   * @default true
   */
  pull?: pulumi.Input<boolean>;
}

/** An image in the Docker Engine of a host, pinned by its ID. */
export class Image extends pulumi.CustomResource {
  declare public readonly host: pulumi.Output<HostData>;
  declare public readonly tarballs: pulumi.Output<ImageTarballs | undefined>;
  declare public readonly hostTarballs: pulumi.Output<ImageTarballs | undefined>;
  declare public readonly reference: pulumi.Output<string | undefined>;
  declare public readonly pull: pulumi.Output<boolean | undefined>;
  /** ID of the image, `sha256:…`; known in preview when it comes from a file. Refer to the image by this. */
  declare public readonly imageId: pulumi.Output<string>;
  /** The tag by which the image is known on the host, empty when it has none. */
  declare public readonly loadedReference: pulumi.Output<string>;
  /** Architecture of the image: `amd64` or `arm64`. */
  declare public readonly architecture: pulumi.Output<string>;
  /**
   * IDs of the images that this resource brought to the host, newest last. Those of earlier versions stay for a
   * rollback; all are removed on delete unless a container uses them.
   */
  declare public readonly ownedImageIds: pulumi.Output<string[]>;

  constructor(name: string, args: ImageArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = {
      imageId: undefined,
      loadedReference: undefined,
      architecture: undefined,
      ownedImageIds: undefined,
    };
    super("dbha:index:Image", name, { ...args, ...outputs }, opts);
  }
}
