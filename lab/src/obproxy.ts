import { OBPROXY_IMAGES } from "./images";
import { PackageSet } from "./package-set";

/** Packages that the lab offers, as in the image's Dockerfile. */
export const PACKAGES = ["obproxy-4.2.3", "obproxy-4.3.0"] as const;
export type PackageName = (typeof PACKAGES)[number];

export const packageFile = (name: PackageName): string => `${name}.tar.gz`;

/** They are the same in each of the images. */
export const OBPROXY_PACKAGES = new PackageSet(OBPROXY_IMAGES[0], PACKAGES.map(packageFile));
