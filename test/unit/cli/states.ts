import { recorded } from "./recordings";

/** A resource of a state, as far as the tests know it. */
export interface StateResource {
  urn: string;
  type: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  [field: string]: unknown;
}

/** A state as `pulumi stack export` prints it. */
export interface State {
  version: number;
  deployment: { resources: StateResource[]; pending_operations?: { type: string; resource: StateResource }[] };
}

interface Recorded {
  steps: { urn: string; provider?: string; oldState: { inputs?: object; outputs?: object } }[];
}

/**
 * The state of which the recorded destroy is, with the arguments of the components as they were noted.
 * @param ports of the hosts' SSH servers on this machine, by host name.
 */
export function recordedState(ports: Record<string, number>): State {
  const { steps } = JSON.parse(recorded("destroy")) as Recorded;
  const located = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(located);
    if (typeof value !== "object" || value === null) return value;
    const { name, address } = value as { name?: string; address?: string };
    const moved =
      name !== undefined && address !== undefined && name in ports ? { address: "127.0.0.1", port: ports[name] } : {};
    return { ...Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, located(inner)])), ...moved };
  };
  const resources = steps.reverse().map(({ urn, provider, oldState }): StateResource => {
    const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
    return { urn, type, ...(provider !== undefined && { provider }), ...(located(oldState) as object) };
  });
  return { version: 3, deployment: { resources } };
}
