import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { Unsupported } from "./errors";
import { isMap, isUnknown, mapValues, rebuild, RESOURCE_SIGNATURE, SIGNATURE, UNKNOWN } from "./property";
import type { Properties, Property } from "./property";

const ASSET_SIGNATURE = "c44067f5952c0a294b673a41bacd8c17";
const ARCHIVE_SIGNATURE = "0def7320c3a5731c473e5ecbe6d01bc7";

/** How an unknown value looks on the wire: the SDK and the plugins send that of a string for all of them, and so do we. */
export const UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Reads properties from the wire: from the program or from a plugin. @throws Unsupported for assets. */
export function fromStruct(struct: Struct | undefined): Properties {
  return struct ? mapValues(struct.toJavaScript(), (value) => rebuild(value as Property, fromWire)) : {};
}

function fromWire(part: Property): Property | undefined {
  if (part === UNKNOWN_STRING) return UNKNOWN;
  if (!isMap(part)) return undefined;
  const signature = part[SIGNATURE];
  if (signature === ASSET_SIGNATURE || signature === ARCHIVE_SIGNATURE) throw new Unsupported("assets and archives");
  // the real engine adds the version, too
  const lacksVersion = signature === RESOURCE_SIGNATURE && part.packageVersion === undefined;
  return lacksVersion ? rebuild({ packageVersion: "", ...part }, fromWire) : undefined;
}

/** Writes properties for the wire. */
export function toStruct(properties: Properties): Struct {
  const toWire = (part: Property): Property | undefined => (isUnknown(part) ? UNKNOWN_STRING : undefined);
  return Struct.fromJavaScript(mapValues(properties, (value) => rebuild(value, toWire) as JavaScriptValue));
}
