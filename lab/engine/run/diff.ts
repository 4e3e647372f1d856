import { isDeepStrictEqual } from "node:util";
import { holdsUnknown } from "../property";
import type { Properties } from "../property";
import { parsePropertyPath, pathContains } from "../property-path";
import type { DiffKind, DiffResult } from "../provider";

/** The answer of a provider to `diff`, or where it has none the comparison of the inputs, name by name. */
export function decideDiff(result: DiffResult, oldInputs: Properties, news: Properties): DiffResult {
  if (result.changes !== "unknown") return result;
  const names = [...new Set([...Object.keys(oldInputs), ...Object.keys(news)])];
  const diffs = names.filter((name) => holdsUnknown(news[name]) || !isDeepStrictEqual(oldInputs[name], news[name]));
  return { ...result, changes: diffs.length > 0 ? "some" : "none", diffs };
}

/** Adds the replacements that the program asked for with `replaceOnChanges`. */
export function replaceOnChanges(diff: DiffResult, paths: string[], hasInitErrors: boolean): DiffResult {
  if (paths.length === 0 || (diff.changes !== "some" && !hasInitErrors)) return diff;
  const outer = paths.map(parsePropertyPath);
  const forces = (path: string): boolean => outer.some((candidate) => pathContains(candidate, parsePropertyPath(path)));
  const changed = [
    ...(diff.diffs ?? []),
    ...Object.keys(diff.detailedDiff ?? {}),
    ...(hasInitErrors ? ["#initerror"] : []),
  ];
  const replaces = [...new Set([...diff.replaces, ...changed.filter(forces)])];
  const detailed = Object.entries(diff.detailedDiff ?? {}).map(([path, entry]) => {
    const kind: DiffKind =
      forces(path) && !entry.kind.endsWith("-replace") ? (`${entry.kind}-replace` as DiffKind) : entry.kind;
    return [path, { ...entry, kind }] as const;
  });
  return {
    ...diff,
    replaces,
    changes: replaces.length > 0 ? "some" : diff.changes,
    ...(diff.detailedDiff && { detailedDiff: Object.fromEntries(detailed) }),
  };
}
