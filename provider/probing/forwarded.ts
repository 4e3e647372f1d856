import type { Duplex } from "node:stream";
import { HostError } from "../ssh/host-error";
import type { Remote } from "../ssh/remote";
import { Observation, unhealthy } from "./observation";

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
 * Connects from the host to the port and looks through `use`. A refused, broken or silent connection is an observation.
 * @throws HostError when the host itself cannot be reached
 */
export async function observeThrough(
  { remote, step, address, port, limit }: Look,
  use: (stream: Duplex) => Promise<Observation>,
): Promise<Observation> {
  try {
    return await remote.forward(step, limit, address, port, use);
  } catch (error) {
    if (!(error instanceof HostError)) {
      return unhealthy(error instanceof Error ? error.message : String(error));
    }
    if (error.trouble === "slow") {
      return unhealthy(`no answer within ${Math.round(limit / 1000)} s`);
    }
    throw error;
  }
}
