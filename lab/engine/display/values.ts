import { diffLines } from "diff";
import { pc } from "./colours";
import { isDeepStrictEqual } from "node:util";
import { isMap, isSecret } from "../property";
import type { Properties, Property } from "../property";
import { isUnknown } from "../values";

const STEP = "    ";
/** Longer texts are cut off. */
const LIMIT = 150;

/** A value as the CLI writes it, over several lines where it has parts; the first line carries no indentation. */
export function renderValue(value: Property, indent: string): string {
  if (isSecret(value)) return "[secret]";
  if (isUnknown(value)) return "[unknown]";
  if (Array.isArray(value))
    return renderParts(
      value.map((item, index) => [`[${index}]`, item]),
      "[",
      "]",
      indent,
    );
  if (isMap(value)) return renderParts(Object.entries(value).sort(byName), "{", "}", indent);
  const text = JSON.stringify(value);
  return text.length > LIMIT ? `${text.slice(0, LIMIT)}..."` : text;
}

function renderParts(parts: [string, Property][], open: string, close: string, indent: string): string {
  if (parts.length === 0) return `${open}${close}`;
  const width = Math.max(...parts.map(([name]) => name.length));
  const lines = parts.map(
    ([name, item]) => `${indent}${STEP}${name.padEnd(width)}: ${renderValue(item, indent + STEP)}`,
  );
  return [open, ...lines, `${indent}${close}`].join("\n");
}

/** The lines that tell how `news` differs from `olds`, name by name; empty when they are the same. */
export function renderChanges(olds: Properties, news: Properties, indent: string): string[] {
  const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])].sort();
  return names.flatMap((name) => renderChange(name, olds[name], news[name], indent));
}

/** One property, marked `+`, `-` or `~`; the mark stands in the last two places of the indentation. */
export function renderChange(
  name: string,
  old: Property | undefined,
  next: Property | undefined,
  indent: string,
): string[] {
  if (isDeepStrictEqual(old, next) && !isUnknown(next)) return [];
  if (old === undefined) return [pc.green(`${mark(indent, "+")}${name}: ${renderValue(next ?? null, indent)}`)];
  if (next === undefined) return [pc.red(`${mark(indent, "-")}${name}: ${renderValue(old, indent)}`)];
  if (isMap(old) && isMap(next)) return group(name, renderChanges(old, next, indent + STEP), "{", "}", indent);
  if (Array.isArray(old) && Array.isArray(next)) {
    const length = Math.max(old.length, next.length);
    const parts = Array.from({ length }, (_, index) =>
      renderChange(`[${index}]`, old[index], next[index], indent + STEP),
    );
    return group(name, parts.flat(), "[", "]", indent);
  }
  if (typeof old === "string" && typeof next === "string" && /\n./.test(old + next)) {
    return group(name, renderTextChange(old, next, indent + STEP), '"""', '"""', indent);
  }
  return [pc.yellow(`${mark(indent, "~")}${name}: ${renderValue(old, indent)} => ${renderValue(next, indent)}`)];
}

function renderTextChange(old: string, next: string, indent: string): string[] {
  return diffLines(old, next).flatMap(({ value, added, removed }) => {
    const lines = value.replace(/\n$/, "").split("\n");
    if (added) return lines.map((line) => pc.green(`${mark(indent, "+")}${line}`));
    if (removed) return lines.map((line) => pc.red(`${mark(indent, "-")}${line}`));
    // of what is the same, two lines on either side tell the place
    const shown = lines.length > 5 ? [...lines.slice(0, 2), "...", ...lines.slice(-2)] : lines;
    return shown.map((line) => indent + line);
  });
}

function group(name: string, lines: string[], open: string, close: string, indent: string): string[] {
  return [pc.yellow(`${mark(indent, "~")}${name}: ${open}`), ...lines, indent + close];
}

function mark(indent: string, sign: string): string {
  return `${indent.slice(0, -2)}${sign} `;
}

function byName([left]: [string, unknown], [right]: [string, unknown]): number {
  return left < right ? -1 : 1;
}
