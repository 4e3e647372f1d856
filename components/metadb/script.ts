import { renderProcedures } from "../procedures";
import { ShellLibrary } from "../shell-library";
import { clientOptions } from "./options";
import { attempt } from "./sh/attempt";
import { backup } from "./sh/backup";
import { base } from "./sh/base";
import { contents } from "./sh/contents";
import { look } from "./sh/look";
import { messages } from "./sh/messages";
import { prepare } from "./sh/prepare";
import { restore } from "./sh/restore";
import { trial } from "./sh/trial";
import type { MetaDbConnection, MetaDbVersion } from "./types";

/** What a procedure on a MetaDB needs to know. */
export interface MetaDbProcedure {
  metaDb: MetaDbConnection;
  /** The databases that belong to it, at least one: a backup has them all. */
  databases: string[];
  /** What tells the version of its schema. */
  version?: MetaDbVersion;
  /** Where backups lie. */
  directory: string;
  /** Backups of this deployment start with it. */
  name: string;
  /** How many backups `list` leaves. */
  keep?: number;
  /** The backup that `check` and `restore` are about. */
  file?: string;
}

/** The functions of all procedures on a MetaDB. */
export const metaDbLibrary = new ShellLibrary(
  ...[base, messages, contents, prepare, trial, backup, attempt, restore, look],
);

/**
 * Procedures as one POSIX sh script for the input of `sh -s PROCEDURE`, so that no secret stands in an argument list:
 * - `prepare` makes the databases that are not there; says which, as `MetaDbPrepared`
 * - `backup` dumps the databases, proves the dump and then gives it its name; says `MetaDbBackup`
 * - `attempt` does the same, and where that fails it says `MetaDbFailure` and ends well
 * - `newest` says the same of the newest backup, without making one
 * - `list` removes the oldest backups but for `keep`; says a list of `MetaDbBackup`
 * - `look` says what `MetaDbLook` has, and makes nothing of it
 * - `check` proves that `file` can be restored
 * - `restore` does so and puts `file` in place of all that is in the databases; says the path
 * - `restored` says the path
 *
 * Each may be killed at any time and run again.
 * @param wanted those that may be called: the script has no others.
 */
export const renderMetaDbScript = (procedure: MetaDbProcedure, wanted: string[]): string =>
  renderProcedures(metaDbValues(procedure), metaDbLibrary, wanted);

/** What the procedures read, by the names of their variables. */
export function metaDbValues(procedure: MetaDbProcedure): Record<string, string> {
  const { metaDb, databases, version, directory, name, keep = 0, file = "" } = procedure;
  return {
    options: clientOptions(metaDb),
    databases: databases.join(" "),
    version_database: version?.database ?? databases[0] ?? "",
    version_table: version?.table ?? "",
    version_query: version?.query ?? "",
    directory,
    name,
    keep: String(keep),
    file,
  };
}
