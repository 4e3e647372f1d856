import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { opened, sealed } from "./envelopes";
import { SECRET_SIGNATURE, SIGNATURE, UNKNOWN } from "./resources/protocol-marks";

/** The properties of a resource: plain values, secrets stripped. */
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

/** Reads a message's properties, without the envelopes of secrets; those that are null count as not given. */
export function fromStruct(struct: Struct | undefined): Properties {
  const properties = opened(struct?.toJavaScript() ?? {}) as Properties;
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null));
}

/** Writes properties that came of a message's: what has the name of a secret there is a secret again. */
export function toStructLike(properties: Properties, model: Struct | undefined): Struct {
  return toStruct(sealed(properties, model?.toJavaScript() ?? {}));
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
