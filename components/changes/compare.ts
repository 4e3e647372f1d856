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
    if (identity === undefined) return differs(changes[path], old, next, path);
    const [list, key] = [listOf(identity), identity.slice(listOf(identity).length + 1)];
    const [before, after] = [elements(at(old, list), key), elements(at(next, list), key)];
    if (path === identity) return !isDeepStrictEqual([...before.keys()].sort(), [...after.keys()].sort());
    const below = path.slice(list.length + 1);
    return [...before].some(([id, one]) => after.has(id) && differs(changes[path], one, after.get(id), below));
  });

/** Whether what stands at a path differs; of a part that comes or goes not what counts only while it is there. */
function differs(change: Change | undefined, old: unknown, next: unknown, path: string): boolean {
  const part = listOf(path);
  if (change?.whileThere && part !== "" && [old, next].some((args) => at(args, part) === undefined)) return false;
  return !isDeepStrictEqual(at(old, path), at(next, path));
}

const listOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf(".")));
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
