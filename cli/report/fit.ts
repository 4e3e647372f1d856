import type { Changes } from "./changes";
import type { Noticed } from "./notices";
import { render, type Detail } from "./render";

/** A comment on GitHub holds 65536 characters; some stay for what a workflow adds, such as a mark. Counted as bytes, which are no fewer. */
export const LIMIT = 65_000;

/** Less and less, each with what is said of it. */
const DETAILS: [Detail, string][] = [
  [{ texts: true, values: true }, ""],
  [{ texts: false, values: true }, "how texts differ line by line"],
  [{ texts: false, values: false }, "old and new values"],
];

/** The report, cut to what fits into a comment; what was cut is said. */
export function fit(all: Changes, notices: Noticed[]): string {
  for (const [detail, missing] of DETAILS) {
    const text = toText([...render(all, notices, detail), ...(missing === "" ? [] : cut(missing))]);
    if (size(text) <= LIMIT) return text;
  }
  return beginning(render(all, notices, { texts: false, values: false }));
}

const cut = (missing: string): string[] => [
  "",
  `_Cut to fit into a comment: ${missing} are left out; ${code} has all._`,
];

const code = "`pulumi preview --diff`";

/** The lines that fit, and how many do not. */
function beginning(lines: string[]): string {
  const told = (count: number): string[] => cut(`old and new values, and the last ${count} lines of this report,`);
  let room = LIMIT - size(toText(told(lines.length)));
  const kept = lines.findIndex((line) => (room -= size(line) + 1) < 0);
  return toText([...lines.slice(0, kept), ...told(lines.length - kept)]);
}

const size = (text: string): number => Buffer.byteLength(text);

const toText = (lines: string[]): string => `${lines.join("\n").replaceAll(/\n{3,}/g, "\n\n")}\n`;
