import { isMap, isSecret } from "../property";
import type { Properties, Property } from "../property";
import type { EngineEvent, StepEvent } from "../run/events";
import { subjectOf } from "../run/events";
import { encodeResource } from "../state/deployment";
import type { Crypter } from "../state/deployment";
import type { ResourceState } from "../state/resource";
import { isUnknown } from "../values";
import type { Rows } from "./rows";
import { changedProperties, isExplicit } from "./rows";

const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Nothing that it is given holds a secret any more; see `blind`. */
const NO_CRYPTER: Crypter = {
  salt: "",
  encrypt: () => "",
  decrypt: () => "",
};

/** Replaces what must not be shown. */
function blind(value: Property): Property {
  if (isSecret(value)) return "[secret]";
  if (isUnknown(value)) return UNKNOWN_TEXT;
  if (Array.isArray(value)) return value.map(blind);
  return isMap(value) ? blindAll(value) : value;
}

export function blindAll(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, blind(value)]));
}

function stateJson(state: ResourceState | undefined): unknown {
  return (
    state && encodeResource({ ...state, inputs: blindAll(state.inputs), outputs: blindAll(state.outputs) }, NO_CRYPTER)
  );
}

/** The document that `preview --json` prints. */
export function previewJson(events: readonly EngineEvent[], rows: Rows, started: number): unknown {
  const steps = events.filter((event): event is StepEvent => event.kind === "step" && event.phase === "done");
  const messages = events.filter((event) => event.kind === "message" && event.severity !== "debug");
  const changes = Object.entries(rows.counts).filter(([, count]) => count > 0);
  return {
    steps: steps.filter((step) => isExplicit(subjectOf(step))).map(stepJson),
    diagnostics: messages.map(
      (event) => event.kind === "message" && { urn: event.urn, message: event.text, severity: event.severity },
    ),
    duration: (Date.now() - started) * 1_000_000,
    changeSummary: Object.fromEntries(changes),
  };
}

function stepJson(step: StepEvent): unknown {
  const { provider, urn } = subjectOf(step);
  return {
    op: step.operation,
    urn,
    ...(provider !== "" && { provider }),
    oldState: stateJson(step.old),
    newState: stateJson(step.new),
    ...(step.diff && {
      replaceReasons: step.diff.replaces,
      diffReasons: changedProperties(step).map(({ name }) => name),
    }),
    detailedDiff: step.diff?.detailedDiff ?? null,
  };
}

/** One line of the stream that `up --json` prints, or nothing for what the CLI does not tell either. */
export function eventJson(event: EngineEvent, sequence: number): unknown {
  const timestamp = Math.floor(Date.now() / 1000);
  if (event.kind === "message") {
    const { urn, text, severity } = event;
    return { sequence, timestamp, diagnosticEvent: { ...(urn !== "" && { urn }), message: `${text}\n`, severity } };
  }
  if (event.kind !== "step") return undefined;
  const { urn, type, provider } = subjectOf(event);
  const [old, next] = [stateJson(event.old), stateJson(event.new)];
  const metadata = {
    op: event.operation,
    urn,
    type,
    old,
    new: next,
    detailedDiff: event.diff?.detailedDiff ?? null,
    provider,
  };
  const names = { start: "resourcePreEvent", done: "resOutputsEvent", failed: "resOpFailedEvent" };
  return { sequence, timestamp, [names[event.phase]]: { metadata } };
}

export function summaryJson(rows: Rows, sequence: number, started: number): unknown {
  const changes = Object.entries(rows.counts).filter(([, count]) => count > 0);
  const durationSeconds = Math.round((Date.now() - started) / 1000);
  const resourceChanges = Object.fromEntries(changes);
  return {
    sequence,
    timestamp: Math.floor(Date.now() / 1000),
    summaryEvent: { maybeCorrupt: false, durationSeconds, resourceChanges },
  };
}
