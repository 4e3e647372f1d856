import { posix } from "node:path";
import { nginxClaims, virtualIpClaims } from "../claims/blocks";
import { type Claim, type Claims, directories, names, ownOr, ports } from "../claims/claim";
import type { KnownHost } from "../conflicts";
import { portGuardUnit } from "./port-guard";
import { FIXED_PORTS, portsOf, proxyPorts } from "./ports";
import { isDefaultRegion } from "./regions";
import type { OmsSettings } from "./schema";
import { INFLUXDB_RPC_PORT } from "./tsdb-conflicts";
import { containerNameOf } from "./versions";

/** What a deployment has of its hosts. */
export function omsClaims<H>(name: string, settings: OmsSettings<H>, known: KnownHost<H>): Claims<H> {
  const regions = settings.regions.map((region, i) => ofRegion(name, settings, region, `regions[${i}]`));
  return {
    owner: `OmsMultiNode ${name}`,
    claims: [...regions.flat(), ...ofBackups(settings, known), ...ofInfluxDb(settings)],
  };
}

function ofRegion<H>(
  name: string,
  settings: OmsSettings<H>,
  region: OmsSettings<H>["regions"][number],
  at: string,
): Claim<H>[] {
  const { nodes, proxy, virtualIp, location } = region;
  const { mounts, keepData, configFile, https, guardSupervisor } = settings;
  const nginx = proxy && proxyPorts(settings, proxy);
  return [
    ...Object.entries<number>({ ...portsOf(settings) }).flatMap(([kind, port]) => ports(nodes, `ports.${kind}`, port)),
    ...FIXED_PORTS.flatMap(({ first, last, what }) => ports(nodes, `${at}.nodes`, first, last, what)),
    ...names("container", nodes, "containerPrefix", containerNameOf(settings)),
    ...(guardSupervisor ? names("unit", nodes, "name", portGuardUnit(name)) : []),
    ...Object.entries(mounts).flatMap(([kind, path]) => directories(nodes, `mounts.${kind}`, path, ownOr(keepData))),
    ...directories(nodes, "configFile", posix.dirname(configFile), "shared"),
    // what is mounted into the container alone
    ...directories(nodes, "configFile", configFile, "own"),
    ...(https?.directory === undefined ? [] : directories(nodes, "https.directory", https.directory, "shared")),
    ...(proxy && nginx
      ? [
          ...ports(proxy.hosts, `${at}.proxy.cmPort`, nginx.cmPort),
          ...ports(proxy.hosts, `${at}.proxy.consolePort`, nginx.consolePort),
          ...nginxClaims(proxy.hosts, `${at}.proxy.containerName`, proxy.containerName),
        ]
      : []),
    ...(virtualIp
      ? virtualIpClaims(proxy?.hosts ?? nodes, `${name}-vip-${location}`, "name", virtualIp, `${at}.virtualIp.`)
      : []),
  ];
}

/** On the first node's host, that of the default region. */
function ofBackups<H>({ regions, backup }: OmsSettings<H>, { isLost }: KnownHost<H>): Claim<H>[] {
  const first = regions.filter((region) => isDefaultRegion({ regions }, region));
  const all = [...first, ...regions.filter((region) => !first.includes(region))].flatMap(({ nodes }) => nodes);
  const hosts = all.filter((host) => !isLost(host)).slice(0, 1);
  return directories(hosts, "backup.directory", backup.directory, backup.keepOnDestroy ? "shared" : "purged");
}

function ofInfluxDb<H>({ tsdb, keepData }: OmsSettings<H>): Claim<H>[] {
  if (tsdb?.influxDb === undefined) return [];
  const { host, port, containerName, dataDirectory } = tsdb.influxDb;
  const at = "tsdb.influxDb";
  return [
    ...ports([host], `${at}.port`, port),
    ...ports([host], `${at}.host`, INFLUXDB_RPC_PORT, INFLUXDB_RPC_PORT, "InfluxDB's backups"),
    ...names("container", [host], `${at}.containerName`, containerName),
    ...directories([host], `${at}.dataDirectory`, dataDirectory, ownOr(keepData)),
  ];
}
