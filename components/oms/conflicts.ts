import { type Conflict, type KnownHost, namedTwice } from "../conflicts";
import { adoptConflicts } from "./adopt-conflicts";
import { cmUrlConflicts } from "./cm-url-conflicts";
import { pathConflicts } from "./path-conflicts";
import { portConflicts } from "./port-conflicts";
import { regionConflicts } from "./region-conflicts";
import type { OmsSettings } from "./schema";
import { settingsConflicts } from "./settings-conflicts";
import { tsdbConflicts } from "./tsdb-conflicts";
import { versionConflicts } from "./version-conflicts";
import { virtualIpConflicts } from "./virtual-ip-conflicts";

/** Finds every conflict among arguments; those that fail their own rules are left out of it. */
export function conflicts<H>(args: OmsSettings<H>, known: KnownHost<H>): Conflict[] {
  return [
    ...lostConflicts(args, known),
    ...hostConflicts(args, known),
    ...regionConflicts(args, known),
    ...cmUrlConflicts(args, known),
    ...virtualIpConflicts(args, known),
    ...portConflicts(args, known),
    ...versionConflicts(args),
    ...settingsConflicts(args),
    ...tsdbConflicts(args, known),
    ...pathConflicts(args),
    ...adoptConflicts(args),
  ];
}

function lostConflicts<H>({ regions }: OmsSettings<H>, { isLost }: KnownHost<H>): Conflict[] {
  const lists = regions.flatMap(({ nodes, proxy }, i): [path: PropertyKey[], hosts: H[]][] => [
    [["regions", i, "nodes"], nodes],
    [["regions", i, "proxy", "hosts"], proxy?.hosts ?? []],
  ]);
  return lists.flatMap(([path, hosts]) =>
    hosts.length > 0 && hosts.every(isLost)
      ? [{ path, rule: "all of them are marked as lost", fix: "name a host that lives" }]
      : [],
  );
}

function hostConflicts<H>({ regions }: OmsSettings<H>, { nameOf }: KnownHost<H>): Conflict[] {
  return regions.flatMap(({ nodes, proxy }, i) => {
    const names = nodes.map(nameOf);
    const elsewhere = names.flatMap((name, n) => {
      const earlier = regions.slice(0, i).findIndex((one) => one.nodes.map(nameOf).includes(name));
      if (earlier < 0) return [];
      const rule = `runs a node of regions[${earlier}], and a host runs one`;
      return [{ path: ["regions", i, "nodes", n], rule, fix: "take it out of one of the regions" }];
    });
    return [
      ...namedTwice(names, ["regions", i, "nodes"], "each host can run one node"),
      ...elsewhere,
      ...namedTwice((proxy?.hosts ?? []).map(nameOf), ["regions", i, "proxy", "hosts"], "each host can run one nginx"),
    ];
  });
}
