import assert from "node:assert/strict";
import { anyTouches, changesOf } from "../../../provider/diff";
import { UNKNOWN } from "../../../provider/resources/protocol-marks";
import { fromStruct, hasUnknown, toStruct } from "../../../provider/wire";

describe("changesOf", () => {
  const paths = (olds: Record<string, unknown>, news: Record<string, unknown>) => {
    const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
    return changesOf(names, olds, news).map((change) => `${change.kind} ${change.path}`);
  };

  const table: [olds: Record<string, unknown>, news: Record<string, unknown>, expected: string[]][] = [
    [{ a: 1, b: [1, { c: 2 }] }, { a: 1, b: [1, { c: 2 }] }, []],
    [{ a: 1 }, { a: "1" }, ["update a"]],
    [{}, { a: false }, ["add a"]],
    [{ a: "" }, {}, ["delete a"]],
    [{ a: { b: 1, c: 2 } }, { a: { b: 2, d: 3 } }, ["update a.b", "delete a.c", "add a.d"]],
    [{ a: [1, 2, 3] }, { a: [1, 9] }, ["update a[1]", "delete a[2]"]],
    [{ a: [] }, { a: [1] }, ["add a[0]"]],
    [{ a: [1] }, { a: { b: 1 } }, ["update a"]],
    [{ a: {} }, { a: UNKNOWN }, ["update a"]],
    [{ a: { "/data/x": true } }, { a: { "/data/x": false } }, ['update a["/data/x"]']],
  ];
  for (const [olds, news, expected] of table) {
    it(`of ${JSON.stringify(olds)} and ${JSON.stringify(news)} are ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(paths(olds, news), expected);
    });
  }

  it("looks at the given names only", () => {
    assert.deepEqual(changesOf(["a"], { a: 1, size: 3 }, { a: 1 }), []);
  });
});

describe("anyTouches", () => {
  it("knows what lies at a path and below it, and not what only begins like it", () => {
    const changes = changesOf(
      ["host", "triggers", "hosting"],
      { host: { name: "a" }, triggers: [], hosting: 1 },
      {
        host: { name: "b" },
        triggers: ["x"],
        hosting: 2,
      },
    );
    assert.ok(anyTouches(changes.slice(0, 1), "host"));
    assert.ok(anyTouches(changes.slice(0, 1), "host.name"));
    assert.ok(anyTouches(changes.slice(1, 2), "other", "triggers"));
    assert.ok(!anyTouches(changes.slice(2), "host"));
  });
});

describe("properties on the wire", () => {
  it("come back as they went, without what is undefined", () => {
    const properties = { a: "x", b: [1, { c: true, d: undefined }], e: undefined, f: { g: "" } };
    assert.deepEqual(fromStruct(toStruct(properties)), { a: "x", b: [1, { c: true }], f: { g: "" } });
  });

  it("count as not given when they are null", () => {
    assert.deepEqual(fromStruct(toStruct({ a: null, b: 1 })), { b: 1 });
    assert.deepEqual(fromStruct(undefined), {});
  });

  it("are unknown when they hold an unknown anywhere", () => {
    assert.deepEqual([UNKNOWN, [{ a: [UNKNOWN] }], { a: "x" }, null, undefined].map(hasUnknown), [
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
