import type { MetaDbBackup } from "../../../components/metadb/types";
import type { Placed } from "./placed";

/** A server certificate. */
export interface Certificate {
  name: string;
  /** When it ends, ISO 8601. */
  end: string;
}

/** A licence of DolphinDB. */
export interface License {
  /** URN of the resource that reads it. */
  urn: string;
  /** Its last day as of the last `up`, as 2042-01-01. */
  end: string;
}

/** A backup, and the host that has it; empty where it is not known. */
export interface Backup extends MetaDbBackup {
  host: string;
}

export const certificatesIn = (placed: Placed[]): Certificate[] =>
  placed.flatMap(({ resource: { type, outputs }, name }) =>
    type === "dbha:index:Certificate" && typeof outputs.expires === "string" ? [{ name, end: outputs.expires }] : [],
  );

export function licenseOf(placed: Placed[]): License | undefined {
  const license = placed.find(({ resource }) => resource.type === "dbha:index:DolphinLicense")?.resource;
  const end = license?.outputs.end;
  return license && typeof end === "string" && end !== "" ? { urn: license.urn, end } : undefined;
}

/** The last backup that a component tells of; null where it makes backups and none was due yet. */
export function lastBackup(placed: Placed[], { backups }: Record<string, unknown>): Backup | null | undefined {
  // DolphinDB's are of the metadata alone, by name, and prove themselves when they are made
  if (!Array.isArray(backups) || backups.some((one) => typeof one === "string")) return undefined;
  const directory = placed.find(
    ({ resource, name }) => resource.type === "dbha:index:Directory" && name.includes("-backup-dir-"),
  );
  if (directory === undefined) return undefined;
  const last = (backups as MetaDbBackup[]).at(-1);
  return last === undefined ? null : { ...last, host: directory.hosts[0] ?? "" };
}
