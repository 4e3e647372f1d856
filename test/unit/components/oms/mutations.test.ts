import assert from "node:assert/strict";
import fc from "fast-check";
import { mutate, mutation, pathsOf } from "../mutations";
import { everything, influxDb, oneRegion, refused, withValues, type Args } from "./samples";

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

describe("arguments of OMS with mistakes of all kinds", function () {
  this.timeout(60_000);

  it("are taken or refused, each problem as field, value, rule and fix, without a secret", () => {
    let refusals = 0;
    fc.assert(
      fc.property(fc.nat(3), fc.array(mutation(wrong), { minLength: 1, maxLength: 3 }), (which, mutations) => {
        const args = structuredClone(bases[which]?.()) as Args;
        for (const one of mutations) mutate(args, places[which] ?? [], one);
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
