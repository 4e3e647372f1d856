import { architecture } from "./docker";
import { DOLPHINDB_IMAGE, DOLPHINDB_VERSIONS, type DolphindbVersion } from "./images";
import { PackageSet } from "./package-set";

const SYSTEMS: Readonly<Record<string, string>> = { amd64: "Linux64", arm64: "ARM64" };

/** Name of a version's package, as the vendor calls it. */
export const serverFile = (version: DolphindbVersion): string =>
  `DolphinDB_${SYSTEMS[architecture()] ?? architecture()}_V${version}.zip`;

/** Server packages of the stand-in. */
export const DOLPHINDB_PACKAGES = new PackageSet(DOLPHINDB_IMAGE, DOLPHINDB_VERSIONS.map(serverFile));
