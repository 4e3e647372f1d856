import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { pagesWithTables, withTables } from "../doc-tables";

for (const page of Object.keys(pagesWithTables))
  describe(page, () => {
    it("has the tables that the comments in the source make", async () => {
      assert.equal(readFileSync(page, "utf8"), await withTables(page), "run: npx tsx test/write-schema.ts");
    });
  });
