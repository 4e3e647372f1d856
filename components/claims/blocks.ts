import { virtualIpUnit } from "../virtual-ip/unit";
import { defaultRouterId, parseNetwork } from "../virtual-ip/network";
import { type Claim, directories, names } from "./claim";

/** What nginx has of its hosts, but for its ports. @param argument tells the container's name. */
export const nginxClaims = <H>(hosts: H[], argument: string, container: string): Claim<H>[] => [
  ...names("container", hosts, argument, container),
  ...directories(hosts, argument, `/etc/dbha/${container}`, "own"),
];

/**
 * What keepalived has of its hosts.
 * @param name of the `VirtualIp`.
 * @param argument tells its name.
 * @param at where its own arguments stand, with a dot at the end.
 */
export function virtualIpClaims<H>(
  hosts: H[],
  name: string,
  argument: string,
  given: { address: string; routerId?: number | undefined },
  at = "",
): Claim<H>[] {
  const virtual = parseNetwork(given.address);
  return [
    ...names("unit", hosts, argument, virtualIpUnit(name)),
    ...directories(hosts, argument, `/etc/dbha/vip-${name}`, "purged"),
    {
      kind: "address",
      hosts,
      argument: `${at}address`,
      ...virtual,
      routerId: given.routerId ?? defaultRouterId(virtual),
    },
  ];
}
