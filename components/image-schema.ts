import { z } from "zod";
import { flag } from "./rules";
import { sentence, setting, settings } from "./validation";

const tarballs = (path: z.ZodType<string>) =>
  settings({ amd64: path.optional(), arm64: path.optional() })
    .refine((given) => given.amd64 ?? given.arm64, {
      message: sentence("at least one architecture is needed", "give amd64, arm64 or both"),
    })
    .optional();

/** The schema behind `ImageSource`. */
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
  pull: flag.optional(),
})
  .refine(
    ({ tarballs, hostTarballs, reference }) =>
      [tarballs, hostTarballs, reference].filter((given) => given !== undefined).length === 1,
    {
      message: sentence(
        "exactly one of tarballs, hostTarballs and reference must be given",
        "give one and remove the others",
      ),
    },
  )
  .refine(({ reference, pull }) => pull === undefined || reference !== undefined, {
    path: ["pull"],
    message: sentence("only an image that is named by its reference is pulled, or not", "remove it"),
  });

/** Whether it may turn out to be another one than that which a host has by the same name. */
export const couldBeAnother = ({ reference, pull }: { reference?: string; pull?: boolean }): boolean =>
  reference !== undefined && pull !== false;

/** What of the images of a deployment that takes over what is there. */
export const mustNotPull = {
  rule: "what runs goes on with the image it has, and its registry may have another one by the same name",
  fix: "give pull: false beside the reference, or tarballs of that image",
};
