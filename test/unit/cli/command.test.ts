import assert from "node:assert/strict";
import { resolve } from "node:path";
import { golden, recorded } from "./recordings";

/** Runs `dbha` as a shell does, with a file on its standard input. */
async function dbha(args: string[], input?: string) {
  const { execa } = await import("execa");
  const { exitCode, stdout, stderr } = await execa(resolve("bin/dbha"), args, { input: input ?? "", reject: false });
  return { code: exitCode, stdout, stderr };
}

const file = (name: string): string => `test/fixtures/previews/${name}.json`;

describe("dbha", function () {
  this.timeout(60_000);

  it("lists its commands", async () => {
    const { code, stdout, stderr } = await dbha(["--help"]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^usage: dbha COMMAND \[OPTIONS\]$/m);
    assert.match(stdout, /^ {2}report {5}turns pulumi preview --json into Markdown, for pull requests and gates$/m);
    assert.equal((await dbha([])).code, 2);
  });

  it("knows no others", async () => {
    const { code, stdout, stderr } = await dbha(["reprot"]);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /^dbha: there is no command reprot\n\nusage: dbha COMMAND/);
    assert.equal((await dbha(["constructor"])).code, 2);
  });

  it("report reads a file, or its input, and ends with 0", async () => {
    const expected = { code: 0, stdout: golden("odc-upgrade").trimEnd(), stderr: "" };
    assert.deepEqual(await dbha(["report", file("odc-upgrade")]), expected);
    assert.deepEqual(await dbha(["report"], recorded("odc-upgrade")), expected);
    assert.deepEqual(await dbha(["report", "-"], recorded("odc-upgrade")), expected);
  });

  it("report ends with the code of the gate that is hit, its report printed", async () => {
    const codes: Record<string, number> = { replace: 10, drift: 0, any: 12 };
    for (const [gate, code] of Object.entries(codes)) {
      const ran = await dbha(["report", "--fail-on", gate, file("odc-upgrade")]);
      assert.deepEqual(ran, { code, stdout: golden("odc-upgrade").trimEnd(), stderr: "" }, gate);
    }
    assert.equal((await dbha(["report", "--fail-on", "any", "--fail-on", "drift", file("refresh-only")])).code, 11);
  });

  it("report ends with 1 when the preview failed", async () => {
    const ran = await dbha(["report", file("refused-metadb")]);
    assert.deepEqual(ran, { code: 1, stdout: golden("refused-metadb").trimEnd(), stderr: "" });
  });

  it("report tells what every option and exit code means", async () => {
    const { code, stdout } = await dbha(["report", "--help"]);
    assert.equal(code, 0);
    for (const said of [
      /replace {3}ends with 10 /,
      /drift {5}ends with 11 /,
      /any {7}ends with 12 /,
      /0 the report is printed; 1 it is printed/,
    ])
      assert.match(stdout, said);
  });

  for (const [what, args, input, said] of [
    [
      "another gate",
      ["report", "--fail-on", "all"],
      "",
      /^dbha: --fail-on all: must be one of replace\|drift\|any\n\nusage: /,
    ],
    ["another option", ["report", "--json"], "", /^dbha: Unknown option '--json'/],
    ["two files", ["report", "a.json", "b.json"], "", /^dbha: 2 files were given, and one can be read\n/],
    [
      "a file that is not there",
      ["report", "no.json"],
      "",
      /^dbha: no\.json cannot be read: ENOENT; fix: name the file that the preview was written to$/,
    ],
    ["an empty input", ["report"], "", /^dbha: standard input is empty; fix: /],
    [
      "text",
      ["report"],
      "Previewing update (dev):\n",
      /^dbha: standard input is not JSON: it is what Pulumi prints for people/,
    ],
  ] as [string, string[], string, RegExp][])
    it(`refuses ${what} with 2, and prints no report`, async () => {
      const ran = await dbha(args, input);
      assert.deepEqual([ran.code, ran.stdout], [2, ""]);
      assert.match(ran.stderr, said);
    });
});
