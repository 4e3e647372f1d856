import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Bench, startBench } from "./cases";
import { PluginError, Properties } from "./plugin-client";

const file = "dbha:index:File";

describe("A host that is marked as lost", function () {
  this.timeout(60_000);
  let bench: Bench;
  let path: string;
  let lost: Properties;

  before(async () => {
    bench = await startBench();
  });
  after(() => bench.stop());
  beforeEach(() => {
    path = join(bench.directory(), "file");
    // Port 1 refuses: whoever contacts the host fails.
    lost = { ...bench.host, port: 1, lost: true };
  });

  /** What the engine does with a resource of new inputs: check, then diff, then update where something differs. */
  async function up(id: string, inputs: Properties, state: Properties, news: Properties) {
    const checked = await bench.plugin.check(file, news, inputs);
    assert.deepEqual(checked.failures, {});
    const diff = await bench.plugin.diff(file, id, state, checked.inputs);
    const updated = await bench.plugin.update(file, id, state, checked.inputs);
    return { diff, inputs: checked.inputs, state: updated };
  }

  it("keeps resources as they were, whatever else is asked of them", async () => {
    const made = await bench.plugin.make(file, { host: bench.host, path, content: "one" });
    const after = await up(made.id, made.inputs, made.state, { host: lost, path, content: "two", mode: "0600" });
    assert.deepEqual(after.diff.detailed, { "host.port": "update", "host.lost": "add" });
    assert.deepEqual(after.diff.replaces, []);
    assert.deepEqual(after.inputs, { ...made.inputs, host: after.inputs.host });
    assert.deepEqual(after.state, { ...made.state, host: after.inputs.host });
    const again = await up(made.id, after.inputs, after.state, { host: lost, path: `${path}2`, content: "three" });
    assert.equal(again.diff.changes, "none");
  });

  it("is not contacted by refresh and delete", async () => {
    const made = await bench.plugin.make(file, { host: bench.host, path, content: "one" });
    const { state, inputs } = await up(made.id, made.inputs, made.state, { host: lost, path, content: "one" });
    assert.deepEqual(await bench.plugin.read(file, made.id, state), { state, inputs });
    await bench.plugin.delete(file, made.id, state);
    assert.equal(readFileSync(path, "utf8"), "one");
  });

  it("is not contacted for what is new, which is made when it is back", async () => {
    const made = await bench.plugin.make(file, { host: lost, path, content: "one" });
    assert.ok(!existsSync(path));
    const back = await up(made.id, made.inputs, made.state, { host: bench.host, path, content: "one" });
    assert.equal(back.diff.changes, "some");
    assert.equal(readFileSync(path, "utf8"), "one");
    assert.deepEqual(back.state, (await bench.plugin.read(file, made.id, back.state))?.state);
  });

  it("is looked at when it is back: what changed there meanwhile is put right", async () => {
    const made = await bench.plugin.make(file, { host: bench.host, path, content: "one" });
    const { state, inputs } = await up(made.id, made.inputs, made.state, { host: lost, path, content: "two" });
    writeFileSync(path, "somebody else's");
    const back = await up(made.id, inputs, state, { host: bench.host, path, content: "one" });
    assert.equal(readFileSync(path, "utf8"), "one");
    assert.equal(back.state.sha256, made.state.sha256);
  });

  it("is not asked for its facts", async () => {
    await assert.rejects(bench.plugin.invoke("dbha:index:getHostFacts", { host: lost }), (error: PluginError) => {
      assert.equal(
        error.message,
        "host p1 is marked as lost: nothing there is asked or changed; fix: leave it out, or remove lost when it is back",
      );
      return true;
    });
  });
});
