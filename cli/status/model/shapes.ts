import { COMPONENTS, type Deployment } from "../../report/deployments";

/** Parts of one kind in a deployment, which do the same on several hosts. */
export interface Layer {
  key: string;
  /** What one of them is called. */
  part: string;
  /** How those before it in the diagram, or its clients, talk to it. */
  by: string;
  /** Whether the layer before uses it, as it uses what is not of the deployment. */
  isBacking?: true;
}

/** What a deployment is not of itself, but uses. */
export interface Backing {
  name: string;
  address: string;
  by: string;
}

/** How a deployment of a type is built: who talks to whom, from its clients on. */
export interface Shape {
  title: string;
  clients: string;
  layers: Layer[];
  /** Which layer something belongs to by its role; the last one where it does not say. */
  layerOf: (role: string) => string;
  backings: (inputs: Record<string, unknown>) => Backing[];
}

/** Layers that any deployment may have. */
export const VIRTUAL_IP: Layer = { key: "vip", part: "virtual IP", by: "" };
const nginx = (by: string): Layer => ({ key: "nginx", part: "nginx", by });

const fields = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];

function metaDb(inputs: Record<string, unknown>): Backing[] {
  const { host, port } = fields(inputs.metaDb);
  return typeof host === "string" ? [{ name: "MetaDB", address: `${host}:${String(port)}`, by: "SQL" }] : [];
}

function oceanBase(inputs: Record<string, unknown>): Backing[] {
  const { name, rsList, configServerUrl } = fields(inputs.cluster);
  const address = typeof configServerUrl === "string" ? configServerUrl : texts(rsList).join(", ");
  return typeof name === "string" ? [{ name: `OceanBase ${name}`, address, by: "SQL" }] : [];
}

const DOLPHIN_LAYERS = [
  { key: "controller", part: "controller", by: "web, API" },
  { key: "agent", part: "agent", by: "commands of the leader" },
  { key: "datanode", part: "data node", by: "start and stop" },
  { key: "computenode", part: "compute node", by: "start and stop" },
];

const SHAPES: Record<string, Omit<Shape, "title">> = {
  OdcHaDeployment: {
    clients: "browsers",
    layers: [nginx("HTTP"), { key: "node", part: "node", by: "HTTP, each client to its node" }],
    layerOf: () => "node",
    backings: metaDb,
  },
  OdpWithWatchdog: {
    clients: "applications",
    layers: [nginx("SQL"), { key: "node", part: "proxy", by: "SQL" }],
    layerOf: () => "node",
    backings: oceanBase,
  },
  OmsMultiNode: {
    clients: "browsers",
    layers: [
      nginx("HTTP"),
      { key: "node", part: "node", by: "HTTP" },
      { key: "influxdb", part: "InfluxDB", by: "metrics", isBacking: true },
    ],
    layerOf: (role) => (role.startsWith("influxdb") ? "influxdb" : "node"),
    backings: metaDb,
  },
  DolphinHaCluster: {
    clients: "browsers, programs",
    layers: DOLPHIN_LAYERS,
    layerOf: (role) => (role.startsWith("controller") ? "controller" : "agent"),
    backings: () => [],
  },
  LoadBalancer: { clients: "clients", layers: [nginx("TCP")], layerOf: () => "nginx", backings: () => [] },
  VirtualIp: { clients: "clients", layers: [], layerOf: () => VIRTUAL_IP.key, backings: () => [] },
};

/** Of resources that no component of dbha has made. */
const OTHER: Omit<Shape, "title"> = {
  clients: "",
  layers: [{ key: "other", part: "resource", by: "" }],
  layerOf: () => "other",
  backings: () => [],
};

/** How people call a type of deployment. */
const TITLES: Record<string, string> = { ...COMPONENTS, VirtualIp: "Virtual IP", Certificate: "Certificate" };

export const shapeOf = ({ type }: Pick<Deployment, "type">): Shape => ({
  title: TITLES[type] ?? "Other resources",
  ...(SHAPES[type] ?? OTHER),
});
