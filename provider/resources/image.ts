import * as pulumi from "@pulumi/pulumi";
import { HostData } from "./host-data";

/** Image files for `docker load`, by architecture: paths on the machine that runs Pulumi, gzip or plain. */
export interface ImageTarballs {
  /**
   * For x86-64 hosts.
   * @example "images/odc-4.3.1.tar.gz"
   */
  amd64?: string;
  /** For 64-bit ARM hosts. */
  arm64?: string;
}

/** Arguments of an `Image`; `tarballs`, `reference` or both. */
export interface ImageArgs {
  /** The host whose Docker Engine gets the image. Another name replaces the resource. */
  host: pulumi.Input<HostData>;
  /**
   * Files written by `docker save`, one image each. The host's architecture chooses; a file with other text under the
   * same path is seen in preview and loaded by an update.
   * @default none: the image is pulled from a registry by `reference`
   */
  tarballs?: pulumi.Input<ImageTarballs>;
  /**
   * Without tarballs: the image to pull. With tarballs: the tag the loaded image gets.
   * @default with tarballs, the tag in the file
   * @example "oceanbase/odc:4.3.1"
   */
  reference?: pulumi.Input<string>;
}

/** An image in the Docker Engine of a host, pinned by its ID. */
export class Image extends pulumi.CustomResource {
  declare public readonly host: pulumi.Output<HostData>;
  declare public readonly tarballs: pulumi.Output<ImageTarballs | undefined>;
  declare public readonly reference: pulumi.Output<string | undefined>;
  /** ID of the image, `sha256:…`; known in preview when it comes from a tarball. Refer to the image by this. */
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
