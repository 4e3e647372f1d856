import { isIPv6 } from "node:net";
import type { HostFacts } from "../../provider/resources";
import type { Host } from "../host";
import { sentence } from "../validation";
import { compareVersions } from "../../provider/resources/version";
import { describeNetworks, findPlace } from "./network";
import type { Network } from "./network";

/** The first keepalived that is known to take all that is written here. */
const LEAST_KEEPALIVED = "1.3.5";

/** The first that sends each of several peers a good checksum, in VRRP version 3 over IPv4. */
const GOOD_CHECKSUMS = "1.3.6";

/**
 * What keeps a host from taking part, each as host, what was found, rule and fix.
 * @param wanted the interface that the user named, if any.
 * @param count how many hosts take part.
 */
export function placeProblems(
  host: Pick<Host, "hostName" | "address">,
  facts: Pick<HostFacts, "addresses" | "keepalivedVersion">,
  virtual: Network,
  wanted: string | undefined,
  count: number,
): string[] {
  const peers = isIPv6(virtual.address) ? 1 : count - 1;
  return [
    ...keepalivedProblem(facts.keepalivedVersion, peers),
    ...interfaceProblem(host.address, facts, virtual, wanted),
  ].map((problem) => `host ${host.hostName}: ${problem}`);
}

/** What is said of more than one host with the address. */
export const twoHolders = ({ address }: Network, hosts: string[]): string =>
  sentence(
    `${address} is on ${hosts.join(" and ")} at once: they do not hear each other`,
    "let IP protocol 112 (VRRP) pass between them in both directions",
  );

/** @param peers how many are told of an IPv4 address; in IPv6 the kernel makes the checksums. */
function keepalivedProblem(version: string | undefined, peers: number): string[] {
  if (version === undefined)
    return [
      sentence(
        "keepalived is not installed",
        "install the distribution's package (apt-get install keepalived, dnf install keepalived); it need not be started",
      ),
    ];
  if (compareVersions(version, LEAST_KEEPALIVED) < 0)
    return [sentence(`keepalived is ${version}; ${LEAST_KEEPALIVED} or later is needed`, "install a newer one")];
  if (peers < 2 || compareVersions(version, GOOD_CHECKSUMS) >= 0) return [];
  return [
    sentence(
      `keepalived is ${version}, which sends every second one of its peers a wrong checksum, so that two of them may hold the address at once`,
      `name two hosts for an IPv4 address, or install ${GOOD_CHECKSUMS} or later`,
    ),
  ];
}

function interfaceProblem(
  own: string,
  { addresses }: Pick<HostFacts, "addresses">,
  virtual: Network,
  wanted: string | undefined,
): string[] {
  if (findPlace(virtual, addresses, own, wanted)) return [];
  const found = describeNetworks(virtual, addresses);
  if (wanted !== undefined)
    return [
      sentence(
        `interface ${wanted} has no address of its own beside ${virtual.address}; found ${found}`,
        "mend the interface's name, or give it an address",
      ),
    ];
  return [
    sentence(
      `no interface has an address in the network of ${virtual.address}/${virtual.prefixLength}; found ${found}`,
      "mend address and prefix length, or name the interface",
    ),
  ];
}
