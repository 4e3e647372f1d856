/** The lab for tests: start it, find its parts, act inside them without going through what is under test. */
import { join } from "node:path";
import { DOLPHINDB_VERSIONS, publishedImages, tarballLinkName, type DolphindbVersion } from "./images";
import { publicKeys, readSecrets } from "./keys";
import { machineOf, reachedAs } from "./machines";
import { memoryDamage } from "./memory";
import { METADB_DATABASE, METADB_PORT, METADB_USER, queryAsRoot } from "./metadb";
import { HOST_NAMES, type HostName } from "./name";
import { serverFile } from "./dolphindb";
import { packageFile, PACKAGES, type PackageName } from "./obproxy";
import { labPaths, REPO_ROOT } from "./paths";
import { readRecord } from "./record";
import { memberAddresses } from "./subnet";

export { exec, run, type ExecResult, type LabIdentity } from "./inside";
export type { HostName, MemberName } from "./name";

/** A host as the inventory describes it. */
export interface LabHost {
  name: HostName;
  address: string;
  port: number;
  user: string;
  sudo?: true;
  /** Pinned keys, "ssh-rsa AAAA…", RSA first. */
  hostKeys: string[];
}

export interface Lab {
  name: string;
  /** Absolute path of `.lab/NAME`. */
  directory: string;
  hosts: Record<HostName, LabHost>;
  /** Free addresses for virtual IPs begin at .100 of this /24. */
  subnet: string;
  privateKeyFile: string;
  knownHostsFile: string;
  /** hosts.yaml: `{hosts: [{name, address, port, user, sudo, hostKeys}]}`. */
  inventoryFile: string;
  /** `host` is the name that the lab's hosts know it by, `address` works from this machine too. */
  metadb: { host: string; address: string; port: number; username: string; database: string; password: string };
  /** Tarballs by name: "odc-4.3.1", "nginx", "oms-4.2.7", in tests' labs "odc-4.3.2", "obproxy-4.2.3" and others, with the tag that each one holds. */
  images: Record<string, { tarball: string; reference: string }>;
  /** Packages of the OBProxy stand-in: paths of tarballs. */
  packages: Record<PackageName, string>;
  /** Packages of the DolphinDB stand-in: paths of zips by version. */
  servers: Record<DolphindbVersion, string>;
}

async function labCommand(command: "up" | "down", name: string, limitSeconds: number): Promise<void> {
  const { execa } = await import("execa");
  const result = await execa(join(REPO_ROOT, "lab", command), ["--name", name], {
    all: true,
    reject: false,
    timeout: limitSeconds * 1000,
  });
  if (result.exitCode !== 0) throw new Error(`lab/${command} --name ${name} failed:\n${result.all}`);
}

/** Starts the lab `name`, or repairs it, by the command that users call, and returns its parts. A healthy lab costs a second. */
export async function labUp(name: string): Promise<Lab> {
  await labCommand("up", name, 900);
  return readLab(name);
}

/** Removes the lab `name`. */
export function labDown(name: string): Promise<void> {
  return labCommand("down", name, 120);
}

/** The parts of a lab that was started before, from its files; throws when there is no such lab. */
export function readLab(name: string): Lab {
  const paths = labPaths(name);
  const damage = memoryDamage(paths);
  if (damage === undefined) throw new Error(`lab ${name} is not there; start it with: lab/up --name ${name}`);
  const record = readRecord(paths);
  const secrets = readSecrets(paths);
  if (record === undefined || secrets === undefined) {
    const list = damage.map(({ part, detail }) => `${part} ${detail}`).join("; ");
    throw new Error(`lab ${name} has faults: ${list}; repair it with: lab/up --name ${name}`);
  }
  const addresses = memberAddresses(record.subnet);
  const hosts = HOST_NAMES.map((host): [HostName, LabHost] => {
    const hostKeys = publicKeys(secrets.hostKeys[host]);
    return [host, { name: host, address: addresses[host], port: 22, ...reachedAs(machineOf(name, host)), hostKeys }];
  });
  const images = publishedImages(name).map((image) => {
    const tarball = join(paths.images, tarballLinkName(image));
    return [image.name, { tarball, reference: image.publishedTag }] as const;
  });
  return {
    name,
    directory: paths.directory,
    hosts: Object.fromEntries(hosts) as Record<HostName, LabHost>,
    subnet: record.subnet,
    privateKeyFile: paths.privateKey,
    knownHostsFile: paths.knownHosts,
    inventoryFile: paths.inventory,
    metadb: {
      host: "metadb",
      address: addresses.metadb,
      port: METADB_PORT,
      username: METADB_USER,
      database: METADB_DATABASE,
      password: secrets.metadbPassword,
    },
    images: Object.fromEntries(images),
    packages: Object.fromEntries(PACKAGES.map((each) => [each, join(paths.packages, packageFile(each))])) as Record<
      PackageName,
      string
    >,
    servers: Object.fromEntries(
      DOLPHINDB_VERSIONS.map((each) => [each, join(paths.servers, serverFile(each))]),
    ) as Record<DolphindbVersion, string>,
  };
}

/** Runs SQL statements as the MetaDB's administrator; returns rows with tab-separated columns. */
export function sql(lab: Lab, statements: string): Promise<string[]> {
  return queryAsRoot(lab, lab.metadb.address, `USE ${METADB_DATABASE}; ${statements}`);
}

/** Empties the MetaDB. ODC keeps its version and the admin password there for good, so a test that needs a first start calls this. */
export async function resetMetadb(lab: Lab): Promise<void> {
  const again = `DROP DATABASE IF EXISTS ${METADB_DATABASE}; CREATE DATABASE ${METADB_DATABASE} CHARACTER SET utf8mb4`;
  await queryAsRoot(lab, lab.metadb.address, again);
}
