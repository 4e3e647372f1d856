import { z } from "zod";
import { setting, settings, sentence } from "./validation";

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
}

/** Paths of one tarball for each processor architecture in use. Those of this machine may be relative to the project's root. */
export interface ImageTarballs {
  /** For x86-64 hosts. */
  amd64?: string;
  /** For 64-bit ARM hosts. */
  arm64?: string;
}

const tarballs = (path: z.ZodType<string>) =>
  settings({ amd64: path.optional(), arm64: path.optional() })
    .refine((given) => given.amd64 ?? given.arm64, {
      message: sentence("at least one architecture is needed", "give amd64, arm64 or both"),
    })
    .optional();

/** The schema behind {@link ImageSource}. */
export const imageSource = settings({
  tarballs: tarballs(
    setting(
      z.string().regex(/\.(tar|tar\.gz|tgz)$/),
      "must be the path of a .tar, .tar.gz or .tgz file made with docker save",
      "give its path on the machine that runs Pulumi",
    ),
  ),
  hostTarballs: tarballs(
    setting(
      z.string().regex(/^(\/(?!\.{1,2}\/)[^\s:/]+)+\.(tar|tar\.gz|tgz)$/),
      "must be the absolute path of a .tar, .tar.gz or .tgz file made with docker save, without spaces or colons",
      "give its path on the hosts, like /opt/images/odc.tar.gz",
    ),
  ),
  reference: setting(
    z.string().regex(/^[a-z0-9]+([._/:-][a-z0-9]+)*(:[\w][\w.-]{0,127})?(@sha256:[a-f0-9]{64})?$/),
    "must be an image reference",
    'write it like "oceanbase/odc:4.3.1" or "registry.example.com:5000/odc:4.3.1"',
  ).optional(),
}).refine(
  ({ tarballs, hostTarballs, reference }) =>
    [tarballs, hostTarballs, reference].filter((given) => given !== undefined).length === 1,
  {
    message: sentence(
      "exactly one of tarballs, hostTarballs and reference must be given",
      "give one and remove the others",
    ),
  },
);
