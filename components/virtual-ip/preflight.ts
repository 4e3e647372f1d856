import type { HostFacts } from "../../provider/resources";
import type { Host } from "../host";
import { sentence } from "../validation";
import { compareVersions } from "../version";
import { describeNetworks, findPlace } from "./network";
import type { Network } from "./network";

/** The first keepalived that can check a configuration and takes all that is written here. */
const LEAST_KEEPALIVED = "2.0";

/**
 * What keeps a host from taking part, each as host, what was found, rule and fix.
 * @param wanted the interface that the user named, if any.
 */
export function placeProblems(
  host: Pick<Host, "hostName" | "address">,
  facts: Pick<HostFacts, "addresses" | "keepalivedVersion">,
  virtual: Network,
  wanted: string | undefined,
): string[] {
  return [...keepalivedProblem(facts.keepalivedVersion), ...interfaceProblem(host.address, facts, virtual, wanted)].map(
    (problem) => `host ${host.hostName}: ${problem}`,
  );
}

/** What is said of more than one host with the address. */
export const twoHolders = ({ address }: Network, hosts: string[]): string =>
  sentence(
    `${address} is on ${hosts.join(" and ")} at once: they do not hear each other`,
    "let IP protocol 112 (VRRP) pass between them in both directions",
  );

function keepalivedProblem(version: string | undefined): string[] {
  if (version === undefined)
    return [
      sentence(
        "keepalived is not installed",
        "install the distribution's package (apt-get install keepalived, dnf install keepalived); it need not be started",
      ),
    ];
  if (compareVersions(version, LEAST_KEEPALIVED) >= 0) return [];
  return [sentence(`keepalived is ${version}; ${LEAST_KEEPALIVED} or later is needed`, "install a newer one")];
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
