import { isDeepStrictEqual } from "node:util";
import { isUnknown } from "./values";
import type { Unknown, Value, Values } from "./values";

const BRAND = Symbol("secret");

/** A value that may be shown to providers and to the program, but never printed or stored in plain. */
export interface Secret {
  readonly [BRAND]: true;
  readonly value: Property;
}

export function makeSecret(value: Property): Secret {
  return { [BRAND]: true, value };
}

/** A property as the engine keeps it: plain JSON with secrets and unknowns marked. */
export type Property = null | boolean | number | string | Unknown | Secret | Property[] | { [key: string]: Property };
export type Properties = Record<string, Property>;

/** Marks an object as something else than data, as in Pulumi's wire format and state. */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";
export const RESOURCE_SIGNATURE = "5cf8f73096256a8f31e491e813e4eb8e";

export function isMap(value: Property | undefined): value is Record<string, Property> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isUnknown(value) && !isSecret(value);
}

export function isSecret(value: Property | undefined): value is Secret {
  return typeof value === "object" && value !== null && BRAND in value;
}

/** The value as a provider sees it: secrets unwrapped, references to resources replaced by their id (or URN). */
export function reveal(value: Property): Value {
  if (isSecret(value)) return reveal(value.value);
  if (Array.isArray(value)) return value.map(reveal);
  if (!isMap(value)) return value;
  if (value[SIGNATURE] === RESOURCE_SIGNATURE) return revealReference(value);
  return revealAll(value);
}

function revealReference(reference: Properties): Value {
  if (reference.id === undefined || reference.id === null) return reveal(reference.urn ?? null);
  return reveal(reference.id === "" ? (reference.urn ?? null) : reference.id);
}

export function revealAll(properties: Properties): Values {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, reveal(value)]));
}

export function hasSecret(value: Property | undefined): boolean {
  if (isSecret(value)) return true;
  if (Array.isArray(value)) return value.some(hasSecret);
  return isMap(value) && Object.values(value).some(hasSecret);
}

export function holdsUnknown(value: Property | undefined): boolean {
  if (isUnknown(value)) return true;
  if (isSecret(value)) return holdsUnknown(value.value);
  if (Array.isArray(value)) return value.some(holdsUnknown);
  return isMap(value) && Object.values(value).some(holdsUnknown);
}

/**
 * Marks as secret what came back from a provider under the name of a secret that went in, object by object, and the
 * outputs named in `names`. Lists are marked as a whole, as Pulumi does. What is secret already stays so.
 */
export function conceal(values: Properties, like: Properties, names: readonly string[] = []): Properties {
  const entries = Object.entries(values).map(([name, value]): [string, Property] => {
    const concealed = concealValue(value, like[name]);
    return [name, names.includes(name) && !isSecret(concealed) ? makeSecret(concealed) : concealed];
  });
  return Object.fromEntries(entries);
}

function concealValue(value: Property, model: Property | undefined): Property {
  if (isSecret(value)) return value;
  if (isSecret(model)) return makeSecret(concealValue(value, model.value));
  if (isMap(value) && isMap(model)) return conceal(value, model);
  return hasSecret(model) ? makeSecret(value) : value;
}

/** Marks what is at a path of names as secret, inside another secret too; nothing where there is no such value. */
export function markSecret(properties: Properties, path: readonly string[]): Properties {
  const [name, ...rest] = path;
  const value = name === undefined ? undefined : properties[name];
  if (name === undefined || value === undefined) return properties;
  return { ...properties, [name]: markInside(value, rest) };
}

function markInside(value: Property, path: readonly string[]): Property {
  if (isSecret(value)) return path.length === 0 ? value : makeSecret(markInside(value.value, path));
  if (path.length === 0) return makeSecret(value);
  return isMap(value) ? markSecret(value, path) : value;
}

/** Deep equality; a secret equals only a secret of the same value, and an unknown equals nothing. */
export function sameProperties(left: Properties, right: Properties): boolean {
  return !holdsUnknown(right) && isDeepStrictEqual(left, right);
}
