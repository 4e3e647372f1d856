import { bracketed } from "../resources/host-rules";
import { probeTcp } from "../scripts/probe";
import type { Remote } from "../ssh/remote";
import { observeThrough } from "./forwarded";
import { Observation, unhealthy } from "./observation";

export interface TcpTarget {
  address: string;
  port: number;
}

export function describeTcp({ address, port }: TcpTarget): string {
  return `tcp://${bracketed(address)}:${port}`;
}

/**
 * Connects from the host and lets go again.
 * @throws HostError when the host cannot be reached
 */
export function observeTcp(remote: Remote, target: TcpTarget, limit: number): Promise<Observation> {
  const { address, port } = target;
  const look = { remote, step: `probe ${describeTcp(target)}`, address, port, limit };
  const accepted: Observation = { healthy: true, detail: "connection accepted", values: {} };
  return observeThrough(
    look,
    () => Promise.resolve(accepted),
    async () => {
      const seconds = Math.max(1, Math.round(limit / 1000));
      const values = { address, port, seconds };
      const answer = await remote.run({ name: look.step, script: probeTcp, values, limit: limit + 5_000 });
      return answer.get("status") === "0" ? accepted : unhealthy("connection refused or not answered");
    },
  );
}
