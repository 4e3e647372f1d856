import type { Host } from "../../../provider/kinds/fields";
import { deploymentsOf, type Deployment } from "../../report/deployments";
import { hostsIn, hostsOf } from "../../report/hosts";
import type { Step } from "../../report/preview";
import { parseUrn } from "../../report/urn";
import type { Resource } from "../state/state";

/** A resource with what the state tells of its place. */
export interface Placed {
  resource: Resource;
  deployment: Deployment;
  /** Names of its hosts; none of what is on no host. */
  hosts: string[];
  name: string;
}

/** A host of the stack. */
export interface ModelHost {
  name: string;
  address: string;
  /** How it is reached; undefined where no resource of the plugin's is on it. */
  target?: Host;
  lost: boolean;
  /** URN and ID of the provider whose credentials let in. */
  provider: string;
}

/** Resources with their places. */
export function placedIn(resources: Resource[]): Placed[] {
  const steps = resources.map(asStep);
  const deploymentOf = deploymentsOf(steps);
  const names = hostsIn(steps);
  return resources.map((resource, i): Placed => {
    const urn = parseUrn(resource.urn);
    const hosts = hostsOf(steps[i] as Step, urn, names);
    return { resource, deployment: deploymentOf(resource.urn), hosts, name: urn.name };
  });
}

/** A resource as a step that changes nothing, for what is known of steps. */
const asStep = ({ urn, provider, inputs, outputs, parent }: Resource): Step => ({
  ...{ op: "same", urn, provider },
  newState: { inputs, outputs, ...(parent !== undefined && parent !== "" && { parent }) },
});

export const CONTAINER = "docker:index/container:Container";

/** Whether it can be looked at on a host. */
export const isSeen = ({ type, inputs }: Resource): boolean =>
  type === CONTAINER || (type.startsWith("dbha:index:") && typeof inputs.host === "object");

/** The hosts that something is on, by name. */
export function hostsOfStack(placed: Placed[]): ModelHost[] {
  const hosts = new Map<string, ModelHost>();
  for (const { resource, hosts: names } of placed.filter((one) => isSeen(one.resource))) {
    const target = resource.inputs.host as Host | undefined;
    const name = target?.name ?? names[0];
    if (name === undefined || hosts.get(name)?.target !== undefined) continue;
    const [address, lost] = [target?.address ?? "", target?.lost ?? false];
    hosts.set(name, { name, address, lost, provider: resource.provider, ...(target && { target }) });
  }
  return [...hosts.values()].sort((one, other) => one.name.localeCompare(other.name, "en", { numeric: true }));
}
