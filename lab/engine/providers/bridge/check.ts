import { isObject, isUnknown, type CheckFailure, type CheckResult, type Value, type Values } from "../../provider";
import { childPath } from "../property-diff";
import { refusal } from "../refusal";
import type { Property, Schema } from "./schema";

export interface CheckContext {
  packageName: string;
  /**
   * SDKv2 providers convert between scalars, write their defaults into the inputs and list them as `__defaults`;
   * Plugin Framework providers do neither.
   */
  sdkV2: boolean;
  /** Defaults that are no constants (auto-naming), for the top level. Used where the old inputs hold none. */
  computedDefaults?: Readonly<Record<string, () => Value>>;
}

/** The key under which bridged providers note which inputs they filled in themselves. */
export const DEFAULTS = "__defaults";

/** Checks inputs against the schema and fills in defaults. Unknown values pass. */
export function checkInputs(
  schema: Schema,
  olds: Values | undefined,
  news: Values,
  context: CheckContext,
): CheckResult {
  const failures: CheckFailure[] = [];
  const checker = new Checker(context, failures);
  return { inputs: checker.object(schema, olds, news, ""), failures };
}

class Checker {
  constructor(
    private readonly context: CheckContext,
    private readonly failures: CheckFailure[],
  ) {}

  object(schema: Schema, olds: Values | undefined, news: Values, path: string): Values {
    const result: Values = {};
    for (const [name, value] of Object.entries(news)) {
      if (name.startsWith("__") || value === null) continue;
      const property = schema[name];
      if (property === undefined || property.outputOnly) {
        this.fail(childPath(path, name), "there is no such property");
      } else {
        result[name] = this.value(property, olds?.[name], value, childPath(path, name));
      }
    }
    if (this.context.sdkV2) this.fillIn(schema, olds, result, path);
    for (const [name, property] of Object.entries(schema)) {
      if (property.required && result[name] === undefined) this.fail(childPath(path, name), "it is required");
    }
    return result;
  }

  private fillIn(schema: Schema, olds: Values | undefined, result: Values, path: string): void {
    const filledIn: string[] = [];
    const oldDefaults = olds?.[DEFAULTS];
    const computed = path === "" ? (this.context.computedDefaults ?? {}) : {};
    for (const [name, property] of Object.entries(schema)) {
      if (result[name] !== undefined) continue;
      const old = Array.isArray(oldDefaults) && oldDefaults.includes(name) ? olds?.[name] : undefined;
      const value = old ?? computed[name]?.() ?? property.default;
      // defaults that are false, 0 or "" stay out of the inputs: Terraform fills them in when it plans
      if (value === undefined || (old === undefined && isFalsy(value))) continue;
      result[name] = value;
      filledIn.push(name);
    }
    result[DEFAULTS] = filledIn.sort();
  }

  private value(property: Property, old: Value | undefined, value: Value, path: string): Value {
    if (isUnknown(value)) return value;
    const converted = this.context.sdkV2 ? convert(property, value) : value;
    if (property.refused && !isFalsy(converted)) {
      this.fail(path, refusal(this.context.packageName, `property ${path}`));
      return value;
    }
    if (!hasType(property, converted)) {
      this.fail(path, `it must be ${typeInWords(property)}, and is ${JSON.stringify(value)}`);
      return value;
    }
    const wrong = property.rule?.(converted);
    if (wrong !== undefined) this.fail(path, wrong);
    return this.inside(property, old, converted, path);
  }

  private inside(property: Property, old: Value | undefined, value: Value, path: string): Value {
    const { element, fields } = property;
    if (Array.isArray(value) && element) {
      const oldItems = Array.isArray(old) ? old : [];
      return value.map((item, index) => this.value(element, oldItems[index], item, childPath(path, index)));
    }
    if (isObject(value) && fields) return this.object(fields, isObject(old) ? old : undefined, value, path);
    return value;
  }

  private fail(property: string, reason: string): void {
    this.failures.push({ property, reason });
  }
}

function isFalsy(value: Value): boolean {
  return (
    value === null || value === false || value === 0 || value === "" || (Array.isArray(value) && value.length === 0)
  );
}

/** The conversions between scalars that SDKv2 providers make, and one value where a list is wanted. */
function convert(property: Property, value: Value): Value {
  if (property.type === "list" || property.type === "set") return Array.isArray(value) ? value : [value];
  if (property.type === "string" && (typeof value === "number" || typeof value === "boolean")) return String(value);
  if (property.type === "integer" && typeof value === "string" && /^-?\d+$/.test(value)) return Number(value);
  if (property.type === "boolean" && (value === "true" || value === "false")) return value === "true";
  return value;
}

function hasType(property: Property, value: Value): boolean {
  switch (property.type) {
    case "integer":
      return Number.isInteger(value);
    case "string":
    case "boolean":
      return typeof value === property.type;
    case "list":
    case "set":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "map":
      return isObject(value) && Object.values(value).every((entry) => typeof entry === "string" || isUnknown(entry));
  }
}

function typeInWords(property: Property): string {
  const words = { integer: "a whole number", string: "a string", boolean: "true or false", map: "a map of strings" };
  if (property.type === "object") return "an object";
  return property.type === "list" || property.type === "set" ? "a list" : words[property.type];
}
