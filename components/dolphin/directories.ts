import { posix } from "node:path";
import { only, type PlacedNode } from "./layout";
import { valueOf } from "./parameters";
import type { DolphinSettings } from "./schema";

/** Parameters that are directories in which a data or compute node makes others. */
const OF_NODES = [
  ...["volumes", "chunkMetaDir", "redoLogDir", "persistenceDir"],
  ...["computeNodeCacheDir", "computeNodeCacheMeta"],
];

/** Directories outside the nodes' home that nodes of a host write to, those above others first. */
export function directoriesOf<H>(
  { parameters }: Pick<DolphinSettings<H>, "parameters">,
  nodes: PlacedNode[],
): string[] {
  const { dfsMetaDir } = parameters.controllers;
  const found = [
    ...(dfsMetaDir !== undefined && only(nodes, "controller").length > 0 ? [dfsMetaDir] : []),
    ...only(nodes, "datanode", "computenode").flatMap((node) => {
      const redo = valueOf(parameters, node, "TSDBRedoLogDir");
      const given = OF_NODES.flatMap((key) => valueOf(parameters, node, key)?.split(",") ?? []);
      // the metadata of the TSDB engine lie beside its redo log
      return [...given, ...(redo === undefined ? [] : [posix.dirname(redo)])];
    }),
  ];
  return [...new Set(found.map((path) => posix.join(path, ".")))].sort();
}

/** Whether a path is below another one. */
export const isBelow = (path: string, other: string): boolean => path.startsWith(`${other}/`);
