import type { Value } from "../../provider";

/** A rule for a value, checked once its type is right. Returns what is wrong, in words that fit after the value. */
export type Rule = (value: Value) => string | undefined;

/**
 * One property of a bridged resource: what Terraform's schema says of it, under Pulumi's names. A property that is
 * neither required nor computed is optional.
 */
export interface Property {
  type: "string" | "boolean" | "integer" | "list" | "set" | "map" | "object";
  /** Of a list or set. The values of a map are strings. */
  element?: Property;
  /** Of an object. */
  fields?: Schema;
  /** The object is a set with one element in Terraform, where others are a list with one. */
  setOfOne?: boolean;
  required?: boolean;
  /** The provider fills it in where the program says nothing. */
  computed?: boolean;
  /** Never taken from the program. */
  outputOnly?: boolean;
  default?: Value;
  /** A change replaces the resource. */
  forceNew?: boolean;
  rule?: Rule;
  /** Leaving it out, or empty, keeps the old value. */
  sticky?: boolean;
  /** Further values that are the same as the old ones. */
  same?(old: Value, planned: Value): boolean;
  /** Not implemented by the stand-in: using it is refused by name. */
  refused?: boolean;
}

export type Schema = Readonly<Record<string, Property>>;

const text = (value: Value): string => JSON.stringify(value);

export function oneOf(...allowed: string[]): Rule {
  return (value) =>
    allowed.includes(value as string) ? undefined : `${text(value)} is not one of ${allowed.join(", ")}`;
}

export function atLeast(minimum: number): Rule {
  return (value) => ((value as number) >= minimum ? undefined : `${text(value)} is below ${minimum}`);
}

export function matching(pattern: RegExp, meaning: string): Rule {
  return (value) => (pattern.test(value as string) ? undefined : `${text(value)} is not ${meaning}`);
}

export function notEmpty(value: Value): string | undefined {
  return value === "" ? "it is empty" : undefined;
}

/** A list or set of objects that is not computed is a block in Terraform: empty rather than null where absent. */
export function isBlock(property: Property): boolean {
  return property.element?.type === "object" && property.computed !== true;
}
