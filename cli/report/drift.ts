import { componentType } from "./deployments";
import { difference, foundDifferences, type Difference } from "./differences";
import type { Preview, State, Step } from "./preview";
import { parsePath, valueAt } from "./property-path";
import { SECRET } from "./secrets";
import { isStack, parseUrn, typeOf } from "./urn";

/** What the hosts have that is not what was deployed. */
export interface Drift {
  /** The resource is not there at all. */
  gone: boolean;
  differences: Difference[];
}

/** Whether a preview is one of `pulumi refresh`, which tells what was found and changes nothing on hosts. */
export const isRefreshOnly = ({ steps }: Preview): boolean => {
  const ofStack = steps.filter(({ urn }) => isStack(urn));
  return ofStack.length > 0 && ofStack.every(({ op }) => op === "refresh");
};

/**
 * The drift of each resource that has some, by URN. A refresh on its own says so. Before a preview (`--refresh`) it does not: the
 * steps of the refresh have the state as it was, and those of the update the state as it was found, so both are compared.
 */
export function driftOf(preview: Preview): Map<string, Drift> {
  const { steps } = preview;
  const had = new Map(steps.filter(({ op }) => op === "refresh").map(({ urn, oldState }) => [urn, oldState]));
  const changed = steps.filter(({ op }) => op !== "refresh" && op !== "same");
  const found = isRefreshOnly(preview)
    ? changed.map((step) => [step.urn, ofRefresh(step)] as const)
    : changed
        .filter(({ urn }) => had.has(urn))
        .map((step) => [step.urn, ofUpdate(step, had.get(step.urn), steps)] as const);
  return new Map(found.filter(([, { gone, differences }]) => gone || differences.length > 0));
}

const pathsOf = (step: Step): string[] => Object.keys(step.detailedDiff ?? {});

/** An update of a refresh has the state before and after; a secret that differs is shown as the same on both sides. */
function ofRefresh(step: Step): Drift {
  if (step.op === "delete") return { gone: true, differences: [] };
  const found = foundDifferences(pathsOf(step), step.oldState, step.newState);
  return { gone: false, differences: found.length > 0 ? found : hidden(step, step.oldState) };
}

function ofUpdate(step: Step, had: State | null | undefined, steps: Step[]): Drift {
  if (step.op === "create") return { gone: true, differences: [] };
  const found = foundDifferences(pathsOf(step), had, step.oldState);
  if (found.length > 0 || programChanges(step, steps)) return { gone: false, differences: found };
  return { gone: false, differences: hidden(step, step.oldState) };
}

/** Differences of secrets, which nobody sees. */
const hidden = (step: Step, state: State | null | undefined): Difference[] =>
  pathsOf(step)
    .map((path) => difference(path, ...both(valueAt(state?.inputs, parsePath(path)))))
    .filter(({ before }) => before === SECRET);

const both = (value: unknown): [unknown, unknown] => [value, value];

/** Whether a component around the resource is given other arguments: then a secret that differs may be one of these. */
function programChanges({ urn }: Step, steps: Step[]): boolean {
  const ancestors = parseUrn(urn)
    .types.slice(0, -1)
    .filter((type) => componentType(type) !== undefined);
  return (
    ancestors.length === 0 ||
    steps.some((step) => step.op === "update" && ancestors.includes(typeOf(parseUrn(step.urn))))
  );
}
