import type { ZodType } from "zod";

/** What a script answered. */
export interface Answer {
  /** The values of a key, in order; none is an empty list. */
  all(key: string): string[];
  /** The first value of a key. */
  get(key: string): string | undefined;
  /**
   * The first value of a key that the script always says.
   * @param form what it looks like, or the words that it may be
   * @throws Error, of `parseAnswer`'s making, when it is missing or something else: what is not understood says nothing
   */
  must<W extends string>(key: string, form: readonly W[]): W;
  must(key: string, form: RegExp): string;
  /**
   * The values of a key, each as the JSON that it is.
   * @throws Error like `must`
   */
  json<T>(key: string, form: ZodType<T>): T[];
  /** The bytes after the empty line. */
  body: Buffer;
}

/**
 * Parses `key=value` lines up to an empty line or the end; the rest is the body.
 * @param refusal makes an error of what is wrong with it
 */
export function parseAnswer(output: Buffer, refusal = (problem: string) => new Error(problem)): Answer {
  const values = new Map<string, string[]>();
  let offset = 0;
  while (offset < output.length) {
    const newline = output.indexOf(0x0a, offset);
    const end = newline === -1 ? output.length : newline;
    const line = output.toString("utf8", offset, end);
    offset = end + 1;
    if (line === "") {
      break;
    }
    const equals = line.indexOf("=");
    if (equals > 0) {
      const key = line.slice(0, equals);
      values.set(key, [...(values.get(key) ?? []), line.slice(equals + 1)]);
    }
  }
  const get = (key: string) => values.get(key)?.[0];
  const must = <W extends string>(key: string, form: readonly W[] | RegExp): W => {
    const value = get(key);
    if (value === undefined) {
      throw refusal(`it does not say ${key}`);
    }
    if (form instanceof RegExp ? !form.test(value) : !form.includes(value as W)) {
      throw refusal(`${key} is ${excerpt(value)}`);
    }
    return value as W;
  };
  const all = (key: string) => values.get(key) ?? [];
  const json = <T>(key: string, form: ZodType<T>): T[] =>
    all(key).map((value) => {
      const { success, data } = form.safeParse(parseJson(value));
      if (!success) {
        throw refusal(`${key} is ${excerpt(value)}`);
      }
      return data;
    });
  return {
    all,
    get,
    must,
    json,
    body: output.subarray(Math.min(offset, output.length)),
  };
}

function excerpt(value: string): string {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 79)}…` : value);
}

/** What a text means as JSON; undefined when it is none. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
