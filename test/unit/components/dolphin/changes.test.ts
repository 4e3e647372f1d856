import assert from "node:assert/strict";
import { dolphinChanges } from "../../../../components/dolphin/changes";
import { argumentsOf } from "../../../doc-tables";

describe("What changes of DolphinDB's arguments do", () => {
  it("is told of every argument, by itself or by what it stands in, and of nothing else", () => {
    const all = argumentsOf("DolphinHaClusterArgs", ["components/dolphin"]);
    const told = Object.keys(dolphinChanges);
    const isIn = (part: string, path: string): boolean => path === part || path.startsWith(`${part}.`);
    assert.ok(all.length > 60, String(all.length));
    assert.deepEqual(
      all.filter((path) => !told.some((part) => isIn(part, path))),
      [],
    );
    assert.deepEqual(
      told.filter((part) => !all.some((path) => isIn(part, path))),
      [],
    );
  });
});
