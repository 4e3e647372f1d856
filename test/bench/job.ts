import { readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import * as yaml from "yaml";
import { containerDefaults } from "../../components/container";
import { renderOdcEnvironment } from "../../components/odc/environment";
import { architecture } from "../../lab/src/docker";
import type { HostName, Lab } from "../../lab/src/lab";
import { parseConfig } from "../../stacks/config";

/** A container image in a tarball. */
export interface JobImage {
  /** The tag that it holds. */
  image: string;
  tarball: string;
}

/** What differs from one job to another. */
export interface Variant {
  odcImage: JobImage;
  /** Seconds; changing it changes nginx.conf and nothing else. */
  transferTimeout: number;
}

/** Configuration of stack dev's hosts and ODC pointed at a lab, with the variant put in. */
export function devConfig(lab: Lab, { odcImage, transferTimeout }: Variant): Record<string, unknown> {
  const text = readFileSync("Pulumi.dev.yaml", "utf8").replaceAll(".lab/demo/", `.lab/${lab.name}/`);
  const { config } = yaml.parse(text) as { config: Record<string, unknown> };
  const odc = config["dbha-stacks:odc"] as { image: unknown; proxy: Record<string, unknown> };
  odc.image = { tarballs: { [architecture()]: odcImage.tarball } };
  odc.proxy.transferTimeout = transferTimeout;
  const kept = ["dbha:privateKeyFile", "dbha-stacks:inventory", "dbha-stacks:odc"];
  return Object.fromEntries(kept.map((key) => [key, config[key]]));
}

/** A container as `docker create` makes it. */
export interface JobContainer extends JobImage {
  name: string;
  networkMode: string;
  ipcMode: string;
  restart: string;
  logDriver: string;
  logOptions: Record<string, string>;
  volumes: string[];
  /** Empty for the image's own. */
  command: string[];
}

/** What the tools that are compared have to bring about: the same as stack dev, in plain values. */
export interface Job {
  /** Folder with what they read: job.json, the files below, ssh_config, known_hosts. Mode 0700, since secrets are in it. */
  folder: string;
  targets: Record<HostName, { address: string; port: number; user: string }>;
  privateKeyFile: string;
  knownHostsFile: string;
  /** In start order. */
  nodes: HostName[];
  proxy: HostName;
  odc: JobContainer & {
    cpuPeriod: number;
    cpuQuota: number;
    memoryMiB: number;
    port: number;
    directories: string[];
    environments: Record<string, Record<string, string>>;
  };
  nginx: JobContainer & {
    directory: string;
    /** nginx.conf as the container sees it. */
    configFile: string;
    port: number;
    ipv6: boolean;
    domain?: string;
    /** Seconds. */
    connectTimeout: number;
    /** Seconds. */
    transferTimeout: number;
  };
  healthPath: string;
  versionPath: string;
}

const CONTAINER_DIRECTORY = "/etc/nginx/dbha";

/**
 * The job in plain values.
 * @param adminPassword initial password of ODC's admin, the same at every run on one MetaDB.
 */
export function describeJob(folder: string, lab: Lab, adminPassword: string, variant: Variant): Job {
  const raw = Object.entries(devConfig(lab, variant)).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const { odc } = parseConfig(Object.fromEntries(raw) as Record<string, string>);
  if (odc === undefined) throw new Error("Pulumi.dev.yaml: the stack deploys no ODC, so there is nothing to compare");
  const nodes = odc.nodes as HostName[];
  const common = {
    networkMode: containerDefaults.networkMode,
    ipcMode: containerDefaults.ipcMode,
    restart: containerDefaults.restart,
    logDriver: containerDefaults.logDriver,
    logOptions: containerDefaults.logOpts,
  };
  const metaDb = odc.metaDb as { host: string; port: number; username: string; password: string; database: string };
  const environment = (host: HostName): Record<string, string> =>
    variables(
      renderOdcEnvironment({
        metaDb,
        adminPassword,
        profileMode: odc.profileMode,
        address: lab.hosts[host].address,
        port: odc.port,
        mappingPort: odc.port,
        logDirectory: odc.logDirectory,
        jvm: odc.jvm,
      }),
    );
  const directory = `/etc/dbha/${odc.proxy.containerName}`;
  return {
    folder,
    targets: lab.hosts,
    privateKeyFile: lab.privateKeyFile,
    knownHostsFile: join(folder, "known_hosts"),
    nodes,
    proxy: odc.proxy.hosts[0] as HostName,
    odc: {
      ...common,
      name: odc.containerName,
      ...variant.odcImage,
      volumes: [`${odc.mounts.log}:/opt/odc/log`, `${odc.mounts.data}:/opt/odc/data`],
      command: [],
      cpuPeriod: 100_000,
      cpuQuota: odc.cpus * 100_000,
      memoryMiB: odc.memory,
      port: odc.port,
      directories: [odc.mounts.log, odc.mounts.data],
      environments: Object.fromEntries(nodes.map((host) => [host, environment(host)])),
    },
    nginx: {
      ...common,
      name: odc.proxy.containerName,
      ...labImage(lab, "nginx"),
      volumes: [`${directory}:${CONTAINER_DIRECTORY}:ro`],
      command: ["nginx", "-g", "daemon off;", "-c", `${CONTAINER_DIRECTORY}/nginx.conf`],
      directory,
      configFile: `${CONTAINER_DIRECTORY}/nginx.conf`,
      port: odc.proxy.port,
      ipv6: odc.proxy.ipv6,
      domain: odc.proxy.domain,
      connectTimeout: odc.proxy.connectTimeout,
      transferTimeout: odc.proxy.transferTimeout,
    },
    healthPath: "/api/v1/heartbeat/isHealthy",
    versionPath: "/api/v2/info",
  };
}

/** An image that the lab offers, by the lab's name for it. */
export function labImage(lab: Lab, name: string): JobImage {
  const found = lab.images[name];
  if (found === undefined)
    throw new Error(`lab ${lab.name} has no image ${name}; it has ${Object.keys(lab.images).join(", ")}`);
  return { image: found.reference, tarball: realpathSync(found.tarball) };
}

/** `NAME=value` lines as an object. */
const variables = (lines: string[]): Record<string, string> =>
  Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const),
  );
