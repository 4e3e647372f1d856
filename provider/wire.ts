import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { SECRET_SIGNATURE, SIGNATURE, UNKNOWN } from "./resources/protocol-marks";

/** The properties of a resource, as the engine sends them: plain values, secrets stripped. */
export type Properties = Record<string, unknown>;

/** A value that the engine is to keep secret, in its own form. */
export function secret(value: unknown): Properties {
  return { [SIGNATURE]: SECRET_SIGNATURE, value };
}

/** Whether a value is unknown or holds an unknown anywhere. */
export function hasUnknown(value: unknown): boolean {
  if (typeof value === "object" && value !== null) {
    return Object.values(value).some(hasUnknown);
  }
  return value === UNKNOWN;
}

/** Reads a message's properties; those that are null count as not given. */
export function fromStruct(struct: Struct | undefined): Properties {
  const properties: Properties = struct?.toJavaScript() ?? {};
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null));
}

/** Writes properties into a message; what is undefined is left out, at any depth. */
export function toStruct(properties: Properties): Struct {
  return Struct.fromJavaScript(withoutUndefined(properties) as Record<string, JavaScriptValue>);
}

function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withoutUndefined);
  }
  if (typeof value === "object" && value !== null) {
    const known = Object.entries(value).filter(([, inner]) => inner !== undefined);
    return Object.fromEntries(known.map(([key, inner]) => [key, withoutUndefined(inner)]));
  }
  return value;
}
