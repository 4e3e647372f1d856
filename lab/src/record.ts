import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import type Docker from "dockerode";
import writeFileAtomic from "write-file-atomic";
import { stringify } from "yaml";
import { z } from "zod";
import { runCommand } from "./command";
import { DEFINITION_LABEL, orUndefined } from "./docker";
import { publicKeys, type LabSecrets } from "./keys";
import { machineOf, reachedAs } from "./machines";
import { METADB_PORT } from "./metadb";
import { HOST_NAMES } from "./name";
import type { LabPaths } from "./paths";
import {
  chooseSubnet,
  isLabSubnet,
  memberAddresses,
  nameServers,
  parseNetwork,
  routeDestinations,
  overlaps,
  virtualAddress,
} from "./subnet";

const recordSchema = z.strictObject({ name: z.string(), subnet: z.string().refine(isLabSubnet) });

/** What a lab has to remember beside its keys: `.lab/NAME/lab.json`. */
export type LabRecord = z.infer<typeof recordSchema>;

/** The lab's record; undefined when it is missing or damaged. */
export function readRecord(paths: LabPaths): LabRecord | undefined {
  if (!existsSync(paths.record)) return undefined;
  try {
    const record = recordSchema.parse(JSON.parse(readFileSync(paths.record, "utf8")));
    return record.name === basename(paths.directory) ? record : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}

/** Networks and addresses in use on this machine and in Docker, the network `own` left out. */
async function networksInUse(docker: Docker, own: string): Promise<string[]> {
  const routes = await runCommand("ip", ["-4", "route", "show", "table", "all"]);
  const networks = await docker.listNetworks();
  const mine = networks.find((network) => network.Name === own);
  const mySubnets = (mine?.IPAM?.Config ?? []).map((config) => config.Subnet ?? "");
  const routed = routeDestinations(routes).filter((route) => !mySubnets.some((subnet) => sameOrInside(route, subnet)));
  const inDocker = networks.filter((network) => network !== mine).flatMap((network) => network.IPAM?.Config ?? []);
  const resolvConf = existsSync("/etc/resolv.conf") ? readFileSync("/etc/resolv.conf", "utf8") : "";
  return [...routed, ...inDocker.map((config) => config.Subnet ?? ""), ...nameServers(resolvConf)];
}

function sameOrInside(inner: string, outer: string): boolean {
  const [a, b] = [parseNetwork(inner), parseNetwork(outer)];
  return a !== undefined && b !== undefined && a.prefix >= b.prefix && overlaps(a, b);
}

/** The network that Docker still has of a lab whose record is lost. */
async function rememberedSubnet(docker: Docker, networkName: string): Promise<string | undefined> {
  const network = await orUndefined(docker.getNetwork(networkName).inspect());
  const subnet = network?.Labels?.[DEFINITION_LABEL] ?? "";
  return isLabSubnet(subnet) ? subnet : undefined;
}

/**
 * Reads the lab's record. Where it is missing or damaged it is written anew, with the network that the lab has, else with one
 * that collides with none of this machine's.
 */
export async function ensureRecord(
  docker: Docker,
  name: string,
  paths: LabPaths,
  networkName: string,
): Promise<LabRecord> {
  const known = readRecord(paths);
  const subnet = known?.subnet ?? (await rememberedSubnet(docker, networkName));
  const used = await networksInUse(docker, networkName);
  const network = parseNetwork(subnet ?? "");
  const collides = network !== undefined && used.some((text) => collidesWith(text, network));
  if (known !== undefined && !collides) return known;
  const record: LabRecord = { name, subnet: subnet === undefined || collides ? chooseSubnet(name, used) : subnet };
  mkdirSync(paths.directory, { recursive: true });
  await writeFileAtomic(paths.record, `${JSON.stringify(record, null, 2)}\n`);
  return record;
}

function collidesWith(text: string, network: { base: number; prefix: number }): boolean {
  const other = parseNetwork(text);
  return other !== undefined && overlaps(other, network);
}

/** Files for users of the lab: the inventory and addresses that the stack reads, and known_hosts for ssh. */
function inventoryFiles(paths: LabPaths, subnet: string, secrets: LabSecrets): [path: string, content: string][] {
  const addresses = memberAddresses(subnet);
  const hosts = HOST_NAMES.map((name) => ({
    name,
    address: addresses[name],
    port: 22,
    ...reachedAs(machineOf(basename(paths.directory), name)),
    hostKeys: publicKeys(secrets.hostKeys[name]),
  }));
  const known = HOST_NAMES.flatMap((name) =>
    publicKeys(secrets.hostKeys[name]).map((key) => `${name},${addresses[name]} ${key}\n`),
  );
  return [
    [paths.inventory, stringify({ hosts }, { lineWidth: 0 })],
    [paths.knownHosts, known.join("")],
    [paths.metadbServer, `${addresses.metadb}:${METADB_PORT}\n`],
    [paths.virtualIp, `${virtualAddress(subnet)}\n`],
  ];
}

export async function writeInventory(paths: LabPaths, subnet: string, secrets: LabSecrets): Promise<void> {
  for (const [path, content] of inventoryFiles(paths, subnet, secrets)) await writeFileAtomic(path, content);
}

/** Inventory files that are missing or do not describe the lab. */
export function staleInventory(paths: LabPaths, subnet: string, secrets: LabSecrets): string[] {
  return inventoryFiles(paths, subnet, secrets)
    .filter(([path, content]) => !existsSync(path) || readFileSync(path, "utf8") !== content)
    .map(([path]) => path);
}
