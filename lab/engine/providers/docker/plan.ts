import { isDeepStrictEqual } from "node:util";
import { isObject, isUnknown, UNKNOWN, type DiffKind, type DiffResult, type PropertyDiff } from "../../provider";
import type { Value, Values } from "../../provider";
import { DEFAULTS } from "../bridge/check";
import type { Property } from "../bridge/schema";
import { comparePropertiesDeeply, topLevel } from "../property-diff";
import { containerSchema, type ContainerProperty } from "./container-schema";

/**
 * The state that a create or update aims at: what the program says, else the default, else what the provider computes
 * (the old value, or unknown for a new resource), else nothing. To an SDKv2 provider zero values and nothing are the same.
 * @param prior outputs in state; undefined for a new resource
 */
export function plan(prior: Values | undefined, config: Values): Values {
  const entries = Object.entries(containerSchema).map(([name, property]): [string, Value] => {
    const old = prior?.[name] ?? null;
    const value = planned(property, prior ? old : UNKNOWN, config[name] ?? null);
    const kept = (property.sticky && old !== null && isZero(value)) || (value === null && isZero(old));
    const emptied = value === null && property.type === "map" ? {} : value;
    return [name, kept ? old : emptied];
  });
  return Object.fromEntries(entries);
}

function planned(property: ContainerProperty, computed: Value, config: Value): Value {
  const { type, element } = property;
  // where the provider computes a value, "" and a set that is not known yet are "nothing said"
  const unsaid = property.computed === true && (config === "" || (type === "set" && isUnknown(config)));
  if (config !== null && !unsaid) return complete(property, config);
  if (property.default !== undefined) return property.default;
  // of a set that was never read a provider of this kind does not know that it is empty
  if (property.computed) return type === "set" && computed === null ? UNKNOWN : computed;
  return element?.type === "object" ? [] : null;
}

/** Gives objects all their fields, and sets of texts one order. */
function complete({ type, element, fields }: Property, value: Value): Value {
  if (Array.isArray(value) && element) {
    const items = value.map((item) => complete(element, item));
    return type === "set" && element.type === "string" && !items.some(isUnknown) ? items.sort() : items;
  }
  if (!isObject(value) || !fields) return value;
  const entries = Object.entries(fields).map(([name, field]): [string, Value] => {
    const said = value[name] ?? null;
    return [name, said === null ? (field.default ?? (field.element ? [] : null)) : complete(field, said)];
  });
  return Object.fromEntries(entries);
}

/** Compares the state with the plan, property by property. */
export function diffPlan(prior: Values, plannedState: Values): DiffResult {
  const detailedDiff: Record<string, PropertyDiff> = {};
  for (const [name, property] of Object.entries(containerSchema)) {
    const [old, value] = [canonical(property, prior[name] ?? null), canonical(property, plannedState[name] ?? null)];
    for (const [path, { kind }] of Object.entries(differences(name, property, old, value))) {
      detailedDiff[path] = {
        kind: replaces(property, old, value) ? (`${kind}-replace` as DiffKind) : kind,
        inputDiff: false,
      };
    }
  }
  const paths = Object.keys(detailedDiff);
  const replacing = paths.filter((path) => detailedDiff[path]?.kind.endsWith("-replace")).map(topLevel);
  return {
    changes: paths.length > 0 ? "some" : "none",
    replaces: [...new Set(replacing)],
    deleteBeforeReplace: replacing.length > 0,
    diffs: [...new Set(paths.map(topLevel))],
    detailedDiff,
  };
}

function replaces({ forceNew, replacedByCount }: ContainerProperty, old: Value, value: Value): boolean {
  const count = (items: Value): number => (Array.isArray(items) ? items.length : 0);
  return forceNew === true || (replacedByCount === true && count(old) !== count(value));
}

/** Elements of sets have no place of their own; the entries of a map that goes are named one by one. */
function differences(name: string, { type }: Property, old: Value, value: Value): Record<string, PropertyDiff> {
  if (isDeepStrictEqual(old, value)) return {};
  if (type === "set" && old !== null && value !== null) return { [name]: { kind: "update", inputDiff: false } };
  return comparePropertiesDeeply({ [name]: old }, { [name]: type === "map" && isObject(old) ? (value ?? {}) : value });
}

