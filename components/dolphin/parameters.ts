import { type ConfigLine, isPattern, standsFor, withAlias } from "../../provider/resources/dolphin/config-lines";
import type { PlacedNode } from "./layout";
import type { ControllerParameters, NodeParameters, ParameterSettings, ProcessParameters } from "./parameter-schema";

const PROCESS = ["workerNum", "maxConnections", "maxMemSize", "lanCluster", "enableHTTPS", "logLevel"] as const;

/** Parameters that have an argument of their own, in the order in which they are written. */
export const CONTROLLER_KEYS = [
  "dfsReplicationFactor",
  "dfsReplicaReliabilityLevel",
  "dataSync",
  ...PROCESS,
  "dfsRecoveryWaitTime",
  "datanodeRestartInterval",
  "datanodeRestartLevel",
  "raftElectionTick",
  "dfsMetaDir",
  "enableClientAuth",
  "strictPermissionMode",
  "dfsChunkNodeHeartBeatTimeout",
  "clusterName",
] as const satisfies (keyof ControllerParameters)[];

export const AGENT_KEYS = PROCESS satisfies readonly (keyof ProcessParameters)[];

export const NODE_KEYS = [
  "maxMemSize",
  "maxConnections",
  "workerNum",
  "OLAPCacheEngineSize",
  "TSDBCacheEngineSize",
  "newValuePartitionPolicy",
  "maxPubConnections",
  "subExecutors",
  "lanCluster",
  "enableChunkGranularityConfig",
  "enableHTTPS",
  "logLevel",
  "volumes",
  "chunkMetaDir",
  "redoLogDir",
  "TSDBRedoLogDir",
  "persistenceDir",
  "computeNodeCacheDir",
  "computeNodeCacheMeta",
  "computeNodeMemCacheSize",
  "computeNodeDiskCacheSize",
] as const satisfies (keyof NodeParameters)[];

/** Switches that the engine's own samples write as numbers. */
const AS_NUMBERS = new Set(["dataSync", "lanCluster"]);

type Given = Record<string, unknown> & { settings?: Record<string, string | number | boolean> };

/** Parameters as lines, those with an argument of their own first. */
export function parameterLines(keys: readonly string[], parameters: Given | undefined): ConfigLine[] {
  const own = keys.flatMap((key): ConfigLine[] => {
    const value = parameters?.[key];
    return value === undefined ? [] : [[key, written(key, value)]];
  });
  return [
    ...own,
    ...Object.entries(parameters?.settings ?? {}).map(([key, value]): ConfigLine => [key, String(value)]),
  ];
}

function written(key: string, value: unknown): string {
  if (typeof value === "boolean" && AS_NUMBERS.has(key)) return value ? "1" : "0";
  return Array.isArray(value) ? value.join(",") : String(value);
}

/** Lines of cluster.cfg that one node has from its kind and its alias: the alias's own come before those of the kind. */
export function ownLines(parameters: ParameterSettings, { mode, alias }: PlacedNode): ConfigLine[] {
  const kind = mode === "datanode" ? parameters.dataNodes : parameters.computeNodes;
  const ofAlias = new Map(parameterLines(NODE_KEYS, parameters.aliases[alias]));
  const merged = new Map([...parameterLines(NODE_KEYS, kind), ...ofAlias]);
  // an alias and <ALIAS> in one line keep controllers from starting
  return [...merged].map(([key, value]) => [key, ofAlias.has(key) ? value : withAlias(value, alias)]);
}

/** Lines of names with wildcards, by name. */
export const patternLines = ({ aliases }: ParameterSettings): { pattern: string; lines: ConfigLine[] }[] =>
  Object.entries(aliases)
    .filter(([name]) => isPattern(name))
    .map(([pattern, parameters]) => ({ pattern, lines: parameterLines(NODE_KEYS, parameters) }));

/** A parameter as a data or compute node has it in the end, `<ALIAS>` replaced; undefined where it is the engine's default. */
export function valueOf(parameters: ParameterSettings, node: PlacedNode, key: string): string | undefined {
  const lines = [
    ...parameterLines(NODE_KEYS, parameters.nodes),
    ...patternLines(parameters).flatMap(({ pattern, lines }) => (standsFor(pattern, node.alias) ? lines : [])),
    ...ownLines(parameters, node),
  ];
  const value = lines.findLast(([name]) => name === key)?.[1];
  return value === undefined ? undefined : withAlias(value, node.alias);
}

/** Which argument tells a parameter of a node; where none does, that of its kind. */
export function givenAt(parameters: ParameterSettings, { mode, alias }: PlacedNode, key: string): string[] {
  const kind = mode === "datanode" ? "dataNodes" : "computeNodes";
  const has = (one: object | undefined): boolean => (one as Given | undefined)?.[key] !== undefined;
  const { aliases, nodes } = parameters;
  if (has(aliases[alias])) return ["parameters", "aliases", alias, key];
  if (has(parameters[kind])) return ["parameters", kind, key];
  const pattern = patternLines(parameters).findLast(
    (one) => standsFor(one.pattern, alias) && one.lines.some(([name]) => name === key),
  )?.pattern;
  if (pattern !== undefined) return ["parameters", "aliases", pattern, key];
  return ["parameters", has(nodes) ? "nodes" : kind, key];
}
