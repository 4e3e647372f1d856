import { pc } from "./colours";
import type { EngineEvent, Report, StepEvent } from "../run/events";
import { subjectOf } from "../run/events";
import type { Properties } from "../property";
import { parseUrn, shortType } from "../urn";
import { renderDetails } from "./detail";
import { outcomeOf, paint, Rows, SIGNS, wordFor } from "./rows";
import type { Outcome } from "./rows";
import { renderTree } from "./tree";
import { renderChange, renderValue } from "./values";

export interface DisplayOptions {
  title: string;
  preview: boolean;
  /** The command is `refresh`. */
  refresh: boolean;
  /** Show every changed property. */
  diff: boolean;
  write: (line: string) => void;
}

/** A run as people read it: a line for whatever takes longer, and at the end what changed and what went wrong. */
export class ConsoleDisplay {
  readonly rows = new Rows();
  private readonly started = Date.now();
  private readonly messages: (EngineEvent & { kind: "message" })[] = [];
  private readonly running = new Map<
    string,
    { since: number; status: string; timer: NodeJS.Timeout; announced: boolean }
  >();
  private outputs: { old: Properties; new: Properties } | undefined;

  constructor(private readonly options: DisplayOptions) {
    options.write(pc.bold(`${options.title}:`));
  }

  readonly report: Report = (event) => {
    if (event.kind === "step") this.step(event);
    else if (event.kind === "outputs") this.outputs = event;
    else if (event.kind === "status") this.status(event.urn, event.text);
    else if (event.severity !== "debug") this.message(event);
  };

  /** Writes the summary. */
  finish(): void {
    for (const { timer } of this.running.values()) clearInterval(timer);
    const { write, preview, diff } = this.options;
    const notes = this.notes();
    const body = diff ? renderDetails(this.rows.all) : renderTree(this.rows.all, { preview, notes });
    for (const part of [body, this.renderDiagnostics(), this.renderOutputs(), this.renderCounts()]) {
      if (part.length > 0) write(["", ...part].join("\n"));
    }
    if (!preview) write(`\n${pc.bold("Duration:")} ${Math.max(1, Math.round((Date.now() - this.started) / 1000))}s`);
    write("");
  }

  private step(event: StepEvent): void {
    const { urn } = subjectOf(event);
    if (event.phase === "start") {
      const outcome = event.operation === "refresh" ? "same" : outcomeOf(event);
      const timer = setInterval(() => this.announce(event, outcome), 2000);
      timer.unref();
      this.running.set(urn, { since: Date.now(), status: "", timer, announced: false });
      return;
    }
    const run = this.running.get(urn);
    clearInterval(run?.timer);
    this.running.delete(urn);
    // what a refresh found is news for its own command; otherwise the steps that follow from it are
    if (event.operation !== "refresh" || this.options.refresh || event.phase === "failed") this.rows.add(event);
    if (run?.announced) this.live(event, outcomeOf(event), event.phase === "failed" ? "failed" : "done", run.since, "");
  }

  /** One line after two seconds, then one with every new status, and one every ten seconds in between. */
  private announce(event: StepEvent, outcome: Outcome): void {
    const run = this.running.get(subjectOf(event).urn);
    if (!run) return;
    if (run.announced) {
      const seconds = Math.round((Date.now() - run.since) / 1000);
      if (seconds % 10 > 1) return;
    }
    run.announced = true;
    this.live(event, outcome, "doing", run.since, run.status);
  }

  private status(urn: string, text: string): void {
    const run = this.running.get(urn);
    if (!run || run.status === text) return;
    run.status = text;
    if (run.announced) this.options.write(`      ${subject(urn)}: ${text}`);
  }

  private live(
    event: StepEvent,
    outcome: Outcome,
    form: "doing" | "done" | "failed",
    since: number,
    status: string,
  ): void {
    const { urn } = subjectOf(event);
    const word = form === "failed" ? `${wordFor(outcome, "doing")} failed` : wordFor(outcome, form);
    const seconds = ((Date.now() - since) / 1000).toFixed(0);
    const sign = SIGNS[outcome].padStart(2);
    const text = `${sign} ${subject(urn)} ${word || "read"} (${seconds}s)`;
    this.options.write(paint(outcome, ` ${text}`) + (status === "" ? "" : ` ${status}`));
  }

  private message(event: EngineEvent & { kind: "message" }): void {
    this.messages.push(event);
    if (event.urn === "")
      this.options.write(event.severity === "info" ? `    ${event.text}` : this.withSeverity(event));
  }

  private notes(): Map<string, string> {
    const notes = new Map<string, string>();
    for (const severity of ["error", "warning", "info"] as const) {
      for (const [urn, events] of this.grouped(severity)) {
        const plural = events === 1 || severity === "info" ? "" : "s";
        const name = severity === "info" ? (events === 1 ? "message" : "messages") : severity;
        notes.set(urn, [notes.get(urn) ?? "", `${events} ${name}${plural}`].filter((text) => text !== "").join("; "));
      }
    }
    return notes;
  }

  private grouped(severity: string): Map<string, number> {
    const counts = new Map<string, number>();
    for (const event of this.messages) {
      if (event.severity === severity && event.urn !== "") counts.set(event.urn, (counts.get(event.urn) ?? 0) + 1);
    }
    return counts;
  }

  private renderDiagnostics(): string[] {
    const urns = [...new Set(this.messages.map(({ urn }) => urn))].filter((urn) => urn !== "");
    if (urns.length === 0) return [];
    const groups = urns.flatMap((urn) => [
      `  ${shortType(parseUrn(urn).type)} (${parseUrn(urn).name}):`,
      ...this.messages.filter((event) => event.urn === urn).map((event) => indent(this.withSeverity(event), "    ")),
      "",
    ]);
    return [pc.bold("Diagnostics:"), ...groups.slice(0, -1)];
  }

  private withSeverity({ severity, text }: EngineEvent & { kind: "message" }): string {
    if (severity === "error") return `${pc.red("error:")} ${text}`;
    return severity === "warning" ? `${pc.yellow("warning:")} ${text}` : text;
  }

  private renderOutputs(): string[] {
    if (!this.outputs) return [];
    const { old, new: next } = this.outputs;
    const names = [...new Set([...Object.keys(old), ...Object.keys(next)])].sort();
    const width = Math.max(0, ...names.map((name) => name.length));
    const lines = names.flatMap((name) => {
      const change = renderChange(name.padEnd(width), old[name], next[name], "    ");
      const unchanged = this.options.preview
        ? []
        : [`    ${name.padEnd(width)}: ${renderValue(next[name] ?? null, "    ")}`];
      return change.length > 0 ? change : unchanged;
    });
    return lines.length > 0 ? [pc.bold("Outputs:"), ...lines] : [];
  }

  private renderCounts(): string[] {
    const { same, ...changes } = this.rows.counts;
    const lines = (Object.keys(changes) as (keyof typeof changes)[])
      .filter((outcome) => changes[outcome] > 0)
      .map((outcome) => {
        const word = this.options.preview ? `to ${wordFor(outcome, "plan")}` : wordFor(outcome, "done");
        return paint(outcome, `    ${SIGNS[outcome]} ${changes[outcome]} ${word}`);
      });
    return [pc.bold("Resources:"), ...lines, ...(same > 0 ? [`    ${same} unchanged`] : [])];
  }
}

function subject(urn: string): string {
  return `${shortType(parseUrn(urn).type)} ${parseUrn(urn).name}`;
}

function indent(text: string, by: string): string {
  return text.replace(/^/gm, by);
}
