import type { Conflict } from "../conflicts";
import { only, type PlacedNode } from "./layout";
import { givenAt, valueOf } from "./parameters";
import type { DolphinSettings } from "./schema";

/** Where the engine has its own default. */
const DEFAULT_GB = { OLAPCacheEngineSize: 0, TSDBCacheEngineSize: 1 } as const;

/** What is wrong with the memory of data nodes' cache engines: each is at most half of the node's. */
export function memoryConflicts<H>({ parameters }: DolphinSettings<H>, nodes: PlacedNode[]): Conflict[] {
  const found = new Map<string, Conflict>();
  for (const node of only(nodes, "datanode")) {
    const memory = Number(valueOf(parameters, node, "maxMemSize"));
    for (const key of ["OLAPCacheEngineSize", "TSDBCacheEngineSize"] as const) {
      const size = Number(valueOf(parameters, node, key) ?? DEFAULT_GB[key]);
      if (!(memory > 0) || !(size > memory / 2)) continue;
      const path = givenAt(parameters, node, key);
      found.set(path.join(), {
        path,
        rule: `${node.alias} may use ${memory} GB (maxMemSize), and ${size} GB for ${key} are more than half of it: such a node does not start`,
        fix: `lower ${key}, or raise maxMemSize`,
      });
    }
    const isCached = Number(valueOf(parameters, node, "OLAPCacheEngineSize") ?? 0) > 0;
    // given as false; one that failed its own rule is told by itself
    if (isCached && (parameters.controllers.dataSync as boolean | undefined) === false)
      found.set("dataSync", {
        path: ["parameters", "controllers", "dataSync"],
        rule: "OLAPCacheEngineSize keeps writes in memory, and without dataSync they are lost with their node",
        fix: "give true, or OLAPCacheEngineSize 0",
      });
  }
  return [...found.values()];
}
