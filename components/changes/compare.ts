import { isDeepStrictEqual } from "node:util";
import type { Changes } from "./change";

/** Arguments as the state has them: plain values, hosts by name. */
export type PlainArgs = Record<string, unknown>;

const at = (args: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((value, key) => (value as PlainArgs | undefined)?.[key], args);

/** The paths of a component's arguments that differ, in the order of its changes. */
export const changedPaths = (changes: Changes, old: PlainArgs, next: PlainArgs): string[] =>
  Object.keys(changes).filter((path) => !isDeepStrictEqual(at(old, path), at(next, path)));

/** A line for each argument that changes: what becomes of it. */
export const describeChanges = (changes: Changes, paths: string[]): string[] =>
  paths.map((path) => {
    const { effect, about } = changes[path] ?? { effect: "", about: "" };
    return `${path}: ${effect}: ${about}`;
  });
