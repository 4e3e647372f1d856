import type { HostFacts } from "../../provider/resources";
import { dockerProblems } from "../docker-problem";
import { architectureProblems, type Coverage, coverageOf, diskOf, diskProblems, skewProblems } from "../host-problems";
import type { Host } from "../host";
import { zone } from "../metadb/clock";
import { isOfContainer, portProblems, takenPorts } from "../port-problem";
import { sentence } from "../validation";
import { FIXED_PORTS, portsOf, proxyPorts } from "./ports";
import type { OmsSettings } from "./schema";
import { INFLUXDB_RPC_PORT } from "./tsdb-conflicts";

/** What a deployment asks of one host. */
export interface OmsDemands {
  /** Of a node of OMS; undefined on a host that runs nginx only. */
  node?: { ports: Record<string, number>; containerPrefix: string; paths: string[] };
  /** Of nginx, once for each region that has it there. */
  proxies: { ports: Record<string, number>; containerName: string }[];
  /** Of InfluxDB, on its host. */
  influxDb?: { port: number; containerName: string };
  /** Architectures that tarballs cover, by their argument; an image from a registry is left out. */
  architectures: Coverage[];
}

/** What a deployment asks of each of its hosts. */
export function omsDemands(settings: OmsSettings<Host>, host: Host): OmsDemands {
  const { regions, image, mounts, containerPrefix, tsdb } = settings;
  const influxDb = tsdb?.influxDb?.host === host ? tsdb.influxDb : undefined;
  const isNode = regions.some(({ nodes }) => nodes.includes(host));
  const proxies = regions.flatMap(({ proxy }, i) => (proxy?.hosts.includes(host) ? [{ proxy, i }] : []));
  const named = (at: string, ports: object): Record<string, number> =>
    Object.fromEntries(Object.entries(ports).map(([name, port]) => [`${at}.${name}`, port as number]));
  return {
    ...(isNode && {
      node: { ports: named("ports", portsOf(settings)), containerPrefix, paths: Object.values(mounts) },
    }),
    proxies: proxies.map(({ proxy, i }) => ({
      ports: named(`regions[${i}].proxy`, proxyPorts(settings, proxy)),
      containerName: proxy.containerName,
    })),
    ...(influxDb && { influxDb: { port: influxDb.port, containerName: influxDb.containerName } }),
    architectures: [
      ...(isNode ? coverageOf("image", image) : []),
      ...proxies.flatMap(({ proxy, i }) => coverageOf(`regions[${i}].proxy.image`, proxy.image)),
      ...(influxDb ? coverageOf("tsdb.influxDb.image", influxDb.image) : []),
    ],
  };
}

/** A host with what it has and what is asked of it. */
export interface OmsHost {
  name: string;
  facts: HostFacts;
  demands: OmsDemands;
}

/** Heart beats carry times of the node that made them. */
export const LARGEST_SKEW_MS = 5_000;
/** Logs of the start go there. */
const LEAST_DISK_GIB = 5;
/** What the document asks for the control plane, before any task. */
const DOCUMENTED = { cores: 5, memoryGib: 8, diskGib: 200 };

const GIB = 2 ** 30;

/** What would keep OMS from running on these hosts: a line for each problem, as host, what was found, rule and fix. */
export const omsProblems = (hosts: OmsHost[]): string[] => [
  ...hosts.flatMap(hostProblems),
  ...skewProblems(nodesOf(hosts), LARGEST_SKEW_MS, "heart beats"),
  ...zoneProblems(
    nodesOf(hosts).map(({ name, facts }) => ({ name: `host ${name}`, utcOffsetMinutes: facts.utcOffsetMinutes })),
  ),
];

