import type { OmsSettings } from "./schema";

type Region<H> = OmsSettings<H>["regions"][number];

/** Whether a region's CM is the default one: the only region is, unless it says otherwise; of several the one that says so. */
export const isDefaultRegion = <H>({ regions }: Pick<OmsSettings<H>, "regions">, region: Region<H>): boolean =>
  region.default ?? regions.length === 1;

/** Its heartbeat database; undefined where one that is not the default region names none, which is refused. */
export const heartbeatDatabase = <H>(
  settings: Pick<OmsSettings<H>, "regions">,
  region: Region<H>,
): string | undefined =>
  region.heartbeatDatabase ?? (isDefaultRegion(settings, region) ? "oms_cm_heartbeat" : undefined);

/** The nodes' addresses (OMS_HOST_IP, cm_nodes), in the order of `nodes`. */
export const nodeAddresses = <H>(
  region: Region<H>,
  nameOf: (host: H) => string,
  addressOf: (host: H) => string | undefined,
): (string | undefined)[] => region.nodes.map((host) => region.nodeAddresses[nameOf(host)] ?? addressOf(host));
