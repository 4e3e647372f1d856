import type { HostFacts } from "../provider/resources";
import { sentence } from "./validation";

type Port = HostFacts["ports"][number];

/**
 * What keeps a deployment from listening on a TCP port of a host.
 * @param isOurs whether it is the deployment itself that has the port.
 * @param field the argument that tells the port.
 */
export function portProblems(
  { ports }: HostFacts,
  port: number,
  isOurs: (one: Port) => boolean,
  field: string,
): string[] {
  const taken = ports.find((one) => one.protocol === "tcp" && one.port === port && !isOurs(one));
  if (taken === undefined) return [];
  const { container, process } = taken;
  const by = container === undefined ? process || "a process that the kernel does not name" : `container ${container}`;
  return [sentence(`port ${port} is taken by ${by}`, `stop that, or change ${field}`)];
}

/** For a port that belongs to a container of the deployment. */
export const isOfContainer =
  (name: string) =>
  ({ container }: Port): boolean =>
    container === name;
