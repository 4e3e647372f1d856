/** How a MetaDB is reached, its values known. */
export interface MetaDbConnection {
  host: string;
  port: number;
  username: string;
  password: string;
}

/** What tells the version of a schema, in one of the databases. */
export interface MetaDbVersion {
  /** The database to ask; the first one when left out. */
  database?: string;
  /** The table without which the version is unknown. */
  table: string;
  /** A query whose rows are versions; the highest counts. */
  query: string;
}

/** How well a backup was proven before it was given its name. */
export const BackupProof = {
  /** It was restored into a scratch database, and what came out compared with what had been dumped. */
  Restored: "restored",
  /** The user may create no scratch database: the dump was looked through for what a restore is known to fail at. */
  Inspected: "inspected",
} as const;
export type BackupProof = (typeof BackupProof)[keyof typeof BackupProof];

/** A backup of a MetaDB. */
export interface MetaDbBackup {
  /** Where it lies on the host that made it: SQL, gzipped. Empty when there was nothing to back up. */
  path: string;
  /** Its size in bytes. */
  bytes: number;
  /** How many tables it has. */
  tables: number;
  /** Version of the MetaDB's schema, by the software's own record of its migrations; "unknown" when there is none. */
  version: string;
  /** Which databases it has. Missing for a backup made before backups told so. */
  databases?: string[];
  /** Those of the deployment that had no tables then, or were not there: a restore leaves nothing in them. */
  empty?: string[];
  /** How it was proven: "restored" or "inspected". Missing for a backup made before backups were proven. */
  proof?: BackupProof;
  /** When it was proven, ISO 8601. */
  provenAt?: string;
  /** How many views it has. */
  views?: number;
  /** How many rows its tables have, counted where it was restored. */
  rows?: number;
  /** SHA-256 over each table's name, rows and checksum, taken where it was restored; does not depend on the client tools. */
  checksum?: string;
  /** The statement that lets the next backup be restored for its proof; only where it was "inspected". */
  missingGrant?: string;
}

/** What a procedure says whose backup failed, where that is an answer. */
export interface MetaDbFailure {
  /** Why, and the fix: what the backup would have failed with. */
  problem: string;
}

/** What was made for a first deployment. */
export interface MetaDbPrepared {
  /** The databases that were not there. */
  made: string[];
}
