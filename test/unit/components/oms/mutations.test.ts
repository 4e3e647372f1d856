import assert from "node:assert/strict";
import fc from "fast-check";
import { everything, influxDb, oneRegion, refused, withValues, type Args } from "./samples";

type Path = (string | number)[];

/** Where values are, all the way down. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const below = Object.entries(value).flatMap(([key, inner]) =>
    pathsOf(inner, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return path.length === 0 ? below : [path, ...below];
}

const withInfluxDb = (): Args =>
  withValues(oneRegion(), { tsdb: { influxDb, username: "oms", password: "Secret-of-tsdb" } });

// the larger one takes four times as long
const bases = [everything, withInfluxDb, oneRegion, oneRegion];
const places = bases.map((base) => pathsOf(base()));

const wrong = fc.constantFrom<unknown>(
  ...[
    null,
    undefined,
    true,
    false,
    0,
    -1,
    1,
    1.5,
    70000,
    8084,
    18100,
    1e30,
    NaN,
    "",
    " ",
    "x",
    "sys",
    "\u0000",
    "a\nb",
  ],
  ...[[], {}, [null], [[]], { a: 1 }, "127.0.0.1", "::1", "10.0.0.1", "10.0.0.1/24", "10.0.0.101/24", "10.0.0.999"],
  ...[
    "http://VIP:8088",
    "http://127.0.0.1:8088",
    "http://10.0.0.1:8088",
    "http://[::1]:8088",
    "https://x:99999",
    "ftp://x:1",
  ],
  ...[
    "p1",
    "p3",
    "gone",
    "named",
    "oms_rm",
    "OMS_CM",
    "/",
    "/data/oms",
    "../x",
    "4.2.1",
    "3.2.2",
    "V4",
    "root@sys#ob",
    "CERESDB",
  ],
  ...["__proto__", "constructor", "Secret-of-mutation"],
);

type Mutation =
  | { kind: "delete"; at: number }
  | { kind: "value"; at: number; value: unknown }
  | { kind: "copy"; at: number; from: number }
  | { kind: "twice"; at: number }
  | { kind: "key"; at: number };

const index = fc.nat(1000);
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant("delete" as const), at: index }),
  fc.record({ kind: fc.constant("value" as const), at: index, value: wrong }),
  fc.record({ kind: fc.constant("copy" as const), at: index, from: index }),
  fc.record({ kind: fc.constant("twice" as const), at: index }),
  fc.record({ kind: fc.constant("key" as const), at: index }),
);

const at = (root: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string | number, unknown> | undefined | null)?.[key], root);

/** Puts one mistake into arguments; where an earlier one took its place away, nothing. */
function mutate(args: Args, paths: Path[], one: Mutation): void {
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
      holder[last] = one.value;
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

describe("arguments of OMS with mistakes of all kinds", function () {
  this.timeout(60_000);

  it("are taken or refused, each problem as field, value, rule and fix, without a secret", () => {
    let refusals = 0;
    fc.assert(
      fc.property(fc.nat(3), fc.array(mutation, { minLength: 1, maxLength: 3 }), (which, mutations) => {
        const args = structuredClone(bases[which]?.()) as Args;
        for (const one of mutations) mutate(args, places[which] as Path[], one);
        const lines = refused(args);
        if (lines.length > 0) refusals += 1;
        for (const line of lines) {
          assert.match(line, /^[\p{L}\w.[\] -]+ = .+: \S.*; fix: \S.*$/su);
          assert.doesNotMatch(line, /Invalid input|Secret-of-(metadb|tsdb|key|audit|settings)/);
        }
      }),
      { numRuns: 10_000 },
    );
    assert.ok(refusals > 5_000, `${refusals} of 10000 were refused`);
  });
});
