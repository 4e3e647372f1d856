import type { MetaDbDemands } from "../metadb/preflight";
import type { MetaDbProcedure } from "../metadb/script";
import type { OdcMetaDb } from "./environment";

/** ODC's one database, and how it records the versions that it has migrated to. */
export const procedureOf = (metaDb: OdcMetaDb): Pick<MetaDbProcedure, "metaDb" | "databases" | "version"> => ({
  metaDb,
  databases: [metaDb.database],
  version: {
    table: "migrate_schema_history",
    query: "SELECT version FROM migrate_schema_history WHERE version IS NOT NULL",
  },
});

/** What ODC's nodes ask of it. Their pools hold 110 connections each, and three more at the first start; the rest is a reserve. */
export const demandsOf = (metaDb: OdcMetaDb): MetaDbDemands => ({
  metaDb,
  databases: { "metaDb.database": metaDb.database },
  connectionsPerNode: 115,
});
