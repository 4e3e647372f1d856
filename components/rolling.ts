import type * as pulumi from "@pulumi/pulumi";
import type { Probe } from "../provider/resources";
import type { Host } from "./host";
import { isSameAddress } from "./virtual-ip/network";

/** What a host's changes wait for, given in `dependsOn`. */
export type Waits = pulumi.Resource[] | Promise<pulumi.Resource[]>;

/**
 * Deploys the same onto hosts so that a change goes from one to the next: each waits for the probe of the one before it, and
 * what comes after a host that does not come back is not touched.
 * @param virtualAddress an address that moves between the hosts: the one that has it comes last, so that it moves once and to a
 * host that has been changed already. The order of a deployment is no difference to the next one.
 * @param first what all of them wait for.
 */
export function rolling<D extends { probe: Probe }>(
  hosts: Host[],
  virtualAddress: string | undefined,
  first: pulumi.Resource[],
  deploy: (host: Host, waits: Waits) => D,
): D[] {
  const deployed = new Map<Host, D>();
  const waits = (host: Host, order: Host[]): pulumi.Resource[] => {
    const before = order[order.indexOf(host) - 1];
    return [...first, ...(before ? [(deployed.get(before) as D).probe] : [])];
  };
  const order = virtualAddress === undefined ? undefined : standbyFirst(hosts, virtualAddress);
  for (const host of hosts)
    deployed.set(host, deploy(host, order?.then((known) => waits(host, known)) ?? waits(host, hosts)));
  return [...deployed.values()];
}

/** The `dependsOn` of what waits for others and for resources of its own host. */
export const waitFor = (waits: Waits, ...own: pulumi.Resource[]): Waits =>
  Array.isArray(waits) ? [...own, ...waits] : waits.then((others) => [...own, ...others]);

/** The hosts as given, but the one that has the address now last. */
async function standbyFirst(hosts: Host[], address: string): Promise<Host[]> {
  const facts = await Promise.all(hosts.map((host) => host.facts));
  const has = (_: Host, i: number): boolean =>
    facts[i]?.addresses.some((one) => isSameAddress(one.address, address)) ?? false;
  return [...hosts.filter((host, i) => !has(host, i)), ...hosts.filter(has)];
}
