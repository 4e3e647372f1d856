import type { Duplex } from "node:stream";
import { HostError } from "../ssh/host-error";
import { shortage } from "../ssh/connection";
import type { Remote } from "../ssh/remote";
import { Observation, unhealthy } from "./observation";

/** SSH's reasons for not opening a channel (RFC 4254, 5.1). */
const prohibited = 1;
const connectFailed = 2;

/** One look at a TCP port as seen from the host. */
export interface Look {
  remote: Remote;
  /** Name of the step, for errors. */
  step: string;
  address: string;
  port: number;
  /** Limit in milliseconds. */
  limit: number;
}

/**
 * Connects from the host to the port through the SSH connection and looks through `use`; where the SSH server forbids
 * that or has no channel for it, `otherwise` looks from the host itself. A refused, broken or silent connection is an observation.
 * @throws HostError when the host itself cannot be reached
 */
export async function observeThrough(
  { remote, step, address, port, limit }: Look,
  use: (stream: Duplex) => Promise<Observation>,
  otherwise: () => Promise<Observation>,
): Promise<Observation> {
  try {
    return await remote.forward(step, limit, address, port, use);
  } catch (error) {
    if (error instanceof HostError) {
      if (error.trouble === "slow") {
        return unhealthy(`no answer within ${Math.round(limit / 1000)} s`);
      }
      throw error;
    }
    const reason = error instanceof Error && "reason" in error ? error.reason : undefined;
    if (reason === prohibited || reason === shortage) {
      return otherwise();
    }
    if (reason === connectFailed) {
      return unhealthy(/timed? ?out/i.test(String(error)) ? "connection timed out" : "connection refused");
    }
    return unhealthy(error instanceof Error ? error.message : String(error));
  }
}
