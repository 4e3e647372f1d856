import { mapValues } from "../property";
import type { Properties } from "../property";
import { parseProviderReference } from "../urn";

/** Limits in seconds; 0 means that none was set. */
export interface CustomTimeouts {
  create: number;
  update: number;
  delete: number;
}

/** What the program says about a resource. */
export interface ResourceOptions {
  type: string;
  custom: boolean;
  inputs: Properties;
  parent: string;
  /** `URN::ID` of the provider resource; empty for components and providers. */
  provider: string;
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
  protect: boolean;
  retainOnDelete: boolean;
  deletedWith: string;
  additionalSecretOutputs: string[];
  ignoreChanges: string[];
  replaceOnChanges: string[];
  customTimeouts: CustomTimeouts;
}

/** One resource as the stack's state has it. */
export interface ResourceState extends ResourceOptions {
  urn: string;
  id: string;
  outputs: Properties;
  initErrors: string[];
  /** Replaced, still to be deleted. */
  delete: boolean;
  /** Deleted, still to be created again. */
  pendingReplacement: boolean;
  /** RFC 3339, UTC. */
  created: string;
  modified: string;
}

/** Every field in the CLI's order, with what it is where nothing is said. */
export const BLANK: Readonly<ResourceState> = {
  urn: "",
  custom: false,
  delete: false,
  id: "",
  type: "",
  inputs: {},
  outputs: {},
  parent: "",
  protect: false,
  dependencies: [],
  initErrors: [],
  provider: "",
  propertyDependencies: {},
  pendingReplacement: false,
  additionalSecretOutputs: [],
  customTimeouts: { create: 0, update: 0, delete: 0 },
  retainOnDelete: false,
  deletedWith: "",
  created: "",
  modified: "",
  ignoreChanges: [],
  replaceOnChanges: [],
};

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
