import type { Placed } from "./placed";

/** An address that moves between hosts. */
export interface VirtualIp {
  name: string;
  address: string;
  /** Names of the hosts that may have it. */
  hosts: string[];
}

/** The virtual IPs among resources; of one that was never there the address is not known. */
export const virtualIpsIn = (placed: Placed[]): VirtualIp[] =>
  placed.flatMap(({ resource: { type, outputs }, name }) => {
    if (type !== "dbha:index:VirtualIp" || typeof outputs.address !== "string" || !Array.isArray(outputs.hosts))
      return [];
    const hosts = outputs.hosts.map(({ host }: { host: string }) => host);
    return [{ name, address: outputs.address, hosts }];
  });
