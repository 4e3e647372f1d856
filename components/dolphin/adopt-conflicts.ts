import { adoptionConflicts } from "../adopt/conflicts";
import type { Conflict } from "../conflicts";
import type { DolphinSettings } from "./schema";

/** What a cluster that was made by hand cannot have: its directory tells where all is, and stays. */
export function placeConflicts<H>({ clusterDemo, directory, keepData }: DolphinSettings<H>): Conflict[] {
  if (clusterDemo === undefined) return [];
  const found: Conflict[] = [];
  if (directory !== undefined)
    found.push({
      path: ["directory"],
      rule: "the nodes' home is the directory data in clusterDemo.directory",
      fix: "leave one of the two out",
    });
  if (!keepData)
    found.push({
      path: ["keepData"],
      rule: "what was there before the deployment is never removed by it",
      fix: "leave it out, and remove clusterDemo by hand when the cluster is gone",
    });
  return found;
}

/** What a deployment that takes over what runs must have, and cannot have. */
export function adoptConflicts<H>(args: DolphinSettings<H>): Conflict[] {
  const { adopt, clusterDemo, adminPassword, rollback } = args;
  if (!adopt) return [];
  const found: Conflict[] = [];
  if (clusterDemo === undefined)
    found.push({
      path: ["clusterDemo"],
      rule: "what runs has its directory and its user",
      fix: "give clusterDemo.directory and clusterDemo.user as it has them",
    });
  if (adminPassword === undefined)
    found.push({
      path: ["adminPassword"],
      rule: "a random one would lock out who knows the one in force",
      fix: "give that one, or, where it is the engine's own 123456, the one that is to take its place",
    });
  return [...found, ...adoptionConflicts([], rollback)];
}
