import type { Conflict, KnownHost } from "../conflicts";
import { isOwnMachine } from "./addresses";
import { fixedUse, portsOf, proxyPorts } from "./ports";
import type { OmsSettings } from "./schema";
import { containerNameOf, omsVersion } from "./versions";

/** Where InfluxDB listens besides, on 127.0.0.1, for its own backups. Source: "Deploy a time-series database". */
export const INFLUXDB_RPC_PORT = 14444;

type Tsdb<H> = NonNullable<OmsSettings<H>["tsdb"]>;
type InfluxDb<H> = NonNullable<Tsdb<H>["influxDb"]>;

/** What is wrong with the time-series database. */
export function tsdbConflicts<H>(args: OmsSettings<H>, known: KnownHost<H>): Conflict[] {
  const { tsdb } = args;
  if (tsdb === undefined) return [];
  const { url, influxDb } = tsdb;
  if (influxDb === undefined) return externalConflicts(tsdb);
  const found = influxDbConflicts(args, influxDb, known);
  if (url === undefined) return found;
  return [{ path: ["tsdb", "url"], rule: "influxDb is given, too", fix: "give one of them" }, ...found];
}

/** What fails its own rule counts as not given here, and is told once. */
function externalConflicts<H>(tsdb: Tsdb<H>): Conflict[] {
  const text = "must be a non-empty text without control characters";
  const needed = [
    {
      name: "url",
      rule: "there is no time-series database",
      fix: "give url for one that is there, or influxDb for a new one",
    },
    { name: "username", rule: text, fix: "give the user that was made in the time-series database" },
    { name: "password", rule: text, fix: "give the password of tsdb.username" },
  ] as const;
  return needed.flatMap(({ name, rule, fix }) =>
    tsdb[name] === undefined ? [{ path: ["tsdb", name], rule, fix }] : [],
  );
}

function influxDbConflicts<H>(args: OmsSettings<H>, influxDb: InfluxDb<H>, known: KnownHost<H>): Conflict[] {
  const { service, username } = args.tsdb as Tsdb<H>;
  const { host, address } = influxDb;
  const at = (argument: string): PropertyKey[] => ["tsdb", "influxDb", argument];
  const found: Conflict[] = [];
  if (service === "CERESDB")
    found.push({ path: ["tsdb", "service"], rule: "influxDb is no CERESDB", fix: "leave it out, or give url" });
  // what failed its own rule may be anything
  if (typeof username === "string" && username.includes(":"))
    found.push({
      path: ["tsdb", "username"],
      rule: "must have no colon, after which HTTP takes the rest for the password",
      fix: "choose another name",
    });
  if (known.isLost(host))
    found.push({ path: at("host"), rule: "is marked as lost", fix: "name a host that lives, or remove tsdb" });
  const isShared = args.regions.flatMap(({ nodes }) => nodes).length > 1;
  const reached = address ?? known.addressOf(host);
  if (isShared && isOwnMachine(reached))
    found.push({
      path: at("address"),
      rule: `${reached} means another machine on each node`,
      fix: "give the address that all nodes can reach",
    });
  return [...found, ...neighbourConflicts(args, known, influxDb)];
}

/** What listens on its host beside it, and is called like it. */
function neighbourConflicts<H>(
  args: OmsSettings<H>,
  { nameOf }: KnownHost<H>,
  { host, port, containerName }: InfluxDb<H>,
): Conflict[] {
  const name = nameOf(host);
  // what is refused as a host has none
  if (name === "") return [];
  const isNode = args.regions.some(({ nodes }) => nodes.map(nameOf).includes(name));
  const oms = omsVersion(args.version) === undefined ? "" : containerNameOf(args);
  const neighbours = [
    ...(isNode ? [{ what: "OMS", containerName: oms, ports: Object.values(portsOf(args)) }] : []),
    ...args.regions.flatMap(({ proxy }, i) =>
      proxy?.hosts.map(nameOf).includes(name)
        ? [
            {
              what: `nginx of regions[${i}]`,
              containerName: proxy.containerName,
              ports: Object.values(proxyPorts(args, proxy)),
            },
          ]
        : [],
    ),
  ];
  const fixed = isNode ? fixedUse(port) : undefined;
  const another = { fix: "give another port, or another host" };
  return [
    ...(port === INFLUXDB_RPC_PORT
      ? [{ path: ["tsdb", "influxDb", "port"], rule: `InfluxDB has ${port} for its own backups`, ...another }]
      : []),
    ...(fixed
      ? [{ path: ["tsdb", "influxDb", "port"], rule: `${fixed} has port ${port} on ${name}`, ...another }]
      : []),
    ...neighbours.flatMap((one) => [
      ...(one.ports.includes(port)
        ? [{ path: ["tsdb", "influxDb", "port"], rule: `${one.what} has port ${port} on ${name}`, ...another }]
        : []),
      ...(one.ports.includes(INFLUXDB_RPC_PORT)
        ? [
            {
              path: ["tsdb", "influxDb", "host"],
              rule: `${one.what} has port ${INFLUXDB_RPC_PORT} there, which InfluxDB needs for itself`,
              fix: `give another host, or ${one.what} another port`,
            },
          ]
        : []),
      ...(one.containerName === containerName
        ? [
            {
              path: ["tsdb", "influxDb", "containerName"],
              rule: `${one.what} has it on ${name}`,
              fix: "give each its own name",
            },
          ]
        : []),
    ]),
  ];
}
