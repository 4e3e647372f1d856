import { z } from "zod";
import { InputError } from "../command";
import type { Preview } from "../report/preview";
import { isStack } from "../report/urn";

const properties = z.record(z.string(), z.unknown());

const resource = z.looseObject({
  urn: z.string(),
  inputs: properties.nullish(),
  outputs: properties.nullish(),
  parent: z.string().optional(),
  provider: z.string().optional(),
  protect: z.boolean().optional(),
  retainOnDelete: z.boolean().optional(),
  external: z.boolean().optional(),
});

const exported = z.looseObject({
  deployment: z
    .looseObject({
      resources: z.array(resource).nullish(),
      pending_operations: z.array(z.looseObject({ resource, type: z.string() })).nullish(),
    })
    .nullish(),
});

/** A resource as the state has it. */
export type Resource = z.infer<typeof resource>;

/** What `pulumi stack export` prints; of what is not read here nothing is lost. */
export type Exported = z.infer<typeof exported>;

/** @throws InputError where it is something else. */
export function parseState(text: string): Exported {
  try {
    return exported.parse(JSON.parse(text));
  } catch {
    throw new InputError(
      'what "pulumi stack export" printed is no state; fix: use a Pulumi CLI from 3.182 on, and no wrapper that prints more',
    );
  }
}

/** All resources, each after those that it depends on. */
export const resourcesOf = ({ deployment }: Exported): Resource[] => deployment?.resources ?? [];

/** Resources that a run was just making when it was killed: they may be there or not. */
export const unfinished = ({ deployment }: Exported): Resource[] =>
  (deployment?.pending_operations ?? []).flatMap(({ type, resource: made }) => (type === "creating" ? [made] : []));

/** The state with other resources, and nothing unfinished but these. */
export function withResources(state: Exported, resources: Resource[], pending: Resource[]): Exported {
  const operations = state.deployment?.pending_operations;
  return {
    ...state,
    deployment: {
      ...state.deployment,
      resources,
      ...(operations && {
        pending_operations: operations.filter(
          ({ type, resource: { urn } }) => type !== "creating" || pending.some((one) => one.urn === urn),
        ),
      }),
    },
  };
}

/** What `pulumi destroy --preview-only --json` would print of a state: it goes in the opposite order. No host is asked for it. */
export function destroyOf(state: Exported): Preview {
  const all = resourcesOf(state);
  const steps = all
    .filter(({ external }) => external !== true)
    .reverse()
    .map(({ urn, provider, inputs, outputs, parent, retainOnDelete }) => ({
      op: "delete",
      urn,
      provider,
      oldState: { inputs, outputs, parent, retainOnDelete },
    }));
  return {
    steps: [...steps.filter(({ urn }) => isStack(urn)), ...steps.filter(({ urn }) => !isStack(urn))],
    diagnostics: [],
    changeSummary: {},
  };
}
