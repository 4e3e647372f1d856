import { nginxClaims, virtualIpClaims } from "../claims/blocks";
import { type Claim, type Claims, directories, names, ownOr, ports } from "../claims/claim";
import { instanceOf } from "./instance";
import type { OdpSettings } from "./schema";

/** What a deployment has of its hosts. */
export function odpClaims<H>(name: string, settings: OdpSettings<H>): Claims<H> {
  const { hosts, proxy, keepData, image } = settings;
  const instance = instanceOf(name, proxy?.containerName, undefined, settings.package);
  const isThere = settings.package?.dataDirectory !== undefined;
  const isContainer = image !== undefined;
  const program: Claim<H>[] = isContainer
    ? names("container", hosts, "name", instance.unit)
    : [
        ...names("unit", hosts, "name", instance.unit),
        ...(isThere ? [] : names("user", hosts, "name", instance.user)),
        ...directories(hosts, "name", instance.package, "own"),
      ];
  return {
    owner: `OdpWithWatchdog ${name}`,
    claims: [
      ...Object.entries(settings.ports).flatMap(([kind, port]) => ports(hosts, `ports.${kind}`, port)),
      ...program,
      ...directories(hosts, "name", instance.config, "own"),
      ...directories(hosts, isThere ? "package.dataDirectory" : "name", instance.directory, ownOr(isThere || keepData)),
      ...(proxy
        ? [
            ...ports(proxy.hosts, "proxy.port", proxy.port),
            ...nginxClaims(proxy.hosts, "proxy.containerName", instance.nginx),
          ]
        : []),
      ...(proxy?.virtualIp
        ? virtualIpClaims(proxy.hosts, `${name}-vip`, "name", proxy.virtualIp, "proxy.virtualIp.")
        : []),
    ],
  };
}
