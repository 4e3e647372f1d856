import { posix } from "node:path";
import { isPattern } from "../../provider/resources/dolphin/config-lines";
import type { Conflict } from "../conflicts";
import { byHost, only, type PlacedNode } from "./layout";
import { givenAt, valueOf } from "./parameters";
import type { DolphinSettings } from "./schema";

/** Parameters of nodes that are directories, where nodes of one host must not meet. */
const OWN = ["volumes", "chunkMetaDir", "redoLogDir", "persistenceDir"] as const;
const CACHE = ["computeNodeCacheDir", "computeNodeCacheMeta"] as const;

/** What is wrong with directories. */
export const pathConflicts = <H>(args: DolphinSettings<H>, nodes: PlacedNode[]): Conflict[] => [
  ...[...byHost(only(nodes, "datanode", "computenode"))].flatMap(([hostName, here]) =>
    hostName === "" ? [] : sharedConflicts(args, hostName, here),
  ),
  ...tsdbEndings(args),
  ...cacheConflicts(args),
  ...backupConflicts(args, nodes),
];

function sharedConflicts<H>({ parameters }: DolphinSettings<H>, hostName: string, here: PlacedNode[]): Conflict[] {
  const found: Conflict[] = [];
  const dataNodes = only(here, "datanode");
  const look = (nodes: PlacedNode[], key: string, of: (path: string) => string, what: string): void => {
    const taken = new Map<string, PlacedNode>();
    for (const node of nodes)
      for (const path of listOf(valueOf(parameters, node, key)).map(of)) {
        const other = taken.get(path);
        if (other !== undefined && other !== node)
          found.push({
            path: givenAt(parameters, node, key),
            rule: `${other.alias} and ${node.alias} on ${hostName} ${what} ${path}`,
            fix: `have <ALIAS> in ${key}, or give each of them its own in parameters.aliases`,
          });
        taken.set(path, other ?? node);
      }
  };
  for (const key of OWN) look(dataNodes, key, tidy, "would share the directory");
  // metadata of the TSDB engine lie beside its redo log
  look(dataNodes, "TSDBRedoLogDir", (path) => posix.dirname(path), "would have their TSDB metadata both in");
  for (const key of CACHE) look(only(here, "computenode"), key, tidy, "would share the directory");
  return found;
}

const tidy = (path: string): string => posix.join(path, "/");

const listOf = (value: string | undefined): string[] => value?.split(",") ?? [];

/** The parts of the arguments that tell parameters of nodes, with where they stand. */
function parts<H>({
  parameters,
}: DolphinSettings<H>): { path: PropertyKey[]; values: Record<string, unknown>; name: string }[] {
  const { nodes, dataNodes, computeNodes, aliases } = parameters;
  return [
    ...Object.entries({ nodes, dataNodes, computeNodes }).map(([key, values]) => ({
      path: ["parameters", key],
      values: values,
      name: "",
    })),
    ...Object.entries(aliases).map(([name, values]) => ({
      path: ["parameters", "aliases", name],
      values: values,
      name,
    })),
  ];
}

/** The engine refuses them, whoever the node is. */
const tsdbEndings = <H>(args: DolphinSettings<H>): Conflict[] =>
  parts(args).flatMap(({ path, values: { TSDBRedoLogDir: given } }) =>
    typeof given === "string" && /\/(<ALIAS>\/?)?$/.test(given)
      ? [
          {
            path: [...path, "TSDBRedoLogDir"],
            rule: "the engine refuses a redo log that ends in /<ALIAS> or /, as the metadata beside it would be those of all nodes",
            fix: "write it like /ssd1/<ALIAS>/redo",
          },
        ]
      : [],
  );

/** What is for several nodes has to have a directory for each; the engine asks for the macro. */
const cacheConflicts = <H>(args: DolphinSettings<H>): Conflict[] =>
  parts(args).flatMap(({ path, values, name }) =>
    CACHE.flatMap((key): Conflict[] => {
      const given = [values[key] ?? []].flat().filter((one) => typeof one === "string");
      // what a kind or an alias has is written for one node each
      const isOfSeveral = name === "" ? path.at(-1) === "nodes" : isPattern(name);
      if (!isOfSeveral || given.every((one) => one.includes("<ALIAS>"))) return [];
      const rule = "is for several nodes, and each needs a cache of its own";
      return [{ path: [...path, key], rule, fix: "have <ALIAS> in it" }];
    }),
  );

function backupConflicts<H>(args: DolphinSettings<H>, nodes: PlacedNode[]): Conflict[] {
  const { directory, backup, parameters, clusterDemo } = args;
  if (typeof backup.directory !== "string") return [];
  const volumes = only(nodes, "datanode").flatMap((node) => listOf(valueOf(parameters, node, "volumes")));
  const home = [directory, clusterDemo?.directory].filter((one) => typeof one === "string");
  const around = [...home, ...volumes].find((path) => isWithin(backup.directory as string, path));
  if (around === undefined) return [];
  return [
    {
      path: ["backup", "directory"],
      rule: `lies within ${around}, which belongs to the nodes`,
      fix: "choose a place of its own, best on another disk",
    },
  ];
}

const isWithin = (path: string, other: string): boolean => posix.join(path, "/").startsWith(posix.join(other, "/"));
