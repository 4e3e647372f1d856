import { isDeepStrictEqual } from "node:util";
import { isObject, isUnknown, type CheckFailure, type CheckResult, type Value, type Values } from "../../provider";
import { childPath } from "../property-diff";
import { refusal } from "../refusal";
import type { Property, Schema } from "./schema";

export interface CheckContext {
  packageName: string;
  /**
   * What becomes of defaults: Plugin Framework providers leave them to the plan, SDKv2 providers write those that are not
   * zero into the inputs and list them as `__defaults`, native providers write all.
   */
  defaults: "planned" | "noted" | "written";
  /** Defaults that are no constants (auto-naming), for the top level. Used where the old inputs hold none. */
  computedDefaults?: Readonly<Record<string, () => Value>>;
}

/** The key under which SDKv2 providers note which inputs they filled in themselves. */
export const DEFAULTS = "__defaults";

/** Checks inputs against the schema and fills in defaults. Unknown values pass. */
export function checkInputs(
  schema: Schema,
  olds: Values | undefined,
  news: Values,
  context: CheckContext,
): CheckResult {
  const failures: CheckFailure[] = [];
  const fail = (property: string, reason: string): void => void failures.push({ property, reason });
  return { inputs: object(schema, olds, news, ""), failures };

  function object(fields: Schema, old: Values | undefined, values: Values, path: string): Values {
    const result: Values = {};
    for (const [name, value] of Object.entries(values)) {
      if (name.startsWith("__") || value === null) continue;
      const property = fields[name];
      const place = childPath(path, name);
      if (property === undefined || property.outputOnly) fail(place, "there is no such property");
      else result[name] = checked(property, old?.[name], value, place);
    }
    if (context.defaults !== "planned") fillIn(fields, old, result, path);
    for (const [name, property] of Object.entries(fields)) {
      if (property.required && result[name] === undefined) fail(childPath(path, name), "it is required");
    }
    return result;
  }

  function fillIn(fields: Schema, old: Values | undefined, result: Values, path: string): void {
    const noted = context.defaults === "noted";
    const filledIn: string[] = [];
    const oldDefaults = old?.[DEFAULTS];
    for (const [name, property] of Object.entries(fields)) {
      if (result[name] !== undefined) continue;
      const before = Array.isArray(oldDefaults) && oldDefaults.includes(name) ? old?.[name] : undefined;
      const computed = path === "" ? context.computedDefaults?.[name]?.() : undefined;
      const value = before ?? computed ?? property.default;
      if (value === undefined || (noted && before === undefined && isFalsy(value))) continue;
      result[name] = value;
      filledIn.push(name);
    }
    if (noted) result[DEFAULTS] = filledIn.sort();
  }

  function checked(property: Property, old: Value | undefined, value: Value, path: string): Value {
    if (isUnknown(value)) return value;
    const converted = context.defaults === "noted" ? convert(property, value) : value;
    const wrong = whatIsWrong(property, old, converted, path);
    if (wrong !== undefined) {
      fail(path, wrong);
      return value;
    }
    const { element, fields } = property;
    if (Array.isArray(converted) && element) {
      const olds = Array.isArray(old) ? old : [];
      return converted.map((item, index) => checked(element, olds[index], item, childPath(path, index)));
    }
    if (isObject(converted) && fields) return object(fields, isObject(old) ? old : undefined, converted, path);
    return converted;
  }

  function whatIsWrong(property: Property, old: Value | undefined, value: Value, path: string): string | undefined {
    if (property.refused) {
      // what an import has found, and the program leaves as it is, is not the program's
      return isFalsy(value) || value === property.default || isDeepStrictEqual(value, old)
        ? undefined
        : refusal(context.packageName, `property ${path}`);
    }
    if (!hasType[property.type](value)) return `it must be ${IN_WORDS[property.type]}, and is ${JSON.stringify(value)}`;
    return property.rule?.(value);
  }
}

function isFalsy(value: Value): boolean {
  return (
    value === null || value === false || value === 0 || value === "" || (Array.isArray(value) && value.length === 0)
  );
}

/** The conversions between scalars that SDKv2 providers make, and one value where a list is wanted. */
function convert({ type }: Property, value: Value): Value {
  if (type === "list" || type === "set") return Array.isArray(value) ? value : [value];
  if (type === "string" && (typeof value === "number" || typeof value === "boolean")) return String(value);
  if (type === "integer" && typeof value === "string" && /^-?\d+$/.test(value)) return Number(value);
  if (type === "boolean" && (value === "true" || value === "false")) return value === "true";
  return value;
}

const hasType: Record<Property["type"], (value: Value) => boolean> = {
  integer: Number.isInteger,
  string: (value) => typeof value === "string",
  boolean: (value) => typeof value === "boolean",
  list: Array.isArray,
  set: Array.isArray,
  object: isObject,
  map: (value) =>
    isObject(value) && Object.values(value).every((entry) => typeof entry === "string" || isUnknown(entry)),
};

const IN_WORDS: Record<Property["type"], string> = {
  ...{ integer: "a whole number", string: "a string", boolean: "true or false", list: "a list", set: "a list" },
  ...{ object: "an object", map: "a map of strings" },
};
