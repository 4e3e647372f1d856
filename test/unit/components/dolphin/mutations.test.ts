import assert from "node:assert/strict";
import fc from "fast-check";
import type { Args } from "../oms/samples";
import { mutate, mutation, pathsOf } from "../mutations";
import { everything, known, least, refused, schema, vendors } from "./samples";
import { dolphinWarnings } from "../../../../components/dolphin/warnings";

const bases = [everything, vendors, least];
const places = bases.map((base) => pathsOf(base()));

const wrong = fc.constantFrom<unknown>(
  ...[null, undefined, true, false, 0, -1, 1, 1.5, 3, 8800, 8802, 70000, 1e30, NaN],
  ...[
    "",
    " ",
    "x",
    "\u0000",
    "a\nb",
    [],
    {},
    [null],
    [[]],
    { a: 1 },
    "127.0.0.1",
    "::1",
    "10.0.0.80",
    "db.example.com",
  ],
  ...["p1", "p4", "gone", "named", "p.6", "datanode1", "orca", "zone1", "%", "datanode%", "<ALIAS>"],
  ...[
    "/",
    "/ssd1/<ALIAS>",
    "/ssd1/<ALIAS>/",
    "/a b",
    "/盘",
    "../x",
    "3.00.4",
    "2.00.9",
    "V3",
    "OFFLINE",
    "2",
    "rolling",
  ],
  ...["__proto__", "constructor", "Secret-of-mutation"],
);

describe("arguments of DolphinDB with mistakes of all kinds", function () {
  this.timeout(60_000);

  it("are taken or refused, each problem as field, value, rule and fix, without a secret", () => {
    let refusals = 0;
    fc.assert(
      fc.property(fc.nat(2), fc.array(mutation(wrong), { minLength: 1, maxLength: 3 }), (which, mutations) => {
        const args = structuredClone(bases[which]?.()) as Args;
        for (const one of mutations) mutate(args, places[which] ?? [], one);
        const lines = refused(args);
        if (lines.length > 0) refusals += 1;
        else dolphinWarnings(schema.parse(args), known);
        for (const line of lines) {
          assert.match(line, /^[\p{L}\w.[\] %?<>/:-]+ = .+: \S.*; fix: \S.*$/su);
          assert.doesNotMatch(line, /Invalid input|Secret-of-(client|settings|admin)/);
        }
      }),
      { numRuns: 2_000 },
    );
    assert.ok(refusals > 1_000, `${refusals} of 2000 were refused`);
  });
});
