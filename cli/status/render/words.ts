import type { BackupStatus, EndStatus, MetadataBackupStatus, PartStatus, ServedStatus } from "../status";

/** A time for people: 2026-11-30 16:30:12 UTC. */
export const shownTime = (iso: string): string => (iso === "" ? "" : `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`);

/** When something ends: `2027-01-30, in 61 days`. */
export function shownEnd({ end, daysLeft }: Pick<EndStatus, "end" | "daysLeft">): string {
  const day = end.slice(0, 10);
  if (daysLeft < 0) return `${day}, over`;
  return daysLeft === 0 ? `${day}, today` : `${day}, in ${daysLeft} ${daysLeft === 1 ? "day" : "days"}`;
}

/** Who shows which certificate: `the deployed one: nginx on p2; another one: nginx on p3, ends 2026-12-10, in 9 days`. */
export function shownServed(served: ServedStatus[]): string {
  const by = ({ part, host }: ServedStatus): string => `${part} on ${host}`;
  const those = (wanted: ServedStatus["shows"]): ServedStatus[] => served.filter(({ shows }) => shows === wanted);
  const list = (what: string, all: string[]): string[] => (all.length === 0 ? [] : [`${what}: ${all.join(", ")}`]);
  const withEnd = (one: ServedStatus): string =>
    `${by(one)}, ends ${shownEnd({ end: one.end, daysLeft: one.daysLeft ?? 0 })}`;
  return [
    ...list("the deployed one", those("deployed").map(by)),
    ...list("another one", those("other").map(withEnd)),
    ...list("its own, as it was taken over", those("own").map(withEnd)),
    ...list("not seen", those("unknown").map(by)),
  ].join("; ");
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** A size: `3.1 MiB`. */
export function shownSize(bytes: number): string {
  const power = Math.min(bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10), UNITS.length - 1);
  const value = bytes / 1024 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${UNITS[power]}`;
}

/** A backup with its proof. */
export function shownBackup(backup: BackupStatus): string {
  const { host, path, bytes, tables, version, proof, provenAt, there } = backup;
  if (path === "") return "there was nothing to back up";
  const proofs = {
    restored: `restored for a proof on ${shownTime(provenAt)}`,
    inspected: "looked through, not restored",
    none: "not proven",
  };
  const where = there === false ? `was at ${path} on ${host}, and is gone` : `${path} on ${host}`;
  return `${where}, ${shownSize(bytes)}, ${tables} tables, schema ${version}, ${proofs[proof]}`;
}

/** A backup of DolphinDB's metadata with its proof. */
export function shownMetadata({ name, directory, hosts, version, provenAt, there }: MetadataBackupStatus): string {
  const place = `${directory} on ${hosts.join(", ")}`;
  const where =
    there === false ? `${name} was in ${place}, and is gone there or on some of them` : `${name} in ${place}`;
  return `${where}, metadata of ${version}, read back and compared on ${shownTime(provenAt)}`;
}

/** The health of a part, with what makes it special. */
export function shownHealth({ health, leads, layer }: PartStatus): string {
  if (leads !== true) return health;
  return `${health}, ${layer === "vip" ? "has it" : "leads"}`;
}
