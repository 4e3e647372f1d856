/**
 * Property values as the engine and its providers handle them: plain JSON plus the marker for a value that only the
 * real run will know. Secrets are unwrapped before a provider sees them; the engine remembers which ones were secret.
 */
export type Value = null | boolean | number | string | Unknown | Value[] | { [key: string]: Value };

/** The properties of one resource or the arguments of one call. A missing key means undefined. */
export type Values = Record<string, Value>;

const BRAND = Symbol("unknown");

/** Stands for a value that is not known in a preview. There is one instance, `UNKNOWN`; compare with `isUnknown`. */
export interface Unknown {
  readonly [BRAND]: true;
}

export const UNKNOWN: Unknown = Object.freeze({
  [BRAND]: true as const,
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
