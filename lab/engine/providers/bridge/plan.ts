import { isObject, isUnknown, UNKNOWN, type Value, type Values } from "../../provider";
import { isBlock, type Property, type Schema } from "./schema";

/**
 * The state that a create or update aims at: what the program says, else the default, else what the provider computes
 * (the old value, or unknown for a new resource), else null.
 * @param prior outputs in state; undefined for a new resource
 * @param sdkV2 for SDKv2 providers zero values and null are the same
 */
export function plan(schema: Schema, prior: Values | undefined, config: Values, sdkV2: boolean): Values {
  const planned: Values = {};
  for (const [name, property] of Object.entries(schema)) {
    const old = prior?.[name] ?? null;
    const value = planProperty(property, prior && old, sdkV2 ? given(property, config[name]) : config[name], sdkV2);
    planned[name] = keepsOld(property, old, value, sdkV2) ? old : value;
  }
  return planned;
}

/** SDKv2 providers take an empty string, and a set that is not known yet, for "nothing said" where they compute one. */
function given(property: Property, config: Value | undefined): Value | undefined {
  if (!property.computed) return config;
  return config === "" || (property.type === "set" && isUnknown(config)) ? undefined : config;
}

function keepsOld(property: Property, old: Value, value: Value, sdkV2: boolean): boolean {
  if (property.same?.(old, value)) return true;
  if (property.sticky && old !== null && (value === null || value === "")) return true;
  // SDKv2 sees no difference between a zero value in state and none in the program
  return sdkV2 && value === null && isZero(old);
}

function planProperty(property: Property, prior: Value | undefined, config: Value | undefined, sdkV2: boolean): Value {
  if (config !== undefined && config !== null) return normalise(property, prior, config, sdkV2);
  if (property.default !== undefined) return property.default;
  if (property.computed) return prior === undefined ? UNKNOWN : prior;
  return sdkV2 && isBlock(property) ? [] : null;
}

/**
 * Gives nested objects all their fields, so that they compare with what was read back. A computed field keeps the value
 * at its place in the old list; a set has no places.
 */
function normalise(property: Property, prior: Value | undefined, value: Value, sdkV2: boolean): Value {
  if (isUnknown(value)) return value;
  const { element, fields } = property;
  if (Array.isArray(value) && element) {
    const olds = property.type === "list" && Array.isArray(prior) ? prior : [];
    const items = value.map((item, index) =>
      normalise(element, prior === undefined ? undefined : (olds[index] ?? null), item, sdkV2),
    );
    return property.type === "set" && element.type === "string" && !items.some(isUnknown) ? items.sort() : items;
  }
  if (isObject(value) && fields) {
    const olds = isObject(prior) ? prior : {};
    const entries = Object.entries(fields).map(([name, field]): [string, Value] => {
      const nothing = sdkV2 && field.element ? [] : null;
      return [
        name,
        planProperty(field, prior === undefined ? undefined : (olds[name] ?? null), value[name], sdkV2) ?? nothing,
      ];
    });
    return Object.fromEntries(sdkV2 ? entries : entries.filter(([, field]) => field !== null));
  }
  return value;
}

/** True for null and for what SDKv2 providers hold to be the same as null. */
export function isZero(value: Value): boolean {
  if (value === null || value === "" || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

/** Plugin Framework providers leave out what is null. */
export function withoutNulls(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}
