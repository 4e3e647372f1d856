import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { kinds } from "../../../provider/kinds";

describe("docs/plugin.md", () => {
  const page = readFileSync("docs/plugin.md", "utf8");

  it("has a section for every kind, with its arguments, its outputs, its life and an ID to import", () => {
    for (const { token, import: importing } of kinds) {
      const name = token.split(":").at(-1) ?? "";
      const [, section = ""] = new RegExp(`^## ${name}\n([^]*?)(?=^## )`, "m").exec(page) ?? [];
      for (const part of [`<!-- table ${name}Args -->`, `<!-- table ${name} -->`, "```ts"]) {
        assert.ok(section.includes(part), `${name} lacks ${part}`);
      }
      const life = [...section.matchAll(/^\| (create|drift|update|delete|import) +\|/gm)].map(([, when]) => when);
      assert.deepEqual(life, ["create", "drift", "update", "delete", "import"], name);
      const [, id = ""] = /^\| import +\| `p1:([^`]+)`/m.exec(section) ?? [];
      assert.notEqual(importing.look(id), undefined, `${name}: ${id}`);
    }
  });
});
