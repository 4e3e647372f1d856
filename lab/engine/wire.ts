import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { Unsupported } from "./errors";
import { isMap, isSecret, makeSecret, RESOURCE_SIGNATURE, SECRET_SIGNATURE, SIGNATURE } from "./property";
import type { Properties, Property } from "./property";
import { isUnknown, UNKNOWN } from "./values";

const OUTPUT_SIGNATURE = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const ASSET_SIGNATURES = ["c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7"];

/** How an unknown string, the only kind that this engine sends, looks on the wire. */
const UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const UNKNOWNS = new Set([
  UNKNOWN_STRING,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** Reads properties from the wire: from the program or from a plugin. */
export function fromStruct(struct: Struct | undefined): Properties {
  return struct ? fromObject(struct.toJavaScript()) : {};
}

function fromObject(object: Record<string, JavaScriptValue>): Properties {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, fromWire(value)]));
}

function fromWire(value: JavaScriptValue): Property {
  if (typeof value === "string") return UNKNOWNS.has(value) ? UNKNOWN : value;
  if (Array.isArray(value)) return value.map(fromWire);
  if (typeof value !== "object" || value === null) return value;
  const object = value as Record<string, JavaScriptValue>;
  const signature = object[SIGNATURE];
  if (signature === SECRET_SIGNATURE) return makeSecret(fromWire(object.value ?? null));
  if (signature === OUTPUT_SIGNATURE) {
    const inner = "value" in object ? fromWire(object.value ?? null) : UNKNOWN;
    return object.secret === true ? makeSecret(inner) : inner;
  }
  if (typeof signature === "string" && ASSET_SIGNATURES.includes(signature))
    throw new Unsupported("assets and archives");
  // the real engine adds the version, too
  if (signature === RESOURCE_SIGNATURE) return { packageVersion: "", ...fromObject(object) };
  return fromObject(object);
}

/** Writes properties for the wire. Without `keepSecrets` secrets are sent in plain. */
export function toStruct(properties: Properties, options: { keepSecrets: boolean }): Struct {
  const object: Record<string, JavaScriptValue> = {};
  for (const [name, value] of Object.entries(properties)) object[name] = toWire(value, options.keepSecrets);
  return Struct.fromJavaScript(object);
}

function toWire(value: Property, keepSecrets: boolean): JavaScriptValue {
  if (isUnknown(value)) return UNKNOWN_STRING;
  if (isSecret(value)) {
    const inner = toWire(value.value, keepSecrets);
    return keepSecrets ? { [SIGNATURE]: SECRET_SIGNATURE, value: inner } : inner;
  }
  if (Array.isArray(value)) return value.map((item) => toWire(item, keepSecrets));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toWire(item, keepSecrets)]));
}
