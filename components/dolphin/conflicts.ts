import type { Conflict, KnownHost } from "../conflicts";
import { adoptConflicts, placeConflicts } from "./adopt-conflicts";
import { hostConflicts } from "./host-conflicts";
import { layoutOf } from "./layout";
import { memoryConflicts } from "./memory-conflicts";
import { nodeConflicts } from "./node-conflicts";
import { parameterConflicts } from "./parameter-conflicts";
import { pathConflicts } from "./path-conflicts";
import { replicaConflicts } from "./replica-conflicts";
import type { DolphinSettings } from "./schema";
import { serverConflicts } from "./server-conflicts";

/** Finds every conflict among arguments; those that fail their own rules are left out of it. */
export function conflicts<H>(args: DolphinSettings<H>, known: KnownHost<H>): Conflict[] {
  const nodes = layoutOf(args, known);
  return [
    ...hostConflicts(args, known, nodes),
    ...nodeConflicts(args, nodes),
    ...replicaConflicts(args, nodes),
    ...parameterConflicts(args, nodes),
    ...pathConflicts(args, nodes),
    ...memoryConflicts(args, nodes),
    ...serverConflicts(args),
    ...placeConflicts(args),
    ...adoptConflicts(args),
  ];
}
