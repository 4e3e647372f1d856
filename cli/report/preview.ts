import { z } from "zod";
import { InputError } from "../command";

const state = z.looseObject({
  inputs: z.record(z.string(), z.unknown()).nullish(),
  outputs: z.record(z.string(), z.unknown()).nullish(),
  parent: z.string().optional(),
  retainOnDelete: z.boolean().optional(),
});

const difference = z.looseObject({ kind: z.string(), inputDiff: z.boolean().default(false) });

const step = z.looseObject({
  op: z.string(),
  urn: z.string(),
  provider: z.string().optional(),
  oldState: state.nullish(),
  newState: state.nullish(),
  detailedDiff: z.record(z.string(), difference).nullish(),
});

const diagnostic = z.looseObject({ urn: z.string().optional(), message: z.string(), severity: z.string() });

const preview = z.looseObject({
  steps: z.array(step).nullish(),
  diagnostics: z.array(diagnostic).nullish(),
  changeSummary: z.record(z.string(), z.number()).nullish(),
});

/** A resource as the state has it, or will have it. */
export type State = z.infer<typeof state>;
/** What happens to one resource. */
export type Step = z.infer<typeof step>;
/** What was said during the preview. */
export type Diagnostic = z.infer<typeof diagnostic>;

/** What `pulumi preview --json` prints. */
export interface Preview {
  /** In the order in which they happen; of resources that stay as they are only the stack's own. */
  steps: Step[];
  diagnostics: Diagnostic[];
  /** How many resources of each operation, unchanged ones included. */
  changeSummary: Record<string, number>;
}

const FIX = 'fix: give what "pulumi preview --json" prints to standard output, and nothing else';

/**
 * Reads a preview.
 * @param source what it was read from, for messages.
 * @throws InputError that says what was found instead; of the text itself nothing is quoted, as it may be anything.
 */
export function parsePreview(text: string, source: string): Preview {
  if (text.trim() === "")
    throw new InputError(
      `${source} is empty; fix: look at what "pulumi preview --json" wrote to standard error, as it failed before it had a preview`,
    );
  const json = parseJson(text, source);
  const known = ["steps", "diagnostics", "changeSummary", "duration"];
  if (!isObject(json) || !known.some((key) => key in json))
    throw new InputError(`${source} is no preview: it holds ${describe(json)}; ${FIX}`);
  const { success, data, error } = preview.safeParse(json);
  if (success)
    return {
      steps: data.steps ?? [],
      diagnostics: data.diagnostics ?? [],
      changeSummary: data.changeSummary ?? {},
    };
  const at = error.issues[0]?.path.join(".") ?? "";
  throw new InputError(`${source} is no preview: ${at} is not as a Pulumi CLI from 3.182 on has it; ${FIX}`);
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError(`${source} is not JSON: it is ${describeText(text)}; ${FIX}`);
  }
}

/** What a text is that is not JSON. */
function describeText(text: string): string {
  const trimmed = text.trim();
  if (/^(Previewing|Updating|Refreshing|Destroying) /m.test(trimmed))
    return "what Pulumi prints for people, without --json";
  if (/^\{"sequence":/.test(trimmed))
    return "a stream of the engine's events, one a line, as PULUMI_ENABLE_STREAMING_JSON_PREVIEW asks for";
  if (trimmed.startsWith("{")) return "JSON that breaks off, or has something behind it";
  return `text of ${trimmed.split("\n").length} lines`;
}

/** What JSON holds that is no preview. */
function describe(json: unknown): string {
  if (Array.isArray(json)) return "a list";
  if (!isObject(json)) return `a ${json === null ? "null" : typeof json}`;
  if ("deployment" in json) return "an exported stack";
  const keys = Object.keys(json);
  const shown = keys.slice(0, 4).map((key) => key.slice(0, 30));
  return keys.length === 0 ? "an empty object" : `an object of ${shown.join(", ")}${keys.length > 4 ? ", ..." : ""}`;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
