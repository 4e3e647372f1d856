import { messageOf } from "../../errors";
import type { Values } from "../../provider";
import type { Daemon } from "./daemon";

export const GET_NETWORK = "docker:index/getNetwork:getNetwork";

/**
 * The function `getNetwork`: what the daemon says of a network.
 * @throws Error in the provider's words when there is none of that name, or no daemon
 */
export async function getNetwork(daemon: Daemon, { name }: Values): Promise<Values> {
  await daemon.reach().catch(refused("failed to create Docker client"));
  const answer = await daemon
    .inspect(`/networks/${encodeURIComponent(name as string)}`)
    .catch(refused("Could not find docker network: Error response from daemon"));
  const { Id, Name, Driver, Scope, Internal, Options, IPAM, Containers } = answer;
  return {
    id: Id ?? "",
    name: Name ?? "",
    driver: Driver ?? "",
    scope: Scope ?? "",
    internal: Internal ?? false,
    options: Options ?? {},
    ipamConfigs: (((IPAM as Values | undefined)?.Config ?? []) as Values[]).map(ipamConfig),
    containers: Object.entries((Containers ?? {}) as Record<string, Values>)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(member),
  };
}

/** The bridge's form of a failure. */
const refused =
  (what: string) =>
  (cause: unknown): never => {
    const reason = `invoking ${GET_NETWORK}: 1 error occurred:\n\t* ${what}: ${messageOf(cause)}\n\n`;
    throw new Error(reason, { cause });
  };

function ipamConfig({ Subnet, Gateway, IPRange, AuxiliaryAddresses }: Values): Values {
  return {
    subnet: Subnet ?? "",
    gateway: Gateway ?? "",
    ipRange: IPRange ?? "",
    auxAddress: AuxiliaryAddresses ?? {},
  };
}

function member([containerId, endpoint]: [string, Values]): Values {
  return {
    containerId,
    name: endpoint.Name ?? "",
    endpointId: endpoint.EndpointID ?? "",
    macAddress: endpoint.MacAddress ?? "",
    ipv4Address: endpoint.IPv4Address ?? "",
    ipv6Address: endpoint.IPv6Address ?? "",
  };
}
