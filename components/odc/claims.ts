import { nginxClaims, virtualIpClaims } from "../claims/blocks";
import { type Claims, directories, names, ownOr, ports } from "../claims/claim";
import type { KnownHost } from "../conflicts";
import { nodePort } from "./node-endpoint";
import type { OdcSettings } from "./schema";

/** What a deployment has of its hosts. */
export function odcClaims<H>(name: string, settings: OdcSettings<H>, { isLost }: KnownHost<H>): Claims<H> {
  const { nodes, proxy, mounts, backup, keepData } = settings;
  const ofBackups = nodes.filter((host) => !isLost(host)).slice(0, 1);
  return {
    owner: `OdcHaDeployment ${name}`,
    claims: [
      ...ports(nodes, settings.mappingPort === undefined ? "port" : "mappingPort", nodePort(settings)),
      ...names("container", nodes, "containerName", settings.containerName),
      ...directories(nodes, "mounts.log", mounts.log, ownOr(keepData)),
      ...directories(nodes, "mounts.data", mounts.data, ownOr(keepData)),
      ...directories(ofBackups, "backup.directory", backup.directory, backup.keepOnDestroy ? "shared" : "purged"),
      ...ports(proxy.hosts, "proxy.port", proxy.port),
      ...(proxy.https ? ports(proxy.hosts, "proxy.https.port", proxy.https.port) : []),
      ...nginxClaims(proxy.hosts, "proxy.containerName", proxy.containerName),
      ...(proxy.virtualIp
        ? virtualIpClaims(proxy.hosts, `${name}-vip`, "name", proxy.virtualIp, "proxy.virtualIp.")
        : []),
    ],
  };
}
