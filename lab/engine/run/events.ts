import type { DiffResult } from "../provider";
import type { Properties } from "../property";
import type { ResourceState } from "../state/resource";

/** The CLI's names of what happens to a resource. */
export type Operation = "same" | "create" | "update" | "create-replacement" | "delete-replaced" | "delete" | "refresh";

export type Severity = "debug" | "info" | "warning" | "error";

export interface StepEvent extends Change {
  kind: "step";
  phase: "start" | "done" | "failed";
}

/** What happens to one resource. */
export interface Change {
  operation: Operation;
  old?: ResourceState;
  new?: ResourceState;
  diff?: DiffResult;
}

export type EngineEvent =
  | StepEvent
  | { kind: "message"; severity: Severity; text: string; urn: string }
  /** Progress of the step that is under way; the next one replaces it. */
  | { kind: "status"; text: string; urn: string }
  /** What the stack exports. */
  | { kind: "outputs"; outputs: Properties };

export type Report = (event: EngineEvent) => void;

/** The resource that a step is about. */
export function subjectOf(change: Change): ResourceState {
  const subject = change.new ?? change.old;
  if (!subject) throw new Error("a step is about an old or a new resource");
  return subject;
}
