import type { HostFacts } from "../../provider/resources";
import type { Host } from "../host";
import { dockerProblems } from "../docker-problem";
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
  architectures: { tarballs: string; covered: string[] }[];
}

/** What a deployment asks of each of its hosts. */
export function odcDemands(settings: OdcSettings<Host>, host: Host): OdcDemands {
  const { nodes, proxy, image, mounts, memory, containerName } = settings;
  const isNode = nodes.includes(host);
  const isProxy = proxy.hosts.includes(host);
  const covered = (name: string, image: OdcSettings<Host>["image"]): OdcDemands["architectures"] =>
    (["tarballs", "hostTarballs"] as const).flatMap((kind) => {
      const tarballs = image[kind];
      return tarballs ? [{ tarballs: `${name}.${kind}`, covered: Object.keys(tarballs) }] : [];
    });
  return {
    ...(isNode && { node: { port: nodePort(settings), containerName, memory, mounts: Object.values(mounts) } }),
    ...(isProxy && {
      proxy: { ports: [proxy.port, ...(proxy.https ? [proxy.https.port] : [])], containerName: proxy.containerName },
    }),
    architectures: [
      ...(isNode ? covered("image", image) : []),
      ...(isProxy ? covered("proxy.image", proxy.image) : []),
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
const GIB = 2 ** 30;

/** What would keep ODC from running on these hosts: a line for each problem, as host, what was found, rule and fix. */
export function odcProblems(hosts: OdcHost[]): string[] {
  return [...hosts.flatMap(hostProblems), ...clockProblems(hosts)];
}

function hostProblems({ name, facts, demands }: OdcHost): string[] {
  const { node, proxy } = demands;
  return [
    ...dockerProblems(facts, "everything runs in containers"),
    ...demands.architectures.flatMap((one) => architectureProblems(facts, one)),
    ...(node
      ? [...memoryProblems(facts, node.memory), ...node.mounts.flatMap((path) => diskProblems(facts, path))]
      : []),
    ...(node ? portProblems(facts, node.port, isOfContainer(node.containerName), "port") : []),
    ...(proxy?.ports.flatMap((port) => portProblems(facts, port, isOfContainer(proxy.containerName), "proxy.port")) ??
      []),
  ].map((problem) => `host ${name}: ${problem}`);
}

function architectureProblems({ architecture }: HostFacts, { tarballs, covered }: OdcDemands["architectures"][number]) {
  if (covered.includes(architecture)) return [];
  return [
    sentence(
      `is of architecture ${architecture}, and ${tarballs} has only ${covered.join(" and ")}`,
      `give ${tarballs}.${architecture}`,
    ),
  ];
}

function memoryProblems({ memoryBytes }: HostFacts, memory: number): string[] {
  const has = Math.floor(memoryBytes / MIB);
  if (has >= memory) return [];
  return [sentence(`has ${has} MiB of memory, and a node may use ${memory}`, "lower memory, or take a larger host")];
}

/** The file system that a path is on, or will be. */
function diskProblems({ disks }: HostFacts, path: string): string[] {
  const above = disks.filter(({ mount }) => path === mount || path.startsWith(mount === "/" ? "/" : `${mount}/`));
  const disk = above.sort((a, b) => b.mount.length - a.mount.length)[0];
  if (disk === undefined || disk.freeBytes >= LEAST_DISK_GIB * GIB) return [];
  const free = (disk.freeBytes / GIB).toFixed(1);
  return [
    sentence(
      `has ${free} GiB free on ${disk.mount} for ${path}, and a node needs ${LEAST_DISK_GIB}`,
      "make room, or choose another directory in mounts",
    ),
  ];
}

/** Between the nodes, the host that is ahead and the one that is behind. */
function clockProblems(hosts: OdcHost[]): string[] {
  const nodes = hosts.filter(({ demands }) => demands.node).sort((a, b) => a.facts.clockSkewMs - b.facts.clockSkewMs);
  const [behind, ahead] = [nodes[0], nodes.at(-1)];
  if (behind === undefined || ahead === undefined) return [];
  const skew = ahead.facts.clockSkewMs - behind.facts.clockSkewMs;
  if (skew <= LARGEST_SKEW_MS) return [];
  return [
    `hosts ${behind.name} and ${ahead.name}: ${sentence(
      `their clocks are ${(skew / 1000).toFixed(1)} s apart, and sessions allow ${LARGEST_SKEW_MS / 1000}`,
      "synchronise them (chrony, ntpd)",
    )}`,
  ];
}
