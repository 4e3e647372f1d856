import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Bench, startBench } from "./cases";
import { PluginError, Properties } from "./plugin-client";

const type = "dbha:index:Directory";

describe("Directory on a real sshd", function () {
  this.timeout(60_000);
  let bench: Bench;
  let root: string;

  before(async () => {
    bench = await startBench();
  });
  after(() => bench.stop());
  beforeEach(() => {
    root = bench.directory();
  });

  const make = (path: string, more: Properties = {}) => bench.plugin.make(type, { host: bench.host, path, ...more });
  const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);

  it("makes the directory and its parents, and tells which it made", async () => {
    const path = join(root, "a", "b", "c");
    const { id, state } = await make(path, { mode: "2750", owner: "nobody", group: "nogroup" });
    assert.equal(id, `p1:${path}`);
    assert.deepEqual(state.createdPaths, [join(root, "a"), join(root, "a", "b"), path]);
    assert.equal(modeOf(path), "2750");
    assert.equal(statSync(path).uid, 65534);
    assert.equal(modeOf(join(root, "a")), "755");
    assert.equal(statSync(join(root, "a")).uid, 0);
  });

  it("takes over one that is there, and says that it made none", async () => {
    const path = join(root, "there");
    mkdirSync(path, { mode: 0o700 });
    const { state } = await make(path);
    assert.deepEqual(state.createdPaths, []);
    assert.equal(modeOf(path), "755");
  });

  it("refuses where a file is in the way", async () => {
    writeFileSync(join(root, "file"), "");
    await assert.rejects(make(join(root, "file", "sub")), (error: PluginError) => {
      assert.match(error.message, /file\/?.* cannot be made \(mkdir: .*\); remove what is in the way/);
      return true;
    });
  });

  it("keeps what it made when the owner is unknown, as a resource to be updated", async () => {
    const path = join(root, "a", "b");
    await assert.rejects(make(path, { owner: "nosuchuser" }), (error: PluginError) => {
      assert.match(error.message, /the owner cannot be set to nosuchuser:root/);
      assert.deepEqual(error.initFailed?.properties.createdPaths, [join(root, "a"), path]);
      return true;
    });
  });

  it("updates mode and owner in place and remembers what it made", async () => {
    const path = join(root, "a");
    const { id, state } = await make(path);
    const updated = await bench.plugin.change(type, id, state, {
      host: bench.host,
      path,
      mode: "0700",
      owner: "nobody",
    });
    assert.equal(modeOf(path), "700");
    assert.equal(statSync(path).uid, 65534);
    assert.deepEqual(updated.createdPaths, [path]);
  });

  it("reads mode and owner, and that it is gone", async () => {
    const path = join(root, "a");
    const { id, state, inputs } = await make(path);
    assert.deepEqual(await bench.plugin.read(type, id, state), { state, inputs });
    chmodSync(path, 0o700);
    execFileSync("chown", ["nobody:nogroup", path]);
    const read = await bench.plugin.read(type, id, state);
    assert.deepEqual(read?.state, { ...state, mode: "0700", owner: "nobody", group: "nogroup" });
    rmdirSync(path);
    assert.equal(await bench.plugin.read(type, id, state), undefined);
    writeFileSync(path, "");
    assert.equal(await bench.plugin.read(type, id, state), undefined);
  });

  describe("delete", () => {
    it("removes what it made and is empty, parents included", async () => {
      const { id, state } = await make(join(root, "a", "b"));
      await bench.plugin.delete(type, id, state);
      assert.deepEqual(readdirSync(root), []);
      await bench.plugin.delete(type, id, state);
    });

    it("keeps what is not empty, and says so", async () => {
      const path = join(root, "a", "b");
      const { id, state } = await make(path);
      writeFileSync(join(path, "data"), "");
      await bench.plugin.delete(type, id, state);
      assert.ok(existsSync(join(path, "data")));
      const warnings = bench.plugin.log.filter((line) => line.severity === "warning").map((line) => line.message);
      assert.deepEqual(warnings, [`${path} on host p1 is not empty and was kept`]);
    });

    it("never removes one that was there before, nor what it holds", async () => {
      const path = join(root, "there");
      mkdirSync(path);
      writeFileSync(join(path, "data"), "");
      for (const onDelete of ["removeIfEmpty", "purge", "keep"]) {
        const { id, state } = await make(path, { onDelete });
        await bench.plugin.delete(type, id, state);
        assert.deepEqual(readdirSync(path), ["data"]);
      }
    });

    it("purges what it made with all it holds, and then its empty parents", async () => {
      const path = join(root, "a", "b");
      const { id, state } = await make(path, { onDelete: "purge" });
      mkdirSync(join(path, "c"));
      writeFileSync(join(path, "c", "data"), "");
      await bench.plugin.delete(type, id, state);
      assert.deepEqual(readdirSync(root), []);
    });

    it("does not purge one that somebody else made below a parent of its own", async () => {
      const path = join(root, "a", "b");
      const { id, state } = await make(path, { onDelete: "purge" });
      writeFileSync(join(path, "data"), "");
      await bench.plugin.delete(type, id, { ...state, createdPaths: [join(root, "a")] });
      assert.deepEqual(readdirSync(path), ["data"]);
    });

    it("keeps everything when told so", async () => {
      const { id, state } = await make(join(root, "a", "b"), { onDelete: "keep" });
      await bench.plugin.delete(type, id, state);
      assert.ok(existsSync(join(root, "a", "b")));
    });

    it("removes a shared parent with the last of those below it, in whatever order they go", async () => {
      const first = await make(join(root, "shared", "x"));
      const second = await make(join(root, "shared", "y"));
      assert.deepEqual(second.state.createdPaths, [join(root, "shared", "y")]);
      await bench.plugin.delete(type, first.id, first.state);
      assert.deepEqual(readdirSync(root), ["shared"]);
      await bench.plugin.delete(type, second.id, second.state);
      assert.deepEqual(readdirSync(root), []);
    });
  });

  it("is removed by many at the same time, each parent by one of them", async () => {
    for (let round = 0; round < 5; round += 1) {
      const paths = Array.from({ length: 8 }, (_, index) => join(root, "p", "q", `r${index}`));
      const made = await Promise.all(paths.map((path) => make(path)));
      await Promise.all(made.map(({ id, state }) => bench.plugin.delete(type, id, state)));
      assert.deepEqual(readdirSync(root), []);
    }
  });

  it("is replaced for another path, deleting first", async () => {
    const { id, state } = await make(join(root, "a"));
    const { inputs } = await bench.plugin.check(type, { host: bench.host, path: join(root, "b") });
    const diff = await bench.plugin.diff(type, id, state, inputs);
    assert.deepEqual([diff.detailed, diff.deleteBeforeReplace], [{ path: "update_replace" }, true]);
  });

  it("is made once by many at the same time, each parent by one of them", async () => {
    const paths = Array.from({ length: 12 }, (_, index) => join(root, "p", "q", `r${index}`));
    const made = await Promise.all(paths.map((path) => make(path)));
    const created = made.flatMap(({ state }) => state.createdPaths as string[]);
    assert.deepEqual(created.sort(), [join(root, "p"), join(root, "p", "q"), ...paths].sort());
  });
});
