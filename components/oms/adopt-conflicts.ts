import { adoptionConflicts } from "../adopt/conflicts";
import type { Conflict } from "../conflicts";
import type { OmsSettings } from "./schema";
import { containerNameOf, omsVersion, versionInName } from "./versions";

/** What a deployment that takes over what is there cannot have. */
export function adoptConflicts<H>(args: OmsSettings<H>): Conflict[] {
  const { adopt, image, rollback, tsdb, version, containerPrefix } = args;
  if (adopt !== true) return [];
  const found = adoptionConflicts([[image, ["image"]]], rollback);
  if (tsdb?.influxDb !== undefined)
    found.push({
      path: ["tsdb", "influxDb"],
      rule: "is a new one, and OMS goes on with the time-series database that it has",
      fix: "give url, username and password of that one; leave tsdb out where it has none",
    });
  // one that is no version is told by itself
  const isVersion = omsVersion(version) === version;
  if (isVersion && versionInName(containerNameOf(args), containerPrefix) !== version)
    found.push({
      path: ["version"],
      rule: "the container's name does not tell it, as its first two numbers have more than one digit, and a container that was made by hand has nothing else",
      fix: "leave adopt out, and deploy anew",
    });
  return found;
}
