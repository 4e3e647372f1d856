import { makeUrn, parseUrn, STACK_TYPE } from "../urn";
import type { Alias, Goal } from "./goal";

/**
 * The URNs that a resource may have had before: its own aliases, and those that follow from its parent having had
 * another URN (`parentAlias`).
 */
export function previousUrns(
  stack: string,
  project: string,
  goal: Goal,
  renamedParents: ReadonlyMap<string, string>,
): string[] {
  const own = goal.aliases.map((alias) => collapse(stack, project, goal, alias, renamedParents));
  const parentAlias = renamedParents.get(goal.parent);
  if (goal.parent === "" || parentAlias === undefined) return [...new Set(own)];
  const parentName = parseUrn(goal.parent).name;
  const inherited = [
    inherit(stack, project, goal.type, goal.name, parentName, parentAlias),
    ...own.map((urn) => inherit(stack, project, parseUrn(urn).type, parseUrn(urn).name, parentName, parentAlias)),
  ];
  return [...new Set([...own, ...inherited])];
}

function collapse(
  stack: string,
  project: string,
  goal: Goal,
  alias: Alias,
  renamedParents: ReadonlyMap<string, string>,
): string {
  if (alias.urn !== undefined) return alias.urn;
  const explicit = alias.parent === "" ? goal.parent : (renamedParents.get(alias.parent) ?? alias.parent);
  const isTop = alias.noParent || parseUrn(explicit).qualifiedType === STACK_TYPE;
  return makeUrn(
    alias.stack || stack,
    alias.project || project,
    isTop ? undefined : explicit,
    alias.type || goal.type,
    alias.name || goal.name,
  );
}

/** A child called `PARENT-x` was called `OLDPARENT-x` while its parent was called OLDPARENT. */
function inherit(
  stack: string,
  project: string,
  type: string,
  name: string,
  parentName: string,
  parentAlias: string,
): string {
  const oldName = name.startsWith(parentName) ? parseUrn(parentAlias).name + name.slice(parentName.length) : name;
  return makeUrn(stack, project, parentAlias, type, oldName);
}
