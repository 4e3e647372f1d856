import type { Host } from "../host";
import type { MetaDbDemands } from "../metadb/preflight";
import { heartbeatDatabases, type OmsMetaDbValues } from "./region-values";
import type { OmsSettings } from "./schema";

/** What OMS's nodes ask of their MetaDB. How many connections they hold is not known. */
export const demandsOf = (
  settings: OmsSettings<Host>,
  { rmDatabase, cmDatabase, ...metaDb }: OmsMetaDbValues,
): MetaDbDemands => ({
  metaDb,
  databases: {
    "metaDb.rmDatabase": rmDatabase,
    "metaDb.cmDatabase": cmDatabase,
    ...Object.fromEntries(heartbeatDatabases(settings).map((name, i) => [`regions[${i}].heartbeatDatabase`, name])),
  },
  connectionsPerNode: 0,
  makesDatabases: true,
});
