import { aliasesOf, isWorker, type NodeMode } from "../resources/dolphin/node-rows";
import { rowsOf, type DolphinValue } from "./answer";
import type { Site } from "./site";

/** A node as a controller sees it. */
export interface SeenNode extends Site {
  mode: NodeMode;
  isOnline: boolean;
}

/** The cluster as a controller sees it. */
export interface ClusterView {
  nodes: SeenNode[];
  /** The controller that leads; undefined where none does, or the one that was asked does not know. */
  leader?: Site;
}

/** As getClusterPerf numbers kinds; 3 is a server without a cluster. */
const MODES: Record<number, NodeMode> = { 0: "datanode", 1: "agent", 2: "controller", 4: "computenode" };

/** Reads the answer to getClusterPerf(true). @param isGone whether nothing runs there, whatever the answer says */
export function viewOf(value: DolphinValue, isGone: (site: Pick<Site, "host">) => boolean = () => false): ClusterView {
  const rows = rowsOf(value);
  if (rows === undefined) throw new Error("getClusterPerf answered no table");
  const found = rows.flatMap(({ host, port, name, mode, state, isLeader }) => {
    const kind = MODES[Number(mode)];
    if (kind === undefined) return [];
    const site = { host: String(host), port: Number(port), alias: String(name) };
    const node = { ...site, mode: kind, isOnline: state === 1 && !isGone(site) };
    return [{ node, leads: isLeader === true && node.isOnline }];
  });
  const leader = found.find(({ leads }) => leads)?.node;
  return {
    nodes: found.map(({ node }) => node),
    ...(leader && { leader: { host: leader.host, port: leader.port, alias: leader.alias } }),
  };
}

/** Aliases of data and compute nodes; of those in some state where that is said. */
export const workersOf = (nodes: readonly SeenNode[], isOnline?: boolean): string[] =>
  aliasesOf(nodes.filter((node) => isWorker(node) && (isOnline === undefined || node.isOnline === isOnline)));
