import { stripVTControlCharacters } from "node:util";
import { blot } from "../blot";

/** How many lines of a log are quoted, and how much of each. */
const lineCount = 6;
const lineLength = 240;

const stackFrame = /^\s*at [\w$./<>]+\(|^\s*\.\.\. \d+ (more|common frames)/;
const complaint = /\b(ERROR|FATAL|SEVERE|Exception|Error|error|emerg|failed|refused|denied|cannot)\b/;

/** What may follow a name that speaks of a secret; MySQL's `using password: YES` is none. */
const afterName = /((?:password|passwd|pwd|secret|token)["']?\s*[=:]\s*["']?)(?!(?:YES|NO)\b)[^\s"',;&)]+/gi;
const inUrl = /(:\/\/[^\s:/@]*:)[^\s/@]+(?=@)/g;

const aboutSecrets = /pass|pwd|secret|token|key|credential/i;

/**
 * The end of a log as it may be shown: few lines, short, without stack frames, control characters and secrets. The last
 * complaint comes first, where it is not among them.
 */
export function quoted(log: readonly string[], secrets: readonly string[]): string[] {
  const hidden = [...secrets, ...secrets.map(encodeURIComponent)];
  const lines = log
    .map((line) => stripVTControlCharacters(line).replaceAll(/\p{Cc}+/gu, " "))
    .filter((line) => line.trim() !== "" && !stackFrame.test(line))
    .map((line) => blot(line, hidden).replaceAll(afterName, "$1[secret]").replaceAll(inUrl, "$1[secret]").trimEnd());
  const last = lines.slice(-lineCount);
  const found = last.some((line) => complaint.test(line)) ? undefined : lines.findLast((line) => complaint.test(line));
  return (found === undefined ? last : [found, "…", ...last]).map((line) =>
    line.length > lineLength ? `${line.slice(0, lineLength - 1)}…` : line,
  );
}

/** The values of a container's environment that are secret by their names. @param environment `NAME=VALUE`, as JSON texts. */
export function secretsIn(environment: readonly string[]): string[] {
  return environment.flatMap((entry) => {
    const [, name = "", value = ""] = /^([^=]*)=(.*)$/s.exec(JSON.parse(entry) as string) ?? [];
    return aboutSecrets.test(name) && value !== "" ? [value] : [];
  });
}
