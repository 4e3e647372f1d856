import type { Host } from "../host";

/** The port of the host under which a node is reached. */
export const nodePort = (settings: { port: number; mappingPort?: number }): number =>
  settings.mappingPort ?? settings.port;

/** The address under which the other nodes call a node. */
export const nodeAddress = (settings: { nodeAddresses: Record<string, string> }, host: Host): string =>
  settings.nodeAddresses[host.hostName] ?? host.address;
