import { isDeepStrictEqual } from "node:util";
import { holdsUnknown } from "../property";
import type { Properties } from "../property";
import { parsePropertyPath, pathContains } from "../property-path";
import type { DiffResult } from "../provider";

/** The answer of whoever cannot tell. */
export const UNANSWERED: DiffResult = { changes: "unknown", replaces: [], deleteBeforeReplace: false };

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
  const changed = [...(diff.diffs ?? []), ...Object.keys(diff.detailedDiff ?? {})];
  if (hasInitErrors) changed.push("#initerror");
  const replaces = [...new Set([...diff.replaces, ...changed.filter(forces)])];
  return { ...diff, replaces, changes: replaces.length > 0 ? "some" : diff.changes };
}
