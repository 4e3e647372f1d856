import type * as pulumi from "@pulumi/pulumi";
import { getHealth } from "../../provider/resources";
import { factsOf, living, type Host } from "../host";
import { refusal, sentence } from "../validation";
import { isSameAddress, parseNetwork } from "../virtual-ip/network";
import { ownerCommand } from "../virtual-ip/owner";
import { cmUrlOf, parseCmUrl } from "./cm-url";
import type { Live } from "./live";
import type { LiveNode } from "./live-node";
import type { Region } from "./members";
import { regionPorts } from "./ports";
import type { OmsSettings } from "./schema";

/**
 * Tells as JSON which ports accept no connection. One that is closed at once is none: so nginx does where it reaches nobody. Each is
 * tried five times in two seconds and more.
 */
export const portsCommand = (address: string, ports: number[]): string => `
leads() {
  timeout 3 bash -c 'exec 3<>"/dev/tcp/$0/$1" && { IFS= read -r -t 0.5 -n 1 said <&3; [ $? -gt 128 ] || [ -n "$said" ]; }' ${address} "$1" 2>/dev/null
}
missing=
for port in ${ports.join(" ")}; do
  tries=5
  until leads "$port"; do
    tries=$((tries - 1))
    if [ "$tries" = 0 ]; then
      missing="$missing\${missing:+, }$port"
      break
    fi
    sleep 0.5
  done
done
printf '{"missing":"%s"}' "$missing"
`;

const values = (host: Host, command: string, field: string, parent: pulumi.Resource): Promise<string> =>
  host
    .answered(getHealth({ host: host.data, command, extract: { [field]: `/${field}` } }, { parent }))
    .then((answer) => answer.values[field] ?? "");

/** Why a region's address does not lead to CM and console from some of its nodes, new ones too; nothing where it does from all. */
export async function leadsNowhere(
  settings: OmsSettings<Host>,
  region: Region,
  parent: pulumi.Resource,
): Promise<string[]> {
  const cmUrl = cmUrlOf(settings, region);
  const { host: address = "" } = parseCmUrl(cmUrl) ?? {};
  const { cm, console } = regionPorts(settings, region);
  const asked = living(region.nodes).map(async (host) => {
    const missing = await values(host, portsCommand(address, [cm.port, console.port]), "missing", parent);
    return missing === "" ? [] : [problem(region, cmUrl, host, `${address} port ${missing}`)];
  });
  return (await Promise.all(asked)).flat();
}

const problem = (region: Region, cmUrl: string, host: Host, where: string): string =>
  sentence(
    `region ${region.location}: ${cmUrl} does not lead to CM and console from host ${host.hostName}, and nothing was stopped: no connection to ${where}`,
    isBuilt(region)
      ? "see what lies between, such as a firewall, then run this again"
      : "bind the address to the region's nodes first, then run this again",
  );

/** Whether what leads to a region is deployed with it. */
export const isBuilt = ({ virtualIp, proxy }: Region): boolean => virtualIp !== undefined || proxy !== undefined;

/**
 * A region's nodes that serve while its CM has the address of another machine or name than it is to have. Their hosts get the new one
 * before anything is stopped. @throws pulumi.ResourceError where another machine has it
 */
export async function aheadOf(
  name: string,
  settings: OmsSettings<Host>,
  region: Region,
  { nodes }: Live,
  parent: pulumi.Resource,
): Promise<Host[]> {
  const wanted = parseCmUrl(cmUrlOf(settings, region))?.host;
  const asked = living(region.nodes).map(async (host) => {
    const { healthy, cmUrl } = (await nodes.get(host)) as LiveNode;
    const current = parseCmUrl(cmUrl)?.host ?? wanted;
    return healthy && current !== wanted ? [host] : [];
  });
  const serving = (await Promise.all(asked)).flat();
  const taken = serving.length > 0 ? await takenAddress(region, parent) : [];
  if (taken.length > 0) throw refusal(cannotMove(name), taken, parent);
  return serving;
}

/** What is said of a move that is refused. */
export const cannotMove = (name: string): string => `OmsMultiNode ${name}: the CM cannot get another address now`;

/** Why a region's virtual IP cannot be bound: another machine answers at it, and none of those that may have it does. */
async function takenAddress(region: Region, parent: pulumi.Resource): Promise<string[]> {
  if (region.virtualIp === undefined) return [];
  const virtual = parseNetwork(region.virtualIp.address);
  const hosts = living(region.proxy?.hosts ?? region.nodes);
  const known = await factsOf(hosts);
  const isOurs = known.some(({ facts }) => facts.addresses.some((one) => isSameAddress(one.address, virtual.address)));
  const [host] = hosts;
  if (isOurs || host === undefined) return [];
  const owner = await values(host, ownerCommand(virtual), "owner", parent);
  if (owner === "") return [];
  return [
    sentence(
      `region ${region.location}: ${virtual.address} is the address of another machine, ${owner} as host ${host.hostName} sees it, and nothing was stopped`,
      "give the virtual IP a free address, or take it from that machine, then run this again",
    ),
  ];
}
