import type { Conflict } from "../conflicts";
import type { OdpSettings } from "./schema";

/** User and directory that the hosts have already go together: a user of its own could not write into somebody else's directory. */
export function placeConflicts<H>({ package: from }: OdpSettings<H>): Conflict[] {
  const { user, dataDirectory } = from ?? {};
  if ((user === undefined) === (dataDirectory === undefined)) return [];
  const missing = user === undefined ? "user" : "dataDirectory";
  const fix = `give package.${missing} too, or neither of the two`;
  return [{ path: ["package", missing], rule: "user and dataDirectory are given together", fix }];
}

/** What a deployment that takes over what runs must have, and cannot have. */
export function adoptConflicts<H>({ adopt, image, package: from, observerSysPassword }: OdpSettings<H>): Conflict[] {
  if (!adopt) return [];
  const found: Conflict[] = [];
  if (image !== undefined)
    found.push({
      path: ["adopt"],
      rule: "takes processes over, and a container that was made by hand has no watchdog in it",
      fix: "leave adopt out, and deploy beside it on other ports or hosts",
    });
  if (from?.archive !== undefined)
    found.push({
      path: ["package", "archive"],
      rule: "is another program than the one that runs",
      fix: "give package.directory as it runs; an archive is an upgrade, afterwards",
    });
  if (from?.directory !== undefined && from.user === undefined && from.dataDirectory === undefined)
    found.push({
      path: ["package", "dataDirectory"],
      rule: "what runs has its user and its working directory",
      fix: "give package.user and package.dataDirectory as it has them",
    });
  if (observerSysPassword === undefined)
    found.push({
      path: ["observerSysPassword"],
      rule: "a random one would cut the proxies off from their cluster",
      fix: "give the one by which they ask it",
    });
  return found;
}
