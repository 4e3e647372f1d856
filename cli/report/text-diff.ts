import { structuredPatch } from "diff";

/** Lines that are shown of one text. */
const LINES = 60;

/** How two texts differ, by line, with a line around each difference. */
export function textDiff(before: string, after: string): string[] {
  const { hunks } = structuredPatch("", "", before, after, "", "", { context: 1 });
  const lines = hunks.flatMap(({ oldStart, lines }) => [
    `@@ line ${oldStart} @@`,
    ...lines.filter((line) => !line.startsWith("\\")).map((line) => line.trimEnd()),
  ]);
  if (lines.length <= LINES) return lines;
  return [...lines.slice(0, LINES), `@@ ${lines.length - LINES} more lines @@`];
}
