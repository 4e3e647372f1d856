import { metaDbLibrary, metaDbValues, type MetaDbProcedure } from "../metadb/script";
import type { MetaDbConnection } from "../metadb/types";
import { renderProcedures } from "../procedures";
import { ShellLibrary } from "../shell-library";
import { IDLE_SECONDS, SILENT_SECONDS } from "./heart-beats";
import { ha } from "./sh/ha";
import { hostRow } from "./sh/host-row";
import { look } from "./sh/look";
import { move } from "./sh/move";
import { omsBase } from "./sh/base";
import { sequence } from "./sh/sequence";
import { strangers } from "./sh/strangers";
import { verify } from "./sh/verify";

/** A region as the MetaDB must have it. */
export interface OmsMetaDbRegion {
  /** Its code. */
  location: number;
  heartbeatDatabase: string;
  cmUrl: string;
  isDefault: boolean;
  /** Addresses of its nodes. */
  nodes: string[];
  /** Those of them that are lost: nothing is expected of them. */
  lost?: string[];
}

/** What a procedure on OMS's MetaDB needs to know. */
export interface OmsMetaDb {
  metaDb: MetaDbConnection;
  /** Databases that all regions share. */
  databases: { rm: string; cm: string };
  regions: OmsMetaDbRegion[];
}

/** The same with what one run is about. */
export interface OmsMetaDbProcedure extends OmsMetaDb, Pick<MetaDbProcedure, "directory" | "name" | "keep" | "file"> {
  /** The region that a procedure is about. */
  location?: number;
  /** Address of the node that leaves it. */
  node?: string;
}

/** What backups and restores are about: the shared databases and every region's own, with the record of versions. */
export const procedureOf = ({
  metaDb,
  databases: { rm, cm },
  regions,
}: OmsMetaDb): Pick<MetaDbProcedure, "metaDb" | "databases" | "version"> => ({
  metaDb,
  databases: [rm, cm, ...new Set(regions.map(({ heartbeatDatabase }) => heartbeatDatabase))],
  version: {
    database: rm,
    table: "oms_version",
    // such as 4.2.7-CE
    query: "SELECT SUBSTRING_INDEX(version, '-', 1) FROM oms_version",
  },
});

/** How long ago a heart beat was: it carries the time of the server's own zone, in which the sessions of long procedures are not. */
const AGE = "TIMESTAMPDIFF(SECOND, gmt_modified, NOW())";

/** Rows that one statement deletes of a table that has millions. */
const BATCH = 10_000;

/** The functions of every MetaDB's procedures and of OMS's own. */
export const omsMetaDbLibrary = new ShellLibrary(
  metaDbLibrary,
  ...[omsBase, ha, sequence, move, look, verify, strangers, hostRow],
);

/**
 * The procedures of every MetaDB, and OMS's own:
 * - `schema_version` says `OmsSchemaVersion`
 * - `ha_look` says `OmsHa`; `ha_off` switches HA off and notes when, `ha_on` switches it on again where it was; both say `OmsHaChange`
 * - `trim` leaves of each heatbeat_sequence the newest row; says `{"rows":N}`
 * - `move_cm` backs up the tables that have the CM's address and deletes the row of `location`, where that has another address, or
 *   puts them back where it is to have the former one again; says `OmsMove`. `attempt_move` does the same, and where that fails it
 *   says `MetaDbFailure` and ends well
 * - `move_back` puts these tables back as they were, until the move is settled; says `OmsMoveBack`
 * - `settle` ends moves, and removes the oldest of their backups but for `keep`
 * - `look` is asked at every run; it says `OmsLook`
 * - `verify` fails with all that is not as `regions` say; else it says `OmsVerified`
 * - `verify_url` fails where the row of `location` has another address
 * - `remove_host` deletes the rows of `node`, which has left `location`; says `OmsHostRows`. Where it cannot, or components have run
 *   there of late, it says on stderr that the row stays, and ends well
 * - `not_again` says `{}`
 *
 * Each may be killed at any time and run again.
 * @param wanted those that may be called: the script has no others.
 */
export const renderOmsMetaDbScript = (procedure: OmsMetaDbProcedure, wanted: string[]): string =>
  renderProcedures({ ...commonOf(procedure), ...valuesOf(procedure) }, omsMetaDbLibrary, wanted);

const commonOf = (procedure: OmsMetaDbProcedure): Record<string, string> => {
  const { directory, name, keep, file } = procedure;
  return metaDbValues({ ...procedureOf(procedure), directory, name, keep, file });
};

const valuesOf = ({ metaDb, databases, regions, location, node }: OmsMetaDbProcedure): Record<string, string> => ({
  rm_database: databases.rm,
  cm_database: databases.cm,
  regions: regions.map(lineOf).join("\n"),
  location: String(location ?? ""),
  batch: String(BATCH),
  node: node ?? "",
  server_name: `${metaDb.host}:${metaDb.port}`,
  age: AGE,
  silence: String(SILENT_SECONDS),
  idle: String(IDLE_SECONDS),
});

const lineOf = ({ location, heartbeatDatabase, cmUrl, isDefault, nodes, lost = [] }: OmsMetaDbRegion): string =>
  [location, heartbeatDatabase, cmUrl, isDefault ? 1 : 0, nodes.join(","), lost.join(",")].join(" ");
