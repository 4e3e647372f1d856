import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

/** Files of tests with what takes time in each: hook, test, or a hook that fails. */
const FILES: Record<string, string> = {
  "hook.test.ts": `before(() => wait(600)); it("is quick", () => undefined);`,
  "test.test.ts": `it("takes time", () => wait(400)); it("is quick", () => undefined);`,
  "broken.test.ts": `before(() => wait(200).then(() => { throw new Error("no\\nhost"); })); it("is not run", () => undefined);`,
  "quick.test.ts": `it("is quick", () => undefined);`,
};

describe("The reporter of the tests", function () {
  this.timeout(60_000);
  let folder: string;

  before(() => {
    // below the checkout, so that mocha finds its settings and tsx
    mkdirSync("test-output", { recursive: true });
    folder = mkdtempSync(join("test-output", "reporter-"));
    const wait = `const wait = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));`;
    for (const [file, text] of Object.entries(FILES))
      writeFileSync(join(folder, file), `${wait}\ndescribe("${file}", () => { ${text} });\n`);
  });

  after(() => rmSync(folder, { recursive: true }));

  for (const side of [[], ["--parallel", "--jobs", "2"]])
    it(`ends with the slowest files, the counts and what failed${side.length > 0 ? ", files side by side" : ""}`, async () => {
      const { execa } = await import("execa");
      const files = Object.keys(FILES).map((file) => join(folder, file));
      const { stdout } = await execa("node", ["node_modules/mocha/bin/mocha.js", ...side, ...files], { reject: false });
      const [, slowest = "", end = ""] =
        /\nslowest files, with their hooks:\n(.*?)\n\n(\d+ passed.*)$/s.exec(stdout) ?? assert.fail(stdout);
      const lines = slowest.split("\n").map((line) => /^ +([\d.]+) s {2}(.*)$/.exec(line) ?? assert.fail(line));
      assert.deepEqual(
        lines.map(([, , file]) => file),
        files.map((file) => relative(".", file)),
      );
      const least = [0.59, 0.39, 0.19, 0];
      assert.ok(
        lines.every(([, seconds], index) => Number(seconds) >= (least[index] ?? 0)),
        slowest,
      );
      assert.deepEqual(end.split("\n"), [
        "4 passed, 1 failed",
        'failed: broken.test.ts "before all" hook for "is not run": no host',
      ]);
    });
});
