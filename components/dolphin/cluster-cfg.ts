import { type ConfigLine, renderConfig } from "../../provider/resources/dolphin/config-lines";
import { only, type PlacedNode } from "./layout";
import type { ParameterSettings } from "./parameter-schema";
import { NODE_KEYS, ownLines, parameterLines, patternLines } from "./parameters";

/** What cluster.cfg is made of. */
export interface ClusterCfg {
  nodes: PlacedNode[];
  parameters: ParameterSettings;
  /** By host name. */
  publicNames: Record<string, string>;
}

/**
 * The lines of cluster.cfg: for all data and compute nodes, then by wildcards, then node by node. The Raft group owns the file after the
 * first start; then these lines go through the engine.
 */
export function clusterLines({ nodes, parameters, publicNames }: ClusterCfg): ConfigLine[] {
  const qualified = (name: string, lines: ConfigLine[]): ConfigLine[] =>
    lines.map(([key, value]) => [`${name}.${key}`, value]);
  const workers = only(nodes, "datanode", "computenode");
  return [
    ...parameterLines(NODE_KEYS, parameters.nodes),
    ...patternLines(parameters).flatMap(({ pattern, lines }) => qualified(pattern, lines)),
    ...workers.flatMap((node) => qualified(node.alias, ownLines(parameters, node))),
    ...workers.flatMap(({ alias, hostName }): ConfigLine[] => {
      const name = publicNames[hostName];
      return name === undefined ? [] : [[`${alias}.publicName`, name]];
    }),
  ];
}

/** cluster.cfg, the same on all controllers. */
export const renderClusterCfg = (cfg: ClusterCfg): string => renderConfig(clusterLines(cfg));
