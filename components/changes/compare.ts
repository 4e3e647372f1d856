import { isDeepStrictEqual } from "node:util";
import type { Change, Changes } from "./change";

/** Arguments as the state has them: plain values, hosts by name. */
export type PlainArgs = Record<string, unknown>;

const at = (args: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((value, key) => (value as PlainArgs | undefined)?.[key], args);

/** The paths of a component's arguments that differ, in the order of its changes. */
export const changedPaths = (changes: Changes, old: PlainArgs, next: PlainArgs): string[] =>
  Object.keys(changes).filter((path) => {
    const identity = Object.keys(changes).find((key) => changes[key]?.identifies && isIn(listOf(key), path));
    if (identity === undefined) return differs(changes[path], at(old, path), at(next, path));
    const [list, key] = [listOf(identity), identity.slice(listOf(identity).length + 1)];
    const [before, after] = [elements(at(old, list), key), elements(at(next, list), key)];
    if (path === identity) return !isDeepStrictEqual([...before.keys()].sort(), [...after.keys()].sort());
    const below = path.slice(list.length + 1);
    return [...before].some(
      ([id, one]) => after.has(id) && differs(changes[path], at(one, below), at(after.get(id), below)),
    );
  });

const differs = (change: Change | undefined, one: unknown, other: unknown): boolean =>
  change?.whileThere === true && (one === undefined || other === undefined) ? false : !isDeepStrictEqual(one, other);

const listOf = (path: string): string => path.slice(0, path.lastIndexOf("."));
const isIn = (list: string, path: string): boolean => path.startsWith(`${list}.`);

/** The elements of a list by what tells them apart. */
const elements = (list: unknown, key: string): Map<unknown, unknown> =>
  new Map(Array.isArray(list) ? list.map((one: unknown) => [at(one, key), one]) : []);

/** A line for each argument that changes: what becomes of it. */
export const describeChanges = (changes: Changes, paths: string[]): string[] =>
  paths.map((path) => {
    const { effect, about } = changes[path] ?? { effect: "", about: "" };
    return `${path}: ${effect}: ${about}`;
  });
