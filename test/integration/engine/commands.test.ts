import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Workspace } from "./workspace";

describe("fallback engine's commands", function () {
  this.timeout(120_000);
  let workspace: Workspace;

  before(async () => {
    workspace = await Workspace.create("fallback");
    workspace.configure({ scenario: "basic", step: 1 });
  });

  after(() => workspace.remove());

  /** How many processes of the plugin there were. */
  const plugins = (): number => readFileSync(join(workspace.store, "pids.log"), "utf8").trim().split("\n").length;

  it("says in one line that it runs", async () => {
    const { stdout, stderr } = await workspace.mustRun("version");
    assert.equal(stdout, "v3.248.0-fallback\n");
    assert.equal(stderr, "pulumi: DBHA_PULUMI=fallback is set; this is the fallback engine of the dbha lab\n");
  });

  it("refuses by name what it leaves out, and says what to use instead", async () => {
    const instead = "use the real Pulumi CLI (put it on PATH or name it in DBHA_PULUMI)";
    for (const [args, feature] of [
      [["whoami"], 'the command "whoami"'],
      [["stack", "ls"], 'the command "stack ls"'],
      [["config", "rm", "note", "--path"], 'the command "config rm"'],
      [["stack"], 'the command "stack"'],
      [["config"], 'the command "config"'],
      [["destroy", "--remove"], "the option --remove"],
      [["preview", "--json"], "the option --json"],
      [["up", "--diff"], "the option --diff"],
    ] as const) {
      const { stderr } = await workspace.run(...args);
      assert.equal(stderr.split("\n")[1], `error: the fallback engine does not support ${feature}; ${instead}`);
    }
  });

  it("previews step by step, then does what it said, then finds nothing to do", async () => {
    const preview = await workspace.mustRun("preview");
    assert.equal(plugins(), 1);
    assert.equal(
      preview.stdout,
      [
        "Previewing update (test):",
        " +  create  pulumi:pulumi:Stack  things-test",
        " +  create  fixture:index:Group  group",
        " +  create  fixture:index:Thing  first",
        " +  create  fixture:index:Thing  second",
        "",
        "Outputs:",
        '    ids: ["[unknown]","[unknown]"]',
        "    stamp: b=a=one",
        "",
        "Resources:",
        "    + 4 to create",
        "",
        "",
      ].join("\n"),
    );
    const up = await workspace.mustRun("up", "--yes");
    assert.match(up.stdout, /Updating \(test\):[^]*Resources:\n {4}\+ 4 created\n\nDuration: \d+s\n/);
    const again = await workspace.mustRun("up", "--yes", "--skip-preview", "--expect-no-changes");
    assert.match(again.stdout, /Resources:\n {4}4 unchanged\n/);
  });

  it("reads everything back and updates with one process of each plugin", async () => {
    const before = plugins();
    await workspace.mustRun("up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes");
    assert.equal(plugins(), before + 1);
  });

  it("names the properties that change, and fails with 7 where no changes were expected", async () => {
    workspace.configure({ step: 2 });
    const { code, stdout, stderr } = await workspace.run("preview", "--expect-no-changes");
    assert.equal(code, 7);
    assert.match(stderr, /error: no changes were expected for preview but changes were proposed/);
    assert.match(stdout, /^ ~ {2}update {2}fixture:index:Thing {2}first {2}\[diff: value\]$/m);
    assert.match(stdout, /Resources:\n {4}~ 2 to update\n {4}2 unchanged\n/);
  });

  it("exports a large state in full to a reader that is slow", async () => {
    const { stdout } = await workspace.mustRun("stack", "export");
    const large = JSON.parse(stdout) as { deployment: { resources: { outputs?: Record<string, unknown> }[] } };
    const [stack] = large.deployment.resources;
    assert.ok(stack);
    stack.outputs = { ...stack.outputs, large: "x".repeat(5_000_000) };
    for (const state of [large, JSON.parse(stdout) as typeof large]) {
      writeFileSync(join(workspace.program, "large.json"), JSON.stringify(state));
      await workspace.mustRun("stack", "import", "--file", "large.json");
      const exported = JSON.parse((await workspace.mustRun("stack", "export")).stdout) as typeof large;
      assert.deepEqual(exported.deployment.resources[0]?.outputs, state.deployment.resources[0]?.outputs);
    }
  });

  it("prints outputs, and exports what another stack imports", async () => {
    assert.equal((await workspace.mustRun("stack", "output", "stamp")).stdout, "b=a=one\n");
    const exported = await workspace.mustRun("stack", "export");
    const { version, deployment } = JSON.parse(exported.stdout) as {
      version: number;
      deployment: { resources: unknown[] };
    };
    assert.equal(version, 3);
    assert.equal(deployment.resources.length, 5);
    await workspace.mustRun("stack", "export", "--file", "state.json");
    await workspace.mustRun("stack", "import", "--file", "state.json");
    workspace.configure({ step: 1 });
    await workspace.mustRun("preview", "--expect-no-changes");
  });

  it("will not remove a stack that has resources, destroys it, and removes it then", async () => {
    const refused = await workspace.run("stack", "rm", "test", "--yes");
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /error: 'test' still has resources; removal rejected/);
    const { stdout } = await workspace.mustRun("destroy", "--yes");
    assert.match(stdout, /Previewing destroy \(test\):[^]*- 4 to delete[^]*Destroying \(test\):[^]*- 4 deleted/);
    assert.deepEqual([...workspace.things.keys()], []);
    await workspace.mustRun("stack", "rm", "test", "--yes");
    const { code, stderr } = await workspace.run("preview", "--stack", "test");
    assert.equal(code, 6);
    assert.match(stderr, /error: no stack named 'test' found/);
  });
});
