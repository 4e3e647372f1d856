import { isObject, type DiffKind, type PropertyDiff, type Value, type Values } from "../provider";

/** Appends a key to a property path the way Pulumi writes it: `a.b`, or `a["b.c"]` for keys that are no plain name. */
export function childPath(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  if (!/^[A-Za-z_$][A-Za-z0-9_$]*$/.test(key)) return `${path}["${key.replaceAll('"', '\\"')}"]`;
  return path === "" ? key : `${path}.${key}`;
}

/** The top-level property a path belongs to. */
export function topLevel(path: string): string {
  return /^[^.[]+/.exec(path)?.[0] ?? path;
}

/**
 * Every place where two sets of properties differ, keyed by path. Null and missing are the same; lists are compared
 * index by index; an unknown differs from everything.
 */
export function comparePropertiesDeeply(olds: Values, news: Values): Record<string, PropertyDiff> {
  const differences: Record<string, PropertyDiff> = {};
  compareObjects("", olds, news, (path, kind) => {
    differences[path] = { kind, inputDiff: false };
  });
  return differences;
}

type Report = (path: string, kind: DiffKind) => void;

function compareObjects(path: string, olds: Record<string, Value>, news: Record<string, Value>, report: Report): void {
  for (const key of new Set([...Object.keys(olds), ...Object.keys(news)])) {
    compareValues(childPath(path, key), olds[key], news[key], report);
  }
}

function compareValues(path: string, old: Value | undefined, news: Value | undefined, report: Report): void {
  const had = old !== undefined && old !== null;
  const has = news !== undefined && news !== null;
  if (!had && !has) return;
  if (!had) {
    report(path, "add");
  } else if (!has) {
    report(path, "delete");
  } else if (Array.isArray(old) && Array.isArray(news)) {
    for (let index = 0; index < Math.max(old.length, news.length); index++) {
      compareValues(childPath(path, index), old[index], news[index], report);
    }
  } else if (isObject(old) && isObject(news)) {
    compareObjects(path, old, news, report);
  } else if (old !== news) {
    report(path, "update");
  }
}
