import { isObject, isUnknown, type Value, type Values } from "../../provider";
import { DEFAULTS } from "./check";
import { isSame } from "./diff";
import { isZero } from "./plan";
import type { Property, Schema } from "./schema";

/**
 * What an SDKv2 provider keeps after it created a resource: what it read back, except that sets stay as they were
 * planned and an empty collection stays null where it was planned as null.
 */
export function stateAfterCreate(schema: Schema, planned: Values, read: Values): Values {
  const entries = Object.entries(schema).map(([name, property]): [string, Value] => {
    const wanted = planned[name] ?? null;
    const found = read[name];
    // null would show as a change: the provider computed these, and they came out empty
    if (found === undefined && isUnknown(wanted)) return [name, property.element === undefined ? null : []];
    if (found === undefined) return [name, wanted];
    const plannedSet = isSet(property) && wanted !== null && !isUnknown(wanted);
    const plannedNull = wanted === null && isEmptyCollection(found);
    return [name, plannedSet || plannedNull ? wanted : found];
  });
  return Object.fromEntries(entries);
}

/** A single object stands for a set of one. */
function isSet(property: Property): boolean {
  return property.type === "set" || property.type === "object";
}

function isEmptyCollection(value: Value): boolean {
  return value !== null && typeof value === "object" && isZero(value);
}

/**
 * The inputs that would describe what was read: the old ones, except where they no longer hold. A default that no
 * longer holds becomes an input like any other.
 */
export function refreshedInputs(schema: Schema, inputs: Values, outputs: Values): Values {
  const result: Values = {};
  const changed = new Set<string>();
  for (const [name, input] of Object.entries(inputs)) {
    const property = schema[name];
    const output = outputs[name] ?? null;
    const holds =
      property === undefined ||
      isUnknown(input) ||
      isSame(property, output, input, true) ||
      property.same?.(output, input);
    result[name] = holds ? input : asInput(output);
    if (!holds) changed.add(name);
  }
  const defaults = inputs[DEFAULTS];
  if (Array.isArray(defaults)) result[DEFAULTS] = defaults.filter((name) => !changed.has(name as string));
  return result;
}

/** An output in the form of an input: no nulls, and nothing filled in by default. */
function asInput(output: Value): Value {
  if (Array.isArray(output)) return output.map(asInput);
  if (!isObject(output)) return output;
  const entries = Object.entries(output).filter(([, value]) => value !== null);
  return { ...Object.fromEntries(entries.map(([name, value]) => [name, asInput(value)])), [DEFAULTS]: [] };
}
