import type { NodeRow } from "../../../provider/resources/dolphin/node-rows";
import { roleOf } from "../../report/changes";
import type { Deployment } from "../../report/deployments";
import { parseUrn } from "../../report/urn";
import { CONTAINER, type ModelHost, type Placed } from "./placed";
import { shapeOf, VIRTUAL_IP, type Layer } from "./shapes";

/** Something whose state tells whether a part runs. */
export interface Check {
  urn: string;
  kind: "container" | "unit" | "probe";
  /** A unit that is to be stopped. */
  isOff?: true;
  /** What it is called in messages. */
  name: string;
}

/** What runs on one host for one purpose. */
export interface Part {
  /** Key of its layer. */
  layer: string;
  /** What it is called: "node", "nginx", "data node". */
  part: string;
  host: string;
  /** Address and port; empty where the state does not know. */
  endpoint: string;
  /** Its version as of the last `up`; empty where the state does not know. */
  version: string;
  /** Of a virtual IP, the component that it belongs to. */
  virtualIp?: string;
  /** Of a node of DolphinDB. */
  alias?: string;
  checks: Check[];
}

type Told = { host?: string; endpoint?: string; version?: string; alias?: string };

/** What a type tells of a part. */
export const CHECK_KINDS: Record<string, Check["kind"]> = {
  [CONTAINER]: "container",
  "dbha:index:Service": "unit",
  "dbha:index:Probe": "probe",
};

/** The parts of a deployment, by layer, then by host. */
export function partsOf(
  deployment: Deployment,
  placed: Placed[],
  outputs: Record<string, unknown>,
  hosts: ModelHost[],
): Part[] {
  const { layers, layerOf } = shapeOf(deployment);
  const nodes = nodesOf(placed, outputs, hosts, layers);
  const others = new Map<string, Part>();
  const urns = new Map(placed.map((one) => [one.resource.urn, one]));
  for (const { resource, name, hosts: places } of placed) {
    const kind = CHECK_KINDS[resource.type];
    const [host, ...further] = places;
    if (kind === undefined || host === undefined || further.length > 0) continue;
    const block = BLOCKS.find(({ type }) => parseUrn(resource.urn).types.includes(type));
    // a load balancer or virtual IP within another component is one of several
    const instance = block && urns.get(resource.parent ?? "");
    const role = roleOf(name, { ...deployment, name: instance?.name ?? deployment.name }, places);
    const layer = block?.layer ?? layerOf(role);
    const isOther = deployment.type === "";
    const key = `${layer} ${host} ${isOther ? name : (instance?.name ?? "")}`;
    const part = nodes.find((one) => one.layer === layer && one.host === host) ??
      others.get(key) ?? {
        ...{ layer, host, checks: [] },
        part: isOther ? name : ([VIRTUAL_IP, ...layers].find((one) => one.key === layer)?.part ?? layer),
        ...toldOf(layer, host, outputs, instance?.resource.outputs ?? outputs),
        ...(layer === VIRTUAL_IP.key && { virtualIp: instance?.name ?? deployment.name }),
      };
    if (part.alias === undefined) others.set(key, part);
    const isOff = kind === "unit" && resource.inputs.active === false;
    part.checks.push({ urn: resource.urn, kind, name: nameOf(kind, resource.inputs, role), ...(isOff && { isOff }) });
  }
  return inOrder([...nodes, ...others.values()], [VIRTUAL_IP.key, ...layers.map(({ key }) => key)]);
}

/** Components within others, each a layer. */
const BLOCKS = [
  { type: "dbha:index:VirtualIp", layer: VIRTUAL_IP.key },
  { type: "dbha:index:LoadBalancer", layer: "nginx" },
];

/** The nodes of a DolphinDB cluster; units and probes are found for those that have some. */
function nodesOf(placed: Placed[], { nodes }: Record<string, unknown>, hosts: ModelHost[], layers: Layer[]): Part[] {
  return rowsIn(placed).map((row) => {
    const told = listOf(nodes).find(({ alias }) => alias === row.alias);
    const host = told?.host ?? hosts.find(({ address }) => address === row.host)?.name ?? row.host;
    const part = layers.find(({ key }) => key === row.mode)?.part ?? row.mode;
    const version = told?.version ?? "";
    return {
      ...{ layer: row.mode, part, host, version, alias: row.alias },
      endpoint: `${row.host}:${row.port}`,
      checks: [],
    };
  });
}

/** Endpoint and version, which components tell by their outputs. @param block outputs of the block that it is of */
function toldOf(layer: string, host: string, outputs: Record<string, unknown>, block: Record<string, unknown>) {
  const on = (list: unknown): Told => listOf(list).find((one) => one.host === host) ?? {};
  const { url = "" } = (outputs.influxDb ?? {}) as { url?: string };
  const told: Record<string, Told> = {
    [VIRTUAL_IP.key]: { endpoint: typeof block.address === "string" ? block.address : "" },
    nginx: { ...on(block.instances), ...on(outputs.proxies) },
    influxdb: { endpoint: url.replace(/^https?:\/\//, "") },
    node: on(outputs.nodes),
  };
  const { endpoint = "", version = "" } = told[layer] ?? {};
  return { endpoint, version };
}

const listOf = (value: unknown): Told[] => (Array.isArray(value) ? (value as Told[]) : []);

/** Nodes of a DolphinDB cluster. */
const rowsIn = (placed: Placed[]): NodeRow[] =>
  placed
    .filter(({ resource }) => resource.type === "dbha:index:DolphinNodes")
    .flatMap(({ resource }) => (Array.isArray(resource.inputs.nodes) ? (resource.inputs.nodes as NodeRow[]) : []));

function nameOf(kind: Check["kind"], { name }: Record<string, unknown>, role: string): string {
  if (kind === "probe") return role;
  return `${kind} ${typeof name === "string" ? name : role}`;
}

function inOrder(parts: Part[], layers: string[]): Part[] {
  const place = ({ layer }: Part): number => (layers.includes(layer) ? layers.indexOf(layer) : layers.length);
  const compare = (one: string, other: string): number => one.localeCompare(other, "en", { numeric: true });
  return parts.sort(
    (one, other) =>
      place(one) - place(other) ||
      compare(one.virtualIp ?? "", other.virtualIp ?? "") ||
      compare(one.host, other.host) ||
      compare(one.alias ?? "", other.alias ?? ""),
  );
}
