import type { MetaDbBackup } from "../../../components/metadb/types";
import type { Host } from "../../../provider/kinds/fields";
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

/** A backup of DolphinDB's metadata, of which every host has a part. */
export interface MetadataBackup {
  /** URN of the resource that knows which there are. */
  urn: string;
  name: string;
  directory: string;
  hosts: string[];
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

/** The last one as of the last `up`. */
export function metadataBackupOf(placed: Placed[]): MetadataBackup | undefined {
  const server = placed.find(({ resource }) => resource.type === "dbha:index:DolphinServer")?.resource;
  const { wayBack } = server?.outputs ?? {};
  const [name] = Array.isArray(wayBack) ? (wayBack as string[]) : [];
  if (server === undefined || name === undefined) return undefined;
  const { backups, hosts } = server.inputs as { backups: string; hosts: { host: Host }[] };
  const living = hosts.filter(({ host }) => host.lost !== true);
  return { urn: server.urn, name, directory: backups, hosts: living.map(({ host }) => host.name) };
}

/** The last backup that a component tells of; null where it makes backups and none was due yet. */
export function lastBackup(placed: Placed[], { backups }: Record<string, unknown>): Backup | null | undefined {
  // those of DolphinDB's metadata are told by name alone
  if (!Array.isArray(backups) || backups.some((one) => typeof one === "string")) return undefined;
  const directory = placed.find(
    ({ resource, name }) => resource.type === "dbha:index:Directory" && name.includes("-backup-dir-"),
  );
  if (directory === undefined) return undefined;
  const last = (backups as MetaDbBackup[]).at(-1);
  return last === undefined ? null : { ...last, host: directory.hosts[0] ?? "" };
}
