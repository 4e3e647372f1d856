import { renderProcedures } from "../procedures";
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

/** Procedures of one software beside those that all have. */
export interface MoreProcedures {
  /** What they need to know, by the names of their variables. */
  values: Record<string, string>;
  /** Functions of POSIX sh. */
  functions: string;
}

/**
 * The procedures as one POSIX sh script for the input of `sh -s PROCEDURE`, so that no secret stands in an argument list:
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
 */
export const renderMetaDbScript = (procedure: MetaDbProcedure, more?: MoreProcedures): string =>
  rendered(procedure, functions, more);

/**
 * The same with `look` alone, and what another software has beside it: such a script goes to hosts at every run.
 * `further` of these says what is to be told beyond that: members of the object, each after a comma.
 */
export const renderMetaDbLook = (procedure: MetaDbProcedure, more?: MoreProcedures): string =>
  rendered(procedure, questions, more);

/** The procedures of another software alone: they have sessions and messages in common with the others. */
export const renderMetaDbQuestion = (procedure: MetaDbProcedure, more: MoreProcedures): string =>
  rendered(procedure, basis, more);

/** `prepare` alone. */
export const renderMetaDbPrepare = (procedure: MetaDbProcedure): string => rendered(procedure, `${basis}${prepare}`);

function rendered(procedure: MetaDbProcedure, procedures: string, more?: MoreProcedures): string {
  const { metaDb, databases, version, directory, name, keep = 0, file = "" } = procedure;
  const values = {
    options: clientOptions(metaDb),
    databases: databases.join(" "),
    version_database: version?.database ?? databases[0] ?? "",
    version_table: version?.table ?? "",
    version_query: version?.query ?? "",
    directory,
    name,
    keep: String(keep),
    file,
    ...more?.values,
  };
  return renderProcedures(values, `${procedures}${more?.functions ?? ""}`);
}

const basis = [base, messages].join("");
const functions = [base, messages, contents, prepare, trial, backup, attempt, restore, look].join("");
const questions = [base, messages, look].join("");
