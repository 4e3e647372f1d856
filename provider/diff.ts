import { isDeepStrictEqual } from "node:util";
import { propertyPath } from "./check";
import { Properties } from "./wire";

/** One property that differs. */
export interface Change {
  /** Path of the property, such as `host.address` or `triggers[0]`. */
  path: string;
  kind: "add" | "delete" | "update";
  /** Whether it is an input that differs, or something found on the host. */
  input: boolean;
}

/** Compares the old state with new inputs, property by property, for the given names. */
export function changesOf(names: readonly string[], olds: Properties, news: Properties): Change[] {
  return names.flatMap((name) => compare([name], olds[name], news[name]));
}

function compare(path: PropertyKey[], old: unknown, wanted: unknown): Change[] {
  if (isDeepStrictEqual(old, wanted)) {
    return [];
  }
  const change = (kind: Change["kind"]) => [{ path: propertyPath(path), kind, input: true }];
  if (old === undefined) {
    return change("add");
  }
  if (wanted === undefined) {
    return change("delete");
  }
  if (Array.isArray(old) && Array.isArray(wanted)) {
    const length = Math.max(old.length, wanted.length);
    return Array.from({ length }).flatMap((_, index) => compare([...path, index], old[index], wanted[index]));
  }
  if (isRecord(old) && isRecord(wanted)) {
    const keys = new Set([...Object.keys(old), ...Object.keys(wanted)]);
    return [...keys].flatMap((key) => compare([...path, key], old[key], wanted[key]));
  }
  return change("update");
}

function isRecord(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a change is at a path or below it. */
export function touches(change: Change, path: string): boolean {
  return change.path === path || change.path.startsWith(`${path}.`) || change.path.startsWith(`${path}[`);
}

/** Whether any of the changes is at one of the paths or below. */
export function anyTouches(changes: readonly Change[], ...paths: string[]): boolean {
  return changes.some((change) => paths.some((path) => touches(change, path)));
}
