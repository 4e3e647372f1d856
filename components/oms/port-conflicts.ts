import type { Conflict, KnownHost } from "../conflicts";
import { fixedUse, portsOf, proxyPorts, type OmsPorts } from "./ports";
import type { OmsSettings } from "./schema";
import { containerNameOf, omsVersion } from "./versions";

/** What is wrong among the ports of OMS and of nginx, and the containers' names, host by host. */
export const portConflicts = <H>(args: OmsSettings<H>, known: KnownHost<H>): Conflict[] => [
  ...ownConflicts(args),
  ...args.regions.flatMap((_region, i) => [...proxyConflicts(args, known, i), ...nameConflicts(args, known, i)]),
];

function ownConflicts<H>(args: OmsSettings<H>): Conflict[] {
  const all = Object.entries(portsOf(args)) as [keyof OmsPorts, number][];
  return all.flatMap(([name, port], i) => {
    const use = fixedUse(port);
    if (use !== undefined)
      return [{ path: ["ports", name], rule: `${port} is a port of ${use} already`, fix: "choose another one" }];
    const earlier = all.slice(0, i).find(([, one]) => one === port)?.[0];
    if (earlier === undefined) return [];
    // a default is not to blame
    const [blamed, other] = args.ports[name] === undefined ? [earlier, name] : [name, earlier];
    return [{ path: ["ports", blamed], rule: `${port} is ports.${other} too`, fix: "choose another one" }];
  });
}

/** nginx listens on all addresses of its host, as OMS does. */
function proxyConflicts<H>(args: OmsSettings<H>, { nameOf }: KnownHost<H>, i: number): Conflict[] {
  const proxy = args.regions[i]?.proxy;
  if (proxy === undefined) return [];
  const { cmPort, consolePort } = proxyPorts(args, proxy);
  const found: Conflict[] = [];
  if (cmPort === consolePort)
    found.push({
      path: ["regions", i, "proxy", "consolePort"],
      rule: `CM and console need a port each, and both have ${cmPort}`,
      fix: "change one of them",
    });
  const names = proxy.hosts.map(nameOf);
  const nodes = new Set(args.regions.flatMap((region) => region.nodes.map(nameOf)));
  const onNodes = names.filter((name) => name !== "" && nodes.has(name));
  const own = Object.values(portsOf(args));
  for (const [argument, port] of Object.entries({ cmPort, consolePort })) {
    const path = ["regions", i, "proxy", argument];
    const use = own.includes(port) ? "OMS" : fixedUse(port);
    if (onNodes.length > 0 && use !== undefined)
      found.push({
        path,
        rule: `${onNodes.join(", ")} ${onNodes.length === 1 ? "runs a node" : "run nodes"}, and there ${use} listens on port ${port} on all addresses`,
        fix: "leave proxy out, so that the virtual IP moves between the nodes themselves; or give another port, or hosts without a node",
      });
    const rival = args.regions
      .slice(0, i)
      .findIndex(
        (one) =>
          one.proxy?.hosts.map(nameOf).some((name) => names.includes(name)) === true &&
          Object.values(proxyPorts(args, one.proxy)).includes(port),
      );
    if (rival >= 0)
      found.push({
        path,
        rule: `nginx of regions[${rival}] has port ${port} on the same host`,
        fix: "give another port, or other hosts",
      });
  }
  return found;
}

function nameConflicts<H>(args: OmsSettings<H>, { nameOf }: KnownHost<H>, i: number): Conflict[] {
  const proxy = args.regions[i]?.proxy;
  if (proxy === undefined) return [];
  const path = ["regions", i, "proxy", "containerName"];
  const names = proxy.hosts.map(nameOf);
  const isHere = (hosts: H[]): boolean => hosts.map(nameOf).some((name) => names.includes(name));
  // of a version that is none nothing is called
  const oms = omsVersion(args.version) === undefined ? undefined : containerNameOf(args);
  if (proxy.containerName === oms && args.regions.some(({ nodes }) => isHere(nodes)))
    return [{ path, rule: "is the name of OMS's container on the same host", fix: "give nginx another one" }];
  const rival = args.regions
    .slice(0, i)
    .findIndex((one) => one.proxy?.containerName === proxy.containerName && isHere(one.proxy.hosts));
  if (rival < 0) return [];
  return [{ path, rule: `nginx of regions[${rival}] has it on the same host`, fix: "give each its own name" }];
}
