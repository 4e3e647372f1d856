import { isSecret, isUnknown, rebuild, type Properties, type Property } from "./property";
import { parsePropertyPath } from "./property-path";
import type { EngineEvent, Operation, Report, StepEvent } from "./run/events";
import type { ResourceState } from "./state/resource";
import { isProviderType, parseUrn, shortType } from "./urn";

/** What became of one resource, over all its steps. */
export type Outcome = "same" | "import" | "create" | "update" | "replace" | "delete";

const SIGNS: Record<Operation | Outcome, string> = {
  same: " ",
  import: "=",
  create: "+",
  update: "~",
  replace: "+-",
  "create-replacement": "++",
  "delete-replaced": "--",
  delete: "-",
  refresh: "~",
};

/** Progress of a step is shown once the step takes longer. */
const LONG_MS = 2000;

export interface DisplayOptions {
  title: string;
  preview: boolean;
  /** The command is `refresh`: what it finds is news. In other commands the steps that follow from it are. */
  refresh: boolean;
  write: (line: string) => void;
}

/** A run as plain lines: one for each step that changes something, then the outputs and what was counted. */
export class Display {
  /** True once something was changed, or would be. */
  hasChanges = false;
  private readonly outcomes = new Map<string, Outcome>();
  private readonly started = new Map<string, number>();
  private readonly since = Date.now();
  private outputs: Properties = {};
  private lastStatus = "";

  constructor(private readonly options: DisplayOptions) {
    options.write(`${options.title}:`);
  }

  readonly report: Report = (event) => {
    if (event.kind === "step") this.step(event);
    else if (event.kind === "outputs") this.outputs = event.outputs;
    else if (event.kind === "status") this.status(event.urn, event.text);
    else if (event.severity !== "debug") this.message(event);
  };

  /** How many resources came to which end, without failures and default providers, as the CLI counts them. */
  get counts(): Partial<Record<Outcome, number>> {
    const counts: Partial<Record<Outcome, number>> = {};
    for (const outcome of this.outcomes.values()) counts[outcome] = (counts[outcome] ?? 0) + 1;
    return counts;
  }

  /** Writes outputs and summary. */
  finish(): void {
    const { write, preview } = this.options;
    const outputs = Object.entries(this.outputs).sort(([left], [right]) => (left < right ? -1 : 1));
    if (outputs.length > 0) write("\nOutputs:");
    for (const [name, value] of outputs) write(`    ${name}: ${showValue(value)}`);
    write("\nResources:");
    const { counts } = this;
    for (const outcome of ["import", "create", "update", "replace", "delete"] as const) {
      const count = counts[outcome];
      if (count) write(`    ${SIGNS[outcome]} ${count} ${preview ? `to ${outcome}` : past(outcome)}`);
    }
    if (counts.same !== undefined) write(`    ${counts.same} unchanged`);
    if (!preview) write(`\nDuration: ${Math.max(1, Math.round((Date.now() - this.since) / 1000))}s`);
    write("");
  }

  private step(event: StepEvent): void {
    const { state } = event;
    if (event.phase === "start") return void this.started.set(state.urn, Date.now());
    this.started.delete(state.urn);
    if (event.operation === "refresh" && !this.options.refresh && event.phase === "done") return;
    if (!isExplicit(state)) return;
    const outcome = outcomeOf(event);
    this.count(state.urn, outcome, event);
    if (outcome === "same" && event.phase === "done") return;
    if (event.phase === "done") this.hasChanges = true;
    const operation = event.operation === "refresh" ? outcome : event.operation;
    const ending = event.phase === "failed" ? " FAILED" : changed(event);
    this.options.write(` ${SIGNS[operation].padEnd(2)} ${operation}  ${subject(state.urn)}${ending}`);
  }

  private count(urn: string, outcome: Outcome, { phase, operation }: StepEvent): void {
    const known = this.outcomes.get(urn);
    // a replacement counts once, when its new copy is there, whatever becomes of the old one
    if (known === "replace" || (known === "import" && phase === "done")) return;
    if (phase === "failed") this.outcomes.delete(urn);
    // a later "nothing to do" says nothing against what was done before, nor does the end of an old copy
    else if (operation !== "delete-replaced" && (outcome !== "same" || known === undefined))
      this.outcomes.set(urn, outcome);
  }

  private status(urn: string, text: string): void {
    const started = this.started.get(urn);
    const line = urn === "" ? text : `    ${subject(urn)}: ${text}`;
    if (started === undefined || Date.now() - started < LONG_MS || line === this.lastStatus || text === "") return;
    this.lastStatus = line;
    this.options.write(line);
  }

  private message({ urn, severity, text }: EngineEvent & { kind: "message" }): void {
    const marked = severity === "info" ? text : `${severity}: ${text}`;
    if (urn === "") this.options.write(severity === "info" ? `    ${marked}` : marked);
    else this.options.write(`  ${subject(urn)}:\n${marked.replace(/^/gm, "    ")}`);
  }
}

function outcomeOf(event: StepEvent): Outcome {
  const { operation } = event;
  if (operation === "create-replacement" || operation === "delete-replaced") return "replace";
  if (operation !== "refresh") return operation;
  if (event.gone) return "delete";
  return event.diff?.changes === "some" ? "update" : "same";
}

const past = (outcome: Outcome): string => (outcome === "import" ? "imported" : `${outcome}d`);

/** Default providers belong to the engine; explicit ones are the program's resources. */
function isExplicit(state: ResourceState): boolean {
  return !isProviderType(state.type) || !/::default(_[A-Za-z0-9_]+)?$/.test(state.urn);
}

/** Names of the top-level properties that differ. */
function changed({ diff }: StepEvent): string {
  if (!diff) return "";
  const detailed = Object.keys(diff.detailedDiff ?? {});
  const paths = detailed.length > 0 ? detailed : (diff.diffs ?? []);
  const names = [...new Set(paths.map((path) => String(parsePropertyPath(path)[0])))].sort();
  return names.length > 0 ? `  [diff: ${names.join(",")}]` : "";
}

function subject(urn: string): string {
  const { type, name } = parseUrn(urn);
  return `${shortType(type)}  ${name}`;
}

/** A value on one line; text as it is, what must not be or cannot be shown as `[secret]` and `[unknown]`. */
export function showValue(value: Property): string {
  const shown = blind(value);
  return typeof shown === "string" ? shown : JSON.stringify(shown);
}

/** Replaces what must not be shown. */
export function blind(value: Property): Property {
  return rebuild(value, (part) => {
    if (isSecret(part)) return "[secret]";
    return isUnknown(part) ? "[unknown]" : undefined;
  });
}
