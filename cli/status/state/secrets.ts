import { isSecretField } from "../../../components/secret-fields";
import { SECRET_SIGNATURE, SIGNATURE } from "../../../provider/resources/protocol-marks";

type Fields = Record<string, unknown>;

const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null;

const isEnvelope = (value: unknown): value is Fields => isObject(value) && value[SIGNATURE] === SECRET_SIGNATURE;

/** What an envelope holds; nothing where it is still encrypted. */
function opened(envelope: Fields): unknown {
  const { plaintext } = envelope;
  return typeof plaintext === "string" ? (JSON.parse(plaintext) as unknown) : undefined;
}

/** A value of an exported state with all envelopes of secrets taken off. */
export function plainOf(value: unknown): unknown {
  if (isEnvelope(value)) return plainOf(opened(value));
  if (Array.isArray(value)) return value.map(plainOf);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainOf(inner)]));
}

/** Below this length a text is found in others by chance. */
const SHORTEST = 8;

/**
 * Texts that must not be shown: what is in envelopes, or in a property whose name says so. A text that stands in the state in plain
 * as well, as an address does that is part of a secret configuration, is none.
 */
export function secretsIn(value: unknown): string[] {
  const hidden = new Set<string>();
  const shown = new Set<string>();
  const walk = (part: unknown, name: string, isHidden: boolean): void => {
    const secret = isHidden || isEnvelope(part);
    const inner = isEnvelope(part) ? opened(part) : part;
    if (typeof inner === "string") (secret || isSecretField(name) ? hidden : shown).add(inner);
    else if (isObject(inner))
      for (const [key, one] of Object.entries(inner)) walk(one, Array.isArray(inner) ? "" : key, secret);
  };
  walk(value, "", false);
  return [...hidden].filter((text) => text.length >= SHORTEST && !text.includes("\n") && !shown.has(text));
}
