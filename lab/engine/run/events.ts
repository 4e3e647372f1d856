import type { DiffResult } from "../provider";
import type { Properties } from "../property";
import type { ResourceState } from "../state/resource";

/** The CLI's names of what happens to a resource. */
export type Operation =
  "same" | "import" | "create" | "update" | "create-replacement" | "delete-replaced" | "delete" | "refresh";

export type Severity = "debug" | "info" | "warning" | "error";

/** What happens to one resource. */
export interface Change {
  operation: Operation;
  /** The resource as it is to be; where it is deleted or read back, as it was. */
  state: ResourceState;
  diff?: DiffResult;
  /** It was to be read back, and is not there any more. */
  gone?: boolean;
}

export interface StepEvent extends Change {
  kind: "step";
  phase: "start" | "done" | "failed";
}

export type EngineEvent =
  | StepEvent
  | { kind: "message"; severity: Severity; text: string; urn: string }
  /** Progress of the step that is under way; the next one replaces it. */
  | { kind: "status"; text: string; urn: string }
  /** What the stack exports. */
  | { kind: "outputs"; outputs: Properties };

export type Report = (event: EngineEvent) => void;
