import type { SeenHost } from "../look/seen";
import type { Backup } from "../model/ends";
import type { BackupStatus, EndStatus } from "../status";

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
