import type { HostFacts } from "../../provider/resources";
import type { Host } from "../host";
import { dockerProblems } from "../docker-problem";
import { architectureProblems, type Coverage, coverageOf, diskProblems, skewProblems } from "../host-problems";
import { isOfContainer, portProblems } from "../port-problem";
import { sentence } from "../validation";
import { nodePort } from "./node-endpoint";
import type { OdcSettings } from "./schema";

/** What a deployment asks of one host. */
export interface OdcDemands {
  /** Of an ODC node; undefined on a host that runs nginx only. */
  node?: { port: number; containerName: string; memory: number; mounts: string[] };
  /** Of nginx. */
  proxy?: { ports: number[]; containerName: string };
  /** Architectures that tarballs cover, by their argument; an image from a registry is left out. */
  architectures: Coverage[];
}

/** What a deployment asks of each of its hosts. */
export function odcDemands(settings: OdcSettings<Host>, host: Host): OdcDemands {
  const { nodes, proxy, image, mounts, memory, containerName } = settings;
  const isNode = nodes.includes(host);
  const isProxy = proxy.hosts.includes(host);
  return {
    ...(isNode && { node: { port: nodePort(settings), containerName, memory, mounts: Object.values(mounts) } }),
    ...(isProxy && {
      proxy: { ports: [proxy.port, ...(proxy.https ? [proxy.https.port] : [])], containerName: proxy.containerName },
    }),
    architectures: [
      ...(isNode ? coverageOf("image", image) : []),
      ...(isProxy ? coverageOf("proxy.image", proxy.image) : []),
    ],
  };
}

/** A host with what it has and what is asked of it. */
export interface OdcHost {
  name: string;
  facts: HostFacts;
  demands: OdcDemands;
}

/** Sessions and tasks carry times of the node that made them. */
const LARGEST_SKEW_MS = 5_000;
/** Logs, uploads and results of tasks go there. */
const LEAST_DISK_GIB = 5;

const MIB = 2 ** 20;

/** What would keep ODC from running on these hosts: a line for each problem, as host, what was found, rule and fix. */
export function odcProblems(hosts: OdcHost[]): string[] {
  const nodes = hosts.filter(({ demands }) => demands.node);
  return [...hosts.flatMap(hostProblems), ...skewProblems(nodes, LARGEST_SKEW_MS, "sessions")];
}

function hostProblems({ name, facts, demands }: OdcHost): string[] {
  const { node, proxy } = demands;
  return [
    ...dockerProblems(facts, "everything runs in containers"),
    ...demands.architectures.flatMap((one) => architectureProblems(facts, one)),
    ...(node
      ? [
          ...memoryProblems(facts, node.memory),
          ...node.mounts.flatMap((path) => diskProblems(facts, path, LEAST_DISK_GIB)),
        ]
      : []),
    ...(node ? portProblems(facts, node.port, isOfContainer(node.containerName), "port") : []),
    ...(proxy?.ports.flatMap((port) => portProblems(facts, port, isOfContainer(proxy.containerName), "proxy.port")) ??
      []),
  ].map((problem) => `host ${name}: ${problem}`);
}

function memoryProblems({ memoryBytes }: HostFacts, memory: number): string[] {
  const has = Math.floor(memoryBytes / MIB);
  if (has >= memory) return [];
  return [sentence(`has ${has} MiB of memory, and a node may use ${memory}`, "lower memory, or take a larger host")];
}
