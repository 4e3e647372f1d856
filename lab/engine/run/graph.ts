import { requirementsOf, type ResourceState } from "../state/resource";

/** A resource needs its requirements; one that needs a component needs what is in the component, too. */
function requirements(state: ResourceState, resources: readonly ResourceState[]): Set<string> {
  const urns = requirementsOf(state);
  const components = new Set(
    resources.filter(({ custom, urn }) => !custom && urn !== state.parent && urns.has(urn)).map(({ urn }) => urn),
  );
  for (const candidate of resources) {
    // a parent stands before its children, so one pass finds the children of children
    if (!components.has(candidate.parent) || candidate.urn === state.urn) continue;
    urns.add(candidate.urn);
    if (!candidate.custom) components.add(candidate.urn);
  }
  return urns;
}

/** For each resource of a list in the order of the state, those of the list that must be deleted before it. */
export function dependentsOf(
  condemned: readonly ResourceState[],
  resources: readonly ResourceState[],
): Map<ResourceState, ResourceState[]> {
  const dependents = new Map(condemned.map((state) => [state, [] as ResourceState[]]));
  condemned.forEach((state, index) => {
    const needed = requirements(state, resources);
    // only what stands before it: a copy that was replaced has the URN of its successor, which does not need it
    for (const candidate of condemned.slice(0, index)) {
      if (needed.has(candidate.urn)) dependents.get(candidate)?.push(state);
    }
  });
  return dependents;
}

/** What depends on `root`, directly or not, without its children; in the order of the state. */
export function transitiveDependents(
  root: ResourceState,
  resources: readonly ResourceState[],
  ignored: ReadonlySet<string>,
): ResourceState[] {
  const reached = new Set([root.urn]);
  return resources.slice(resources.indexOf(root) + 1).filter((state) => {
    if (ignored.has(state.urn)) return false;
    const depends = [...requirementsOf({ ...state, parent: "" })].some((urn) => reached.has(urn));
    if (depends) reached.add(state.urn);
    return depends;
  });
}
