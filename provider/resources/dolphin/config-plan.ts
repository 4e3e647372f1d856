import { type ConfigLine, isPattern, splitKey, standsFor, withAlias } from "./config-lines";
import type { NodeRow } from "./node-rows";

/** What a change of parameters does. */
export interface ConfigPlan {
  /** Values that nodes take while they run, by setDynamicConfig; the file keeps them for the next start. */
  online: { alias: string; parameter: string; value: string }[];
  /** Nodes that restart for it, one after the other. */
  restart: string[];
  /** What changes for whom, a line each, without values: some are secrets. */
  told: string[];
  /** Why it cannot be done, a line each; then nothing else is to be done. */
  refused: string[];
}

/** Parameters that setDynamicConfig takes. Source: its page in the vendor's manual. */
const DYNAMIC = new Set([
  "enableMultiThreadMerge",
  "enableNullSafeJoin",
  "logLevel",
  "maxBlockSizeForReservedMemory",
  "maxConnections",
  "memLimitOfQueryResult",
  "memLimitOfTaskGroupResult",
  "maxMemSize",
  "maxPartitionNumPerQuery",
  "memLimitOfTempResult",
  "OLAPCacheEngineSize",
  "recoveryWorkers",
  "reservedMemSize",
  "dfsChunkNodeHeartBeatTimeout",
  "TSDBCacheEngineSize",
  "TSDBVectorIndexCacheSize",
  "memLimitOfAllTempResults",
]);

/** Directories of metadata: another one is an empty one, and the data are lost with what told of them. */
const METADATA = new Set(["chunkMetaDir", "TSDBRedoLogDir", "PKEYMetaLogDir", "dfsMetaDir"]);

/** What compute nodes do not read, as they keep no data. */
const OF_DATA_NODES = new Set([
  ...["volumes", "chunkMetaDir", "redoLogDir", "TSDBRedoLogDir", "PKEYMetaLogDir", "PKEYRedoLogDir"],
  ...["OLAPCacheEngineSize", "chunkCacheEngineMemSize", "TSDBCacheEngineSize", "PKEYCacheEngineSize", "persistenceDir"],
]);

/** Whether nodes of a kind read a parameter of cluster.cfg. */
export const isReadBy = (mode: NodeRow["mode"], key: string): boolean =>
  !(mode === "computenode" && OF_DATA_NODES.has(key));

/** A node that reads cluster.cfg. */
export type Worker = Pick<NodeRow, "alias" | "mode">;

/**
 * What becomes of another cluster.cfg.
 * @param directory the nodes' home, where those without volumes have their data.
 */
export function planClusterConfig(
  before: readonly ConfigLine[],
  after: readonly ConfigLine[],
  workers: readonly Worker[],
  directory: string,
): ConfigPlan {
  const plans = workers.map(({ alias, mode }) =>
    planOf(alias, effective(before, alias), effective(after, alias), {
      isRead: (key) => isReadBy(mode, key),
      home: `${directory}/${alias}/storage`,
    }),
  );
  const refused = plans.flatMap((plan) => plan.refused);
  if (refused.length > 0) return refusedPlan(refused);
  return {
    online: plans.flatMap((plan) => plan.online),
    restart: plans.flatMap((plan) => plan.restart),
    told: plans.flatMap((plan) => plan.told),
    refused,
  };
}

const changedKeys = (was: ReadonlyMap<string, string>, becomes: ReadonlyMap<string, string>): string[] =>
  [...new Set([...was.keys(), ...becomes.keys()])].filter((key) => was.get(key) !== becomes.get(key));

const refusedPlan = (refused: string[]): ConfigPlan => ({ online: [], restart: [], told: [], refused });

interface NodeRules {
  /** Whether the node reads a parameter of this file. */
  isRead: (key: string) => boolean;
  /** Where it has its data without volumes. */
  home: string;
}

/** What becomes of other parameters of one node. */
function planOf(
  alias: string,
  was: ReadonlyMap<string, string>,
  becomes: ReadonlyMap<string, string>,
  { isRead, home }: NodeRules,
): ConfigPlan {
  const changed = changedKeys(was, becomes).filter(isRead);
  const refused = changed.flatMap((key) => refusal(alias, key, was.get(key), becomes.get(key), home));
  if (refused.length > 0) return refusedPlan(refused);
  const restarting = changed.filter((key) => !DYNAMIC.has(key) || !becomes.has(key));
  const restarts = restarting.length > 0;
  const about = restarts ? `it restarts for ${restarting.join(", ")}` : "while it runs";
  return {
    // who restarts reads all of it then
    online: restarts ? [] : changed.map((parameter) => ({ alias, parameter, value: becomes.get(parameter) ?? "" })),
    restart: restarts ? [alias] : [],
    told: changed.length === 0 ? [] : [`${alias}: ${changed.join(", ")}: ${about}`],
    refused,
  };
}

/** Parameters as a node has them: its alias before wildcards, before all. */
export function effective(lines: readonly ConfigLine[], alias: string): Map<string, string> {
  const rank = (qualifier: string): number => (qualifier === "" ? 0 : isPattern(qualifier) ? 1 : 2);
  const ours = lines
    .map(([key, value]) => ({ ...splitKey(key), value }))
    .filter(({ qualifier }) => standsFor(qualifier, alias))
    .sort((a, b) => rank(a.qualifier) - rank(b.qualifier));
  return new Map(ours.map(({ parameter, value }) => [parameter, withAlias(value, alias)]));
}

function refusal(
  alias: string,
  key: string,
  was: string | undefined,
  becomes: string | undefined,
  home: string,
): string[] {
  if (METADATA.has(key))
    return [
      `${alias}: ${key} would be another directory, and the metadata are in the former one; fix: take it back, or add a node that has the new one and take this one away`,
    ];
  if (key !== "volumes") return [];
  const [former, next] = [was ?? home, becomes ?? home].map((text) => text.split(",").map((path) => path.trim()));
  const gone = (former ?? []).filter((path) => !next?.includes(path));
  if (gone.length === 0) return [];
  return [
    `${alias}: volumes would lack ${gone.join(", ")}, where its data${was === undefined ? ", by the engine's default," : ""} are; fix: name it, too, before those that are added`,
  ];
}

/** Controllers in the order of their restarts: the leader last, so that it leads as long as it can. */
export const leaderLast = (aliases: readonly string[], leader: string): string[] => [
  ...aliases.filter((alias) => alias !== leader),
  ...aliases.filter((alias) => alias === leader),
];
