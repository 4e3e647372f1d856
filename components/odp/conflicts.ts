import { type Conflict, namedTwice, proxyHostConflicts } from "../conflicts";
import { adoptConflicts, placeConflicts } from "./adopt-conflicts";
import { proxyIdsOf } from "./parameters";
import type { OdpSettings } from "./schema";

/** Parameters that have an argument of their own, and that argument. */
const ownArgument: Record<string, string> = {
  listen_port: "ports.sql",
  prometheus_listen_port: "ports.prometheus",
  rpc_listen_port: "ports.rpc",
  app_name: "appName",
  rootservice_cluster_name: "cluster.name",
  rootservice_list: "cluster.rsList",
  obproxy_config_server_url: "cluster.configServerUrl",
  ignore_local_config: "ignoreLocalConfig",
  proxy_id: "firstProxyId",
  client_session_id_version: "clientSessionIdVersion",
  obproxy_sys_password: "proxysysPassword",
  observer_sys_password: "observerSysPassword",
};

/** Finds every conflict among arguments that passed their own rules. */
export function conflicts<H>(args: OdpSettings<H>, nameOf: (host: H) => string): Conflict[] {
  return [
    ...namedTwice(args.hosts.map(nameOf), ["hosts"], "each host can run one OBProxy of a deployment"),
    ...programConflicts(args),
    ...placeConflicts(args),
    ...adoptConflicts(args),
    ...clusterConflicts(args),
    ...portConflicts(args),
    ...idConflicts(args),
    ...givenIdConflicts(args, nameOf),
    ...parameterConflicts(args),
    ...proxyConflicts(args, nameOf),
  ];
}

function programConflicts<H>({ package: from, image, programDirectory }: OdpSettings<H>): Conflict[] {
  const found: Conflict[] = [];
  if ((from === undefined) === (image === undefined))
    found.push({
      path: ["image"],
      rule: "exactly one of package and image must be given",
      fix: image ? "remove one of them" : "give one of them",
    });
  if (programDirectory !== undefined && image === undefined)
    found.push({
      path: ["programDirectory"],
      rule: "is a directory of the image, and there is none",
      fix: "give package.directory instead, or remove it",
    });
  if (from !== undefined && (from.archive === undefined) === (from.directory === undefined))
    found.push({
      path: ["package"],
      rule: "exactly one of archive and directory must be given",
      fix: from.archive ? "remove one of them" : "give one of them",
    });
  return found;
}

function clusterConflicts<H>({ cluster }: OdpSettings<H>): Conflict[] {
  if ((cluster.rsList === undefined) !== (cluster.configServerUrl === undefined)) return [];
  return [
    {
      path: ["cluster"],
      rule: "exactly one of rsList and configServerUrl must be given",
      fix: cluster.rsList ? "remove one of them" : "give one of them",
    },
  ];
}

function portConflicts<H>({ ports }: OdpSettings<H>): Conflict[] {
  const all = Object.entries(ports);
  return all.flatMap(([name, port], i) => {
    const path = ["ports", name];
    if (port < 1024) return [{ path, rule: "the proxies' user may use ports from 1024 on", fix: "choose another one" }];
    const other = all.slice(0, i).find(([, earlier]) => earlier === port);
    return other ? [{ path, rule: `is ports.${other[0]} too`, fix: "choose another one" }] : [];
  });
}

function idConflicts<H>({ hosts, firstProxyId, clientSessionIdVersion: version }: OdpSettings<H>): Conflict[] {
  const most = version === 2 ? 8191 : 255;
  const last = firstProxyId + hosts.length - 1;
  if (last <= most) return [];
  const rule = `the ${hosts.length} hosts get IDs up to ${last}, and with clientSessionIdVersion ${version} they end at ${most}`;
  return [{ path: ["firstProxyId"], rule, fix: "begin with a lower one" }];
}

function givenIdConflicts<H>(args: OdpSettings<H>, nameOf: (host: H) => string): Conflict[] {
  const names = args.hosts.map(nameOf);
  const ids = proxyIdsOf(names, args);
  const most = args.clientSessionIdVersion === 2 ? 8191 : 255;
  return Object.entries(args.proxyIds).flatMap(([name, id]) => {
    const path = ["proxyIds", name];
    if (!names.includes(name)) return [{ path, rule: `the hosts are ${names.join(", ")}`, fix: "mend the name" }];
    if (id > most) return [{ path, rule: `IDs end at ${most} with clientSessionIdVersion 1`, fix: "give a lower one" }];
    const other = names.find((one, i) => one !== name && ids[i] === id);
    return other === undefined ? [] : [{ path, rule: `is the one of host ${other} too`, fix: "give each its own" }];
  });
}

function parameterConflicts<H>({ parameters }: OdpSettings<H>): Conflict[] {
  return Object.keys(parameters).flatMap((name) => {
    const path = ["parameters", name];
    const own = ownArgument[name];
    if (own !== undefined) return [{ path, rule: `is set by ${own}`, fix: `give ${own} instead` }];
    if (/^[a-z][a-z0-9_]*$/.test(name)) return [];
    return [{ path, rule: "must be a parameter of OBProxy, small letters, digits and _", fix: "mend the name" }];
  });
}

function proxyConflicts<H>({ proxy, hosts, ports }: OdpSettings<H>, nameOf: (host: H) => string): Conflict[] {
  if (proxy === undefined) return [];
  const names = proxy.hosts.map(nameOf);
  const found = proxyHostConflicts(names, proxy.virtualIp, "clients");
  if (hosts.map(nameOf).some((name) => names.includes(name)) && Object.values(ports).includes(proxy.port))
    found.push({
      path: ["proxy", "port"],
      rule: "nginx and OBProxy cannot share a port on one host",
      fix: "change proxy.port or ports",
    });
  return found;
}
