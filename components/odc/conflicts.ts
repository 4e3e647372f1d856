import { adoptionConflicts } from "../adopt/conflicts";
import { type Conflict, type KnownHost, namedTwice, proxyHostConflicts } from "../conflicts";
import { isLoopback } from "../rules";
import { nameProblem } from "./cookie-domain";
import { nodePort } from "./node-endpoint";
import type { OdcSettings } from "./schema";
import { userName } from "./user-name";

/** Finds every conflict among arguments that passed their own rules. */
export function conflicts<H>(args: OdcSettings<H>, { nameOf, addressOf, isLost }: KnownHost<H>): Conflict[] {
  return [
    ...lostConflicts(args, isLost),
    ...nodeConflicts(args, nameOf),
    ...proxyHostConflicts(args.proxy.hosts.map(nameOf), args.proxy.virtualIp, "users"),
    ...userNameConflicts(args, addressOf),
    ...portConflicts(args),
    ...pathConflicts(args),
    ...memoryConflicts(args),
    ...adoptConflicts(args),
  ];
}

function lostConflicts<H>({ nodes, proxy }: OdcSettings<H>, isLost: (host: H) => boolean): Conflict[] {
  const lists: [path: PropertyKey[], hosts: H[]][] = [
    [["nodes"], nodes],
    [["proxy", "hosts"], proxy.hosts],
  ];
  return lists.flatMap(([path, hosts]) =>
    hosts.length > 0 && hosts.every(isLost)
      ? [{ path, rule: "all of them are marked as lost", fix: "name a host that lives" }]
      : [],
  );
}

function nodeConflicts<H>(args: OdcSettings<H>, nameOf: (host: H) => string): Conflict[] {
  const names = args.nodes.map(nameOf);
  const found = namedTwice(names, ["nodes"], "each host can run one node");
  for (const [name, address] of Object.entries(args.nodeAddresses)) {
    const path = ["nodeAddresses", name];
    if (!names.includes(name)) found.push({ path, rule: `the nodes are ${names.join(", ")}`, fix: "mend the name" });
    else if (names.length > 1 && isLoopback(address))
      found.push({
        path,
        rule: "means another machine on each node",
        fix: "give the address that the others can reach",
      });
  }
  if (args.nodes.length > 1 && typeof args.metaDb.host === "string" && isLoopback(args.metaDb.host))
    found.push({
      path: ["metaDb", "host"],
      rule: "means another machine on each node",
      fix: "give the address that all nodes can reach",
    });
  return found;
}

/** What users open must work with ODC's cookies. */
function userNameConflicts<H>({ proxy }: OdcSettings<H>, addressOf: (host: H) => string | undefined): Conflict[] {
  const { name, path } = userName(proxy, addressOf);
  const problem = name === undefined ? undefined : nameProblem(name);
  if (problem === undefined) return [];
  if (path[1] !== "domain") return [{ path, ...problem, fix: "give proxy.domain, a name that leads there" }];
  if (proxy.domain !== undefined) return [{ path, ...problem }];
  return [{ path, ...problem, rule: `users open ODC at ${name}, but ${problem.rule}` }];
}

function portConflicts<H>(args: OdcSettings<H>): Conflict[] {
  const { proxy, nodes } = args;
  const together = proxy.hosts.some((one) => nodes.includes(one));
  const rule = "nginx and ODC cannot share a port on one host";
  const found: Conflict[] = [];
  if (together && proxy.port === nodePort(args))
    found.push({ path: ["proxy", "port"], rule, fix: "change port or proxy.port" });
  if (together && proxy.https?.port === nodePort(args))
    found.push({ path: ["proxy", "https", "port"], rule, fix: "change port or proxy.https.port" });
  if (proxy.https?.port === proxy.port)
    found.push({
      path: ["proxy", "https", "port"],
      rule: "HTTP and HTTPS need a port each",
      fix: "change one of them",
    });
  return found;
}

function pathConflicts<H>({ proxy, mounts, backup, containerName }: OdcSettings<H>): Conflict[] {
  const found: Conflict[] = [];
  if (proxy.containerName === containerName)
    found.push({
      path: ["proxy", "containerName"],
      rule: "must differ from containerName",
      fix: "rename one of the containers",
    });
  if (mounts.log === mounts.data)
    found.push({ path: ["mounts", "log"], rule: "must differ from mounts.data", fix: "give each its own directory" });
  if (Object.values(mounts).some((path) => backup.directory === path || backup.directory.startsWith(`${path}/`)))
    found.push({
      path: ["backup", "directory"],
      rule: "ODC's container would have the backups in a directory that it writes to",
      fix: "choose one outside mounts.log and mounts.data",
    });
  return found;
}

function memoryConflicts<H>({ jvm, memory }: OdcSettings<H>): Conflict[] {
  const [, amount = "", unit = ""] = /-Xmx(\d+)([kmgt]?)\b/i.exec(jvm.heap ?? "") ?? [];
  const shift = { "": -20, k: -10, m: 0, g: 10, t: 20 }[unit.toLowerCase()] ?? 0;
  if (amount === "" || Number(amount) * 2 ** shift < memory) return [];
  return [
    {
      path: ["jvm", "heap"],
      rule: `the heap must be less than the container's memory, ${memory} MiB`,
      fix: "lower -Xmx or raise memory; Java needs about a third more than its heap",
    },
  ];
}

const adoptConflicts = <H>({ adopt, image, proxy, rollback }: OdcSettings<H>): Conflict[] =>
  adopt === true
    ? adoptionConflicts(
        [
          [image, ["image"]],
          [proxy.image, ["proxy", "image"]],
        ],
        rollback,
      )
    : [];
