import type { OmsConfig } from "./config-yaml";
import { cmUrlOf } from "./cm-url";
import { heartbeatDatabase, isDefaultRegion } from "./regions";
import type { OmsSettings } from "./schema";
import type { TsdbAccess } from "./tsdb";

/** What of the arguments may be an Output, its values known. */
export interface KnownInputs {
  metaDb: OmsConfig["metaDb"] & { rmDatabase: string; cmDatabase: string };
  drcPassword?: string;
  tsdb?: TsdbAccess;
  accessKey?: string;
  accessSecret?: string;
}

/**
 * What config.yaml of a region has.
 * @param nodes the addresses of the region's nodes.
 */
export function regionConfig<H>(
  settings: OmsSettings<H>,
  region: OmsSettings<H>["regions"][number],
  nodes: string[],
  known: KnownInputs,
): OmsConfig {
  const { drc, slsAudit, ports } = settings;
  const { rmDatabase: rm, cmDatabase: cm, ...metaDb } = known.metaDb;
  const heartbeat = heartbeatDatabase(settings, region) ?? "";
  const { tsdb, drcPassword = "", accessKey = "", accessSecret = "" } = known;
  return {
    metaDb,
    databases: { rm, cm, heartbeat },
    cm: {
      url: cmUrlOf(settings, region),
      location: region.location,
      region: region.region,
      regionCn: region.regionCn,
      isDefault: isDefaultRegion(settings, region),
      nodes,
    },
    ports,
    ...(drc && { drc: { user: drc.user, password: drcPassword } }),
    ...(tsdb && { tsdb }),
    ...(slsAudit && { slsAudit: { ...slsAudit, accessKey, accessSecret } }),
    settings: settings.settings,
  };
}