/** A form in which values that are the same to the provider are equal: zero values are null, sets are in one order. */
function canonical({ type, element, fields }: Property, value: Value): Value {
  if (isUnknown(value)) return value;
  if (Array.isArray(value) && element) {
    const items = value.map((item) => canonical(element, item));
    const key = (item: Value): string => (isUnknown(item) ? "" : JSON.stringify(item));
    const sorted = type === "set" ? items.sort((one, other) => (key(one) < key(other) ? -1 : 1)) : items;
    return sorted.length === 0 ? null : sorted;
  }
  if (!isObject(value) || !fields) return isZero(value) ? null : value;
  const entries = Object.entries(value)
    .filter(([name]) => !name.startsWith("__"))
    .map(([name, item]): [string, Value] => [name, canonical(fields[name] ?? { type: "string" }, item)])
    .filter(([, item]) => item !== null);
  return Object.fromEntries(entries.sort());
}

/** True for null and for what SDKv2 providers hold to be the same as null. */
export function isZero(value: Value): boolean {
  if (value === null || value === "" || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

/**
 * What is kept after a container was created: what was read back, except that sets stay as they were planned and an
 * empty collection stays null where it was planned as null.
 */
export function stateAfterCreate(plannedState: Values, read: Values): Values {
  const entries = Object.entries(containerSchema).map(([name, { type, element, setOfOne }]): [string, Value] => {
    const [wanted, found] = [plannedState[name] ?? null, read[name]];
    // null would show as a change: the provider computed these, and they came out empty
    if (found === undefined) return [name, isUnknown(wanted) ? (element ? [] : null) : wanted];
    const plannedSet = (type === "set" || setOfOne === true) && wanted !== null && !isUnknown(wanted);
    const plannedNothing = wanted === null && found !== null && typeof found === "object" && isZero(found);
    return [name, plannedSet || plannedNothing ? wanted : found];
  });
  return Object.fromEntries(entries);
}

/** What is kept after an update: a number that went is 0. */
export function stateAfterUpdate(olds: Values, plannedState: Values): Values {
  const entries = Object.entries(plannedState).map(([name, value]): [string, Value] => {
    const gone = value === null && typeof olds[name] === "number";
    return [name, gone ? 0 : value];
  });
  return Object.fromEntries(entries);
}

/**
 * The inputs that would describe what was read: the old ones, except where they no longer hold. A default that no
 * longer holds becomes an input like any other.
 */
export function refreshedInputs(inputs: Values, outputs: Values): Values {
  const entries = Object.entries(inputs).map(([name, input]): [string, Value] => {
    const property = containerSchema[name];
    const output = outputs[name] ?? null;
    const holds = property === undefined || isDeepStrictEqual(canonical(property, output), canonical(property, input));
    return [name, holds ? input : asInput(output, input)];
  });
  const result = Object.fromEntries(entries);
  return { ...result, ...remainingDefaults(inputs, result) };
}

/** The inputs that would describe a container of which nothing but what was read is known. */
export function importedInputs(outputs: Values): Values {
  const entries = Object.entries(outputs).filter(([name, value]) => {
    const { outputOnly, refused, at } = containerSchema[name] ?? { outputOnly: true };
    return !outputOnly && (!refused || at !== undefined) && !isZero(value);
  });
  return { ...Object.fromEntries(entries.map(([name, value]) => [name, asInput(value, undefined)])), [DEFAULTS]: [] };
}

/** An output in the form of the input that it takes the place of. */
function asInput(output: Value, old: Value | undefined): Value {
  if (Array.isArray(output)) {
    return output.map((item, index) => asInput(item, Array.isArray(old) ? old[index] : undefined));
  }
  if (!isObject(output)) return output;
  const replaced = isObject(old) ? old : {};
  const entries = Object.entries(output).filter(([, value]) => value !== null);
  const result = Object.fromEntries(entries.map(([name, value]) => [name, asInput(value, replaced[name])]));
  return { ...result, ...remainingDefaults({ [DEFAULTS]: [], ...replaced }, result) };
}

function remainingDefaults(olds: Values, news: Values): Values {
  const defaults = olds[DEFAULTS];
  if (!Array.isArray(defaults)) return {};
  return { [DEFAULTS]: defaults.filter((name) => olds[name as string] === news[name as string]) };
}
