import { createHash } from "node:crypto";
import { MEMBER_NAMES, type MemberName } from "./name";

/** An IPv4 network: `base` is its first address as a 32-bit number. */
export interface Network {
  base: number;
  prefix: number;
}

/** Reads `10.1.2.0/24`, `10.1.2.3` (one address) or `default`; undefined for what is no IPv4 network (IPv6, `default`). */
export function parseNetwork(text: string): Network | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(text);
  if (match === null) return undefined;
  const bytes = match.slice(1, 5).map(Number);
  const prefix = match[5] === undefined ? 32 : Number(match[5]);
  if (bytes.some((byte) => byte > 255) || prefix > 32) return undefined;
  const address = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  const size = 2 ** (32 - prefix);
  return { base: Math.floor(address / size) * size, prefix };
}

export function overlaps(a: Network, b: Network): boolean {
  return a.base < b.base + 2 ** (32 - b.prefix) && b.base < a.base + 2 ** (32 - a.prefix);
}

/** The /24 networks that labs use, out of the way of Docker's own pools (172.16.0.0/12 and 192.168.0.0/16). */
const POOL = Array.from({ length: 256 }, (_, third) => `10.213.${third}.0/24`);

export function isLabSubnet(text: string): boolean {
  return POOL.includes(text);
}

/**
 * Chooses a /24 for the lab `name` that overlaps none of `used` (networks or addresses as text; what is no IPv4 is passed
 * over). The same name gets the same network as long as it is free.
 */
export function chooseSubnet(name: string, used: readonly string[]): string {
  const taken = used.map(parseNetwork).filter((network) => network !== undefined);
  const start = createHash("sha256").update(name).digest().readUInt8(0);
  for (let i = 0; i < POOL.length; i++) {
    const candidate = POOL[(start + i) % POOL.length] ?? "";
    const network = parseNetwork(candidate);
    if (network !== undefined && !taken.some((other) => overlaps(network, other))) return candidate;
  }
  throw new Error(
    "no free /24 for the lab within 10.213.0.0/16: remove labs that are no longer used (lab/down --name …)",
  );
}

/** Destinations of routes in the output of `ip -4 route show table all`, without the default route. */
export function routeDestinations(output: string): string[] {
  return output
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .map((words) => (["local", "broadcast", "unreachable", "blackhole"].includes(words[0] ?? "") ? words[1] : words[0]))
    .filter((word): word is string => word !== undefined && parseNetwork(word) !== undefined);
}

/** Name servers of a resolv.conf. */
export function nameServers(resolvConf: string): string[] {
  return [...resolvConf.matchAll(/^\s*nameserver\s+(\S+)/gm)].map((match) => match[1] ?? "");
}

/** The first of a lab's addresses for virtual IPs, with the length of its network's prefix. */
export const virtualAddress = (subnet: string): string => subnet.replace(/\.0\/24$/, ".100/24");

/** Addresses within a lab's /24: .1 is the machine itself, .10 the MetaDB, .11 to .13 the hosts; .100 and up stay free for virtual IPs. */
export function memberAddresses(subnet: string): { gateway: string } & Record<MemberName, string> {
  const stem = subnet.replace(/\.0\/24$/, "");
  const last = { p1: 11, p2: 12, p3: 13, metadb: 10 };
  const addresses = Object.fromEntries(MEMBER_NAMES.map((member) => [member, `${stem}.${last[member]}`]));
  return { gateway: `${stem}.1`, ...(addresses as Record<MemberName, string>) };
}
