import { isIPv6 } from "node:net";
import { atLeast } from "../../provider/resources/version";
import { addressOfVirtualIp } from "./virtual-ip-conflicts";
import { cmUrlOf, parseCmUrl } from "./cm-url";
import type { OmsSettings } from "./schema";
import { KNOWN_VERSIONS } from "./versions";

/** What is to be known of arguments that are taken: a line each. */
export const omsWarnings = <H>(args: OmsSettings<H>): string[] => [
  ...versionWarnings(args.version),
  ...(args.tsdb?.service === "CERESDB"
    ? ["tsdb.service: OMS's own tools set up InfluxDB alone; nobody is known to run it with CERESDB"]
    : []),
  ...Object.keys(args.settings).map(
    (key) =>
      `settings.${key}: no document known here has this key of config.yaml; OMS may ignore it, or refuse the file`,
  ),
  ...args.regions.flatMap((_region, i) => regionWarnings(args, i)),
];

function versionWarnings(version: string): string[] {
  const { oldest, newest } = KNOWN_VERSIONS;
  if (!atLeast(version, oldest))
    return [`version: ${version} is older than ${oldest}, the oldest whose documents are known here`];
  if (atLeast(newest, version)) return [];
  return [
    `version: ${version} is later than ${newest}, the newest known here; see whether its config.yaml has other keys`,
  ];
}

function regionWarnings<H>(args: OmsSettings<H>, i: number): string[] {
  const region = args.regions[i] as OmsSettings<H>["regions"][number];
  const url = cmUrlOf(args, region);
  const { scheme, host = "" } = parseCmUrl(url) ?? {};
  const found: string[] = [];
  if (region.nodes.length > 1 && region.virtualIp === undefined)
    found.push(
      `regions[${i}].cmUrl: nothing here moves ${host} between the ${region.nodes.length} nodes; it must lead to those that live, with its ports for CM and console`,
    );
  if (scheme === "https" && addressOfVirtualIp(region.virtualIp) !== undefined)
    found.push(`regions[${i}].cmUrl: the virtual IP leads to the CM as it is, and no document says that it speaks TLS`);
  if (isIPv6(host)) found.push(`regions[${i}]: no document says that OMS works with IPv6 addresses, like ${host}`);
  const twin = args.regions.slice(0, i).findIndex((one) => one.region !== undefined && one.region === region.region);
  if (twin >= 0)
    found.push(
      `regions[${i}].region: regions[${twin}] has the same name, and the console shows regions by their names`,
    );
  return found;
}

/** What is said while OMS has no password yet. @param url where its console is. */
export const openDoor = (url: string): string =>
  `${url} has no password yet: who opens it first becomes its administrator. Open it now and set the password of admin and root: at least 2 digits, 2 upper-case letters, 2 lower-case letters and 2 of ~!@#%^&*_-+=|(){}[]:;,.?/; it ends after 90 days`;
