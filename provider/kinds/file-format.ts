import { isDeepStrictEqual } from "node:util";
import { parseDocument } from "yaml";
import type { Failure } from "../check";
import { hasUnknown, Properties } from "../wire";
import type { FileContent } from "./file-content";

type Formatted = FileContent & { format?: "yaml" };

/** What is wrong with the format that is asked for. */
export function formatRules({ format, content, contentInState }: Properties): Failure[] {
  if (format === undefined || hasUnknown(content)) return [];
  const fail = (reason: string) => [{ property: "format", reason: `format: ${reason}` }];
  if (typeof content !== "string" || contentInState === false) {
    return fail("it compares content that is in the state; give content, and leave contentInState out");
  }
  return meaning(content) === undefined ? fail("content is no YAML; correct it, or leave format out") : [];
}

/** Whether a file says what the state says, by its format; false where every byte counts. */
export function saysTheSame({ format, content }: Formatted, found: Buffer): boolean {
  if (format === undefined || content === undefined) return false;
  const [wanted, there] = [meaning(content), meaning(found.toString("utf8"))];
  return wanted !== undefined && isDeepStrictEqual(wanted.value, there?.value);
}

/** What a YAML text says, all scalars as texts; undefined when it is none. */
function meaning(text: string): { value: unknown } | undefined {
  const document = parseDocument(text, { schema: "failsafe", logLevel: "error" });
  if (document.errors.length > 0) return undefined;
  // A text that refers to itself too often is not read.
  try {
    return { value: document.toJS() as unknown };
  } catch {
    return undefined;
  }
}
