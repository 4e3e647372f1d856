import type { HostFacts } from "../../provider/resources";
import { architectureProblems, type Coverage, diskProblems, skewProblems } from "../host-problems";
import { portProblems } from "../port-problem";
import { sentence } from "../validation";
import { only, type PlacedNode } from "./layout";
import { valueOf } from "./parameters";
import type { DolphinSettings } from "./schema";

/** What a deployment asks of one host. */
export interface DolphinDemands {
  nodes: PlacedNode[];
  /** GB that each of them may use, by alias; 0 is no limit. */
  memory: Record<string, number>;
  /** Directories that nodes write to. */
  paths: string[];
  /** Architectures that packages cover, by their argument. */
  architectures: Coverage[];
  /** The deployment's own units, without their suffix. */
  units: string[];
  /** Whether nodes that were started by hand are taken over, which are looked at by themselves. */
  adopt: boolean;
  /** Whether the cluster was made by hand: what its nodes may use was decided then, and less would restart them. */
  byHand: boolean;
}

/** What a deployment asks of a host. @param directory the nodes' home. */
export function dolphinDemands<H>(
  settings: DolphinSettings<H>,
  nodes: PlacedNode[],
  units: string[],
  directory: string,
): DolphinDemands {
  const { parameters, server } = settings;
  const memoryOf = (node: PlacedNode): number => {
    if (node.mode === "controller") return parameters.controllers.maxMemSize ?? 0;
    if (node.mode === "agent") return parameters.agents.maxMemSize ?? 0;
    return Number(valueOf(parameters, node, "maxMemSize") ?? 0);
  };
  const volumes = only(nodes, "datanode").flatMap((node) => valueOf(parameters, node, "volumes")?.split(",") ?? []);
  const given = server.archives === undefined ? "hostArchives" : "archives";
  return {
    nodes,
    memory: Object.fromEntries(nodes.map((node) => [node.alias, memoryOf(node)])),
    paths: [directory, ...new Set(volumes)],
    architectures: [{ tarballs: `server.${given}`, covered: Object.keys(server[given] ?? {}) }],
    units,
    adopt: settings.adopt,
    byHand: settings.clusterDemo !== undefined,
  };
}

/** A host with what it has and what is asked of it. */
export interface DolphinHost {
  name: string;
  facts: HostFacts;
  demands: DolphinDemands;
}

/** Heart beats and transactions carry times of the node that made them. */
const LARGEST_SKEW_MS = 5_000;
/** Logs of the start, and metadata. */
const LEAST_DISK_GIB = 5;

const GIB = 2 ** 30;

/** Nodes may use more than there is. It keeps none from running, and is no choice of the deployment where they were started by hand. */
export const memoryWarnings = (hosts: DolphinHost[]): string[] =>
  hosts.flatMap(({ name, facts, demands }) =>
    demands.byHand ? memoryProblems(facts, demands.memory).map((problem) => `host ${name}: ${problem}`) : [],
  );

/** What would keep DolphinDB from running on these hosts: a line for each problem, as host, what was found, rule and fix. */
export const dolphinProblems = (hosts: DolphinHost[]): string[] => [
  ...hosts.flatMap(hostProblems),
  ...skewProblems(hosts, LARGEST_SKEW_MS, "heart beats"),
];

function hostProblems({ name, facts, demands }: DolphinHost): string[] {
  const isRunning = demands.units.some((unit) => facts.services.includes(`${unit}.service`));
  const isOurs = ({ process }: HostFacts["ports"][number]): boolean =>
    (isRunning || demands.adopt) && process === "dolphindb";
  return [
    ...demands.architectures.flatMap((one) => architectureProblems(facts, one)),
    ...(demands.byHand ? [] : memoryProblems(facts, demands.memory)),
    ...addressProblems(name, facts, demands.nodes),
    ...demands.paths.flatMap((path) => diskProblems(facts, path, LEAST_DISK_GIB, "others in directory and volumes")),
    ...demands.nodes.flatMap(({ port, alias }) => portProblems(facts, port, isOurs, `the port of ${alias}`)),
  ].map((problem) => `host ${name}: ${problem}`);
}

/** In a cloud the address by which a host is reached may be one that it does not have itself. */
function addressProblems(name: string, { addresses }: HostFacts, nodes: PlacedNode[]): string[] {
  const own = addresses.map(({ address }) => address);
  const used = nodes[0]?.host;
  // a host without the program ip tells of none
  if (used === undefined || own.length === 0 || own.includes(used)) return [];
  const reachable = addresses.filter(({ address, interface: at }) => at !== "lo" && !address.includes(":"));
  return [
    sentence(
      `${used} is none of its addresses (${reachable.map(({ address }) => address).join(", ")}), and a node's localSite has one of them`,
      `give addresses.${name} the one by which the other hosts reach it, and ${used} to publicNames.${name} where browsers need it`,
    ),
  ];
}

function memoryProblems({ memoryBytes }: HostFacts, memory: DolphinDemands["memory"]): string[] {
  const all = Object.values(memory).reduce((sum, one) => sum + one, 0);
  if (all * GIB <= memoryBytes) return [];
  const each = Object.entries(memory).map(([alias, one]) => `${alias} ${one}`);
  return [
    sentence(
      `has ${(memoryBytes / GIB).toFixed(1)} GB of memory, and its nodes may use ${all} (maxMemSize: ${each.join(", ")})`,
      "lower maxMemSize in parameters, or move nodes to other hosts",
    ),
  ];
}
