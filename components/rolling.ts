import type * as pulumi from "@pulumi/pulumi";
import type { Probe } from "../provider/resources";
import { living, type Host } from "./host";
import { isSameAddress } from "./virtual-ip/network";

/** What a host's changes wait for, given in `dependsOn`. */
export type Waits = pulumi.Resource[] | Promise<pulumi.Resource[]>;

/** What hosts wait for besides each other: all the same, or what is told of each. */
export type First = pulumi.Resource[] | ((host: Host) => Promise<pulumi.Resource[]>);

/**
 * Deploys the same onto hosts so that a change goes from one to the next: each waits for the probe of the one before it, or
 * for all that is in its `done`, and what comes after a host that does not come back is not touched. One that is lost waits
 * for nothing, and nothing for it.
 * @param order the hosts in the order of changes, known when they have been asked; the given one without it. The order of a
 * deployment is no difference to the next one.
 * @param first what they wait for besides; where it is told of each, those come first that wait for nothing.
 */
export function rolling<D extends { probe: Probe; done?: pulumi.Resource[] }>(
  hosts: Host[],
  order: Promise<Host[]> | undefined,
  first: First,
  deploy: (host: Host, waits: Waits) => D,
): D[] {
  const deployed = new Map<Host, D>();
  const own = (host: Host): Waits => (Array.isArray(first) ? first : first(host));
  const known = Promise.resolve(order ?? living(hosts)).then((all) =>
    sorted(all, async (host) => (await own(host)).length > 0),
  );
  const waits = async (host: Host): Promise<pulumi.Resource[]> => {
    if (host.isLost) return [];
    const all = await known;
    const before = all[all.indexOf(host) - 1];
    const last = before && (deployed.get(before) as D);
    return [...(await own(host)), ...(last ? (last.done ?? [last.probe]) : [])];
  };
  for (const host of hosts) deployed.set(host, deploy(host, waits(host)));
  return [...deployed.values()];
}

/** The `dependsOn` of what waits for others and for resources of its own host. */
export const waitFor = (waits: Waits, ...own: pulumi.Resource[]): Waits =>
  Array.isArray(waits) ? [...own, ...waits] : waits.then((others) => [...own, ...others]);

/** The hosts as given, but the one that has the address now last, so that it moves once and to a host that has been changed. */
export const standbyFirst = (hosts: Host[], address: string): Promise<Host[]> =>
  sorted(hosts, async (host) => (await host.facts).addresses.some((one) => isSameAddress(one.address, address)));

/** The hosts as given, but those last that do not run a systemd unit yet, as all that run it must know of them first. */
export const joiningLast = (hosts: Host[], unit: string): Promise<Host[]> =>
  sorted(hosts, async (host) => !(await host.facts).services.includes(unit));

/** The hosts as given, but those that are down first, so that no healthy one is taken down while another is out. */
export const downFirst = (hosts: Host[], isHealthy: (host: Host) => Promise<boolean>): Promise<Host[]> =>
  sorted(hosts, isHealthy);

async function sorted(all: Host[], comesLast: (host: Host) => Promise<boolean>): Promise<Host[]> {
  const hosts = living(all);
  const last = await Promise.all(hosts.map(comesLast));
  return [...hosts.filter((_, i) => !last[i]), ...hosts.filter((_, i) => last[i])];
}
