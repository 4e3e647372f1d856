import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Bench, startBench } from "./cases";
import { PluginClient, Properties } from "./plugin-client";

const type = "dbha:index:File";
const sha256 = (...parts: (string | Buffer)[]) => {
  const hash = createHash("sha256");
  parts.forEach((part) => hash.update(part));
  return hash.digest("hex");
};

describe("File's content, on a real sshd", function () {
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
    path = join(directory, "file");
  });
  const args = (more: Properties): Properties => ({ host: bench.host, path, ...more });

  describe("in Base64", () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => 255 - index));

    it("is written byte by byte, and a changed one read back", async () => {
      const { id, state, inputs } = await bench.plugin.make(type, args({ contentBase64: bytes.toString("base64") }));
      assert.deepEqual(readFileSync(path), bytes);
      assert.deepEqual([state.size, state.sha256], [256, sha256(bytes)]);
      assert.deepEqual(await bench.plugin.read(type, id, state), { state, inputs });
      writeFileSync(path, Buffer.from([0, 255, 10]));
      const read = await bench.plugin.read(type, id, state);
      assert.equal(read?.state.contentBase64, "AP8K");
      assert.deepEqual((await bench.plugin.diff(type, id, read.state, inputs)).detailed, { contentBase64: "update" });
    });
  });

  describe("from a local file", () => {
    it("of 150 MB is streamed, by a plugin that grows by no more than its buffers, and not written again when equal", async () => {
      const source = join(directory, "source");
      const bytes = randomBytes(150_000_000);
      writeFileSync(source, bytes);
      const fresh = await startBench();
      const peak = () =>
        Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${fresh.plugin.process.pid}/status`, "utf8"))?.[1]) * 1024;
      // A first small one, so that everything is loaded and connected.
      writeFileSync(join(directory, "small"), "x");
      await fresh.plugin.make(type, { host: fresh.host, path, source: join(directory, "small") });
      const before = peak();
      const { id, state, inputs } = await fresh.plugin.make(type, { host: fresh.host, path, source });
      const growth = peak() - before;
      assert.ok(growth < 100_000_000, `the plugin grew by ${growth} bytes`);
      assert.equal(sha256(readFileSync(path)), sha256(bytes));
      assert.deepEqual([state.source, state.size, state.sha256], [source, 150_000_000, sha256(bytes)]);
      assert.ok(JSON.stringify([state, inputs]).length < 2_000);
      const before2 = statSync(path);
      await fresh.plugin.update(type, id, { ...state, mode: "0600" }, inputs);
      assert.deepEqual([statSync(path).ino, statSync(path).mtimeMs], [before2.ino, before2.mtimeMs]);
      await fresh.stop();
    });

    it("that changed shows in a preview as another hash, and is written", async () => {
      const source = join(directory, "source");
      writeFileSync(source, "one");
      const { id, state } = await bench.plugin.make(type, args({ source }));
      writeFileSync(source, "two!");
      const { inputs } = await bench.plugin.check(type, args({ source }));
      assert.deepEqual([state.sha256, inputs.sha256], [sha256("one"), sha256("two!")]);
      assert.deepEqual((await bench.plugin.diff(type, id, state, inputs)).detailed, { sha256: "update" });
      assert.equal((await bench.plugin.update(type, id, state, inputs, { preview: true })).size, 4);
      assert.equal(readFileSync(path, "utf8"), "one");
      const updated = await bench.plugin.update(type, id, state, inputs);
      assert.deepEqual([updated.size, readFileSync(path, "utf8")], [4, "two!"]);
      writeFileSync(path, "edited");
      const read = await bench.plugin.read(type, id, updated);
      assert.ok(!JSON.stringify(read).includes("edited"));
      assert.deepEqual((await bench.plugin.diff(type, id, read?.state ?? {}, inputs)).detailed, { sha256: "update" });
    });
  });

  describe("kept out of the state", () => {
    const secret = "hunter2-S3cret";
    const kept = (more: Properties = {}) => args({ content: secret, contentInState: false, ...more });
    const hides = (value: unknown) => {
      const text = JSON.stringify(value);
      const traces = [secret, Buffer.from(secret).toString("base64"), sha256(secret)];
      assert.deepEqual(
        traces.filter((trace) => text.includes(trace)),
        [],
      );
    };
    /** A plugin of another run. */
    const freshPlugin = () => PluginClient.start({ config: { privateKeyFile: bench.sshd.privateKeyFile } });
    /** Checks as the engine does, with the old inputs. */
    const check = async (olds: Properties, news: Properties) => (await bench.plugin.check(type, news, olds)).inputs;

    it("is written, and neither it nor its bare hash is in inputs, state, answers or messages", async () => {
      const { id, inputs, state } = await bench.plugin.make(type, kept());
      assert.equal(readFileSync(path, "utf8"), secret);
      assert.match(String(state.salt), /^[0-9a-f]{32}$/);
      assert.equal(state.sha256, sha256(String(state.salt), secret));
      assert.equal(state.size, secret.length);
      const read = await bench.plugin.read(type, id, state);
      assert.deepEqual(read, { inputs, state });
      hides([inputs, state, read, bench.plugin.log, bench.plugin.stderr]);
    });

    it("given in Base64 or by a local file is kept out in the same way", async () => {
      const source = join(directory, "source");
      writeFileSync(source, secret);
      for (const given of [{ contentBase64: Buffer.from(secret).toString("base64") }, { source }]) {
        const { inputs, state } = await bench.plugin.make(type, args({ ...given, contentInState: false }));
        assert.equal(readFileSync(path, "utf8"), secret);
        assert.equal(state.sha256, sha256(String(state.salt), secret));
        hides([inputs, state]);
      }
    });

    it("has a salt of its own, which stays as long as the resource does", async () => {
      const first = await bench.plugin.make(type, kept());
      const second = await bench.plugin.make(type, kept());
      assert.notEqual(first.state.salt, second.state.salt);
      assert.deepEqual(await check(first.inputs, kept()), first.inputs);
    });

    it("that changed in the program shows that it did, and nothing of it, and is written by a fresh plugin too", async () => {
      const { id, inputs, state } = await bench.plugin.make(type, kept());
      const fresh = await freshPlugin();
      const news = kept({ content: `${secret}!` });
      const { inputs: checked } = await fresh.check(type, news, inputs);
      const diff = await fresh.diff(type, id, state, checked);
      assert.deepEqual(diff.detailed, { sha256: "update" });
      const updated = await fresh.update(type, id, state, checked);
      hides([checked, diff, updated]);
      assert.equal(readFileSync(path, "utf8"), `${secret}!`);
      await fresh.stop();
    });

    it("that changed on the host is seen without leaving it, and put back", async () => {
      const { id, inputs, state } = await bench.plugin.make(type, kept());
      writeFileSync(path, "edited by hand");
      const read = await bench.plugin.read(type, id, state);
      assert.ok(!JSON.stringify(read).includes("edited by hand"));
      const checked = await check(read?.inputs ?? {}, kept());
      assert.deepEqual(checked, inputs);
      assert.deepEqual((await bench.plugin.diff(type, id, read?.state ?? {}, checked)).detailed, { sha256: "update" });
      await bench.plugin.update(type, id, read?.state ?? {}, checked);
      assert.equal(readFileSync(path, "utf8"), secret);
    });

    it("leaves the state when it is asked for later, without touching the file", async () => {
      const { id, inputs, state } = await bench.plugin.make(type, args({ content: secret }));
      const before = statSync(path);
      const updated = await bench.plugin.update(type, id, state, await check(inputs, kept()));
      hides(updated);
      assert.equal(statSync(path).ino, before.ino);
    });

    it("says what to do when nobody handed it over", async () => {
      const { inputs } = await bench.plugin.make(type, kept());
      const fresh = await freshPlugin();
      await assert.rejects(
        fresh.create(type, inputs),
        /neither in the state nor in this process; run up again, which hands it over anew$/,
      );
      await fresh.stop();
    });
  });

  describe("on a full disk", () => {
    let disk: string;
    beforeEach(function () {
      disk = join(directory, "disk");
      mkdirSync(disk);
      try {
        execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], { stdio: "ignore" });
      } catch {
        this.skip();
      }
    });
    afterEach(() => {
      execFileSync("sh", ["-c", '! mountpoint -q "$1" || umount "$1"', "sh", disk]);
    });

    it("leaves the old file and nothing else, and says what is free where", async () => {
      writeFileSync(join(disk, "file"), "old\n", { mode: 0o640 });
      const source = join(directory, "source");
      writeFileSync(source, Buffer.alloc(3_000_000, "x"));
      await assert.rejects(bench.plugin.make(type, args({ path: join(disk, "file"), source })), {
        message:
          `host p1 (127.0.0.1:${bench.sshd.port}): write ${disk}/file: the content does not fit, 1020 KiB free on ${disk}; ` +
          "the old file stays (cat: write error: No space left on device); " +
          "free space there, or give a path on another file system",
      });
      assert.equal(readFileSync(join(disk, "file"), "utf8"), "old\n");
      assert.equal(statSync(join(disk, "file")).mode & 0o777, 0o640);
      assert.deepEqual(readdirSync(disk), ["file"]);
    });
  });

  it("is on disk before its name changes, and the name before the answer", async () => {
    const tools = join(directory, "tools");
    mkdirSync(tools);
    const calls = join(directory, "calls");
    for (const tool of ["sync", "mv"]) {
      const real = execFileSync("sh", ["-c", `command -v ${tool}`], { encoding: "utf8" }).trim();
      writeFileSync(join(tools, tool), `#!/bin/sh\necho ${tool} "$@" >>'${calls}'\nexec ${real} "$@"\n`);
      chmodSync(join(tools, tool), 0o755);
    }
    // sshd_config's words end at spaces.
    const link = `/tmp/dbha-tools-${process.pid}`;
    execFileSync("ln", ["-sfn", tools, link]);
    const watched = await startBench({ config: [`SetEnv PATH=${link}:/usr/sbin:/usr/bin:/sbin:/bin`] });
    await watched.plugin.make(type, { host: watched.host, path, content: "x" });
    const seen = readFileSync(calls, "utf8").replaceAll(/\.dbha\.\w{6}/g, ".dbha.TEMP");
    const temp = `${directory}/.file.dbha.TEMP`;
    assert.equal(seen, `sync ${temp}\nmv -f -- ${temp} ${path}\nsync ${directory}\n`);
    await watched.stop();
    execFileSync("rm", [link]);
    assert.ok(!existsSync(link));
  });
});
