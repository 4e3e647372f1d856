import { isIP } from "node:net";
import type { Conflict, KnownHost } from "../conflicts";
import { parseNetwork } from "../virtual-ip/network";
import { addressesOfNodes, meansSame } from "./addresses";
import type { OmsSettings } from "./schema";

/** How many hosts share an address at most, by the rule of `VirtualIp`. */
const MOST = 10;

/** The address of a virtual IP; undefined where there is none, or it is not one. */
export function addressOfVirtualIp(virtualIp: { address?: unknown } | undefined): string | undefined {
  if (typeof virtualIp?.address !== "string") return undefined;
  const { address } = parseNetwork(virtualIp.address);
  return isIP(address) === 0 ? undefined : address;
}

/** What is wrong with the regions' virtual IPs. */
export function virtualIpConflicts<H>(args: OmsSettings<H>, known: KnownHost<H>): Conflict[] {
  const { regions } = args;
  const nodes = addressesOfNodes(args, known);
  return regions.flatMap(({ virtualIp, proxy, nodes: own }, i) => {
    if (virtualIp === undefined) return [];
    const address = addressOfVirtualIp(virtualIp);
    const path = ["regions", i, "virtualIp", "address"];
    const found = countConflicts(new Set((proxy?.hosts ?? own).map(known.nameOf)).size, i, proxy !== undefined);
    const nginx = (proxy?.hosts ?? []).map((host) => ({ host, address: known.addressOf(host) }));
    const owner = [...nodes, ...nginx].find((one) => meansSame(one.address, address));
    if (owner !== undefined)
      found.push({
        path,
        rule: `is the address of host ${known.nameOf(owner.host)}`,
        fix: "give one that no host has",
      });
    const other = regions.slice(0, i).findIndex((one) => meansSame(addressOfVirtualIp(one.virtualIp), address));
    if (other >= 0)
      found.push({ path, rule: `is the virtual IP of regions[${other}] too`, fix: "give each region its own" });
    return found;
  });
}

function countConflicts(count: number, i: number, isProxied: boolean): Conflict[] {
  const path = ["regions", i, ...(isProxied ? ["proxy", "hosts"] : ["nodes"])];
  if (count < 2)
    return [
      {
        path,
        rule: "a virtual IP moves between at least two hosts",
        fix: isProxied
          ? "name a second host, or remove virtualIp"
          : "name a second node, give proxy with two hosts, or remove virtualIp and give cmUrl",
      },
    ];
  if (count > MOST)
    return [
      {
        path,
        rule: `a virtual IP moves between at most ${MOST} hosts`,
        fix: isProxied ? "name fewer" : "give proxy with two hosts, or remove virtualIp and give cmUrl",
      },
    ];
  return [];
}
