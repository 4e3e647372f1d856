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

function isSet(property: Property): boolean {
  return property.type === "set" || property.setOfOne === true;
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
  for (const [name, input] of Object.entries(inputs)) {
    const property = schema[name];
    const output = outputs[name] ?? null;
    const holds = property === undefined || isUnknown(input) || isSame(property, output, input, true);
    result[name] = holds ? input : asInput(output, input);
  }
  return { ...result, ...remainingDefaults(inputs, result) };
}

/** An output in the form of the input that it takes the place of. */
function asInput(output: Value, old: Value | undefined): Value {
  if (Array.isArray(output))
    return output.map((item, index) => asInput(item, Array.isArray(old) ? old[index] : undefined));
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
