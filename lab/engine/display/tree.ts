import { parseUrn, shortType } from "../urn";
import { changedProperties, isExplicit, paint, SIGNS, wordFor } from "./rows";
import type { Row } from "./rows";

export interface TreeOptions {
  /** True when the rows tell what would be done. */
  preview: boolean;
  /** Messages by URN, for the last column. */
  notes: ReadonlyMap<string, string>;
}

interface Node {
  row: Row;
  children: Node[];
}

/** The table of what changed: resources below their parents, unchanged ones only where something below them changed. */
export function renderTree(rows: Row[], options: TreeOptions): string[] {
  const roots = buildNodes(rows.filter(({ state }) => isExplicit(state)));
  const shown = roots.flatMap((root) => prune(root, options.notes));
  const cells = shown.flatMap((root) => toCells(root, "", "", options));
  if (cells.length === 0) return [];
  const header = ["", "Type", "Name", options.preview ? "Plan" : "Status", "Info"];
  const widths = header.map((title, column) =>
    Math.max(title.length, ...cells.map(({ texts }) => texts[column]?.length ?? 0)),
  );
  const line = (texts: string[]): string =>
    ` ${texts.map((text, column) => text.padEnd((widths[column] ?? 0) + 2)).join("")}`.trimEnd();
  return [line(header), ...cells.map(({ texts, row }) => paint(row.outcome, line(texts)))];
}

function buildNodes(rows: Row[]): Node[] {
  const nodes = new Map<string, Node>(rows.map((row) => [row.state.urn, { row, children: [] }]));
  const roots: Node[] = [];
  for (const node of nodes.values()) {
    const parent = nodes.get(node.row.state.parent);
    (parent ? parent.children : roots).push(node);
  }
  return roots;
}

function prune(node: Node, notes: ReadonlyMap<string, string>): Node[] {
  const children = node.children.flatMap((child) => prune(child, notes));
  const isNews = node.row.outcome !== "same" || node.row.failed || notes.has(node.row.state.urn);
  return isNews || children.length > 0 ? [{ ...node, children }] : [];
}

function toCells(node: Node, lead: string, branch: string, options: TreeOptions): { texts: string[]; row: Row }[] {
  const { row } = node;
  const status = row.failed
    ? `**${wordFor(row.outcome, "doing")} failed**`
    : wordFor(row.outcome, options.preview ? "plan" : "done");
  const texts = [
    SIGNS[row.outcome],
    branch + shortType(row.state.type),
    parseUrn(row.state.urn).name,
    status,
    infoOf(row, options.notes),
  ];
  const below = branch === "" ? "" : lead + (branch.endsWith("└─ ") ? "   " : "│  ");
  const children = node.children.flatMap((child, index) => {
    const isLast = index === node.children.length - 1;
    return toCells(child, below, below + (isLast ? "└─ " : "├─ "), options);
  });
  return [{ texts, row }, ...children];
}

function infoOf(row: Row, notes: ReadonlyMap<string, string>): string {
  const changed = row.outcome === "update" || row.outcome === "replace" ? changedProperties(row.step) : [];
  const diff = changed.length > 0 ? `[diff: ${changed.map(({ sign, name }) => sign + name).join(",")}]` : "";
  return [diff, notes.get(row.state.urn) ?? ""].filter((text) => text !== "").join("; ");
}
