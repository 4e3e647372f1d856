import {
  isObject,
  isUnknown,
  type DiffKind,
  type DiffResult,
  type PropertyDiff,
  type Value,
  type Values,
} from "../../provider";
import { childPath, topLevel } from "../property-diff";
import { isZero } from "./plan";
import type { Property, Schema } from "./schema";

export interface DiffOptions {
  sdkV2: boolean;
  deleteBeforeReplace: boolean;
  /** Says for a changed property whether it replaces, where that depends on more than the schema. */
  replaces?(name: string, prior: Value, planned: Value): boolean | undefined;
}

/** Compares the state with the plan, property by property. */
export function diffPlan(schema: Schema, prior: Values, planned: Values, options: DiffOptions): DiffResult {
  const detailedDiff: Record<string, PropertyDiff> = {};
  for (const [name, property] of Object.entries(schema)) {
    const [old, value] = [prior[name] ?? null, planned[name] ?? null];
    const forceNew = options.replaces?.(name, old, value) ?? property.forceNew === true;
    for (const [path, kind] of differences(property, name, old, value, options.sdkV2)) {
      detailedDiff[path] = { kind: forceNew ? (`${kind}-replace` as DiffKind) : kind, inputDiff: false };
    }
  }
  const paths = Object.keys(detailedDiff);
  const replacing = paths.filter((path) => detailedDiff[path]?.kind.endsWith("-replace"));
  return {
    changes: paths.length > 0 ? "some" : "none",
    replaces: unique(replacing.map(topLevel)),
    deleteBeforeReplace: options.deleteBeforeReplace && replacing.length > 0,
    diffs: unique(paths.map(topLevel)),
    detailedDiff,
  };
}

type PlainKind = "add" | "delete" | "update";
type Difference = [path: string, kind: PlainKind];

function differences(property: Property, path: string, old: Value, planned: Value, sdkV2: boolean): Difference[] {
  if (isSame(property, old, planned, sdkV2)) return [];
  if (isUnknown(planned)) return [[path, "update"]];
  if (sdkV2 && (isZero(old) || isZero(planned)) && !(property.type === "map" && isObject(old))) {
    return [[path, kindOf(nullIfCollection(old), nullIfCollection(planned))]];
  }
  const { element, fields } = property;
  if (Array.isArray(old) && Array.isArray(planned) && element) {
    return property.type === "set"
      ? differencesOfSets(element, path, old, planned, sdkV2)
      : differencesOfLists(element, path, old, planned, sdkV2);
  }
  if (isObject(old)) {
    const wanted = isObject(planned) ? planned : {};
    return namesOf(old, wanted).flatMap((name) => {
      const field = fields?.[name] ?? STRING;
      return differences(field, childPath(path, name), old[name] ?? null, wanted[name] ?? null, sdkV2);
    });
  }
  return [[path, kindOf(old, planned)]];
}

const STRING: Property = { type: "string" };

function differencesOfLists(
  element: Property,
  path: string,
  old: Value[],
  planned: Value[],
  sdkV2: boolean,
): Difference[] {
  const indices = Array.from({ length: Math.max(old.length, planned.length) }, (_, index) => index);
  return indices.flatMap((index) => {
    return differences(element, childPath(path, index), old[index] ?? null, planned[index] ?? null, sdkV2);
  });
}

/** Elements gone are reported at their old place, new ones at their new place. */
function differencesOfSets(
  element: Property,
  path: string,
  old: Value[],
  planned: Value[],
  sdkV2: boolean,
): Difference[] {
  const isIn = (item: Value, set: Value[]): boolean => set.some((other) => isSame(element, other, item, sdkV2));
  const kinds = new Map<number, PlainKind>();
  old.forEach((item, index) => {
    if (!isIn(item, planned)) kinds.set(index, "delete");
  });
  planned.forEach((item, index) => {
    if (!isIn(item, old)) kinds.set(index, kinds.has(index) ? "update" : "add");
  });
  return [...kinds].map(([index, kind]) => [childPath(path, index), kind]);
}

/** An empty collection counts as none. */
function nullIfCollection(value: Value): Value {
  return isZero(value) && typeof value === "object" ? null : value;
}

function kindOf(old: Value, planned: Value): PlainKind {
  if (old === null) return "add";
  return planned === null ? "delete" : "update";
}

export function isSame(property: Property, old: Value, planned: Value, sdkV2: boolean): boolean {
  if (isUnknown(old) || isUnknown(planned)) return false;
  if (sdkV2 && isZero(old) && isZero(planned)) return true;
  const { element, fields } = property;
  if (Array.isArray(old) && Array.isArray(planned) && element) {
    if (old.length !== planned.length) return false;
    return property.type === "set"
      ? old.every((item) => planned.some((other) => isSame(element, item, other, sdkV2)))
      : old.every((item, index) => isSame(element, item, planned[index] ?? null, sdkV2));
  }
  if (isObject(old) && isObject(planned)) {
    return namesOf(old, planned).every((name) => {
      return isSame(fields?.[name] ?? STRING, old[name] ?? null, planned[name] ?? null, sdkV2);
    });
  }
  return old === planned;
}

/** Without the notes of the bridge. */
function namesOf(old: Values, planned: Values): string[] {
  return unique([...Object.keys(old), ...Object.keys(planned)]).filter((name) => !name.startsWith("__"));
}

function unique(names: string[]): string[] {
  return [...new Set(names)];
}
