import type { ResourceState } from "../state/resource";
import { isProviderType } from "../urn";
import type { RunContext } from "./context";
import { Stopped, type Executor } from "./executor";

/**
 * Reads every resource of the state back, several at a time. Resources that are gone leave the state. `compare` tells whether
 * differences are to be shown; where an update follows, its steps show them.
 * @throws Stopped when one could not be read; what the others said is kept.
 */
export async function refreshAll(
  { snapshot, registry, report }: RunContext,
  executor: Executor,
  compare: boolean,
): Promise<void> {
  const all = snapshot.unsettled;
  const readable = all.filter((state) => state.custom && !isProviderType(state.type) && !state.pendingReplacement);
  for (const state of all.filter(({ custom, type }) => !custom || isProviderType(type))) {
    report({ kind: "step", phase: "done", operation: "refresh", state });
  }
  await Promise.all(readable.map((state) => registry.ensure(state.provider, all)));
  const results = await Promise.allSettled(connectingFirst(readable).map((state) => executor.refresh(state, compare)));
  snapshot.dropDeadReferences();
  if (results.some(({ status }) => status === "rejected")) throw new Stopped();
}

/**
 * One resource of each provider, then the others in their order: a provider's first answer takes the longest, as it connects
 * for it, and only so many resources are read at once.
 */
export function connectingFirst(states: readonly ResourceState[]): ResourceState[] {
  const providers = new Set<string>();
  const firsts = states.filter(({ provider }) => providers.size < providers.add(provider).size);
  return [...new Set([...firsts, ...states])];
}
