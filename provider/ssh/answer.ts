/** What a script answered. */
export interface Answer {
  /** The values of a key, in order; none is an empty list. */
  all(key: string): string[];
  /** The first value of a key. */
  get(key: string): string | undefined;
  /** The bytes after the empty line. */
  body: Buffer;
}

/** Parses `key=value` lines up to an empty line or the end; the rest is the body. */
export function parseAnswer(output: Buffer): Answer {
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
  return {
    all: (key) => values.get(key) ?? [],
    get: (key) => values.get(key)?.[0],
    body: output.subarray(Math.min(offset, output.length)),
  };
}
