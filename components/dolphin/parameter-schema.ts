import { z } from "zod";
import { flag, listOf, valuesByName } from "../rules";
import { setting, settings } from "../validation";
import { engineName } from "./node-schema";

const whole = (least: number, most: number, what: string): z.ZodType<number> =>
  setting(
    z.number().int().min(least).max(most),
    `must be a whole number from ${least} to ${most}`,
    `give ${what} in that range`,
  );

/** Fractions are taken: hosts of a lab have less than a GB for a node. */
const gigabytes = (least: number, what: string): z.ZodType<number> =>
  setting(
    z.number().min(least).max(65536),
    least > 0 ? "must be a number of GB, more than 0" : "must be a number of GB, 0 or more",
    `give ${what} in GB, as a number without a unit`,
  );

/** A path of a node, on its host; data nodes do not start with others. `<ALIAS>` is the engine's. */
export const nodePath = setting(
  z.string().refine((text) => /^\/[!-~]*$/.test(text.replaceAll("<ALIAS>", "")) && !/[,"'\\<>]/.test(macroless(text))),
  "must be an absolute path of ASCII characters without spaces, commas and quotes",
  "write it like /ssd1/dolphin/<ALIAS>",
);

const macroless = (text: string): string => text.replaceAll("<ALIAS>", "");

const paths = listOf(nodePath, 'give paths, like ["/ssd1/<ALIAS>"]').min(1, {
  message: "must name a directory at least; fix: name one, or leave it out",
});

const further = valuesByName(
  setting(
    z.union([z.string().regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u), z.boolean(), z.number().refine(Number.isFinite)]),
    "must be a text of one line, a number, or true or false",
    "mend the value, or remove the key",
  ),
  "give values by the engine's names of parameters",
).default({});

/** @param memory the default of maxMemSize. */
const processFields = (memory: number | undefined) => ({
  maxMemSize: memory === undefined ? gigabytes(0, "memory").optional() : gigabytes(0, "memory").default(memory),
  workerNum: whole(1, 4096, "the number of threads").optional(),
  maxConnections: whole(1, 65536, "the number of connections").optional(),
  lanCluster: memory === undefined ? flag.optional() : flag.default(false),
  enableHTTPS: flag.optional(),
  logLevel: setting(
    z.enum(["DEBUG", "INFO", "WARNING", "ERROR"]),
    "must be DEBUG, INFO, WARNING or ERROR",
    "write it in capitals",
  ).optional(),
  settings: further,
});

const controllers = settings({
  ...processFields(8),
  dfsReplicationFactor: whole(1, 100, "the number of replicas").default(2),
  dfsReplicaReliabilityLevel: setting(
    z.union([z.literal(0), z.literal(1), z.literal(2)]),
    "must be 0, 1 or 2",
    "give 1, so that replicas of a chunk are on different hosts",
  ).default(1),
  dataSync: flag.default(true),
  dfsRecoveryWaitTime: whole(0, 2 ** 31 - 1, "milliseconds").optional(),
  datanodeRestartInterval: whole(0, 86400, "seconds").optional(),
  datanodeRestartLevel: setting(z.enum(["CRASH", "OFFLINE"]), "must be CRASH or OFFLINE", "give CRASH").optional(),
  raftElectionTick: whole(200, 100000, "units of 10 ms").optional(),
  dfsMetaDir: nodePath.optional(),
  enableClientAuth: flag.optional(),
  strictPermissionMode: flag.optional(),
  dfsChunkNodeHeartBeatTimeout: whole(1, 3600, "seconds").optional(),
  clusterName: engineName("the cluster's name", "prod").optional(),
});

const nodeFields = (memory?: number) => ({
  ...processFields(memory),
  volumes: paths.optional(),
  chunkMetaDir: nodePath.optional(),
  redoLogDir: nodePath.optional(),
  TSDBRedoLogDir: nodePath.optional(),
  persistenceDir: nodePath.optional(),
  OLAPCacheEngineSize: gigabytes(0, "memory").optional(),
  TSDBCacheEngineSize: gigabytes(Number.MIN_VALUE, "memory").optional(),
  newValuePartitionPolicy: setting(
    z.enum(["add", "skip", "fail"]),
    "must be add, skip or fail",
    "choose what becomes of rows without a partition",
  ).optional(),
  maxPubConnections: whole(0, 65536, "the number of subscribers").optional(),
  subExecutors: whole(0, 4096, "the number of threads").optional(),
  enableChunkGranularityConfig: flag.optional(),
  computeNodeCacheDir: paths.optional(),
  computeNodeCacheMeta: nodePath.optional(),
  computeNodeMemCacheSize: whole(0, 65536, "memory in GB").optional(),
  computeNodeDiskCacheSize: whole(0, 1048576, "disk in GB").optional(),
});

const nodes = settings(nodeFields());

export const parameterSettings = settings({
  controllers: controllers.prefault({}),
  agents: settings(processFields(4)).prefault({}),
  nodes: settings(nodeFields(32)).prefault({}),
  dataNodes: nodes.prefault({}),
  computeNodes: nodes.prefault({}),
  aliases: valuesByName(nodes, "give parameters by alias").default({}),
});

/** Parameters with defaults filled in. */
export type ParameterSettings = z.output<typeof parameterSettings>;
export type ControllerParameters = ParameterSettings["controllers"];
export type ProcessParameters = ParameterSettings["agents"];
export type NodeParameters = ParameterSettings["dataNodes"];
