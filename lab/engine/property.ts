import { isDeepStrictEqual } from "node:util";

/**
 * Property values as the engine and its providers handle them: plain JSON plus the marker for a value that only the
 * real run will know. Secrets are unwrapped before a provider sees them; the engine remembers which ones were secret.
 */
export type Value = null | boolean | number | string | Unknown | Value[] | { [key: string]: Value };

/** The properties of one resource or the arguments of one call. A missing key means undefined. */
export type Values = Record<string, Value>;

const UNKNOWN_BRAND = Symbol("unknown");

/** Stands for a value that is not known in a preview. There is one instance, `UNKNOWN`; compare with `isUnknown`. */
export interface Unknown {
  readonly [UNKNOWN_BRAND]: true;
}

export const UNKNOWN: Unknown = Object.freeze({
  [UNKNOWN_BRAND]: true as const,
  /** JSON has no such value: whoever writes one by accident finds out at once. */
  toJSON(): never {
    throw new Error("a value that is not known yet cannot be written as JSON");
  },
});

export function isUnknown(value: unknown): value is Unknown {
  return value === UNKNOWN;
}

/** True for a plain object (not an array, not null, not the unknown marker). */
export function isObject(value: unknown): value is Record<string, Value> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isUnknown(value);
}

/** Marks an object as something else than data, as in Pulumi's wire format and state. */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";
export const RESOURCE_SIGNATURE = "5cf8f73096256a8f31e491e813e4eb8e";

/** A value that may be shown to providers and to the program, but never printed or stored in plain; as it is on the wire. */
export interface Secret {
  readonly [SIGNATURE]: typeof SECRET_SIGNATURE;
  readonly value: Property;
}

/** A property as the engine keeps it: plain JSON with secrets and unknowns marked. */
export type Property = null | boolean | number | string | Unknown | Secret | Property[] | { [key: string]: Property };
export type Properties = Record<string, Property>;

export function makeSecret(value: Property): Secret {
  return { [SIGNATURE]: SECRET_SIGNATURE, value };
}

export function isSecret(value: Property | undefined): value is Secret {
  return isMap(value) && value[SIGNATURE] === SECRET_SIGNATURE && "value" in value;
}

/** True for a plain object; ask for a secret first, which is one, too. */
export function isMap(value: Property | undefined): value is Properties {
  return isObject(value);
}

/** The same names with other values. */
export function mapValues<A, B>(object: Record<string, A>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}

/** Copies a value, with what `replace` gives for a part in its place; where it gives undefined, the copy goes deeper. */
export function rebuild(value: Property, replace: (part: Property) => Property | undefined): Property {
  const replaced = replace(value);
  if (replaced !== undefined) return replaced;
  if (Array.isArray(value)) return value.map((item) => rebuild(item, replace));
  return isMap(value) ? mapValues(value, (item) => rebuild(item, replace)) : value;
}

/** True when the test holds for the value or for a part of it. */
function contains(value: Property | undefined, test: (part: Property | undefined) => boolean): boolean {
  if (test(value)) return true;
  if (Array.isArray(value)) return value.some((item) => contains(item, test));
  return isMap(value) && Object.values(value).some((item) => contains(item, test));
}

export function hasSecret(value: Property | undefined): boolean {
  return contains(value, isSecret);
}

export function holdsUnknown(value: Property | undefined): boolean {
  return contains(value, isUnknown);
}

/** The value as a provider sees it: secrets unwrapped, references to resources replaced by their id (or URN). */
export function reveal(value: Property): Value {
  const plain = (part: Property): Property | undefined => {
    if (isSecret(part)) return reveal(part.value);
    if (!isMap(part) || part[SIGNATURE] !== RESOURCE_SIGNATURE) return undefined;
    return reveal((part.id === "" ? undefined : part.id) ?? part.urn ?? null);
  };
  return rebuild(value, plain) as Value;
}

export function revealAll(properties: Properties): Values {
  return mapValues(properties, reveal);
}

/**
 * Marks as secret what came back from a provider under the name of a secret that went in, object by object, and what is
 * at the paths (`connection.password`). Lists are marked as a whole, as Pulumi does. What is secret already stays so.
 * @param keepsItems whether a list that came back as it went in has its items marked instead, as of providers that know secrets
 */
export function conceal(
  values: Properties,
  like: Properties,
  paths: readonly string[] = [],
  keepsItems = false,
): Properties {
  const entries = Object.entries(values).map(([name, value]): [string, Property] => [
    name,
    concealValue(value, like[name], keepsItems),
  ]);
  const mark = (marked: Property, path: string): Property => markSecret(marked, path.split("."));
  return paths.reduce<Property>(mark, Object.fromEntries(entries)) as Properties;
}

function concealValue(value: Property, model: Property | undefined, keepsItems: boolean): Property {
  if (isSecret(value) || isDeepStrictEqual(value, model)) return value;
  if (isSecret(model)) return makeSecret(concealValue(value, model.value, keepsItems));
  if (isMap(value) && isMap(model)) return conceal(value, model, [], keepsItems);
  if (keepsItems && Array.isArray(model) && isDeepStrictEqual(value, reveal(model))) return model;
  return hasSecret(model) ? makeSecret(value) : value;
}

/** Marks what is at a path of names as secret, inside another secret too; nothing where there is no such value. */
export function markSecret(value: Property, path: readonly string[]): Property {
  const [name, ...rest] = path;
  if (isSecret(value)) return name === undefined ? value : makeSecret(markSecret(value.value, path));
  if (name === undefined) return makeSecret(value);
  if (!isMap(value) || value[name] === undefined) return value;
  return { ...value, [name]: markSecret(value[name], rest) };
}

/** Deep equality; a secret equals only a secret of the same value, and an unknown equals nothing. */
export function sameProperties(left: Properties, right: Properties): boolean {
  return !holdsUnknown(right) && isDeepStrictEqual(left, right);
}
