import type { Effect } from "./change";

/** What a preview has told of one argument that changes. */
export interface ToldChange {
  path: string;
  effect: Effect;
  about: string;
}

const HEADING = "what changes, and how:";
const LINE = /^ {2}- ([\w.]+): (live|reload|node by node|data step|refused): (.*)$/;

/** The message with the lines of {@link describeChanges}. */
export const tellChanges = (lines: string[]): string => [HEADING, ...lines.map((line) => `  - ${line}`)].join("\n");

/** What such a message tells; undefined of any other message. */
export function readChanges(message: string): ToldChange[] | undefined {
  const [heading, ...lines] = message.trimEnd().split("\n");
  if (heading !== HEADING) return undefined;
  return lines.flatMap((line) => {
    const [, path, effect, about] = LINE.exec(line) ?? [];
    return path === undefined || about === undefined ? [] : [{ path, effect: effect as Effect, about }];
  });
}
