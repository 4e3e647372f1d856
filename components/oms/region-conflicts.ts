import { isIP } from "node:net";
import type * as pulumi from "@pulumi/pulumi";
import type { Conflict, KnownHost } from "../conflicts";
import { isOwnMachine, meansSame } from "./addresses";
import { heartbeatDatabase, isDefaultRegion, nodeAddresses } from "./regions";
import type { OmsSettings } from "./schema";

/** What is wrong among regions, their nodes' addresses and their databases. */
export const regionConflicts = <H>(args: OmsSettings<H>, known: KnownHost<H>): Conflict[] => [
  ...identityConflicts(args),
  ...defaultConflicts(args),
  ...databaseConflicts(args),
  ...addressConflicts(args, known),
  ...sharedConflicts(args),
];

function identityConflicts<H>({ regions }: OmsSettings<H>): Conflict[] {
  return regions.flatMap(({ location, region }, i) => {
    const found: Conflict[] = [];
    const earlier = regions.slice(0, i).findIndex((one) => one.location === location);
    if (earlier >= 0)
      found.push({
        path: ["regions", i, "location"],
        rule: `is that of regions[${earlier}] too`,
        fix: "give each region its own code from 0 to 127",
      });
    if (regions.length > 1 && region === undefined)
      found.push({
        path: ["regions", i, "region"],
        rule: "with several regions each needs a name (cm_region)",
        fix: 'give one, like "cn-jiangsu"',
      });
    return found;
  });
}

function defaultConflicts<H>(args: OmsSettings<H>): Conflict[] {
  const defaults = args.regions.flatMap((region, i) => (isDefaultRegion(args, region) ? [i] : []));
  const [first, ...others] = defaults;
  if (first === undefined)
    return [
      {
        path: args.regions.length === 1 ? ["regions", 0, "default"] : ["regions"],
        rule: "the CM of exactly one region is the default one (cm_is_default), and none says so",
        fix: args.regions.length === 1 ? "leave it out" : "set default: true in the region that is to be it",
      },
    ];
  return others.map((i) => ({
    path: ["regions", i, "default"],
    rule: `the CM of exactly one region is the default one (cm_is_default), and that of regions[${first}] is`,
    fix: "remove it in one of them",
  }));
}

/** OceanBase and MySQL on many systems take no account of capitals in a database's name. */
function databaseConflicts<H>(args: OmsSettings<H>): Conflict[] {
  const { rmDatabase, cmDatabase } = args.metaDb;
  const all: [path: PropertyKey[], name: pulumi.Input<string> | undefined][] = [
    [["metaDb", "rmDatabase"], rmDatabase],
    [["metaDb", "cmDatabase"], cmDatabase],
    ...args.regions.map((region, i): [PropertyKey[], string | undefined] => [
      ["regions", i, "heartbeatDatabase"],
      heartbeatDatabase(args, region),
    ]),
  ];
  return all.flatMap(([path, name], i) => {
    if (name === undefined)
      return [
        {
          path,
          rule: "a region that is not the default one must name its own heartbeat database",
          fix: 'give one that no other region has, like "oms_cm_heartbeat_2"',
        },
      ];
    const [earlier] = all.slice(0, i).find(([, other]) => meansSame(other, name)) ?? [];
    if (earlier === undefined) return [];
    const named = typeof earlier[1] === "number" ? `regions[${earlier[1]}].heartbeatDatabase` : earlier.join(".");
    return [{ path, rule: `is the database of ${named} too`, fix: "give each a name of its own" }];
  });
}

function addressConflicts<H>({ regions }: OmsSettings<H>, { nameOf, addressOf }: KnownHost<H>): Conflict[] {
  const seen: { address: string; name: string }[] = [];
  return regions.flatMap((region, i) => {
    const names = region.nodes.map(nameOf);
    const unknown = Object.keys(region.nodeAddresses).filter((name) => !names.includes(name));
    const found: Conflict[] = unknown.map((name) => ({
      path: ["regions", i, "nodeAddresses", name],
      rule: `the nodes of the region are ${names.join(", ")}`,
      fix: "mend the name",
    }));
    nodeAddresses(region, nameOf, addressOf).forEach((address, n) => {
      const name = names[n] ?? "";
      // a host that is named twice is told elsewhere
      if (typeof address !== "string" || names.indexOf(name) < n) return;
      const path = ["regions", i, "nodeAddresses", name];
      if (isOwnMachine(address))
        found.push({
          path,
          rule: `${address} means another machine on each node`,
          fix: "give the address that the others can reach",
        });
      else if (isIP(address) === 0 && region.nodeAddresses[name] === undefined)
        found.push({
          path,
          rule: `the host's address is the name ${address}, and OMS_HOST_IP and cm_nodes take IP addresses`,
          fix: "give its IP address",
        });
      const other = seen.find((one) => one.name !== name && meansSame(one.address, address));
      if (other !== undefined)
        found.push({ path, rule: `${address} is the address of ${other.name} too`, fix: "give each node its own" });
      seen.push({ address, name });
    });
    return found;
  });
}

/** What all nodes reach under one address. */
function sharedConflicts<H>({ regions, metaDb, tsdb }: OmsSettings<H>): Conflict[] {
  if (regions.flatMap(({ nodes }) => nodes).length < 2) return [];
  const rule = "means another machine on each node";
  const fix = "give the address that all nodes can reach";
  const [, tsdbHost] = /^\[?(.*?)\]?:\d+$/.exec(tsdb?.url ?? "") ?? [];
  return [
    ...(isOwnMachine(metaDb.host) ? [{ path: ["metaDb", "host"], rule, fix }] : []),
    ...(isOwnMachine(tsdbHost) ? [{ path: ["tsdb", "url"], rule, fix }] : []),
  ];
}
