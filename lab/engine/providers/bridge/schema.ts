import type { Value } from "../../provider";

/** A rule for a value, checked once its type is right. Returns what is wrong, in words that fit after the value. */
export type Rule = (value: Value) => string | undefined;

/**
 * One property of a resource: what the schema of the real provider says of it, under Pulumi's names. A property that is
 * neither required nor computed is optional.
 */
export interface Property {
  type: "string" | "boolean" | "integer" | "list" | "set" | "map" | "object";
  /** Of a list or set; anything goes without it. The values of a map are strings. */
  element?: Property;
  /** Of an object. */
  fields?: Schema;
  required?: boolean;
  /** The provider fills it in where the program says nothing. */
  computed?: boolean;
  /** Never taken from the program. */
  outputOnly?: boolean;
  default?: Value;
  /** A change replaces the resource. */
  forceNew?: boolean;
  rule?: Rule;
  /** Not implemented by the stand-in: using it is refused by name. */
  refused?: boolean;
}

export type Schema = Readonly<Record<string, Property>>;

export const text: Property = { type: "string" };
export const flag: Property = { type: "boolean" };
export const integer: Property = { type: "integer" };
export const textList: Property = { type: "list", element: text };
export const textMap: Property = { type: "map" };
export const output: Property = { type: "string", computed: true, outputOnly: true };
export const replaces = { forceNew: true } as const;

/** An optional property that the provider fills in, and whose change replaces. */
export function filledIn(type: Property["type"], value?: Value): Property {
  return { type, computed: true, ...replaces, ...(value === undefined ? {} : { default: value }) };
}

export function oneOf(...allowed: string[]): Rule {
  return (value) =>
    allowed.includes(value as string) ? undefined : `${JSON.stringify(value)} is not one of ${allowed.join(", ")}`;
}

export function atLeast(minimum: number): Rule {
  return (value) => ((value as number) >= minimum ? undefined : `${JSON.stringify(value)} is below ${minimum}`);
}

export function matching(pattern: RegExp, meaning: string): Rule {
  return (value) => (pattern.test(value as string) ? undefined : `${JSON.stringify(value)} is not ${meaning}`);
}
