import { isDeepStrictEqual } from "node:util";
import { isSecretField } from "../../components/secret-fields";
import { UNKNOWNS } from "../../provider/resources/protocol-marks";
import type { State, Step } from "./preview";
import { parsePath, valueAt } from "./property-path";
import { SECRET, withoutSecrets } from "./secrets";

/** What differs at one place of a resource, without secrets. */
export interface Difference {
  path: string;
  before: unknown;
  after: unknown;
}

/** A value that is known when the update has come to it. */
export const NOT_KNOWN = Symbol("not known yet");

/** Two values of a path: where one is secret, neither is shown. */
export function difference(path: string, before: unknown, after: unknown): Difference {
  const name = parsePath(path).find(isSecretField) ?? "";
  const shown = [before, after].map((value) => withoutSecrets(value, name));
  const [from, to] = shown.includes(SECRET) ? shown.map((value) => value && SECRET) : shown;
  return { path, before: known(from), after: known(to) };
}

const known = (value: unknown): unknown => (typeof value === "string" && UNKNOWNS.has(value) ? NOT_KNOWN : value);

/** What a step changes, in the order of the paths. */
export const differencesOf = ({ detailedDiff, oldState, newState }: Step): Difference[] =>
  Object.entries(detailedDiff ?? {})
    .flatMap(([path, { kind, inputDiff }]) => {
      const parts = parsePath(path);
      const before = valueAt(inputDiff ? oldState?.inputs : merged(oldState), parts);
      const after = valueAt(newState?.inputs, parts) ?? valueAt(newState?.outputs, parts);
      if (kind.startsWith("add")) return [difference(path, undefined, after)];
      if (kind.startsWith("delete")) return [difference(path, before, undefined)];
      // what is nowhere yet is an output, which follows from what is changed
      return after === undefined ? [] : [difference(path, before, after)];
    })
    .sort((one, other) => (one.path < other.path ? -1 : 1));

/** What a resource is: what it was asked to be, and what came of it. */
export const merged = (state: State | null | undefined): Record<string, unknown> => ({
  ...state?.inputs,
  ...state?.outputs,
});

/** The paths of a step at which what the state had is not what was found. */
export const foundDifferences = (
  paths: string[],
  had: State | null | undefined,
  found: State | null | undefined,
): Difference[] =>
  paths.sort().flatMap((path) => {
    const [before, after] = [had, found].map((state) => valueAt(merged(state), parsePath(path)));
    return isDeepStrictEqual(before, after) ? [] : [difference(path, before, after)];
  });
