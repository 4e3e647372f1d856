import type { SeenHost, SeenResource } from "../look/seen";
import type { Backup, MetadataBackup } from "../model/ends";
import type { BackupStatus, EndStatus, MetadataBackupStatus } from "../status";

const DAY = 86_400_000;

/** From then on the end of a certificate or licence is warned of, in days. */
export const WARNING_DAYS = 30;

/** @param end ISO 8601 */
export function endStatus(name: string, end: string, now: number): EndStatus {
  return { name, end: new Date(end).toISOString(), daysLeft: Math.floor((Date.parse(end) - now) / DAY) };
}

/** A licence is good until its last day is over. @param lastDay as 2042-01-01 */
export const licenseEnd = (lastDay: string, now: number): EndStatus =>
  endStatus("", new Date(Date.parse(lastDay) + DAY - 1000).toISOString(), now);

export function backupStatus(backup: Backup, seen: SeenHost | undefined): BackupStatus {
  const { host, path, bytes, tables, version, proof = "none", provenAt = "" } = backup;
  const isKnown = seen?.state === "reached" && seen.files.has(path);
  const there = isKnown ? seen.files.get(path) !== undefined : null;
  return { host, path, bytes, tables, version, proof, provenAt, there };
}

/** When a backup was made, and of which version: `20261129T180000Z-3.00.4.1`. */
const NAME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-(.+)$/;

export function metadataStatus(backup: MetadataBackup, seen: SeenResource | undefined): MetadataBackupStatus {
  const { name, directory, hosts } = backup;
  const [, year, month, day, hour, minute, second, version = ""] = NAME.exec(name) ?? [];
  const provenAt = year === undefined ? "" : `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const found = seen?.state === "found" ? seen.properties.wayBack : undefined;
  return { name, directory, hosts, version, provenAt, there: Array.isArray(found) ? found.includes(name) : null };
}
