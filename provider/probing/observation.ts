import { isDeepStrictEqual } from "node:util";

/** What one look at something found. */
export interface Observation {
  healthy: boolean;
  /** What was seen, in words. */
  detail: string;
  /** The values that were asked for, as text; empty unless healthy. */
  values: Record<string, string>;
}

/** What an answer must hold, and what is wanted from it; keys and values are JSON pointers (RFC 6901). */
export interface Expectation {
  json?: Record<string, unknown>;
  contains?: string;
  extract: Record<string, string>;
}

export function unhealthy(detail: string): Observation {
  return { healthy: false, detail, values: {} };
}

/**
 * Holds a body against an expectation.
 * @param seen what was seen so far, such as `HTTP 200`; the detail starts with it
 */
export function judgeBody(seen: string, body: string, { json = {}, contains, extract }: Expectation): Observation {
  if (contains !== undefined && !body.includes(contains)) {
    return unhealthy(`${seen}, and the answer does not hold ${contains}: ${excerpt(body)}`);
  }
  if (Object.keys(json).length === 0 && Object.keys(extract).length === 0) {
    return { healthy: true, detail: seen, values: {} };
  }
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    return unhealthy(`${seen}, and the answer is not JSON: ${excerpt(body)}`);
  }
  for (const [pointer, expected] of Object.entries(json)) {
    const found = resolvePointer(document, pointer);
    if (!isDeepStrictEqual(found, expected)) {
      return unhealthy(`${seen}, and ${pointer} is ${excerpt(asText(found))} instead of ${asText(expected)}`);
    }
  }
  const values: Record<string, string> = {};
  for (const [name, pointer] of Object.entries(extract)) {
    const found = resolvePointer(document, pointer);
    if (found === undefined) {
      return unhealthy(`${seen}, and there is nothing at ${pointer}`);
    }
    values[name] = typeof found === "string" ? found : JSON.stringify(found);
  }
  return { healthy: true, detail: seen, values };
}

/** The value at a JSON pointer (RFC 6901); undefined when there is none. */
export function resolvePointer(document: unknown, pointer: string): unknown {
  const steps = pointer.split("/").slice(1);
  return steps.reduce<unknown>((at, step) => {
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
    const owns = typeof at === "object" && at !== null && Object.hasOwn(at, key);
    return owns ? (at as Record<string, unknown>)[key] : undefined;
  }, document);
}

/** The beginning of a text on one line. */
export function excerpt(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}

function asText(value: unknown): string {
  return value === undefined ? "missing" : JSON.stringify(value);
}
