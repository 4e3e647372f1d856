import type { OmsMetaDbRegion } from "./metadb";

/** What nodes go through before the MetaDB has what the arguments say. It lies on a host and in triggers, and so tells itself from others. */
export interface CmPlan {
  /** When it was made, ISO 8601; empty where there has been none. */
  made: string;
  /** Addresses of the nodes whose services are stopped, as their region's CM gets another address. */
  stopped: string[];
  /** Addresses of the nodes that are initialised anew, as the MetaDB lacks rows that this makes. */
  again: string[];
}

/** What the MetaDB has, and what the last plan was. */
export interface CmFound {
  clusters: { location: number; url: string }[];
  hosts: { location: number; ip: string }[];
  /** The last plan as it was noted. */
  plan: string;
  /** Whether it has not come to its end. */
  open: boolean;
}

/** The plan that is due, or the last one, and what is told of it. */
export interface CmNext {
  plan: CmPlan;
  /** The regions whose CM gets another address, with the one that the MetaDB has, and whether the other must lead there first. */
  moving: { region: OmsMetaDbRegion; from: string; isProven: boolean }[];
  /** A line each; none where nothing is due. */
  reasons: string[];
}

/**
 * What is to be done about addresses and rows.
 * @param regions as the MetaDB must have them.
 * @param serving addresses of the nodes whose services run: others are initialised in any case.
 * @param proven locations of regions with a node that serves, to which another address can lead before it is stopped.
 * @param now ISO 8601.
 */
export function nextPlan(
  found: CmFound,
  regions: OmsMetaDbRegion[],
  serving: Set<string>,
  proven: Set<number>,
  now: string,
): CmNext {
  const moving = regions.flatMap((region) => {
    const row = found.clusters.find(({ location }) => location === region.location);
    return row === undefined || isSameUrl(row.url, region.cmUrl)
      ? []
      : [{ region, from: row.url, isProven: proven.has(region.location) }];
  });
  const again = regions.flatMap((region) => withoutRows(found, region, serving));
  const reasons = [
    ...moving.map(
      ({ region: { location, cmUrl, nodes }, from, isProven }) =>
        `region ${location}: the CM's address was ${from} and becomes ${cmUrl}: ${isProven ? "nothing is stopped before that leads to CM and console; then " : ""}the services of ${nodes.join(", ")} are stopped, four tables of the MetaDB backed up, the region's row in cluster_info is deleted, and the nodes are initialised anew`,
    ),
    ...again.map((ip) => `node ${ip}: the MetaDB lacks rows of it or its region, so it is initialised anew`),
    ...(found.open && moving.length === 0
      ? ["what an earlier run began about the CM's address is brought to its end"]
      : []),
  ];
  const stopped = moving.flatMap(({ region }) => region.nodes);
  const plan = reasons.length === 0 ? planIn(found.plan) : { made: now, stopped, again };
  return { plan, moving, reasons };
}

/** OMS is not known to tell one with a slash at its end from one without. */
export const isSameUrl = (one: string, other: string): boolean => one === other || one === `${other}/`;

/** Nodes that serve, though the MetaDB does not have them; where it lacks the region, one of them is enough. */
function withoutRows({ clusters, hosts }: CmFound, region: OmsMetaDbRegion, serving: Set<string>): string[] {
  const nodes = region.nodes.filter((ip) => serving.has(ip));
  const isKnown = clusters.some(({ location }) => location === region.location);
  const missing = nodes.filter((ip) => !hosts.some((one) => one.location === region.location && one.ip === ip));
  return isKnown || missing.length > 0 ? missing : nodes.slice(0, 1);
}

/** One that cannot be read is none. */
function planIn(text: string): CmPlan {
  try {
    const { made, stopped, again } = JSON.parse(text) as CmPlan;
    return { made, stopped, again };
  } catch {
    return { made: "", stopped: [], again: [] };
  }
}
