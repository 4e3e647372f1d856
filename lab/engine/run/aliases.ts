import { makeUrn, parseUrn, STACK_TYPE } from "../urn";
import type { Alias, Goal } from "./goal";

/** The stack that a resource belongs to. */
interface Place {
  stack: string;
  project: string;
}

/**
 * The URNs that a resource may have had before: its own aliases, and those that follow from its parent having had
 * another URN, which `renamedParents` gives.
 */
export function previousUrns(place: Place, goal: Goal, renamedParents: ReadonlyMap<string, string>): string[] {
  const own = goal.aliases.map((alias) => collapse(place, goal, alias, renamedParents));
  const oldParent = renamedParents.get(goal.parent);
  if (oldParent === undefined) return [...new Set(own)];
  const parentName = parseUrn(goal.parent).name;
  const inherited = [goal, ...own.map(parseUrn)].map(({ type, name }) => {
    // a child called `PARENT-x` was called `OLDPARENT-x` while its parent was called OLDPARENT
    const oldName = name.startsWith(parentName) ? parseUrn(oldParent).name + name.slice(parentName.length) : name;
    return makeUrn(place.stack, place.project, oldParent, type, oldName);
  });
  return [...new Set([...own, ...inherited])];
}

function collapse(place: Place, goal: Goal, alias: Alias, renamedParents: ReadonlyMap<string, string>): string {
  if (alias.urn !== undefined) return alias.urn;
  const explicit = alias.parent === "" ? goal.parent : (renamedParents.get(alias.parent) ?? alias.parent);
  const isTop = alias.noParent || parseUrn(explicit).qualifiedType === STACK_TYPE;
  return makeUrn(
    alias.stack || place.stack,
    alias.project || place.project,
    isTop ? undefined : explicit,
    alias.type || goal.type,
    alias.name || goal.name,
  );
}
