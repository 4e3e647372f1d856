import type { ObproxySeen } from "../../provider/resources";
import { asItHasIt, type Difference, words } from "../adopt/differences";
import { letUnitGo } from "../adopt/process-shell";
import { sentence } from "../validation";
import type { FoundOnHost, FoundProxy } from "./adopt-found";
import { renderParameters } from "./parameters";
import type { OdpSettings } from "./schema";

/** What a host's proxy is to be. */
export interface WantedProxy {
  settings: Omit<OdpSettings<unknown>, "hosts" | "proxy">;
  proxyId: number;
  appName: string;
  /** The program and its directory as the arguments have them. */
  program: string;
  directory: string;
  user: string;
}

/** What is said of a host on which none, or more than one, could be meant. */
export function notOne({ proxies }: FoundOnHost, directory: string): string {
  const all = proxies.map(({ pid, user, directory: at }) => `process ${pid} of ${user} in ${at}`).join(", ");
  if (proxies.length === 0)
    return sentence("no OBProxy runs there", "start it, or leave adopt out, and it is deployed there");
  const those = proxies.filter((one) => one.directory === directory);
  if (those.length > 1)
    return sentence(`several OBProxies run in ${directory} (${all})`, "stop those that have not the ports");
  return sentence(
    `several OBProxies run there, and none of them in ${directory} (${all})`,
    asItHasIt("package.dataDirectory"),
  );
}

/** In what the process is not the one that the arguments tell. */
export function processDifferences(one: FoundProxy, host: FoundOnHost, wanted: WantedProxy): Difference[] {
  const { settings, program, directory, user } = wanted;
  const found: Difference[] = [];
  const isReplaced = one.program.endsWith(" (deleted)");
  if (isReplaced)
    found.push({
      what: "program",
      found: one.program,
      wanted: "that it is there still",
      fix: "restart it there, since it would be restarted by the first repair",
    });
  else if (one.program !== host.program)
    found.push({
      what: "program",
      found: one.program,
      wanted: host.program || program,
      fix: asItHasIt("package.directory"),
    });
  if (one.directory !== host.directory)
    found.push({
      what: "working directory",
      found: one.directory,
      wanted: host.directory || directory,
      fix: asItHasIt("package.dataDirectory"),
    });
  if (one.user !== user) found.push({ what: "user", found: one.user, wanted: user, fix: asItHasIt("package.user") });
  const ports = Object.entries(settings.ports).filter(([, port]) => !one.ports.includes(String(port)));
  for (const [name, port] of ports)
    found.push({
      what: `${name} port`,
      found: words(one.ports),
      wanted: String(port),
      fix: asItHasIt(`ports.${name}`),
    });
  if (one.unit !== "")
    found.push({
      what: "systemd unit",
      found: one.unit,
      wanted: "none, as two would start it",
      fix: letUnitGo(one.unit),
    });
  if (host.watchdogs.length > 0)
    found.push({
      what: "watchdog",
      found: `obproxyd.sh (process ${host.watchdogs.join(", ")})`,
      wanted: "none, as two would start it",
      fix: `kill ${host.watchdogs.join(" ")} there, which ends no proxy, and see that nothing starts it again`,
    });
  return found;
}

/** The parameters that are asked for. */
export const askedFor = (wanted: WantedProxy): string[] => Object.keys(wantedParameters(wanted));

/** In what its configuration is not the one that the arguments tell. */
export function configurationDifferences(seen: ObproxySeen, wanted: WantedProxy, host: string): Difference[] {
  if (seen.login === "silent")
    return [{ what: "SQL", found: `no answer (${seen.detail})`, wanted: "one", fix: "see its log; it must serve" }];
  if (seen.login === "refused")
    return [
      {
        what: "password of root@proxysys",
        found: "[secret]",
        wanted: wanted.settings.proxysysPassword === undefined ? "nothing" : "another [secret]",
        fix: asItHasIt("proxysysPassword"),
      },
    ];
  const found = Object.entries(wantedParameters(wanted)).flatMap(([name, { value, argument }]): Difference[] => {
    const has = seen.parameters[name];
    if (has !== undefined && inOrder(name, has) === inOrder(name, value)) return [];
    const fix =
      has === undefined
        ? "OBProxy 4.2.3 or later is needed; remove a parameter that it does not have"
        : `${asItHasIt(argument.replace("HOST", host))}, or set it there: alter proxyconfig set ${name} = '${value}'`;
    return [
      {
        what: name,
        found: has === undefined ? "no such parameter" : JSON.stringify(has),
        wanted: JSON.stringify(value),
        fix,
      },
    ];
  });
  if (seen.observerPassword === "other" || seen.observerPassword === "none")
    found.push({
      what: "observer_sys_password",
      found: seen.observerPassword === "none" ? "nothing" : "[secret]",
      wanted: "another [secret]",
      fix: asItHasIt("observerSysPassword"),
    });
  return found;
}

/** In what it stays as it is until its next start. */
export const staying = ({ group }: FoundProxy, unit: string): Difference[] => [
  { what: "control group", found: group, wanted: `that of ${unit}.service` },
];

/** What it is to show, by the argument that tells it. Ports are seen where it listens. */
function wantedParameters({
  settings,
  proxyId,
  appName,
}: WantedProxy): Record<string, { value: string; argument: string }> {
  const { name, rsList } = settings.cluster;
  const told: Record<string, string> = {
    client_session_id_version: "clientSessionIdVersion",
    ignore_local_config: "ignoreLocalConfig",
    obproxy_config_server_url: "cluster.configServerUrl",
    rootservice_list: "cluster.rsList",
    proxy_id: "proxyIds.HOST",
  };
  const all = {
    app_name: appName,
    rootservice_cluster_name: name,
    ...(rsList && { rootservice_list: rsList.join(";") }),
    ...renderParameters(settings, proxyId),
  };
  const own: Record<string, string> = { ...told, app_name: "appName", rootservice_cluster_name: "cluster.name" };
  return Object.fromEntries(
    Object.entries(all).map(([key, value]) => [key, { value, argument: own[key] ?? `parameters.${key}` }]),
  );
}

/** The order of servers says nothing. Else every letter counts, since the value would be set. */
const inOrder = (name: string, value: string): string =>
  name === "rootservice_list" ? value.split(";").sort().join(";") : value;