/** What is less than the document asks for, though OMS runs with it: a line each. */
export const hostWarnings = (hosts: OmsHost[]): string[] =>
  nodesOf(hosts).flatMap(({ name, facts, demands }) => {
    const memory = facts.memoryBytes / GIB;
    const disks = new Set(demands.node?.paths.map((path) => diskOf(facts, path)));
    return [
      ...(facts.cores < DOCUMENTED.cores
        ? [`has ${facts.cores} cores, and OMS without any task wants ${DOCUMENTED.cores}`]
        : []),
      // a machine of 8 GiB tells of less
      ...(memory < DOCUMENTED.memoryGib * 0.95
        ? [`has ${memory.toFixed(1)} GiB of memory, and OMS without any task wants ${DOCUMENTED.memoryGib}`]
        : []),
      ...[...disks].flatMap((disk) =>
        disk === undefined || disk.totalBytes >= DOCUMENTED.diskGib * GIB
          ? []
          : [
              `has ${(disk.totalBytes / GIB).toFixed(0)} GiB on ${disk.mount}, and OMS without any task wants ${DOCUMENTED.diskGib}`,
            ],
      ),
    ].map((line) => `host ${name}: ${line}`);
  });

const nodesOf = (hosts: OmsHost[]): OmsHost[] => hosts.filter(({ demands }) => demands.node !== undefined);

function hostProblems({ name, facts, demands }: OmsHost): string[] {
  const { node, proxies, influxDb } = demands;
  return [
    ...dockerProblems(facts, "everything runs in containers"),
    ...demands.architectures.flatMap((one) => architectureProblems(facts, one)),
    ...(node
      ? [...node.paths.flatMap((path) => diskProblems(facts, path, LEAST_DISK_GIB)), ...nodePortProblems(facts, node)]
      : []),
    ...proxies.flatMap(({ ports, containerName }) =>
      Object.entries(ports).flatMap(([argument, port]) =>
        portProblems(facts, port, isOfContainer(containerName), argument),
      ),
    ),
    ...(influxDb ? influxDbPortProblems(facts, influxDb) : []),
  ].map((problem) => `host ${name}: ${problem}`);
}

/** A node of another version has a container of another name, and the same ports. */
function nodePortProblems(facts: HostFacts, { ports, containerPrefix }: NonNullable<OmsDemands["node"]>): string[] {
  const isOurs = ({ container }: HostFacts["ports"][number]): boolean =>
    container?.startsWith(`${containerPrefix}_`) === true;
  const fixed = FIXED_PORTS.flatMap(({ first, last, what }) =>
    takenPorts(facts, (port) => port >= first && port <= last, isOurs).map(({ port, by }) =>
      sentence(`port ${port} is taken by ${by}, which ${what} needs`, "stop that: OMS has no setting for this port"),
    ),
  );
  return [
    ...Object.entries(ports).flatMap(([argument, port]) => portProblems(facts, port, isOurs, argument)),
    ...fixed,
  ];
}

function influxDbPortProblems(facts: HostFacts, demands: NonNullable<OmsDemands["influxDb"]>): string[] {
  const isOurs = isOfContainer(demands.containerName);
  return [
    ...portProblems(facts, demands.port, isOurs, "tsdb.influxDb.port"),
    ...takenPorts(facts, (port) => port === INFLUXDB_RPC_PORT, isOurs).map(({ port, by }) =>
      sentence(
        `port ${port} is taken by ${by}, which InfluxDB needs for its own backups`,
        "stop that, or give tsdb.influxDb another host",
      ),
    ),
  ];
}

/**
 * What has another time zone than the first one, for which OMS's prechecks run out of time.
 * @param places their names, like "host p1", and their clocks' distances from UTC; those that are not known are left out.
 */
export function zoneProblems(places: { name: string; utcOffsetMinutes?: number }[]): string[] {
  const [first, ...others] = places.flatMap(({ name, utcOffsetMinutes }) =>
    utcOffsetMinutes === undefined ? [] : [{ name, minutes: utcOffsetMinutes }],
  );
  if (first === undefined) return [];
  return others
    .filter(({ minutes }) => minutes !== first.minutes)
    .map(
      ({ name, minutes }) =>
        `${name}: ${sentence(
          `its time zone is ${zone(minutes)}, that of ${first.name} ${zone(first.minutes)}, and OMS compares times of both`,
          "set the same one everywhere (timedatectl set-timezone; in the database time_zone)",
        )}`,
    );
}
