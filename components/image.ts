import { z } from "zod";
import { setting, settings, sentence } from "./validation";

/** Where a container image comes from: image tarballs (sites without a registry) or a registry. */
export interface ImageSource {
  /**
   * Image tarballs made with `docker save`, plain or gzipped, on the machine that runs Pulumi, by architecture; each host
   * gets the one for its real architecture, uploaded and loaded once. Exactly one of `tarballs` and `reference` is needed.
   * @example { amd64: "images/odc-4.3.1.tar.gz", arm64: "images/odc-4.3.1-arm.tar.gz" }
   * Source: "Load the image".
   */
  tarballs?: ImageTarballs;
  /**
   * Registry reference that each host pulls itself.
   * @example "oceanbase/odc:4.3.1"
   */
  reference?: string;
}

/** One tarball for each processor architecture in use. */
export interface ImageTarballs {
  /** For x86-64 hosts. Path, relative to the project's root or absolute. */
  amd64?: string;
  /** For 64-bit ARM hosts. Path, relative to the project's root or absolute. */
  arm64?: string;
}

const tarball = setting(
  z.string().regex(/\.(tar|tar\.gz|tgz)$/),
  "must be the path of a .tar, .tar.gz or .tgz file made with docker save",
  "give its path on the machine that runs Pulumi",
);

/** The schema behind {@link ImageSource}. */
export const imageSource = settings({
  tarballs: settings({ amd64: tarball.optional(), arm64: tarball.optional() })
    .refine((tarballs) => tarballs.amd64 ?? tarballs.arm64, {
      message: sentence("at least one architecture is needed", "give amd64, arm64 or both"),
    })
    .optional(),
  reference: setting(
    z.string().regex(/^[a-z0-9]+([._/:-][a-z0-9]+)*(:[\w][\w.-]{0,127})?(@sha256:[a-f0-9]{64})?$/),
    "must be an image reference",
    'write it like "oceanbase/odc:4.3.1" or "registry.example.com:5000/odc:4.3.1"',
  ).optional(),
}).refine((image) => (image.tarballs === undefined) !== (image.reference === undefined), {
  message: sentence("exactly one of tarballs and reference must be given", "give one and remove the other"),
});
