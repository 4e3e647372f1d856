import { isIP } from "node:net";
import type { KnownHost } from "../conflicts";
import { isLoopback } from "../rules";
import { isSameAddress } from "../virtual-ip/network";
import { nodeAddresses } from "./regions";
import type { OmsSettings } from "./schema";

/** An address that a node has: the host's own, or one that it is given in `nodeAddresses`. */
export interface NodeAddress<H> {
  host: H;
  /** Index of its region. */
  region: number;
  address: string;
}

/** Addresses of all nodes, those by which OMS knows them and those of their hosts. */
export const addressesOfNodes = <H>(
  { regions }: OmsSettings<H>,
  { nameOf, addressOf }: KnownHost<H>,
): NodeAddress<H>[] =>
  regions.flatMap((region, i) => {
    const known = nodeAddresses(region, nameOf, addressOf);
    return region.nodes.flatMap((host, n) =>
      [known[n], addressOf(host)].flatMap((address) => (address === undefined ? [] : [{ host, region: i, address }])),
    );
  });

/** Whether two texts mean one address: names by their letters, IP addresses whatever way they are written. */
export const meansSame = (one: unknown, other: unknown): boolean => {
  if (typeof one !== "string" || typeof other !== "string") return false;
  return isIP(one) !== 0 && isIP(other) !== 0 ? isSameAddress(one, other) : one.toLowerCase() === other.toLowerCase();
};

/** Whether an address means each machine itself, in all ways to write it. */
export const isOwnMachine = (address: unknown): boolean =>
  typeof address === "string" &&
  (isLoopback(address.toLowerCase()) || ["::1", "::", "::ffff:127.0.0.1"].some((one) => meansSame(one, address)));
