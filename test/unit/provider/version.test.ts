import assert from "node:assert/strict";
import { compareVersions } from "../../../provider/resources/version";

describe("versions", () => {
  const cases: [a: string, b: string, order: number][] = [
    ["4.3.1", "4.3.1", 0],
    ["4.10.0", "4.9.9", 1],
    ["4.3.1", "4.3.1.2", -1],
    ["18.09.0", "18.09", 0],
    ["18", "18.09", -1],
    ["18.06.3-ce", "18.09", -1],
    ["20.10.24+dfsg1", "20.10.24", 0],
  ];
  for (const [a, b, order] of cases)
    it(`${a} is ${["before", "the same as", "after"][order + 1]} ${b}`, () => {
      assert.equal(Math.sign(compareVersions(a, b)), order);
      assert.equal(Math.sign(compareVersions(b, a)), 0 - order);
    });
});
