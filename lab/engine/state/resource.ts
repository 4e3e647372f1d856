import { mapValues, type Properties } from "../property";
import { parseProviderReference } from "../urn";

/** Every field of a resource in the CLI's order, with what it is where nothing is said. */
export const BLANK = {
  urn: "",
  custom: false,
  /** Replaced, still to be deleted. */
  delete: false,
  id: "",
  type: "",
  inputs: {} as Properties,
  outputs: {} as Properties,
  parent: "",
  protect: false,
  dependencies: [] as string[],
  initErrors: [] as string[],
  /** `URN::ID` of the provider resource; empty for components and providers. */
  provider: "",
  propertyDependencies: {} as Record<string, string[]>,
  /** Deleted, still to be created again. */
  pendingReplacement: false,
  additionalSecretOutputs: [] as string[],
  /** Limits in seconds; 0 means that none was set. */
  customTimeouts: { create: 0, update: 0, delete: 0 },
  retainOnDelete: false,
  deletedWith: "",
  /** RFC 3339, UTC. */
  created: "",
  modified: "",
  ignoreChanges: [] as string[],
  replaceOnChanges: [] as string[],
  /** Names of the program's functions around an operation, by its kind. */
  resourceHooks: {} as Record<string, string[]>,
};

/** The kinds of hooks that this engine knows. */
export const HOOKS = ["BeforeCreate", "BeforeUpdate"] as const;
export type HookKind = (typeof HOOKS)[number];

/** One resource as the stack's state has it. */
export type ResourceState = typeof BLANK;

/** What only comes to be when a resource is registered. */
type Result = "urn" | "id" | "outputs" | "initErrors" | "delete" | "pendingReplacement" | "created" | "modified";

/** What the program says about a resource. */
export type ResourceOptions = Omit<ResourceState, Result>;

/** A resource of which some fields are given; what is no field of a resource is left out. */
export function resourceState(given: Partial<ResourceState>): ResourceState {
  const names = Object.keys(BLANK) as (keyof ResourceState)[];
  return Object.fromEntries(names.map((name) => [name, given[name] ?? BLANK[name]])) as unknown as ResourceState;
}

/** What a resource needs to exist: its parent, provider, dependencies and what it is deleted with. */
export function requirementsOf(state: ResourceState): Set<string> {
  const urns = new Set<string>();
  withReferences(state, (urn) => {
    urns.add(urn);
    return urn;
  });
  return urns;
}

/** The resource with every URN that it refers to replaced; one that becomes undefined is left out. */
export function withReferences(state: ResourceState, replace: (urn: string) => string | undefined): ResourceState {
  const one = (urn: string): string => (urn === "" ? "" : (replace(urn) ?? ""));
  const many = (urns: string[]): string[] => urns.map(one).filter((urn) => urn !== "");
  const provider = parseProviderReference(state.provider);
  return {
    ...state,
    parent: one(state.parent),
    deletedWith: one(state.deletedWith),
    dependencies: many(state.dependencies),
    propertyDependencies: mapValues(state.propertyDependencies, many),
    provider: provider.urn === "" ? "" : `${one(provider.urn)}::${provider.id}`,
  };
}
