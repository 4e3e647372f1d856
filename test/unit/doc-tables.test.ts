import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { pagesWithTables, withTables } from "../doc-tables";

for (const page of Object.keys(pagesWithTables))
  describe(page, () => {
    it("has the tables that the comments in the source make", async () => {
      assert.equal(readFileSync(page, "utf8"), await withTables(page), "run: npx tsx test/write-schema.ts");
    });

    it("has no prose in code marks", () => {
      const cells = readFileSync(page, "utf8")
        .split("\n")
        .filter((line) => line.startsWith("| `"))
        .flatMap((line) => line.split(/(?<!\\)\|/).slice(1, -1));
      const codes = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? ""));
      const prose = codes.filter((code) => /^("[^"]*"|\d+|[[{].*[\]}])[,.]? [A-Za-z]/.test(code));
      assert.deepEqual(prose, []);
    });
  });
