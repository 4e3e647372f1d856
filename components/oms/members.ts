import type { Host } from "../host";
import { isDefaultRegion } from "./regions";
import type { OmsSettings } from "./schema";

export type Region = OmsSettings<Host>["regions"][number];

/** A node with its region. */
export interface Member {
  host: Host;
  region: Region;
}

/** All nodes, those of the default region first. */
export function membersOf(settings: OmsSettings<Host>): Member[] {
  const first = settings.regions[defaultRegion(settings)] as Region;
  const regions = [first, ...settings.regions.filter((region) => region !== first)];
  return regions.flatMap((region) => region.nodes.map((host) => ({ host, region })));
}

export const hostsOf = (members: Member[]): Host[] => members.map(({ host }) => host);

/** Its place among the regions. */
export const defaultRegion = (settings: OmsSettings<Host>): number =>
  settings.regions.findIndex((region) => isDefaultRegion(settings, region));
