import { isDeepStrictEqual } from "node:util";
import { parseDocument } from "yaml";
import type { Failure } from "../check";
import { parseConfigLines } from "../resources/dolphin/config-lines";
import { hasUnknown, Properties } from "../wire";
import type { FileContent } from "./file-content";

/** Formats by which files are compared. */
export const fileFormats = ["yaml", "parameters"] as const;
export type FileFormat = (typeof fileFormats)[number];

type Formatted = FileContent & { format?: FileFormat };

/** What a text says in a format; undefined when it is none. */
const meanings: Record<FileFormat, { called: string; of: (text: string) => { value: unknown } | undefined }> = {
  yaml: { called: "YAML", of: yamlMeaning },
  parameters: { called: "list of key=value lines", of: parametersMeaning },
};

/** What is wrong with the format that is asked for. */
export function formatRules({ format, content, contentInState }: Properties): Failure[] {
  if (format === undefined || hasUnknown(content)) return [];
  const fail = (reason: string) => [{ property: "format", reason: `format: ${reason}` }];
  if (typeof content !== "string" || contentInState === false) {
    return fail("it compares content that is in the state; give content, and leave contentInState out");
  }
  const known = fileFormats.find((one) => one === format);
  if (known === undefined || meanings[known].of(content) !== undefined) return [];
  return fail(`content is no ${meanings[known].called}; correct it, or leave format out`);
}

/** Whether a file says what the state says, by its format; false where every byte counts. */
export function saysTheSame({ format, content }: Formatted, found: Buffer): boolean {
  if (format === undefined || content === undefined) return false;
  const { of } = meanings[format];
  const [wanted, there] = [of(content), of(found.toString("utf8"))];
  return wanted !== undefined && isDeepStrictEqual(wanted.value, there?.value);
}

/** All scalars as texts. */
function yamlMeaning(text: string): { value: unknown } | undefined {
  const document = parseDocument(text, { schema: "failsafe", logLevel: "error" });
  if (document.errors.length > 0) return undefined;
  // A text that refers to itself too often is not read.
  try {
    return { value: document.toJS() as unknown };
  } catch {
    return undefined;
  }
}

/** Values by key, as DolphinDB reads its .cfg files: comments, empty lines and the order say nothing. */
function parametersMeaning(text: string): { value: unknown } | undefined {
  try {
    return { value: Object.fromEntries(parseConfigLines(text.split("\n"))) };
  } catch {
    return undefined;
  }
}
