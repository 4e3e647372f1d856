import { isIP } from "node:net";
import { type Conflict, type KnownHost, namedTwice } from "../conflicts";
import { isLoopback } from "../rules";
import { only, type PlacedNode } from "./layout";
import type { DolphinSettings } from "./schema";

/** What is wrong with hosts and their addresses. */
export const hostConflicts = <H>(args: DolphinSettings<H>, known: KnownHost<H>, nodes: PlacedNode[]): Conflict[] => [
  ...namedTwice(
    args.hosts.map(known.nameOf),
    ["hosts"],
    "each host is named once; a second node of it stands in dataNodes or computeNodes",
  ),
  ...lostConflicts(args, known, nodes),
  ...strangers(args, known),
  ...addressConflicts(args, known),
  ...nameConflicts(args, known),
];

/** A group that has lost its majority elects nobody, and no change goes through. */
function lostConflicts<H>({ hosts }: DolphinSettings<H>, known: KnownHost<H>, nodes: PlacedNode[]): Conflict[] {
  const lost = new Set(hosts.filter(known.isLost).map(known.nameOf));
  const controllers = only(nodes, "controller");
  const living = controllers.filter(({ hostName }) => !lost.has(hostName)).length;
  if (lost.size === 0 || living * 2 > controllers.length) return [];
  return [
    {
      path: ["hosts"],
      rule: `${living} of ${controllers.length} controllers are on hosts that are not marked as lost, and without a majority nobody leads`,
      fix: "bring a host with a controller back; no change of the cluster can be made before",
    },
  ];
}

/** Nodes may run on hosts of the cluster alone: each needs files, users and ports there. */
function strangers<H>(args: DolphinSettings<H>, { nameOf }: KnownHost<H>): Conflict[] {
  const names = args.hosts.map(nameOf);
  return (["controllers", "agents", "dataNodes", "computeNodes"] as const).flatMap((kind) =>
    (args[kind] ?? []).flatMap(({ host }, i) =>
      nameOf(host) === "" || names.includes(nameOf(host))
        ? []
        : [{ path: [kind, i, "host"], rule: "is none of hosts", fix: "name it in hosts, too" }],
    ),
  );
}

function addressConflicts<H>(args: DolphinSettings<H>, { nameOf, addressOf }: KnownHost<H>): Conflict[] {
  const hosts = args.hosts.map((host, i) => ({ name: nameOf(host), own: addressOf(host), i }));
  const names = hosts.map(({ name }) => name);
  const found = Object.entries(args.addresses).flatMap(([name, given]): Conflict[] => {
    const path = ["addresses", name];
    if (!names.includes(name)) return [{ path, rule: `hosts are ${names.join(", ")}`, fix: "mend the name" }];
    if (typeof given !== "string" || !isLoopback(given) || names.length === 1) return [];
    return [{ path, rule: "means another machine on each host", fix: "give the address that the others can reach" }];
  });
  const taken = new Map<string, string>();
  for (const { name, own, i } of hosts) {
    const address = args.addresses[name] ?? own;
    if (name === "" || address === undefined) continue;
    const path = name in args.addresses ? ["addresses", name] : ["hosts", i];
    if (!(name in args.addresses) && isIP(address) !== 4)
      found.push({
        path,
        rule: `its address is ${address}, and nodes know each other by IPv4 addresses, as a site is address:port:alias`,
        fix: `give addresses.${name}`,
      });
    const other = taken.get(address);
    if (other !== undefined && other !== name)
      found.push({ path, rule: `host ${other} has the address ${address}, too`, fix: "give each host its own" });
    taken.set(address, other ?? name);
  }
  return found;
}

function nameConflicts<H>(
  { hosts, publicNames, parameters }: DolphinSettings<H>,
  { nameOf }: KnownHost<H>,
): Conflict[] {
  const names = hosts.map(nameOf);
  const needsNames = parameters.controllers.enableHTTPS === true;
  return Object.entries(publicNames).flatMap(([name, given]): Conflict[] => {
    const path = ["publicNames", name];
    if (!names.includes(name)) return [{ path, rule: `hosts are ${names.join(", ")}`, fix: "mend the name" }];
    if (!needsNames || typeof given !== "string" || isIP(given) === 0) return [];
    return [{ path, rule: "with enableHTTPS the engine asks for a domain name", fix: "give a name that leads there" }];
  });
}
