import { isDeepStrictEqual } from "node:util";
import { containerSchema } from "../../../lab/engine/providers/docker/container-schema";
import { changesOf, touches } from "../../../provider/diff";
import { kinds } from "../../../provider/kinds";
import { unwrap, type Registered } from "./mocks";
import type { Placed } from "./placing";

/** A program as it was deployed. */
export interface Deployed {
  registered: Registered[];
  placed: Map<string, Placed>;
}

/** What the engine does to a resource when the other program is deployed after the first. */
export interface Difference {
  name: string;
  type: string;
  does: "create" | "delete" | "update" | "replace";
  inputs: Record<string, unknown>;
  /** Those of the first program; none for what it has not. */
  before: Record<string, unknown>;
}

/** By the rules of the providers themselves: the plugin's kinds, and the recordings of the docker provider. */
export function differences(first: Deployed, second: Deployed): Difference[] {
  const [before, after] = [first, second].map(({ registered }) => new Map(registered.map((one) => [one.name, one])));
  const names = [...new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])];
  return names.flatMap((name): Difference[] => {
    const [old, next] = [before?.get(name), after?.get(name)];
    const { type, inputs } = (next ?? old) as Registered;
    const told = (does: Difference["does"]): Difference[] => [{ name, type, inputs, does, before: old?.inputs ?? {} }];
    if (old === undefined) return told("create");
    if (next === undefined) return told("delete");
    const [was, is] = [known(old.inputs), known(next.inputs)];
    if (isDeepStrictEqual(was, is)) return [];
    const paths = changesOf([...new Set([...Object.keys(was), ...Object.keys(is)])], was, is);
    const replacing = [...replacedBy(type), ...(second.placed.get(name)?.opts.replaceOnChanges ?? [])];
    return told(paths.some((one) => replacing.some((path) => touches(one, path))) ? "replace" : "update");
  });
}

const known = (inputs: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, unwrap(value)]));

function replacedBy(type: string): readonly string[] {
  if (type === "docker:index/container:Container")
    return Object.entries(containerSchema).flatMap(([name, { forceNew }]) => (forceNew ? [name] : []));
  if (type === "command:remote:Command") return ["triggers"];
  return kinds.find(({ token }) => token === type)?.replaceOn ?? [];
}

/** Whether a resource is made or changed after another one, over however many between. */
export function comesAfter({ placed }: Deployed, name: string, other: string): boolean {
  const seen = new Set<string>();
  const walk = (one: string): boolean => {
    if (seen.has(one)) return false;
    seen.add(one);
    return (placed.get(one)?.after ?? []).some((before) => before === other || walk(before));
  };
  return walk(name);
}
