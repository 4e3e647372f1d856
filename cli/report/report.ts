import { changesOf } from "./changes";
import { fit } from "./fit";
import { exitCode, type Gate } from "./gates";
import { noticesOf } from "./notices";
import { parsePreview } from "./preview";

/**
 * Turns what `pulumi preview --json` printed into Markdown.
 * @param source what it was read from, for messages.
 * @throws InputError where it is something else.
 */
export function reportOf(text: string, source: string, gates: Gate[] = []): { markdown: string; code: number } {
  const all = changesOf(parsePreview(text, source));
  const notices = noticesOf(all);
  return { markdown: fit(all, notices), code: exitCode(all, notices, gates) };
}
