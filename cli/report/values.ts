import { NOT_KNOWN, type Difference } from "./differences";
import { code } from "./markdown";

/** The longest value that is shown whole. */
const LONGEST = 60;

/** A value in short, as code. */
export function shortValue(value: unknown): string {
  if (value === NOT_KNOWN) return "known when it is done";
  if (value === undefined) return "nothing";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text === "" ? "an empty text" : code(shortened(text));
}

/** Hashes keep their first digits, other texts their beginning and end. */
function shortened(text: string): string {
  const hash = /^(sha256:)?([0-9a-f]{12})[0-9a-f]{28,}$/.exec(text);
  if (hash) return `${hash[1] ?? ""}${hash[2]}...`;
  if (text.length <= LONGEST) return text;
  const half = (LONGEST - 3) / 2;
  return `${text.slice(0, Math.ceil(half))}...${text.slice(-Math.floor(half))}`;
}

/** Whether a difference is one of texts of several lines. */
export const isText = ({ before, after }: Difference): boolean =>
  typeof before === "string" &&
  typeof after === "string" &&
  [before, after].some((text) => text.trimEnd().includes("\n"));
