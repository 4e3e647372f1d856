import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { Unsupported } from "./errors";
import {
  isMap,
  isSecret,
  isUnknown,
  makeSecret,
  mapValues,
  rebuild,
  RESOURCE_SIGNATURE,
  SECRET_SIGNATURE,
  SIGNATURE,
  UNKNOWN,
} from "./property";
import type { Properties, Property } from "./property";

const ASSET_SIGNATURE = "c44067f5952c0a294b673a41bacd8c17";
const ARCHIVE_SIGNATURE = "0def7320c3a5731c473e5ecbe6d01bc7";

/** How an unknown string, the only kind that this engine sends, looks on the wire. */
export const UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
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
  return struct ? mapValues(struct.toJavaScript(), (value) => rebuild(value as Property, fromWire)) : {};
}

function fromWire(part: Property): Property | undefined {
  if (typeof part === "string" && UNKNOWNS.has(part)) return UNKNOWN;
  if (!isMap(part)) return undefined;
  switch (part[SIGNATURE]) {
    case SECRET_SIGNATURE:
      return makeSecret(rebuild(part.value ?? null, fromWire));
    case RESOURCE_SIGNATURE:
      // the real engine adds the version, too
      return part.packageVersion === undefined ? rebuild({ packageVersion: "", ...part }, fromWire) : undefined;
    case ASSET_SIGNATURE:
    case ARCHIVE_SIGNATURE:
      throw new Unsupported("assets and archives");
    default:
      return undefined;
  }
}

/** Writes properties for the wire, secrets marked. */
export function toStruct(properties: Properties): Struct {
  return Struct.fromJavaScript(mapValues(properties, (value) => rebuild(value, toWire) as JavaScriptValue));
}

function toWire(part: Property): Property | undefined {
  if (isUnknown(part)) return UNKNOWN_STRING;
  return isSecret(part) ? { [SIGNATURE]: SECRET_SIGNATURE, value: rebuild(part.value, toWire) } : undefined;
}
