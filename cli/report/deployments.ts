import type { Step } from "./preview";
import { isStack, parseUrn, type Urn } from "./urn";

/** What a resource is part of: a component, the hosts, or neither. */
export interface Deployment {
  /** Its type without the package: `OdcHaDeployment`; empty of what belongs to no component of dbha. */
  type: string;
  name: string;
}

/** Components, and what people call that which each deploys. */
export const COMPONENTS: Record<string, string> = {
  OdcHaDeployment: "ODC",
  OdpWithWatchdog: "OBProxy",
  OmsMultiNode: "OMS",
  DolphinHaCluster: "DolphinDB",
  LoadBalancer: "nginx",
  VirtualIp: "the virtual address",
  Certificate: "the certificate",
};

export const HOSTS: Deployment = { type: "Host", name: "hosts" };
export const OTHERS: Deployment = { type: "", name: "other resources" };

/** A component's type without its package, of types that are such. */
export const componentType = (type: string): string | undefined => {
  const own = /^dbha:index:(\w+)$/.exec(type)?.[1];
  return own !== undefined && Object.hasOwn(COMPONENTS, own) ? own : undefined;
};

/** Tells which deployment a resource belongs to: the outermost component of dbha that it stands below. The same one is one object. */
export function deploymentsOf(steps: Step[]): (urn: string) => Deployment {
  const all = new Map<string, Deployment>();
  const parents = new Map(steps.map(({ urn, oldState, newState }) => [urn, (newState ?? oldState)?.parent]));
  return (text) => {
    const urn = parseUrn(text);
    const at = urn.types.findIndex((type) => componentType(type) !== undefined);
    const type = componentType(urn.types[at] ?? "");
    if (type === undefined) return urn.types.includes("dbha:index:Host") ? HOSTS : OTHERS;
    const name = nameAt(text, urn, at, parents);
    const deployment = all.get(`${type} ${name}`) ?? { type, name };
    all.set(`${type} ${name}`, deployment);
    return deployment;
  };
}

/** The name of the ancestor of the given depth. Of one whose own ancestors the preview has not, its name tells them: `odc-proxy`. */
function nameAt(text: string, urn: Urn, depth: number, parents: Map<string, string | undefined>): string {
  if (urn.types.length === depth + 1) return urn.name;
  const parent = parents.get(text);
  if (parent !== undefined && !isStack(parent)) return nameAt(parent, parseUrn(parent), depth, parents);
  return urn.name.replace(/-(proxy|vip)(-\d+)?$/, "");
}
