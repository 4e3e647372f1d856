import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Bench, startBench } from "./cases";
import { PluginError, Properties } from "./plugin-client";

const type = "dbha:index:File";

describe("File on a real sshd", function () {
  this.timeout(60_000);
  let bench: Bench;
  let directory: string;
  let path: string;

  before(async () => {
    bench = await startBench();
  });
  after(() => bench.stop());
  beforeEach(() => {
    directory = bench.directory();
    path = join(directory, "it's a $file.conf");
  });

  const text = (file: string) => readFileSync(file, "utf8");
  const modeOf = (file: string) => (statSync(file).mode & 0o7777).toString(8);
  const sha256 = (content: string) => createHash("sha256").update(content).digest("hex");
  const args = (more: Properties = {}): Properties => ({ host: bench.host, path, content: "one\n", ...more });
  const make = (more: Properties = {}) => bench.plugin.make(type, args(more));
  const refusal = async (action: Promise<unknown>): Promise<PluginError> => {
    try {
      await action;
    } catch (error) {
      assert.ok(error instanceof PluginError);
      return error;
    }
    return assert.fail("this should have failed");
  };

  describe("create", () => {
    it("writes content, mode and owner, and tells size and hash", async () => {
      const content = "grüße … \\n %s 'quoted' \"twice\" $HOME `id`\n\ttabs, and no newline at the end";
      const { id, state } = await make({ content, mode: "640", owner: "nobody", group: "65534" });
      assert.equal(text(path), content);
      assert.equal(modeOf(path), "640");
      assert.deepEqual([statSync(path).uid, statSync(path).gid], [65534, 65534]);
      assert.equal(id, `p1:${path}`);
      assert.equal(state.mode, "0640");
      assert.equal(state.size, Buffer.byteLength(content));
      assert.equal(state.sha256, sha256(content));
      assert.deepEqual(readdirSync(directory), ["it's a $file.conf"]);
    });

    it("writes an empty file", async () => {
      await make({ content: "" });
      assert.equal(text(path), "");
      assert.equal(modeOf(path), "644");
    });

    it("writes a text of 4 MiB", async () => {
      const content = "0123456789abcde\n".repeat(4 * 65536);
      await make({ content });
      assert.equal(sha256(text(path)), sha256(content));
    });

    it("leaves an equal file as it is, but corrects its mode", async () => {
      writeFileSync(path, "one\n", { mode: 0o600 });
      const before = statSync(path);
      await make();
      assert.equal(statSync(path).ino, before.ino);
      assert.equal(statSync(path).mtimeMs, before.mtimeMs);
      assert.equal(modeOf(path), "644");
    });

    it("swaps another file out, so that whoever reads the old one reads it to its end", async () => {
      writeFileSync(path, "old\n");
      const before = statSync(path).ino;
      await make();
      assert.notEqual(statSync(path).ino, before);
      assert.equal(text(path), "one\n");
    });

    it("removes what an interrupted run left beside it", async () => {
      writeFileSync(join(directory, ".it's a $file.conf.dbha.Ab12Cd"), "half");
      await make();
      assert.deepEqual(readdirSync(directory), ["it's a $file.conf"]);
    });

    it("says which directory is missing", async () => {
      const { message } = await refusal(make({ path: join(directory, "no", "such") }));
      assert.equal(
        message,
        `host p1 (127.0.0.1:${bench.sshd.port}): write ${directory}/no/such: its directory ${directory}/no does not exist; ` +
          "create it by a Directory resource and depend on that",
      );
    });

    it("refuses to write over a symbolic link it did not make", async () => {
      symlinkSync("/etc/hostname", path);
      const { message } = await refusal(make());
      assert.match(
        message,
        /a symbolic link to \/etc\/hostname is in the way; remove it, or give the path it points to$/,
      );
    });

    it("refuses to write over a directory", async () => {
      mkdirSync(path);
      const { message } = await refusal(make());
      assert.match(message, /a directory is in the way; remove it, or give another path$/);
    });

    it("says which owner is unknown, and leaves nothing", async () => {
      const { message } = await refusal(make({ owner: "nosuchuser" }));
      assert.match(
        message,
        /the owner cannot be set to nosuchuser:root \(chown: invalid user: .*\); create user and group first/,
      );
      assert.deepEqual(readdirSync(directory), []);
    });
  });

  describe("validate", () => {
    it("sees the new text, with its final mode, before the swap", async () => {
      writeFileSync(path, "old\n");
      const seen = join(directory, "seen");
      await make({
        mode: "0600",
        validate: `cat "$DBHA_FILE" '${directory}'/it* >'${seen}'; stat -c %a "$DBHA_FILE" >>'${seen}'`,
      });
      assert.equal(text(seen), "one\nold\n600\n");
    });

    it("keeps the old file when it refuses, and gives its words", async () => {
      writeFileSync(path, "old\n");
      const { message, initFailed } = await refusal(make({ validate: "echo 'line 3: no such directive' >&2; exit 4" }));
      assert.match(
        message,
        /the validation refused the new text, the old file stays \(line 3: no such directive\); correct the content$/,
      );
      assert.equal(initFailed, undefined);
      assert.equal(text(path), "old\n");
      assert.deepEqual(readdirSync(directory), ["it's a $file.conf"]);
    });
  });

  describe("onChange", () => {
    const counted = () => text(join(directory, "count")).length;
    const count = () => `printf x >>'${directory}/count'`;

    it("runs once after each swap that changed the text, and only then", async () => {
      const { id, state } = await make({ onChange: count() });
      assert.equal(counted(), 1);
      const moded = await bench.plugin.change(type, id, state, args({ onChange: count(), mode: "0600" }));
      assert.equal(counted(), 1);
      await bench.plugin.change(type, id, moded, args({ onChange: count(), mode: "0600", content: "two\n" }));
      assert.equal(counted(), 2);
    });

    it("does not run when the host has the text already", async () => {
      writeFileSync(path, "one\n");
      await make({ onChange: count() });
      assert.ok(!existsSync(join(directory, "count")));
    });

    it("that fails leaves a resource to be updated, and runs again then", async () => {
      const fragile = `test -e '${directory}/ready' && ${count()}`;
      const { message, initFailed } = await refusal(make({ onChange: fragile }));
      assert.match(message, /the file is in place, but the action after the change failed/);
      assert.equal(initFailed?.id, `p1:${path}`);
      assert.equal(text(path), "one\n");

      const { inputs } = await bench.plugin.check(type, args({ onChange: fragile }));
      const diff = await bench.plugin.diff(type, initFailed.id, initFailed.properties, inputs);
      assert.deepEqual(diff.detailed, { sha256: "update" });
      writeFileSync(join(directory, "ready"), "");
      const state = await bench.plugin.update(type, initFailed.id, initFailed.properties, inputs);
      assert.equal(counted(), 1);
      assert.equal((await bench.plugin.diff(type, initFailed.id, state, inputs)).changes, "none");
      assert.deepEqual(readdirSync(directory).sort(), ["count", "it's a $file.conf", "ready"]);
    });

    it("that failed in an update is still due after a refresh", async () => {
      const fragile = `test -e '${directory}/ready' && ${count()}`;
      const { id, state } = await make({ onChange: "true" });
      const news = args({ onChange: fragile, content: "two\n" });
      await refusal(bench.plugin.change(type, id, state, news));
      const read = await bench.plugin.read(type, id, { ...state, ...news, sha256: state.sha256 });
      assert.equal(read?.state.sha256, "");
      writeFileSync(join(directory, "ready"), "");
      await bench.plugin.change(type, id, read.state, news);
      assert.equal(counted(), 1);
    });
  });

  describe("read", () => {
    it("finds nothing changed", async () => {
      const { id, state, inputs } = await make({ mode: "0600", owner: "nobody", group: "65534", validate: "true" });
      assert.deepEqual(await bench.plugin.read(type, id, state), { state, inputs });
    });

    it("shows changed text, mode and owner", async () => {
      const { id, state, inputs } = await make({ owner: "nobody" });
      writeFileSync(path, "edited\n");
      chmodSync(path, 0o4755);
      execFileSync("chown", ["daemon:nogroup", path]);
      const found = {
        content: "edited\n",
        sha256: sha256("edited\n"),
        mode: "0755",
        owner: "daemon",
        group: "nogroup",
      };
      const read = await bench.plugin.read(type, id, state);
      assert.deepEqual(read?.state, { ...state, ...found, size: 7 });
      assert.deepEqual(read.inputs, { ...inputs, ...found });
      const diff = await bench.plugin.diff(type, id, read.state, inputs);
      assert.deepEqual(diff.detailed, { content: "update", mode: "update", owner: "update", group: "update" });
      assert.deepEqual(diff.replaces, []);
    });

    it("leaves out a changed text that is long or no text, and still sees the change", async () => {
      const { id, state, inputs } = await make({ content: "" });
      for (const bytes of [Buffer.alloc(1024 * 1024 + 1, "x"), Buffer.from([0xff, 0xfe, 0x00])]) {
        writeFileSync(path, bytes);
        const read = await bench.plugin.read(type, id, state);
        assert.equal(read?.state.content, "");
        assert.equal(read.state.size, bytes.length);
        assert.deepEqual((await bench.plugin.diff(type, id, read.state, inputs)).detailed, { sha256: "update" });
      }
    });

    it("does not fetch a long text that is unchanged", async () => {
      const { id, state } = await make({ content: "x".repeat(2 * 1024 * 1024) });
      assert.deepEqual((await bench.plugin.read(type, id, state))?.state, state);
    });

    it("says that a file is gone, also when its directory is", async () => {
      const { id, state } = await make();
      unlinkSync(path);
      assert.equal(await bench.plugin.read(type, id, state), undefined);
      rmSync(directory, { recursive: true });
      assert.equal(await bench.plugin.read(type, id, state), undefined);
    });

    it("shows a symbolic link in its place as a difference, and an update puts the file back", async () => {
      const { id, state, inputs } = await make();
      unlinkSync(path);
      writeFileSync(join(directory, "elsewhere"), "one\n");
      symlinkSync(join(directory, "elsewhere"), path);
      const read = await bench.plugin.read(type, id, state);
      assert.equal(read?.state.content, "");
      await bench.plugin.update(type, id, read.state, inputs);
      assert.ok(statSync(path).isFile() && !readdirSync(directory).some((name) => name.startsWith(".")));
      assert.equal(text(join(directory, "elsewhere")), "one\n");
    });
  });

  describe("diff and update", () => {
    it("replaces for another path or host name, deleting first", async () => {
      const { id, state } = await make();
      const news = (await bench.plugin.check(type, args({ path: `${path}2`, host: { ...bench.host, name: "p9" } })))
        .inputs;
      const diff = await bench.plugin.diff(type, id, state, news);
      assert.deepEqual(diff.detailed, { "host.name": "update_replace", path: "update_replace" });
      assert.deepEqual(diff.replaces, ["host", "path"]);
      assert.equal(diff.deleteBeforeReplace, true);
    });

    it("takes another way to the host without touching it", async () => {
      const { id, state } = await make();
      writeFileSync(path, "edited\n");
      const host = { ...bench.host, address: "192.0.2.1", port: 1, user: "other", sudo: true };
      const { inputs } = await bench.plugin.check(type, args({ host }));
      const diff = await bench.plugin.diff(type, id, state, inputs);
      assert.deepEqual(Object.values(diff.detailed), ["update", "update", "update", "update"]);
      const updated = await bench.plugin.update(type, id, state, inputs);
      assert.deepEqual(updated.host, inputs.host);
      assert.equal(text(path), "edited\n");
    });

    it("tells size and hash in a preview, and touches nothing", async () => {
      const { inputs } = await bench.plugin.check(type, args({ content: "four" }));
      const { id, state } = await bench.plugin.create(type, inputs, { preview: true });
      assert.equal(id, "");
      assert.deepEqual(state, { ...inputs, size: 4, sha256: sha256("four") });
      assert.deepEqual(readdirSync(directory), []);
    });

    it("leaves what follows from an unknown text unknown in a preview", async () => {
      const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
      const { inputs, failures } = await bench.plugin.check(type, args({ content: unknown, mode: "640" }));
      assert.deepEqual(failures, {});
      const { state } = await bench.plugin.create(type, inputs, { preview: true });
      assert.deepEqual(state, { ...inputs, mode: "0640", sha256: unknown, size: unknown });
    });
  });

  describe("delete", () => {
    it("removes the file, and is content when it is gone already", async () => {
      const { id, state } = await make();
      await bench.plugin.delete(type, id, state);
      assert.deepEqual(readdirSync(directory), []);
      await bench.plugin.delete(type, id, state);
      rmSync(directory, { recursive: true });
      await bench.plugin.delete(type, id, state);
    });

    it("leaves a directory that took its place, and says so", async () => {
      const { id, state } = await make();
      unlinkSync(path);
      mkdirSync(path);
      await bench.plugin.delete(type, id, state);
      assert.ok(existsSync(path));
      const warning = bench.plugin.log.find((line) => line.severity === "warning");
      assert.equal(warning?.message, `${path} on host p1 is a directory by now and was left as it is`);
      assert.equal(warning.ephemeral, false);
    });
  });
});
