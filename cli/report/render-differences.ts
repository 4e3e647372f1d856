import type { Difference } from "./differences";
import { block, code, indented } from "./markdown";
import type { Detail } from "./render";
import { SECRET } from "./secrets";
import { textDiff } from "./text-diff";
import { isText, shortValue } from "./values";

/** An entry for each difference: old and new value in short, texts by their lines. */
export const renderDifferences = (differences: Difference[], { values, texts }: Detail): string[] =>
  values ? differences.filter(isOwn).flatMap((one) => renderDifference(one, texts)) : [];

/** Triggers are what has changed before, elsewhere; the script of a step is the library's. */
const isOwn = ({ path }: Difference): boolean => !/^(restartTriggers|triggers|stdin)\b/.test(path);

function renderDifference(one: Difference, texts: boolean): string[] {
  const { path, before, after } = one;
  if (before === SECRET && after === SECRET) return [`- ${code(path)}: another secret`];
  if (!isText(one)) return [`- ${code(path)}: ${shortValue(before)} → ${shortValue(after)}`];
  const lines = textDiff(String(before), String(after));
  if (!texts) return [`- ${code(path)}: ${lines.filter((line) => /^[+-]/.test(line)).length} lines differ`];
  return [`- ${code(path)}:`, "", ...indented(block(lines, "diff"), 2), ""];
}
