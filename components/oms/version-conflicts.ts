import type { Conflict } from "../conflicts";
import { compareVersions } from "../../provider/resources/version";
import type { OmsSettings } from "./schema";
import { hasDrcUser, hasPorts, needsDrcUser, omsVersion, versionOfReference } from "./versions";

/** What the given version has not, or needs. */
export function versionConflicts<H>(args: OmsSettings<H>): Conflict[] {
  const { version, ports, drc, upgradeFrom, image } = args;
  // one that is no version is told by itself
  const known = omsVersion(version);
  if (known === undefined || known !== version) return [];
  const found: Conflict[] = [];
  const tagged = versionOfReference(image.reference ?? "");
  if (tagged !== undefined && compareVersions(tagged, version) !== 0)
    found.push({
      path: ["image", "reference"],
      rule: `its tag tells version ${tagged}, and version is ${version}`,
      fix: "mend the one that is wrong",
    });
  if (!hasPorts(version))
    found.push(
      ...Object.keys(ports).map((name) => ({
        path: ["ports", name],
        rule: `OMS ${version} has fixed ports; they can be set since 4.2.2`,
        fix: "remove it",
      })),
    );
  if (drc !== undefined && !hasDrcUser(version))
    found.push({
      path: ["drc", "user"],
      rule: `config.yaml has no drc_user since 4.1.1, and version is ${version}`,
      fix: "remove drc; the user is given in the console, with each data source",
    });
  if (drc === undefined && needsDrcUser(version))
    found.push({
      path: ["drc"],
      rule: `OMS ${version} needs the user that reads incremental logs (drc_user)`,
      fix: "create it in the tenant sys of the clusters that are migrated, and give user and password",
    });
  if (
    upgradeFrom !== undefined &&
    omsVersion(upgradeFrom) === upgradeFrom &&
    compareVersions(upgradeFrom, version) >= 0
  )
    found.push({
      path: ["upgradeFrom"],
      rule: `must be an earlier version than version, ${version}`,
      fix: "give the version that runs before the upgrade, or remove it",
    });
  return found;
}
