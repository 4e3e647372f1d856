import { pc } from "./colours";
import { isDeepStrictEqual } from "node:util";
import type { DiffKind } from "../provider";
import type { Operation, StepEvent } from "../run/events";
import { subjectOf } from "../run/events";
import type { ResourceState } from "../state/resource";
import { parsePropertyPath } from "../property-path";
import { isProviderType } from "../urn";

/** What became of one resource, over all its steps. */
export type Outcome = "same" | "create" | "update" | "replace" | "delete";

export interface Row {
  state: ResourceState;
  outcome: Outcome;
  failed: boolean;
  step: StepEvent;
}

export const SIGNS: Record<Outcome, string> = { same: " ", create: "+", update: "~", replace: "+-", delete: "-" };

const COLORS: Record<Outcome, (text: string) => string> = {
  same: (text) => text,
  create: pc.green,
  update: pc.yellow,
  replace: pc.magenta,
  delete: pc.red,
};

export function paint(outcome: Outcome, text: string): string {
  return COLORS[outcome](text);
}

const WORDS: Record<Outcome, { plan: string; done: string; doing: string }> = {
  same: { plan: "", done: "", doing: "reading" },
  create: { plan: "create", done: "created", doing: "creating" },
  update: { plan: "update", done: "updated", doing: "updating" },
  replace: { plan: "replace", done: "replaced", doing: "replacing" },
  delete: { plan: "delete", done: "deleted", doing: "deleting" },
};

export function wordFor(outcome: Outcome, form: "plan" | "done" | "doing"): string {
  return WORDS[outcome][form];
}

export function outcomeOf(event: StepEvent): Outcome {
  const outcomes: Partial<Record<Operation, Outcome>> = {
    "create-replacement": "replace",
    "delete-replaced": "replace",
  };
  if (event.operation !== "refresh") return outcomes[event.operation] ?? (event.operation as Outcome);
  if (event.phase !== "done") return "same";
  if (!event.new) return "delete";
  return event.diff?.changes === "some" ? "update" : "same";
}

/** Collects the rows of a run by URN, in the order in which the resources came up. */
export class Rows {
  private readonly rows = new Map<string, Row>();
  /** A replacement counts once its new copy is there, whatever becomes of the old one. */
  private readonly replaced = new Set<string>();

  add(event: StepEvent): void {
    const state = subjectOf(event);
    const known = this.rows.get(state.urn);
    const outcome = outcomeOf(event);
    const failed = event.phase === "failed";
    if (event.operation === "create-replacement" && event.phase === "done") this.replaced.add(state.urn);
    // a later "nothing to do" says nothing against what was done before; a replacement has several steps
    const keeps =
      known &&
      (outcome === "same" ||
        known.outcome === "replace" ||
        (outcome === "replace" && event.operation === "delete-replaced"));
    if (keeps) Object.assign(known, { state, failed: known.failed || failed, step: event.diff ? event : known.step });
    else this.rows.set(state.urn, { state, outcome, failed, step: event });
    if (known && outcome === "replace") known.outcome = "replace";
  }

  get all(): Row[] {
    return [...this.rows.values()];
  }

  /** Counts by outcome, without failures and default providers, which the CLI does not count either. */
  get counts(): Record<Outcome, number> {
    const counts: Record<Outcome, number> = { same: 0, create: 0, update: 0, replace: 0, delete: 0 };
    for (const { state, outcome, failed } of this.rows.values()) {
      const isCounted = outcome === "replace" ? this.replaced.has(state.urn) : !failed;
      if (isCounted && isExplicit(state)) counts[outcome] += 1;
    }
    return counts;
  }

  get hasChanges(): boolean {
    return this.all.some(({ state, outcome, failed }) => outcome !== "same" && !failed && isExplicit(state));
  }
}

/** Default providers belong to the engine; explicit ones are the program's resources. */
export function isExplicit(state: ResourceState): boolean {
  return !isProviderType(state.type) || !/::default(_[A-Za-z0-9_]+)?$/.test(state.urn);
}

/** Names of the top-level properties that differ, with `+`, `-` or `~`. */
export function changedProperties(step: StepEvent): { sign: string; name: string }[] {
  const { old, new: next, diff } = step;
  if (!old || !next) return [];
  const signs = new Map<string, string>();
  for (const [path, { kind }] of Object.entries(diff?.detailedDiff ?? {})) {
    const [name] = parsePropertyPath(path);
    const isWhole = parsePropertyPath(path).length === 1;
    signs.set(String(name), isWhole && !signs.has(String(name)) ? signOf(kind) : "~");
  }
  if (signs.size === 0)
    for (const name of diff?.diffs ?? [])
      signs.set(String(parsePropertyPath(name)[0]), compareSign(old.inputs[name], next.inputs[name]));
  if (signs.size === 0) {
    for (const name of new Set([...Object.keys(old.inputs), ...Object.keys(next.inputs)])) {
      if (!isDeepStrictEqual(old.inputs[name], next.inputs[name]))
        signs.set(name, compareSign(old.inputs[name], next.inputs[name]));
    }
  }
  return [...signs].map(([name, sign]) => ({ name, sign })).sort((left, right) => (left.name < right.name ? -1 : 1));
}

function signOf(kind: DiffKind): string {
  if (kind.startsWith("add")) return "+";
  return kind.startsWith("delete") ? "-" : "~";
}

function compareSign(old: unknown, next: unknown): string {
  if (old === undefined) return "+";
  return next === undefined ? "-" : "~";
}
