import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { definitionHash } from "../../../lab/src/definition";

describe("the hash of an image's definition", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "definition-"));
    mkdirSync(join(directory, "conf"));
    writeFileSync(join(directory, "Dockerfile"), "FROM x\n", { mode: 0o644 });
    writeFileSync(join(directory, "conf/a"), "a", { mode: 0o644 });
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const hash = (): string => definitionHash(directory, { version: "1", base: "b" });

  it("is twelve hexadecimal digits and the same every time, whatever the order of the parameters", () => {
    assert.match(hash(), /^[0-9a-f]{12}$/);
    assert.equal(hash(), definitionHash(directory, { base: "b", version: "1" }));
  });

  const changes: [string, (directory: string) => void][] = [
    ["content", (d) => writeFileSync(join(d, "conf/a"), "b")],
    ["a new file", (d) => writeFileSync(join(d, "conf/b"), "")],
    ["a removed file", (d) => rmSync(join(d, "conf/a"))],
    ["the executable bit", (d) => chmodSync(join(d, "conf/a"), 0o755)],
    [
      "content that moves between files",
      (d) => {
        writeFileSync(join(d, "conf/a"), "");
        writeFileSync(join(d, "Dockerfile"), "FROM x\na");
      },
    ],
  ];
  for (const [what, change] of changes) {
    it(`changes with ${what}`, () => {
      const before = hash();
      change(directory);
      assert.notEqual(hash(), before);
    });
  }

  it("changes with a parameter's value and name", () => {
    const parameters: Record<string, string>[] = [{ a: "1" }, { a: "2" }, { b: "1" }, {}, { a: "1", b: "1" }];
    const hashes = parameters.map((some) => definitionHash(undefined, some));
    assert.equal(new Set(hashes).size, hashes.length);
  });
});
