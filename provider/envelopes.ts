import { RESOURCE_SIGNATURE, SECRET_SIGNATURE, SIGNATURE } from "./resources/protocol-marks";

type Properties = Record<string, unknown>;

/** Whether a value is of this kind of the engine's marked objects. */
const isMarked = (value: unknown, signature: string): boolean => isObject(value) && value[SIGNATURE] === signature;

/** A value without the envelopes of secrets, at any depth; a resource that is referred to by its ID, or its URN. */
export function opened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(opened);
  if (!isObject(value)) return value;
  if (isMarked(value, SECRET_SIGNATURE)) return opened(value.value);
  // a component has no ID
  if (isMarked(value, RESOURCE_SIGNATURE)) return value.id === undefined || value.id === "" ? value.urn : value.id;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, opened(inner)]));
}

/**
 * Puts what has the name of a secret in its envelope again, object by object; a list with a secret anywhere as a whole. So did the
 * engine for a plugin that knows no secrets, and one that makes components has to know them.
 * @param model the properties with envelopes.
 */
export function sealed(properties: Properties, model: Properties): Properties {
  const entries = Object.entries(properties).map(([name, value]) => {
    const like = model[name];
    if (isPlainObject(value) && isPlainObject(like)) return [name, sealed(value, like)];
    const isOpen = value !== undefined && !isMarked(value, SECRET_SIGNATURE);
    return [name, isOpen && hasSecret(like) ? { [SIGNATURE]: SECRET_SIGNATURE, value } : value];
  });
  return Object.fromEntries(entries) as Properties;
}

function hasSecret(value: unknown): boolean {
  if (isMarked(value, SECRET_SIGNATURE)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasSecret);
}

const isPlainObject = (value: unknown): value is Properties => isObject(value) && !(SIGNATURE in value);

function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
