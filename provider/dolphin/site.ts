import type { Host } from "../kinds/fields";
import type { NodeRow } from "../resources/dolphin/node-rows";

/** Where a node listens, and what it is called. */
export type Site = Pick<NodeRow, "host" | "port" | "alias">;

/** A host of a cluster. */
export interface ClusterHost {
  host: Host;
  /** As sites have it. */
  address: string;
  controller?: { alias: string; port: number };
  /** Units that systemd runs its controller and its agent by, and that which ends its data and compute nodes. */
  units?: { controller?: string; agent?: string; nodes?: string };
}

/** How a cluster is reached. */
export type ClusterAccess = {
  hosts: ClusterHost[];
  https: boolean;
  /** Seconds that an election may take, and with it a refusal that passes. */
  electionTimeout: number;
};

/** A controller's host. */
export interface ControllerHost extends ClusterHost {
  site: Site;
}

/** Those of the hosts that are not lost. */
export const present = (hosts: readonly ClusterHost[]): ClusterHost[] => hosts.filter(({ host }) => host.lost !== true);

/** Hosts with controllers, in the order in which those are asked; the one that is called first comes first. */
export function controllersOf(hosts: readonly ClusterHost[], first = ""): ControllerHost[] {
  const found = present(hosts).flatMap((one) => {
    const { controller, address } = one;
    return controller === undefined ? [] : [{ ...one, site: { ...controller, host: address } }];
  });
  return [...found.filter(({ site }) => site.alias === first), ...found.filter(({ site }) => site.alias !== first)];
}

/** Aliases and addresses are looked up among what is described: on a host that is lost nothing is asked and nothing is awaited. */
export const isLost = (hosts: readonly ClusterHost[], { host }: Pick<Site, "host">): boolean =>
  hosts.some(({ address, host: { lost } }) => address === host && lost === true);
