import { z } from "zod";
import { InputError } from "../../command";
import { isStack, parseUrn } from "../../report/urn";
import { plainOf, secretsIn } from "./secrets";

const properties = z.record(z.string(), z.unknown());

const resource = z.looseObject({
  urn: z.string(),
  type: z.string(),
  id: z.string().default(""),
  parent: z.string().optional(),
  provider: z.string().default(""),
  inputs: properties.default({}),
  outputs: properties.default({}),
  ignoreChanges: z.array(z.string()).default([]),
  delete: z.boolean().default(false),
});

const exported = z.looseObject({
  deployment: z.looseObject({
    manifest: z.looseObject({ time: z.string().default("") }).optional(),
    resources: z.array(resource).nullish(),
    pending_operations: z.array(z.unknown()).nullish(),
  }),
});

/** A resource of the state, its secrets in plain. */
export type Resource = z.infer<typeof resource>;

/** A stack's state. */
export interface State {
  project: string;
  stack: string;
  /** When it was written last, ISO 8601; empty where it does not say. */
  written: string;
  /** Those that are deployed; what was replaced and is still to be removed is left out. */
  resources: Resource[];
  /** Operations that a run which broke off has begun, and of which nobody knows how they ended. */
  pending: number;
  /** Every secret text in it, for keeping it out of what is shown. */
  secrets: string[];
}

const FIX = 'fix: look at what "pulumi stack export" prints; a Pulumi CLI from 3.182 on is needed';

/**
 * Reads what `pulumi stack export --show-secrets` prints.
 * @throws InputError where it is something else, or no resource is in it. Of the text nothing is quoted, as it has secrets.
 */
export function parseState(text: string): State {
  const { success, data, error } = exported.safeParse(parseJson(text));
  if (!success)
    throw new InputError(
      `the exported state is not understood at ${error.issues[0]?.path.join(".") || "its start"}; ${FIX}`,
    );
  const { manifest, resources, pending_operations: pending } = data.deployment;
  const known = (resources ?? []).filter((one) => !one.delete);
  const stack = known.find(({ urn }) => isStack(urn));
  if (stack === undefined)
    throw new InputError("nothing is deployed in the stack: its state has no resources; fix: run pulumi up first");
  const { project, stack: name } = parseUrn(stack.urn);
  return {
    ...{ project, stack: name },
    written: manifest?.time ?? "",
    resources: known.map((one) => ({ ...one, inputs: plain(one.inputs), outputs: plain(one.outputs) })),
    pending: pending?.length ?? 0,
    secrets: secretsIn(known.map(({ inputs, outputs }) => [inputs, outputs])),
  };
}

/** Without secrets' envelopes, and without what is null, as the plugin gets properties. */
const plain = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, plainOf(value)]])),
  );

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
