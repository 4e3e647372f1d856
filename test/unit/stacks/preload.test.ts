import assert from "node:assert/strict";

/** Says what is loaded once the SDK is, and then turns a function into text, which needs all of it. */
const PROGRAM = `
const pulumi = require("@pulumi/pulumi");
const factor = 3;
const loaded = () => ["typescript", "@npmcli/arborist"].filter((name) => Object.keys(require.cache).some((path) => path.includes("/node_modules/" + name + "/")));
const before = loaded();
pulumi.runtime.computeCodePaths().then(async (paths) => {
  const { text } = await pulumi.runtime.serializeFunction((value) => value * factor);
  console.log(JSON.stringify({ before, after: loaded(), text, paths: [...paths.keys()].sort() }));
});`;

async function run(preload: string): Promise<{ before: string[]; after: string[]; text: string; paths: string[] }> {
  const { execa } = await import("execa");
  const { stdout } = await execa(process.execPath, ["--require", preload, "-e", PROGRAM], { timeout: 60_000 });
  return JSON.parse(stdout) as Awaited<ReturnType<typeof run>>;
}

describe("stacks/preload.cjs", function () {
  this.timeout(70_000);

  it("leaves out of the SDK what turns functions into text, until it is used", async () => {
    const plain = await run("@pulumi/pulumi");
    const lazy = await run("./stacks/preload.cjs");
    assert.deepEqual(plain.before, ["typescript", "@npmcli/arborist"]);
    assert.deepEqual(lazy.before, []);
    assert.deepEqual(lazy.after, ["typescript", "@npmcli/arborist"]);
    assert.match(lazy.text, /value \* factor/);
    assert.equal(lazy.text, plain.text);
    assert.deepEqual(lazy.paths, plain.paths);
  });
});
