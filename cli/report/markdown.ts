/** Text as code, whatever it holds. */
export function code(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  const fence = "`".repeat(longestRun(line) + 1);
  const space = fence.length > 1 || line === "" ? " " : "";
  return `${fence}${space}${line}${space}${fence}`;
}

/** Lines as a block of code. */
export function block(lines: string[], language = ""): string[] {
  const fence = "`".repeat(Math.max(3, longestRun(lines.join("\n")) + 1));
  return [`${fence}${language}`, ...lines, fence];
}

const longestRun = (text: string): number => Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));

/** Text that means nothing to Markdown: no link, no mention, no end of a table's cell, no markup. */
export const plain = (text: string): string =>
  text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[\\`*_[\]<>#|~]/g, String.raw`\$&`)
    .replaceAll("@", "@\u200b");

export const indented = (lines: string[], by: number): string[] =>
  lines.map((line) => (line === "" ? "" : `${" ".repeat(by)}${line}`));
