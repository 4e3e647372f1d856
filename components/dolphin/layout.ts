import type { NodeMode, NodeRow } from "../../provider/resources/dolphin/node-rows";
import type { KnownHost } from "../conflicts";
import type { DolphinSettings } from "./schema";

/** A node with the host that it runs on, and the argument that asks for it. */
export interface PlacedNode extends NodeRow {
  /** Name of its host; empty where the argument names none. */
  hostName: string;
  /** Where the argument stands, for messages. */
  path: PropertyKey[];
}

/** How many hosts run controllers where nothing is said. */
export const DEFAULT_CONTROLLERS = 3;

interface Given<H> {
  host: H;
  alias?: string | undefined;
  port?: number | undefined;
  group?: string | undefined;
  zone?: string | undefined;
}

const KINDS = {
  controllers: { mode: "controller", port: "controller", suffix: "controller" },
  agents: { mode: "agent", port: "agent", suffix: "agent" },
  dataNodes: { mode: "datanode", port: "dataNode", suffix: "datanode" },
  computeNodes: { mode: "computenode", port: "computeNode", suffix: "computenode" },
} as const satisfies Record<string, { mode: NodeMode; port: string; suffix: string }>;

type Kind = keyof typeof KINDS;

/** All nodes: the controllers, then host by host its agent, data nodes and compute nodes, as the vendor's page has them. */
export function layoutOf<H>(args: DolphinSettings<H>, known: KnownHost<H>): PlacedNode[] {
  const controllers = nodesOf(args, known, "controllers");
  const others = (["agents", "dataNodes", "computeNodes"] as const).flatMap((kind) => nodesOf(args, known, kind));
  const order = [...new Set([...args.hosts.map(known.nameOf), ...others.map(({ hostName }) => hostName)])];
  return [...controllers, ...order.flatMap((name) => others.filter(({ hostName }) => hostName === name))];
}

function nodesOf<H>(args: DolphinSettings<H>, known: KnownHost<H>, kind: Kind): PlacedNode[] {
  const given = args[kind];
  const count = kind === "controllers" ? DEFAULT_CONTROLLERS : args.hosts.length;
  const nodes: { node: Given<H>; path: PropertyKey[] }[] =
    given?.map((node, i) => ({ node, path: [kind, i] })) ??
    args.hosts
      .slice(0, count)
      .map((host, i) => ({ node: { host }, path: ["hosts", i] }))
      // one that is named twice is told as that alone
      .filter(
        ({ node }, i, all) => all.findIndex((one) => known.nameOf(one.node.host) === known.nameOf(node.host)) === i,
      );
  const { mode, port, suffix } = KINDS[kind];
  return nodes.map(({ node, path }) => {
    const hostName = known.nameOf(node.host);
    const group = text(node.group) ?? "";
    return {
      host: text(args.addresses[hostName]) ?? known.addressOf(node.host) ?? "",
      port: node.port ?? args.ports[port],
      alias: text(node.alias) ?? (group === "" ? `${hostName}-${suffix}` : `${group}-${hostName}`),
      mode,
      group,
      zone: text(node.zone) ?? "",
      hostName,
      path,
    };
  });
}

/** What failed its own rule may be anything. */
const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** The nodes of some kinds. */
export const only = (nodes: readonly PlacedNode[], ...modes: NodeMode[]): PlacedNode[] =>
  nodes.filter(({ mode }) => modes.includes(mode));

/** Nodes by the name of their host. */
export const byHost = (nodes: readonly PlacedNode[]): Map<string, PlacedNode[]> => {
  const found = new Map<string, PlacedNode[]>();
  for (const node of nodes) found.set(node.hostName, [...(found.get(node.hostName) ?? []), node]);
  return found;
};

/** A host's directory of a node: its home, below that of the deployment. */
export const homeOf = (directory: string, { alias }: Pick<NodeRow, "alias">): string => `${directory}/${alias}`;
