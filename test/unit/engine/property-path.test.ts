import assert from "node:assert/strict";
import { parsePropertyPath, pathContains, resetPath } from "../../../lab/engine/property-path";

describe("property paths", () => {
  const readable: [string, (string | number)[]][] = [
    ["value", ["value"]],
    ["nested.list[1]", ["nested", "list", 1]],
    ['labels["a.b"].c', ["labels", "a.b", "c"]],
    ['["say \\"hi\\""]', ['say "hi"']],
    ["items[*].name", ["items", "*", "name"]],
    ["$schema-x.y_z", ["$schema-x", "y_z"]],
  ];
  for (const [text, path] of readable) {
    it(`reads ${text}`, () => assert.deepEqual(parsePropertyPath(text), path));
  }

  it("says where a path cannot be read", () => {
    assert.throws(() => parsePropertyPath("a[b]"), {
      message: '"a[b]" is not a property path: cannot read it from character 2 on',
    });
  });

  it("contains itself and what is below it, by name, index and wildcard", () => {
    assert.equal(pathContains(["a"], ["a", 0, "b"]), true);
    assert.equal(pathContains(["a", "*"], ["a", 0]), true);
    assert.equal(pathContains(["a", 1], ["a", 0]), false);
    assert.equal(pathContains(["a", "b"], ["a"]), false);
  });

  const resets: [string, unknown, unknown, unknown, boolean][] = [
    ["value", { value: 1 }, { value: 2, other: 3 }, { value: 1, other: 3 }, true],
    ["value", {}, { value: 2 }, {}, true],
    ["value", { value: 1 }, {}, { value: 1 }, true],
    ["a.b", { a: { b: 1 } }, { a: { b: 2, c: 2 } }, { a: { b: 1, c: 2 } }, true],
    ["a[1]", { a: [1, 2] }, { a: [3, 4] }, { a: [3, 2] }, true],
    ["a[1]", { a: [1, 2] }, { a: [3] }, { a: [3] }, false],
    ["a[*].n", { a: [{ n: 1 }, { n: 2 }] }, { a: [{ n: 8, m: 1 }, { n: 9 }] }, { a: [{ n: 1, m: 1 }, { n: 2 }] }, true],
  ];
  for (const [path, from, into, expected, followed] of resets) {
    it(`resets ${path} of ${JSON.stringify(into)} to ${JSON.stringify(expected)}`, () => {
      assert.equal(resetPath(parsePropertyPath(path), from, into), followed);
      assert.deepEqual(into, expected);
    });
  }
});
