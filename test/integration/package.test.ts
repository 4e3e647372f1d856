import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { engines } from "./engines";
import { emptyMetaDb, labFolder, metaDbPassword, on } from "./hosts";
import { OwnProgram } from "./own-program";
import { TestStack } from "./stack";

/** Compiler options of the programs that `pulumi new typescript` made, by what tells them apart; none has skipLibCheck. */
const TEMPLATES: Record<string, Record<string, unknown>> = {
  "of today": { strict: true, target: "es2020", module: "nodenext", moduleResolution: "nodenext" },
  "of commonjs": { strict: true, target: "es2016", module: "commonjs", moduleResolution: "node" },
  "of commonjs and an old library": { target: "es6", lib: ["es6"], module: "commonjs", moduleResolution: "node" },
};

describe("The npm package in a program of its own", function () {
  this.timeout(600_000);
  const program = new OwnProgram();

  before(() => program.install());
  after(() => program.remove());

  it("holds nothing but the library", () => {
    assert.ok(program.files.includes("dist/components/index.d.ts"));
    assert.ok(program.files.includes("bin/pulumi-resource-dbha"));
    assert.ok(program.files.includes("bin/dbha"));
    const own = /^(dist|bin|docs|examples|policy)\/|^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/;
    assert.deepEqual(
      program.files.filter((path) => !own.test(path)),
      [],
    );
  });

  it("has `npx dbha report`, with and without a gate that is hit", async () => {
    const { execa } = await import("execa");
    const recording = resolve("test/fixtures/previews/odc-upgrade");
    const report = (...args: string[]) =>
      execa("npx", ["--no-install", "dbha", "report", ...args], {
        cwd: program.folder,
        inputFile: `${recording}.json`,
        reject: false,
        stripFinalNewline: false,
      });
    const { exitCode, stdout, stderr } = await report();
    assert.deepEqual([exitCode, stdout, stderr], [0, readFileSync(`${recording}.md`, "utf8"), ""]);
    assert.equal((await report("--fail-on", "replace")).exitCode, 10);
  });

  for (const [template, options] of Object.entries(TEMPLATES))
    it(`type-checks, its own declarations included, in a program ${template}`, async () => {
      assert.equal(await program.typeProblems(options), "");
    });

  for (const engine of engines())
    it(`deploys the README's program with the ${engine.name}, without a warning`, async () => {
      await program.typeProblems(TEMPLATES["of today"] ?? {});
      // a later version's schema would be refused
      await emptyMetaDb();
      const stack = new TestStack(engine, program.folder);
      try {
        await stack.init({
          "dbha:privateKeyFile": resolve(labFolder, "id_ed25519"),
          "mine:metaDbPassword": metaDbPassword(),
        });
        const warnings = (await stack.up()).match(/^.*warning:.*$/gim) ?? [];
        // of this machine, where the other providers are on PATH
        const others = /using pulumi-resource-(command|docker|random|tls) from \$PATH/;
        assert.deepEqual(
          warnings.filter((line) => !others.test(line)),
          [],
        );
        const { url, nodes } = (await stack.outputs()) as { url: string; nodes: { health: string }[] };
        assert.deepEqual(
          nodes.map((node) => node.health),
          ["healthy", "healthy"],
        );
        assert.equal(await on("p3", `curl -s -o /dev/null -w '%{http_code}' ${url}login`), "200");
        await stack.up("--refresh", "--expect-no-changes");
      } finally {
        await stack.destroy();
        stack.remove();
      }
      for (const host of ["p1", "p2"] as const) await on(host, "rm -rf /var/data /var/log/odc /var/backups/odc");
    });
});
