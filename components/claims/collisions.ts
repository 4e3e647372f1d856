import { BlockList, isIP } from "node:net";
import { isSameAddress } from "../virtual-ip/network";
import { type AddressClaim, type Claim, type Claims, type DirectoryClaim, hostsOf, type PortClaim } from "./claim";

/** What is known of hosts: how messages call them, where they are, and whether two are one machine. */
export interface Machines<H> {
  nameOf: (host: H) => string;
  addressOf: (host: H) => string | undefined;
  /** The same text for one machine, and others for others. */
  machineOf: (host: H) => string;
}

/** Two deployments would have the same thing. */
export interface Collision {
  /** The later one's argument that says so. */
  argument: string;
  /** Its value. */
  value: string;
  rule: string;
  fix: string;
}

interface Found<H> {
  /** Arguments that say so, where those of the claims do not. */
  mine?: string;
  theirs?: string;
  value: string;
  /** What both would have. */
  what: string;
  fix: string;
  /** Where; none where it is not about one host. */
  hosts: H[];
}

/** Everything that a deployment would have which an earlier one has, a line for each pair of arguments. */
export function collisions<H>(next: Claims<H>, earlier: Claims<H>[], machines: Machines<H>): Collision[] {
  const found = new Map<string, Found<H> & { mine: string; theirs: string; owner: string }>();
  for (const { owner, claims } of earlier)
    for (const their of claims)
      for (const my of next.claims) {
        const one = collision(my, their, machines);
        if (one === undefined) continue;
        // of a host each claim would say the same
        const told = one.hosts.length === 0 ? [] : [my.argument, their.argument];
        const key = JSON.stringify([owner, one.what, ...told]);
        const before = found.get(key);
        if (before) before.hosts.push(...one.hosts);
        else found.set(key, { mine: my.argument, theirs: their.argument, ...one, hosts: [...one.hosts], owner });
      }
  return [...found.values()].map(({ hosts, mine, theirs, owner, value, what, fix }) => {
    const names = [...new Set(hosts.map(machines.nameOf))];
    const where = names.length === 0 ? "" : ` on ${names.length === 1 ? "host" : "hosts"} ${names.join(", ")}`;
    return { argument: mine, value, rule: `${next.owner} and ${owner} (${theirs}) would ${what}${where}`, fix };
  });
}

function collision<H>(my: Claim<H>, their: Claim<H>, machines: Machines<H>): Found<H> | undefined {
  if (my.kind === "address" && their.kind === "address") return addressCollision(my, their, machines);
  const ofHost = hostAddress(my, their, machines);
  if (ofHost !== undefined) return { ...ofHost, theirs: "hosts" };
  const ofMine = hostAddress(their, my, machines);
  if (ofMine !== undefined) return { ...ofMine, mine: "hosts" };
  if (my.kind === "address" || their.kind === "address") return undefined;
  if (machines.machineOf(my.host) !== machines.machineOf(their.host)) return undefined;
  const hosts = [my.host];
  if (my.kind === "port" && their.kind === "port") return portCollision(my, their, hosts);
  if (my.kind === "directory" && their.kind === "directory") return directoryCollision(my, their, hosts);
  if (my.kind !== their.kind || !("name" in my) || !("name" in their) || my.name !== their.name) return undefined;
  return { value: my.name, what: `both have the ${my.kind} ${my.name}`, fix: "rename one of them", hosts };
}

function portCollision<H>(my: PortClaim<H>, their: PortClaim<H>, hosts: H[]): Found<H> | undefined {
  if (my.first > their.last || their.first > my.last) return undefined;
  const text = ({ first, last }: PortClaim<H>): string => (first === last ? String(first) : `${first}-${last}`);
  // the one that is said more exactly
  const port = my.last - my.first <= their.last - their.first ? my : their;
  const what = my.what ?? their.what;
  return {
    value: text(my),
    what: `both listen on port ${text(port)}${what === undefined ? "" : `, that of ${what},`}`,
    fix: "give one of them another port, or other hosts",
    hosts,
  };
}

function directoryCollision<H>(my: DirectoryClaim<H>, their: DirectoryClaim<H>, hosts: H[]): Found<H> | undefined {
  const fix = "give each a place of its own";
  if (my.path === their.path) {
    if (my.use === "shared" && their.use === "shared") return undefined;
    return { value: my.path, what: `both have the directory ${my.path}`, fix, hosts };
  }
  const [inner, outer] = my.path.startsWith(`${their.path}/`) ? [my, their] : [their, my];
  if (!inner.path.startsWith(`${outer.path}/`) || outer.use === "shared") return undefined;
  const goes = outer.use === "purged" ? ", which is removed with all that is in it when the other one goes," : "";
  return { value: my.path, what: `have ${inner.path} within ${outer.path}${goes}`, fix, hosts };
}

/** A router's ID is by its network segment; each host tells it apart by that alone. */
function addressCollision<H>(
  my: AddressClaim<H>,
  their: AddressClaim<H>,
  { machineOf }: Machines<H>,
): Found<H> | undefined {
  if (isSameAddress(my.address, their.address))
    return {
      value: my.address,
      what: `both have the virtual IP ${my.address}`,
      fix: "give each an address of its own",
      hosts: [],
    };
  if (my.routerId !== their.routerId) return undefined;
  const machines = their.hosts.map(machineOf);
  const hosts = my.hosts.filter((host) => machines.includes(machineOf(host)));
  if (hosts.length === 0 && !isInNetwork(my, their) && !isInNetwork(their, my)) return undefined;
  return {
    value: my.address,
    what: `both be the VRRP router ${my.routerId} of one network`,
    fix: "give one of them another routerId, 1 to 255",
    hosts,
  };
}

/** A virtual IP is nobody's own. */
function hostAddress<H>(virtual: Claim<H>, other: Claim<H>, { addressOf, nameOf }: Machines<H>): Found<H> | undefined {
  if (virtual.kind !== "address") return undefined;
  const owner = hostsOf(other).find((host) => {
    const address = addressOf(host) ?? "";
    return isIP(address) !== 0 && isSameAddress(address, virtual.address);
  });
  if (owner === undefined) return undefined;
  return {
    value: virtual.address,
    what: `both use ${virtual.address}, as virtual IP and as the address of host ${nameOf(owner)}`,
    fix: "give an address that no host has",
    hosts: [],
  };
}

const isInNetwork = <H>(one: AddressClaim<H>, network: AddressClaim<H>): boolean => {
  const families = [one, network].map(({ address }) => isIP(address));
  if (families[0] !== families[1]) return false;
  const family = families[0] === 6 ? "ipv6" : "ipv4";
  const list = new BlockList();
  list.addSubnet(network.address, network.prefixLength, family);
  return list.check(one.address, family);
};
