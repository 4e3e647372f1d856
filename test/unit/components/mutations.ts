import fc from "fast-check";

type Args = Record<string, unknown>;

export type Path = (string | number)[];

/** Where values are, all the way down. */
export function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const below = Object.entries(value).flatMap(([key, inner]) =>
    pathsOf(inner, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return path.length === 0 ? below : [path, ...below];
}

export type Mutation =
  | { kind: "delete"; at: number }
  | { kind: "value"; at: number; value: unknown }
  | { kind: "copy"; at: number; from: number }
  | { kind: "twice"; at: number }
  | { kind: "key"; at: number };

const index = fc.nat(1000);
/** One mistake. @param wrong values that may be put in the place of right ones. */
export const mutation = (wrong: fc.Arbitrary<unknown>): fc.Arbitrary<Mutation> =>
  fc.oneof(
    fc.record({ kind: fc.constant("delete" as const), at: index }),
    fc.record({ kind: fc.constant("value" as const), at: index, value: wrong }),
    fc.record({ kind: fc.constant("copy" as const), at: index, from: index }),
    fc.record({ kind: fc.constant("twice" as const), at: index }),
    fc.record({ kind: fc.constant("key" as const), at: index }),
  );

const at = (root: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string | number, unknown> | undefined | null)?.[key], root);

/** Puts one mistake into arguments; where an earlier one took its place away, nothing. */
export function mutate(args: Args, paths: Path[], one: Mutation): void {
  const path = paths[one.at % paths.length] as Path;
  const last = path.at(-1) as string | number;
  const parent = at(args, path.slice(0, -1));
  if (typeof parent !== "object" || parent === null) return;
  const holder = parent as Record<string | number, unknown>;
  switch (one.kind) {
    case "delete":
      Reflect.deleteProperty(holder, last);
      break;
    case "value":
      // later mistakes are made within it, and the next run begins with the same object
      holder[last] = structuredClone(one.value);
      break;
    case "copy": {
      const from = structuredClone(at(args, paths[one.from % paths.length] as Path));
      // a secret in the place of something else is shown as what it is not
      if (!JSON.stringify([from]).includes("Secret-of")) holder[last] = from;
      break;
    }
    case "twice":
      if (Array.isArray(parent)) parent.push(holder[last]);
      break;
    case "key":
      holder[`${last}s`] = 1;
  }
}
