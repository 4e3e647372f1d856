/** How bad it is: what a monitor is told. */
export type Level = "ok" | "warning" | "critical";

/** Something that somebody should know, or do something about. */
export interface Finding {
  level: Exclude<Level, "ok">;
  /** Name of the deployment; empty of what concerns the stack or a host. */
  deployment: string;
  /** Name of the host; empty of what is on none, or several. */
  host: string;
  /** What was found, in a sentence without a full stop. */
  problem: string;
}

export interface HostStatus {
  name: string;
  address: string;
  /** "lost" is one that the stack has marked so. */
  state: "reached" | "unreachable" | "lost";
  /** Why it was not reached; empty where it was. */
  problem: string;
}

/** What runs on one host for one purpose. */
export interface PartStatus {
  /** "node", "nginx", "virtual IP", "data node", … */
  part: string;
  /** Which layer of the deployment it belongs to. */
  layer: string;
  /** Its alias, of nodes of DolphinDB; else empty. */
  alias: string;
  host: string;
  /** Address and port; empty where the state does not know. */
  endpoint: string;
  /** What it says of its version now, else as of the last `up`; empty where nobody knows. */
  version: string;
  /** "unreachable" is one whose host was not reached, "lost" one whose host is marked so. */
  health: "healthy" | "unhealthy" | "unreachable" | "lost";
  /** What is wrong with it; empty where nothing is. */
  problem: string;
  /** Whether it leads its cluster, or has its virtual IP; of others null. */
  leads: boolean | null;
}

export interface VirtualIpStatus {
  name: string;
  address: string;
  /** Hosts that may have it. */
  hosts: string[];
  /** Hosts that have it: one, when all is well. */
  holders: string[];
}

/** When something ends. */
export interface EndStatus {
  /** Name of the certificate; empty of a licence. */
  name: string;
  /** ISO 8601; of a licence the last second of its last day, in UTC. */
  end: string;
  /** Whole days until then, negative when it is over. */
  daysLeft: number;
}

/** The certificate that a server shows to who connects to it. */
export interface ServedStatus {
  /** "nginx" or "node". */
  part: string;
  host: string;
  /** Address and port of the server. */
  endpoint: string;
  /** Name of the certificate that was deployed there; empty of one that the stack did not make or check. */
  certificate: string;
  /**
   * The "deployed" one; an "other", as it was not taken over, or another program answers; its "own" of a container that was taken
   * over as it was made by hand; "unknown" where nobody could see.
   */
  shows: "deployed" | "other" | "own" | "unknown";
  /** Why it could not be seen; empty where it was, or its host was not reached. */
  problem: string;
  /** When the one ends that it shows, ISO 8601; empty where that is unknown. */
  end: string;
  /** Whole days until then, negative when it is over. */
  daysLeft: number | null;
  /** SHA-256 of the one that it shows, as `AB:CD:…`; empty where that is unknown. */
  fingerprint: string;
  /** The same of the one that was deployed. */
  deployedEnd: string;
  deployedFingerprint: string;
  /** Command on its host by which it takes over what was deployed. */
  reload: string;
}

export interface BackupStatus {
  /** Host that has it. */
  host: string;
  /** Its file. */
  path: string;
  /** In bytes. */
  bytes: number;
  tables: number;
  /** Version of the schema that is in it. */
  version: string;
  /** "restored" into a scratch database, "inspected", or "none". */
  proof: "restored" | "inspected" | "none";
  /** When it was proven, ISO 8601; empty where it was not. */
  provenAt: string;
  /** Whether the file lies on its host now; null where that was not seen. */
  there: boolean | null;
}

/** A backup of DolphinDB's metadata, made before an upgrade; it counts once it was read back and was equal to what it was made of. */
export interface MetadataBackupStatus {
  name: string;
  /** Directory on each host. */
  directory: string;
  /** Hosts that have their parts of it. */
  hosts: string[];
  /** Version of DolphinDB that it takes the cluster back to. */
  version: string;
  /** When it was made and proven, ISO 8601. */
  provenAt: string;
  /** Whether every host has its part now; null where that was not seen. */
  there: boolean | null;
}

export interface DeploymentStatus {
  /** Its component without the package: `OdcHaDeployment`; empty of resources outside components. */
  type: string;
  name: string;
  /** What people call it: "ODC". */
  title: string;
  /** Who uses it: "browsers". */
  clients: string;
  /** Where they go. */
  endpoints: string[];
  level: Level;
  /** Alias of the controller that leads, empty where none does; null of what has no leader. */
  leader: string | null;
  parts: PartStatus[];
  virtualIps: VirtualIpStatus[];
  certificates: EndStatus[];
  /** Certificates as servers show them. */
  served: ServedStatus[];
  license: EndStatus | null;
  /** The last one; null where there is none. */
  backup: BackupStatus | null;
  /** The last one of DolphinDB's metadata; null where there is none. */
  metadataBackup: MetadataBackupStatus | null;
  /** What it uses and is not of it, such as a MetaDB; not looked at. */
  uses: { name: string; address: string; by: string }[];
}

/** A resource that is not as it was deployed. */
export interface DriftStatus {
  deployment: string;
  host: string;
  type: string;
  name: string;
  /** Whether it is not there at all. */
  gone: boolean;
  /** Where it differs; nothing of the values is told. */
  paths: string[];
}

/** How a stack is. `dbha status --json` prints this; fields are added, and those that are there keep their meaning. */
export interface Status {
  /** Of this form. */
  version: 1;
  project: string;
  stack: string;
  /** When the look began, ISO 8601. */
  time: string;
  /** When the state was written last, ISO 8601; empty where it does not say. */
  deployed: string;
  level: Level;
  /** The worst first. */
  findings: Finding[];
  hosts: HostStatus[];
  deployments: DeploymentStatus[];
  drift: DriftStatus[];
}

/** What the command ends with, as monitors of the Nagios kind expect it. */
export const EXIT_CODES: Record<Level, number> = { ok: 0, warning: 1, critical: 2 };

export const worst = (levels: Level[]): Level =>
  levels.includes("critical") ? "critical" : levels.includes("warning") ? "warning" : "ok";
