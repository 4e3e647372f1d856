import type { Properties } from "../property";
import { parseProviderReference } from "../urn";

/** Limits in seconds; 0 means that none was set. */
export interface CustomTimeouts {
  create: number;
  update: number;
  delete: number;
}

/** One resource as the stack's state has it. */
export interface ResourceState {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  id: string;
  inputs: Properties;
  outputs: Properties;
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
  initErrors: string[];
  /** Replaced, still to be deleted. */
  delete: boolean;
  /** Deleted, still to be created again. */
  pendingReplacement: boolean;
  /** RFC 3339, UTC. */
  created: string;
  modified: string;
}

/** What a resource needs to exist: its parent, provider, dependencies and what it is deleted with. */
export function requirementsOf(state: ResourceState): string[] {
  const urns = [
    state.parent,
    state.deletedWith,
    ...state.dependencies,
    ...Object.values(state.propertyDependencies).flat(),
  ];
  if (state.provider !== "") urns.push(parseProviderReference(state.provider).urn);
  return [...new Set(urns.filter((urn) => urn !== ""))];
}
