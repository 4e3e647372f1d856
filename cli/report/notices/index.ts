import type { Change, Changes } from "../changes";
import { COMPONENTS, componentType, type Deployment } from "../deployments";
import { valueAt } from "../property-path";
import { isStack, parseUrn, typeOf } from "../urn";
import { balancerNotice } from "./balancer";
import { dataLeft } from "./data";
import { dolphinNotice } from "./dolphin";
import { type Around, type Notice, own, RISKS, type Risk } from "./notice";
import { odcNotice } from "./odc";
import { odpNotice } from "./odp";
import { omsNotice } from "./oms";

/** Something that somebody may notice, and its place in the order of what happens. */
export interface Noticed extends Notice {
  order: number;
}

const OF_COMPONENT: Record<string, (change: Change, around: Around) => Notice | undefined> = {
  OdcHaDeployment: odcNotice,
  OdpWithWatchdog: odpNotice,
  OmsMultiNode: omsNotice,
  DolphinHaCluster: dolphinNotice,
};

/** What stops, restarts, is replaced or goes, in the order in which it happens. */
export function noticesOf(all: Changes): Noticed[] {
  if (all.looksOnly) return [];
  const deployments = new Map<Deployment, Around>();
  const found = all.changes.flatMap((change): Noticed[] => {
    const around = deployments.get(change.deployment) ?? aroundOf(change.deployment, all);
    deployments.set(change.deployment, around);
    const whole = around.changes.find((one) => one.op === "delete" && isComponent(one));
    // of a deployment that goes as a whole, the parts are no news
    if (whole !== undefined && whole !== change) return at(change, lostData(change));
    if (whole === change) return at(around.changes[0] ?? change, removal(change));
    return [...at(change, noticeOf(change, around)), ...at(change, lostData(change))];
  });
  return found.sort((one, other) => one.order - other.order);
}

const at = ({ order }: Change, notice: Notice | undefined): Noticed[] =>
  notice === undefined ? [] : [{ ...notice, order }];

/** Whether it is of the deployment as such. */
const isComponent = ({ urn, deployment }: Change): boolean =>
  componentType(typeOf(urn)) === deployment.type && urn.name === deployment.name;

/** The highest risk of all. */
export const highest = (notices: Notice[]): Risk =>
  RISKS.find((risk) => notices.some((one) => one.risk === risk)) ?? "low";

function noticeOf(change: Change, around: Around): Notice | undefined {
  const { deployment, op, type, urn } = change;
  if (isTakenOver(change, around)) return undefined;
  const ofPart = balancerNotice(change, around);
  if (ofPart !== undefined) return ofPart;
  const ofComponent = OF_COMPONENT[deployment.type];
  if (ofComponent !== undefined) return ofComponent(change, around);
  // of what is not dbha's own, nobody here knows who uses it
  const isOthers = !type.startsWith("dbha:") && !type.startsWith("pulumi:") && deployment.type === "";
  if (!isOthers || (op !== "replace" && op !== "delete")) return undefined;
  return { risk: "medium", what: `${urn.name} is ${op === "delete" ? "removed" : "replaced"}`, users: "who uses it" };
}

/** What is imported goes on as it is; the update that comes with it is one of the state. */
const isTakenOver = ({ op, step }: Change, { changes }: Around): boolean =>
  op === "import" || (op === "update" && changes.some((one) => one.op === "import" && one.step.urn === step.urn));

/** A deployment that goes as a whole. */
function removal({ deployment }: Change): Notice {
  const what = `${COMPONENTS[deployment.type]} (${deployment.name}) is removed`;
  return { risk: "high", what, users: "nobody is served by it any more" };
}

/** Data that are deleted: not configuration and programs, which are made again, nor the logs and caches of OBProxy. */
function lostData(change: Change): Notice | undefined {
  const purged = dataLeft(change).purged.filter((path) => !/^\/(etc|opt)\//.test(path));
  if (purged.length === 0 || change.deployment.type === "OdpWithWatchdog") return undefined;
  return {
    risk: "high",
    what: `data on ${change.hosts.join(", ")} are deleted: ${purged.join(", ")}`,
    users: "what is not backed up is lost",
  };
}

function aroundOf(deployment: Deployment, { changes, steps }: Changes): Around {
  const component = steps.findLast(({ urn }) => {
    const parsed = parseUrn(urn);
    return typeOf(parsed) === own(deployment.type) && parsed.name === deployment.name;
  });
  const inputs = component?.newState?.inputs ?? component?.oldState?.inputs;
  const outputs = valueAt(steps.findLast(({ urn }) => isStack(urn))?.oldState?.outputs, [deployment.name]);
  return {
    nodes: nodesIn(inputs) ?? lengthOf(valueAt(outputs, ["nodes"])),
    proxies: lengthOf(valueAt(inputs, ["proxy", "hosts"])) ?? lengthOf(valueAt(outputs, ["proxies"])),
    changes: changes.filter((one) => one.deployment === deployment),
  };
}

/** The nodes that a component's arguments name: of ODC, of each region of OMS, of ODP its hosts. */
function nodesIn(inputs: unknown): number | undefined {
  const regions = valueAt(inputs, ["regions"]);
  if (Array.isArray(regions))
    return regions.reduce<number>((sum, one) => sum + (lengthOf(valueAt(one, ["nodes"])) ?? 0), 0);
  return lengthOf(valueAt(inputs, ["nodes"])) ?? lengthOf(valueAt(inputs, ["hosts"]));
}

const lengthOf = (value: unknown): number | undefined => (Array.isArray(value) ? value.length : undefined);
