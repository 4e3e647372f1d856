import { existsSync, lstatSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { checkLabName, type HostName } from "./name";

/** Root of the checkout that this file belongs to, or the build of it. */
export const REPO_ROOT = rootAbove(__dirname);

function rootAbove(directory: string): string {
  return existsSync(join(directory, "Pulumi.yaml")) ? directory : rootAbove(dirname(directory));
}

/** Directory of the image definitions. */
export const IMAGES_DIR = join(REPO_ROOT, "lab/images");

/** What outlives labs: root filesystem, image tarballs, the lock, records of the dockerd that the lab started. */
export function cacheDir(): string {
  const base = process.env["XDG_CACHE_HOME"];
  return join(base !== undefined && base !== "" ? base : join(homedir(), ".cache"), "dbha-lab");
}

/** Runtime files of one lab. All paths are absolute. */
export interface LabPaths {
  directory: string;
  record: string;
  inventory: string;
  knownHosts: string;
  privateKey: string;
  hostKey: (host: HostName, kind: string) => string;
  metadbPassword: string;
  /** `ADDRESS:PORT` of the MetaDB, as OBProxy is told it. */
  metadbServer: string;
  /** A free address with the length of its prefix, for a virtual IP. */
  virtualIp: string;
  images: string;
  packages: string;
  /** Packages of DolphinDB. */
  servers: string;
  state: string;
}

export function labPaths(name: string): LabPaths {
  const directory = join(REPO_ROOT, ".lab", checkLabName(name));
  return {
    directory,
    record: join(directory, "lab.json"),
    inventory: join(directory, "hosts.yaml"),
    knownHosts: join(directory, "known_hosts"),
    privateKey: join(directory, "id_ed25519"),
    hostKey: (host, kind) => join(directory, "host-keys", `${host}_${kind}`),
    metadbPassword: join(directory, "metadb.password"),
    metadbServer: join(directory, "metadb.server"),
    virtualIp: join(directory, "virtual-ip"),
    images: join(directory, "images"),
    packages: join(directory, "packages"),
    servers: join(directory, "servers"),
    state: join(directory, "state"),
  };
}

/** True for anything at `path`, a dangling link included. */
export function isPresent(path: string): boolean {
  return existsSync(path) || lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
