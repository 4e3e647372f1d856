import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host";
import { scriptCommand, type MetaDbProcedures } from "../metadb/command";
import { renderMetaDbLook, renderMetaDbScript, type MetaDbProcedure } from "../metadb/script";
import type { MetaDbConnection } from "../metadb/types";
import { IDLE_SECONDS, SILENT_SECONDS } from "./heart-beats";
import { ha } from "./sh/ha";
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

/** Rows that one statement deletes of a table that has millions. */
const BATCH = 10_000;

/**
 * The procedures of every MetaDB, and OMS's own:
 * - `schema_version` says `OmsSchemaVersion`
 * - `ha_look` says `OmsHa`; `ha_off` switches HA off and notes when, `ha_on` switches it on again where it was; both say `OmsHaChange`
 * - `trim` leaves of each heatbeat_sequence the newest row; says `{"rows":N}`
 * - `move_cm` backs up the tables that have the CM's address and deletes the row of `location`, where that has another address, or
 *   puts them back where it is to have the former one again; says `OmsMove`. `attempt_move` does the same, and where that fails it
 *   says `MetaDbFailure` and ends well; `not_again` says `{}`
 * - `move_back` puts these tables back as they were, until the move is settled; says `OmsMoveBack`
 * - `settle` ends moves, and removes the oldest of their backups but for `keep`
 *
 * Each may be killed at any time and run again.
 */
export const renderOmsMetaDbScript = (procedure: OmsMetaDbProcedure): string =>
  renderMetaDbScript(commonOf(procedure), {
    values: { ...valuesOf(procedure), batch: String(BATCH) },
    functions: [omsBase, ha, sequence, move, look, verify].join(""),
  });

/**
 * What is asked of regions and nodes, and changes nothing:
 * - `verify` fails with all that is not as `regions` say; else it says `OmsVerified`
 * - `verify_url` fails where the row of `location` has another address
 */
export const renderOmsMetaDbQuestion = (procedure: OmsMetaDbProcedure): string =>
  renderMetaDbLook(commonOf(procedure), { values: valuesOf(procedure), functions: [omsBase, look, verify].join("") });

/**
 * What is asked at every run, and what is done about a node that has left:
 * - `look` says `OmsLook`
 * - `remove_host` deletes the rows of `node` in `location`; says `OmsHostRows`. Where it cannot, or components have run there of late,
 *   it says on stderr that the row stays, and ends well
 *
 * Each may be killed at any time and run again.
 */
export const renderOmsNodesScript = (procedure: OmsMetaDbProcedure): string =>
  renderMetaDbLook(commonOf(procedure), {
    values: { ...valuesOf(procedure), node: procedure.node ?? "", idle: String(IDLE_SECONDS) },
    functions: [omsBase, strangers].join(""),
  });

const commonOf = (procedure: OmsMetaDbProcedure): MetaDbProcedure => {
  const { directory, name, keep, file } = procedure;
  return { ...procedureOf(procedure), directory, name, keep, file };
};

const valuesOf = ({ metaDb, databases, regions, location }: OmsMetaDbProcedure): Record<string, string> => ({
  rm_database: databases.rm,
  cm_database: databases.cm,
  regions: regions.map(lineOf).join("\n"),
  location: String(location ?? ""),
  server_name: `${metaDb.host}:${metaDb.port}`,
  silence: String(SILENT_SECONDS),
});

const lineOf = ({ location, heartbeatDatabase, cmUrl, isDefault, nodes, lost = [] }: OmsMetaDbRegion): string =>
  [location, heartbeatDatabase, cmUrl, isDefault ? 1 : 0, nodes.join(","), lost.join(",")].join(" ");

/** A procedure on OMS's MetaDB that runs on a host. */
export const omsMetaDbCommand = (
  name: string,
  host: Host,
  procedures: MetaDbProcedures,
  triggers: pulumi.Input<string>[],
  procedure: pulumi.Input<OmsMetaDbProcedure>,
  opts: pulumi.CustomResourceOptions,
): command.remote.Command => {
  const script = pulumi.output(procedure).apply((known) => renderOmsMetaDbScript(known as OmsMetaDbProcedure));
  return scriptCommand(name, host, procedures, triggers, script, opts);
};
