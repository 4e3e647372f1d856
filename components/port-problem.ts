import type { HostFacts } from "../provider/resources";
import { sentence } from "./validation";

type Port = HostFacts["ports"][number];

/**
 * The TCP ports of a host that something listens on.
 * @param isWanted the ports to look at.
 * @param isOurs whether it is the deployment itself that has the port.
 */
export function takenPorts(
  { ports }: HostFacts,
  isWanted: (port: number) => boolean,
  isOurs: (one: Port) => boolean,
): { port: number; by: string }[] {
  const taken = new Map<number, string>();
  for (const one of ports) {
    if (one.protocol !== "tcp" || !isWanted(one.port) || isOurs(one) || taken.has(one.port)) continue;
    const { container, process } = one;
    const by =
      container === undefined ? process || "a process that the kernel does not name" : `container ${container}`;
    taken.set(one.port, by);
  }
  return [...taken].map(([port, by]) => ({ port, by }));
}

/**
 * What keeps a deployment from listening on a TCP port of a host.
 * @param isOurs whether it is the deployment itself that has the port.
 * @param field the argument that tells the port.
 */
export const portProblems = (facts: HostFacts, port: number, isOurs: (one: Port) => boolean, field: string): string[] =>
  takenPorts(facts, (one) => one === port, isOurs).map(({ by }) =>
    sentence(`port ${port} is taken by ${by}`, `stop that, or change ${field}`),
  );

/** For a port that belongs to a container of the deployment. */
export const isOfContainer =
  (name: string) =>
  ({ container }: Port): boolean =>
    container === name;
