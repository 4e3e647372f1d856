import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { Bench, startBench, until } from "./cases";
import { PluginError, Properties } from "./plugin-client";

const type = "dbha:index:Files";

describe("Files after a step that broke off", function () {
  this.timeout(60_000);
  let bench: Bench;
  let root: string;
  let path: (name: string) => string;

  before(async () => {
    bench = await startBench();
  });
  after(() => bench.stop());
  beforeEach(() => {
    root = bench.directory();
    path = (name) => join(root, "etc", name);
  });

  const inputs = (files: Record<string, Properties>, more: Properties = {}): Properties => ({
    host: bench.host,
    directories: { [join(root, "etc")]: {} },
    files: Object.fromEntries(Object.entries(files).map(([name, entry]) => [path(name), entry])),
    ...more,
  });
  const text = (name: string) => readFileSync(path(name), "utf8");
  const contents = (state: Properties) =>
    Object.fromEntries(
      Object.entries(state.files as Record<string, Properties>).map(([one, { content }]) => [one, content]),
    );
  const user = { name: "dbha-test-files", home: "/nonexistent", comment: "dbha-test-files" };
  const hasUser = () => readFileSync("/etc/passwd", "utf8").includes(`\n${user.name}:`);

  /** What the engine keeps of a step that fails. */
  async function broken(step: Promise<unknown>, message: RegExp): Promise<Properties> {
    const error = await step.then(
      () => assert.fail("it should have failed"),
      (given: unknown) => given as PluginError,
    );
    assert.match(error.message, message);
    assert.ok(error.initFailed, error.message);
    return error.initFailed.properties;
  }

  /** What the engine does next: a diff, an update where something differs, and nothing after that. */
  async function next(id: string, state: Properties, news: Properties): Promise<Record<string, string>> {
    const checked = await bench.plugin.check(type, news, state);
    const { detailed } = await bench.plugin.diff(type, id, state, checked.inputs);
    const updated = await bench.plugin.update(type, id, state, checked.inputs);
    assert.deepEqual((await bench.plugin.diff(type, id, updated, checked.inputs)).changes, "none");
    assert.deepEqual((await bench.plugin.read(type, id, updated))?.state, updated);
    return detailed;
  }

  const refused = { content: "wrong", validate: "false" };

  /** An update that writes a, fails at b, and has not removed c. */
  async function halfDone(): Promise<{ id: string; state: Properties; before: Properties }> {
    const before = inputs({ a: { content: "one" }, b: { content: "one" }, c: { content: "one" } });
    const { id, state } = await bench.plugin.make(type, before);
    const change = bench.plugin.change(type, id, state, inputs({ a: { content: "two" }, b: refused }));
    const left = await broken(change, /b: the validation refused the new text/);
    assert.deepEqual(contents(left), { [path("a")]: "two", [path("b")]: "one" });
    assert.deepEqual(left.due, [path("c")]);
    assert.deepEqual([text("a"), text("b"), text("c")], ["two", "one", "one"]);
    return { id, state: left, before };
  }

  it("leave the state alone where nothing was changed, so that a program that is changed back has no difference", async () => {
    const { id, state } = await bench.plugin.make(type, inputs({ a: { content: "one" } }));
    await assert.rejects(bench.plugin.change(type, id, state, inputs({ a: refused })), (error: PluginError) => {
      assert.match(error.message, /a: the validation refused the new text/);
      assert.equal(error.initFailed, undefined);
      return true;
    });
    assert.equal(text("a"), "one");
  });

  it("are completed by the next run", async () => {
    const { id, state } = await halfDone();
    const detailed = await next(id, state, inputs({ a: { content: "two" }, b: { content: "two" } }));
    assert.deepEqual(detailed, {
      [`files[${JSON.stringify(path("b"))}].content`]: "update",
      [`files[${JSON.stringify(path("c"))}]`]: "delete",
    });
    assert.deepEqual([text("a"), text("b"), readdirSync(join(root, "etc"))], ["two", "two", ["a", "b"]]);
  });

  it("are put back by a program that was changed back", async () => {
    const { id, state, before } = await halfDone();
    await next(id, state, before);
    assert.deepEqual([text("a"), text("b"), text("c")], ["one", "one", "one"]);
  });

  it("are removed whole, what was on its way out too", async () => {
    const { id, state } = await halfDone();
    await bench.plugin.delete(type, id, state);
    assert.deepEqual(readdirSync(root), []);
  });

  it("run an action that failed again, once", async () => {
    const log = join(root, "log");
    const action = (then: string) => ({ content: "one", onChange: `echo ran >>'${log}'; ${then}` });
    const left = await broken(
      bench.plugin.make(type, inputs({ a: action("false") })),
      /a: the file is in place, but the action after the change failed/,
    );
    assert.deepEqual(left.due, [path("a")]);
    await next("id", left, inputs({ a: action("true") }));
    assert.equal(readFileSync(log, "utf8"), "ran\nran\n");
  });

  it("never own what was in the way", async () => {
    mkdirSync(join(root, "etc"));
    symlinkSync("/etc/hosts", path("b"));
    const left = await broken(
      bench.plugin.make(type, inputs({ a: { content: "one" }, b: { content: "one" } })),
      /b: a symbolic link to \/etc\/hosts is in the way/,
    );
    assert.deepEqual([contents(left), left.createdPaths, left.due], [{}, [], []]);
    assert.deepEqual(readdirSync(join(root, "etc")), ["b"]);
    await bench.plugin.delete(type, "id", left);
    assert.ok(lstatSync(path("b")).isSymbolicLink());
  });

  it("know the user that was made, though nothing else was", async () => {
    const directories = { "/proc/dbha": { owner: user.name } };
    const left = await broken(
      bench.plugin.make(type, inputs({}, { user, directories })),
      /\/proc\/dbha cannot be made/,
    );
    assert.deepEqual([left.user, left.directories, hasUser()], [user, {}, true]);
    await bench.plugin.delete(type, "id", left);
    assert.ok(!hasUser());
  });

  it("keep a user that something still runs as, and remove it later", async () => {
    const files = { a: { content: "one" }, b: { content: "one" } };
    const { id, state } = await bench.plugin.make(type, inputs(files, { user }));
    const busy = spawn("setpriv", [`--reuid=${user.name}`, "--clear-groups", "sleep", "600"]);
    try {
      const uid = execFileSync("id", ["-u", user.name], { encoding: "utf8" }).trim();
      await until("it runs", () => readFileSync(`/proc/${busy.pid}/status`, "utf8").includes(`\nUid:\t${uid}\t`));
      const left = await broken(
        bench.plugin.change(type, id, state, inputs({ a: { content: "two" } })),
        /the system user dbha-test-files cannot be removed: userdel: user dbha-test-files is currently used by process/,
      );
      assert.deepEqual([left.user, left.due, contents(left)], [user, [path("b")], { [path("a")]: "two" }]);
      const ended = new Promise((resolve) => busy.once("exit", resolve));
      busy.kill();
      await ended;
      await next(id, left, inputs({ a: { content: "two" } }));
      assert.ok(!hasUser());
    } finally {
      busy.kill();
    }
  });

  it("are taken over by the create of the next run when nobody heard of the first", async () => {
    const log = join(root, "log");
    const wanted = inputs({
      a: { content: "one", onChange: `echo ran >>'${log}'` },
      b: { content: "one", once: true },
    });
    const first = await bench.plugin.make(type, wanted);
    const second = await bench.plugin.make(type, wanted);
    assert.deepEqual(second, first);
    assert.equal(readFileSync(log, "utf8"), "ran\n");
    await bench.plugin.delete(type, second.id, second.state);
    assert.deepEqual(readdirSync(join(root, "etc")), ["b"]);
  });

  it("have the mode that the host gave them", async () => {
    // a check that undoes what chmod did stands for a file system that cannot do it
    const odd = { content: "one", validate: 'chmod 600 "$DBHA_FILE"' };
    const left = await broken(
      bench.plugin.make(type, inputs({ a: { content: "", once: true }, b: odd })),
      /the mode of \S.*\/b is 0600 after chmod 0644; check what its file system supports/,
    );
    assert.equal((left.files as Record<string, Properties>)[path("b")]?.mode, "0600");
    await next("id", left, inputs({ a: { content: "", once: true }, b: { content: "one" } }));
  });

  it("hold a text for no other's when one was written once before", async () => {
    await bench.plugin.make(type, inputs({ a: { content: "", mode: "0600", once: true } }));
    const files = { a: { content: "", mode: "0600", once: true }, b: { content: "" } };
    const { state } = await bench.plugin.make(type, inputs(files));
    assert.deepEqual(state.due, []);
  });

  it("show no text in messages", async () => {
    const secret = "hunter2-of-files";
    const spoilt = [
      { content: secret, validate: "false" },
      { content: secret, onChange: "false" },
      { content: secret, owner: "dbha-nobody" },
      { content: `${secret}'"\\${"x".repeat(40_000)}`, validate: "false" },
    ];
    for (const [i, entry] of spoilt.entries()) {
      const error = await bench.plugin.make(type, inputs({ [`f${i}`]: entry })).catch((given: unknown) => given);
      assert.ok(error instanceof PluginError);
      assert.doesNotMatch(error.message, /hunter2/);
    }
    assert.doesNotMatch(JSON.stringify(bench.plugin.log) + bench.plugin.stderr, /hunter2/);
    assert.ok(!existsSync(path("f0")));
  });
});
