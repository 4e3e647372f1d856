import { BlockList, isIP, isIPv6 } from "node:net";
import type { AddressFacts } from "../../provider/resources";

/** A virtual IP, taken apart. */
export interface Network {
  address: string;
  prefixLength: number;
}

/** Where on a host the virtual IP goes. */
export interface Place {
  /** Name of the interface. */
  interface: string;
  /** The host's own address there, from which it speaks to the others. */
  address: string;
}

/** Takes "10.0.0.100/24" apart; it has been checked before. */
export function parseNetwork(cidr: string): Network {
  const [address = "", length] = cidr.split("/");
  return { address, prefixLength: Number(length) };
}

const family = (address: string): "ipv4" | "ipv6" => (isIPv6(address) ? "ipv6" : "ipv4");

/** Whether two texts mean the same address, as `fd00::1` and `FD00:0::1` do. */
export function isSameAddress(one: string, other: string): boolean {
  if (family(one) !== family(other)) return false;
  const list = new BlockList();
  list.addAddress(one, family(one));
  return list.check(other, family(other));
}

/** A command that ends with zero on the host that has the address. */
export const holderCommand = ({ address }: Network): string =>
  `PATH=$PATH:/usr/sbin:/sbin; ip -o address show to ${address} | grep -q .`;

/** The last byte of the address, 255 where that is 0: different for all addresses of a small network, and easy to foretell. */
export function defaultRouterId({ address }: Network): number {
  const last = isIPv6(address)
    ? parseInt(/([0-9a-f]{1,4})$/i.exec(address)?.[1] ?? "0", 16) & 0xff
    : Number(address.split(".")[3]);
  return last === 0 ? 255 : last;
}

/**
 * Finds the interface and own address for the virtual IP on one host.
 * @param addresses what the host has.
 * @param own the host's address in the inventory, preferred where it qualifies.
 * @param wanted the interface to take; otherwise the one with an address in the virtual IP's network.
 * @returns undefined when none qualifies.
 */
export function findPlace(
  virtual: Network,
  addresses: AddressFacts[],
  own: string,
  wanted: string | undefined,
): Place | undefined {
  const list = new BlockList();
  list.addSubnet(virtual.address, virtual.prefixLength, family(virtual.address));
  const inNetwork = ({ address }: AddressFacts): boolean => list.check(address, family(address));
  const usable = usableAddresses(virtual, addresses);
  const candidates = wanted === undefined ? usable.filter(inNetwork) : usable.filter((one) => one.interface === wanted);
  return (
    candidates.find(({ address }) => isSameAddress(address, own)) ??
    candidates.find(inNetwork) ??
    candidates.find(({ address }) => !/^fe[89ab]/i.test(address))
  );
}

/** What is known of a lost host: the address in the inventory, where it is one of the virtual IP's family. */
export const placeOfLost = (virtual: Network, address: string): Place => ({
  interface: "",
  address: isIP(address) !== 0 && family(address) === family(virtual.address) ? address : "",
});

/** What an error shows of a host: `10.1.0.0/16 on eth0`, one for each address of the virtual IP's family. */
export function describeNetworks(virtual: Network, addresses: AddressFacts[]): string {
  const found = usableAddresses(virtual, addresses).map(
    (one) => `${one.address}/${one.prefixLength} on ${one.interface}`,
  );
  return found.length > 0 ? found.join(", ") : `no ${family(virtual.address) === "ipv4" ? "IPv4" : "IPv6"} address`;
}

/** Those of the same family without loopback and the virtual IP itself. */
function usableAddresses(virtual: Network, addresses: AddressFacts[]): AddressFacts[] {
  return addresses.filter(
    (one) =>
      one.interface !== "lo" &&
      family(one.address) === family(virtual.address) &&
      !isSameAddress(one.address, virtual.address),
  );
}
