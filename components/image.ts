/**
 * Where a container image comes from: image tarballs (sites without a registry) or a registry. Exactly one of `tarballs`,
 * `hostTarballs` and `reference` is needed.
 */
export interface ImageSource {
  /**
   * Image tarballs made with `docker save`, plain or gzipped, on the machine that runs Pulumi, by architecture; each host
   * gets the one for its real architecture, uploaded and loaded once.
   * @example { amd64: "images/odc-4.3.1.tar.gz", arm64: "images/odc-4.3.1-arm.tar.gz" }
   * Source: "Load the image".
   */
  tarballs?: ImageTarballs;
  /**
   * The same, where the tarballs lie on every host already: absolute paths there. Nothing is uploaded; each host loads the
   * one for its real architecture once, after which it may be removed. Give each version a name of its own: a file with
   * other content under the same name is seen by `--refresh` only.
   * @example { amd64: "/opt/images/odc-4.3.1.tar.gz", arm64: "/opt/images/odc-4.3.1-arm.tar.gz" }
   * Source: "Load the image".
   */
  hostTarballs?: ImageTarballs;
  /**
   * Registry reference that each host pulls itself.
   * @example "oceanbase/odc:4.3.1"
   */
  reference?: string;
  /**
   * Beside `reference`: whether each host pulls it. With `false` every host must have an image of that name already, which is taken as it
   * is, and no registry is asked.
   * @default true
   */
  pull?: boolean;
}

/** Paths of one tarball for each processor architecture in use. Those of this machine may be relative to the project's root. */
export interface ImageTarballs {
  /** For x86-64 hosts. */
  amd64?: string;
  /** For 64-bit ARM hosts. */
  arm64?: string;
}
