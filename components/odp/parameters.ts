import type { OdpSettings } from "./schema";

type Settings = Pick<OdpSettings<unknown>, "cluster" | "parameters" | "ignoreLocalConfig" | "clientSessionIdVersion">;

/** The parameters of a proxy, without passwords, as `show proxyconfig` writes them. */
export function renderParameters(settings: Settings, proxyId: number): Record<string, string> {
  const { cluster, parameters, ignoreLocalConfig, clientSessionIdVersion } = settings;
  return {
    ...parameters,
    client_session_id_version: String(clientSessionIdVersion),
    ignore_local_config: ignoreLocalConfig ? "True" : "False",
    // an RS list is given by -r; one of former times would go before the config server
    ...(cluster.configServerUrl && { obproxy_config_server_url: cluster.configServerUrl, rootservice_list: "" }),
    proxy_id: String(proxyId),
  };
}

/** The proxy_id of each host, in their order. */
export const proxyIdsOf = (
  hosts: string[],
  { firstProxyId, proxyIds }: Pick<OdpSettings<unknown>, "firstProxyId" | "proxyIds">,
) => hosts.map((host, i) => (Object.hasOwn(proxyIds, host) ? (proxyIds[host] as number) : firstProxyId + i));

/** What a proxy is told by `-o` at its first start, when it has no configuration yet. Everybody on the host can read it. */
export const renderOptions = (settings: Settings, proxyId: number): string =>
  Object.entries(renderParameters(settings, proxyId))
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}=${value}`)
    .join(",");
