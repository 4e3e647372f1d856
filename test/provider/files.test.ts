import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Bench, startBench } from "./cases";
import { PluginError, Properties } from "./plugin-client";

const type = "dbha:index:Files";

describe("Files on a real sshd", function () {
  this.timeout(60_000);
  let bench: Bench;
  let root: string;
  let etc: string;
  let data: string;

  before(async () => {
    bench = await startBench();
  });
  after(() => bench.stop());
  beforeEach(() => {
    root = bench.directory();
    [etc, data] = [join(root, "etc", "app"), join(root, "data")];
  });

  /** Two directories and two files. */
  const some = (more: Properties = {}): Properties => ({
    host: bench.host,
    directories: { [etc]: {}, [data]: { mode: "0700", owner: "nobody", group: "nogroup", onDelete: "purge" } },
    files: { [join(etc, "a.conf")]: { content: "one\n'two'\n" }, [join(etc, "b.sh")]: { content: "", mode: "755" } },
    ...more,
  });
  const make = (inputs: Properties) => bench.plugin.make(type, inputs);
  const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);
  const warnings = () =>
    bench.plugin.log.filter(({ severity }) => severity === "warning").map(({ message }) => message);

  it("makes directories and files, and tells which directories it made", async () => {
    const { id, state } = await make(some());
    assert.equal(id, `p1:${data}`);
    assert.deepEqual(state.createdPaths, [data, join(root, "etc"), etc]);
    assert.deepEqual(state.due, []);
    assert.equal(readFileSync(join(etc, "a.conf"), "utf8"), "one\n'two'\n");
    assert.equal(readFileSync(join(etc, "b.sh"), "utf8"), "");
    assert.deepEqual(
      [modeOf(etc), modeOf(data), modeOf(join(etc, "a.conf")), modeOf(join(etc, "b.sh"))],
      ["755", "700", "644", "755"],
    );
    assert.equal(statSync(data).uid, 65534);
  });

  it("finds all as it left it", async () => {
    const { id, state, inputs } = await make(some());
    assert.deepEqual(await bench.plugin.read(type, id, state), { state, inputs });
  });

  it("tells what changed by path, and mends that alone", async () => {
    const { id, state, inputs } = await make(some());
    writeFileSync(join(etc, "a.conf"), "three\n");
    chmodSync(data, 0o755);
    rmSync(join(etc, "b.sh"));
    const read = await bench.plugin.read(type, id, state);
    assert.ok(read);
    const { detailed } = await bench.plugin.diff(type, id, read.state, inputs);
    const [conf, script] = [JSON.stringify(join(etc, "a.conf")), JSON.stringify(join(etc, "b.sh"))];
    assert.deepEqual(detailed, {
      [`directories[${JSON.stringify(data)}].mode`]: "update",
      [`files[${conf}].content`]: "update",
      [`files[${script}]`]: "add",
    });
    const before = statSync(etc).ino;
    await bench.plugin.change(type, id, read.state, inputs);
    assert.equal(readFileSync(join(etc, "a.conf"), "utf8"), "one\n'two'\n");
    assert.deepEqual([modeOf(data), modeOf(join(etc, "b.sh")), statSync(etc).ino], ["700", "755", before]);
  });

  it("is gone when nothing of it is there", async () => {
    const { id, state } = await make(some());
    rmSync(join(root, "etc"), { recursive: true });
    rmSync(data, { recursive: true });
    assert.equal(await bench.plugin.read(type, id, state), undefined);
  });

  it("removes files that are wanted no more, and directories only when they are empty", async () => {
    const { id, state } = await make(some());
    writeFileSync(join(data, "row"), "");
    const files = { [join(etc, "a.conf")]: { content: "one\n" } };
    const updated = await bench.plugin.change(type, id, state, some({ directories: { [etc]: {} }, files }));
    assert.deepEqual(readdirSync(etc), ["a.conf"]);
    assert.deepEqual(readdirSync(data), ["row"]);
    assert.deepEqual(updated.createdPaths, [join(root, "etc"), etc]);
    assert.equal(warnings().at(-1), `${data} on host p1 is not empty and was kept`);
  });

  it("runs a file's check before, its action after, and each file's alone", async () => {
    const log = join(root, "log");
    const files = (b: string): Properties => ({
      [join(etc, "a.conf")]: { content: "one\n", onChange: `echo a >>'${log}'` },
      [join(etc, "b.conf")]: { content: b, validate: `! grep -q wrong "$DBHA_FILE"`, onChange: `echo b >>'${log}'` },
    });
    const { id, state } = await make(some({ files: files("right\n") }));
    assert.equal(readFileSync(log, "utf8"), "a\nb\n");
    await bench.plugin.change(type, id, state, some({ files: files("right again\n") }));
    assert.equal(readFileSync(log, "utf8"), "a\nb\nb\n");
    await assert.rejects(
      bench.plugin.change(type, id, state, some({ files: files("wrong\n") })),
      (error: PluginError) => {
        assert.match(
          error.message,
          /b\.conf: the validation refused the new text, the old file stays; correct the content/,
        );
        return true;
      },
    );
    assert.equal(readFileSync(join(etc, "b.conf"), "utf8"), "right again\n");
  });

  it("has all others in place when a file is checked", async () => {
    const [checked, included] = [join(etc, "a.conf"), join(etc, "z.conf")];
    const files = (text: string) => ({
      [checked]: { content: text, validate: `grep -q ${text} '${included}'` },
      [included]: { content: text },
    });
    const { id, state } = await make(some({ files: files("one") }));
    await bench.plugin.change(type, id, state, some({ files: files("two") }));
    assert.deepEqual(
      [checked, included].map((path) => readFileSync(path, "utf8")),
      ["two", "two"],
    );
  });

  it("writes no file when one cannot be written, and keeps what it made, which is a difference then", async () => {
    mkdirSync(join(root, "etc", "app", "b.sh"), { recursive: true });
    await assert.rejects(make(some()), (error: PluginError) => {
      assert.match(error.message, /b\.sh: a directory is in the way; remove it, or give another path/);
      assert.deepEqual(error.initFailed?.properties.createdPaths, [data]);
      assert.deepEqual(error.initFailed.properties.files, {});
      return true;
    });
    assert.deepEqual(readdirSync(etc), ["b.sh"]);
  });

  it("shows what is due as a difference, and does it", async () => {
    const { id, state, inputs } = await make(some());
    const due = [join(etc, "a.conf")];
    const { detailed } = await bench.plugin.diff(type, id, { ...state, due }, inputs);
    assert.deepEqual(detailed, { [`files[${JSON.stringify(due[0])}]`]: "update" });
    rmSync(join(etc, "a.conf"));
    const updated = await bench.plugin.change(type, id, { ...state, due }, inputs);
    assert.deepEqual([updated.due, existsSync(join(etc, "a.conf"))], [[], true]);
  });

  it("notices an action that a run which was cut off did not come to", async () => {
    const files = { [join(etc, "a.conf")]: { content: "one\n", onChange: `echo ran >>'${join(root, "log")}'` } };
    const { id, state, inputs } = await make(some({ files }));
    writeFileSync(join(etc, ".a.conf.dbha-changed"), "");
    const read = await bench.plugin.read(type, id, state);
    assert.deepEqual(read?.state.due, [join(etc, "a.conf")]);
    await bench.plugin.change(type, id, read.state, inputs);
    assert.equal(readFileSync(join(root, "log"), "utf8"), "ran\nran\n");
    assert.deepEqual(readdirSync(etc), ["a.conf"]);
  });

  it("refuses a link at first, and replaces one that came later", async () => {
    mkdirSync(etc, { recursive: true });
    symlinkSync("/etc/hosts", join(etc, "a.conf"));
    await assert.rejects(make(some()), /a\.conf: a symbolic link to \/etc\/hosts is in the way/);
    rmSync(join(etc, "a.conf"));
    const { id, state, inputs } = await make(some());
    rmSync(join(etc, "a.conf"));
    symlinkSync("/etc/hosts", join(etc, "a.conf"));
    const read = await bench.plugin.read(type, id, state);
    assert.ok(read);
    await bench.plugin.change(type, id, read.state, inputs);
    assert.equal(readFileSync(join(etc, "a.conf"), "utf8"), "one\n'two'\n");
  });

  it("writes once what then belongs to the program", async () => {
    const path = join(etc, "seed");
    const files = (content: string) => ({ [path]: { content, once: true } });
    const { id, state } = await make(some({ files: files("first") }));
    writeFileSync(path, "the program's");
    assert.deepEqual((await bench.plugin.read(type, id, state))?.state, state);
    const { inputs } = await bench.plugin.check(type, some({ files: files("second") }), state);
    assert.equal((await bench.plugin.diff(type, id, state, inputs)).changes, "none");
    await bench.plugin.delete(type, id, state);
    assert.equal(readFileSync(path, "utf8"), "the program's");
  });

  it("writes over what a program begins with until something tells that it has begun", async () => {
    const path = join(etc, "seed");
    const begun = join(data, "begun");
    const files = (content: string) => ({ [path]: { content, once: true, unless: begun } });
    const seed = () => readFileSync(path, "utf8");
    const { id, state } = await make(some({ files: files("first") }));
    await bench.plugin.delete(type, id, state);
    assert.equal(seed(), "first");
    const again = await make(some({ files: files("second") }));
    assert.equal(seed(), "second");
    writeFileSync(path, "the program's");
    assert.deepEqual((await bench.plugin.read(type, id, again.state))?.state, again.state);
    rmSync(path);
    const missed = await bench.plugin.read(type, id, again.state);
    assert.ok(missed);
    assert.deepEqual(missed.state.files, {});
    const last = await bench.plugin.change(type, id, missed.state, some({ files: files("third") }));
    assert.equal(seed(), "third");
    writeFileSync(path, "the program's");
    writeFileSync(begun, "");
    await bench.plugin.change(type, id, last, some({ files: files("fourth") }));
    await make(some({ files: files("fifth") }));
    assert.equal(seed(), "the program's");
    rmSync(path);
    assert.deepEqual((await bench.plugin.read(type, id, last))?.state, last);
  });

  it("compares YAML by what it says", async () => {
    const path = join(etc, "c.yaml");
    const files = { [path]: { content: "a: 1\n", format: "yaml" } };
    const { id, state } = await make(some({ files }));
    writeFileSync(path, "'a': \"1\"\n");
    assert.deepEqual((await bench.plugin.read(type, id, state))?.state, state);
    writeFileSync(path, "a: 2\n");
    const read = await bench.plugin.read(type, id, state);
    assert.deepEqual(read?.state.files, {
      [path]: { ...(state.files as Record<string, Properties>)[path], content: "a: 2\n" },
    });
  });

  it("leaves YAML that says the same as it is when it is made, too", async () => {
    const path = join(etc, "c.yaml");
    const [theirs, other] = ["# by hand\n'a': \"1\"\n", "a: 2\n"];
    mkdirSync(etc, { recursive: true });
    writeFileSync(path, theirs, { mode: 0o644 });
    const { ino } = statSync(path);
    const files = (content: string) => ({ [path]: { content, format: "yaml", inPlace: true, mode: "0600" } });
    const { id, state } = await make(some({ files: files("a: 1\n") }));
    assert.deepEqual([readFileSync(path, "utf8"), statSync(path).mode & 0o777], [theirs, 0o600]);
    assert.deepEqual((await bench.plugin.read(type, id, state))?.state, state);
    await bench.plugin.change(type, id, state, some({ files: files(other) }));
    assert.deepEqual([readFileSync(path, "utf8"), statSync(path).ino], [other, ino]);
  });

  it("leaves lines of key=value that say the same, in any order and with comments, and writes others", async () => {
    const path = join(etc, "agent.cfg");
    const theirs = "# by hand\n\n// too\nmaxMemSize = 4\nmode=agent\n";
    mkdirSync(etc, { recursive: true });
    writeFileSync(path, theirs, { mode: 0o644 });
    const files = (content: string) => ({ [path]: { content, format: "parameters" } });
    const { id, state } = await make(some({ files: files("mode=agent\nmaxMemSize=4\n") }));
    assert.equal(readFileSync(path, "utf8"), theirs);
    assert.deepEqual((await bench.plugin.read(type, id, state))?.state, state);
    const next = await bench.plugin.change(type, id, state, some({ files: files("mode=agent\nmaxMemSize=8\n") }));
    assert.equal(readFileSync(path, "utf8"), "mode=agent\nmaxMemSize=8\n");
    writeFileSync(path, "mode=agent\n");
    const read = await bench.plugin.read(type, id, next);
    assert.equal((read?.state.files as Record<string, Properties>)[path]?.content, "mode=agent\n");
  });

  it("writes in place where told so", async () => {
    const path = join(etc, "a.conf");
    const files = (content: string) => ({ [path]: { content, inPlace: true } });
    const { id, state } = await make(some({ files: files("a long first text\n") }));
    const { ino } = statSync(path);
    await bench.plugin.change(type, id, state, some({ files: files("short\n") }));
    assert.deepEqual([readFileSync(path, "utf8"), statSync(path).ino], ["short\n", ino]);
  });

  describe("delete", () => {
    it("removes files, purges what it made, and leaves no parent", async () => {
      const { id, state } = await make(some());
      writeFileSync(join(data, "row"), "");
      await bench.plugin.delete(type, id, state);
      assert.deepEqual(readdirSync(root), []);
      await bench.plugin.delete(type, id, state);
    });

    it("keeps directories that are to be kept, with the parents they need", async () => {
      const directories = { [etc]: { onDelete: "keep" }, [data]: {} };
      const { id, state } = await make(some({ directories }));
      writeFileSync(join(etc, "notes"), "");
      await bench.plugin.delete(type, id, state);
      assert.deepEqual([readdirSync(root), readdirSync(etc)], [["etc"], ["notes"]]);
    });

    it("leaves a file that is to be kept, also one that is wanted no more", async () => {
      mkdirSync(etc, { recursive: true });
      const file = join(etc, "by-hand.cfg");
      const other = join(etc, "other.cfg");
      const kept = { content: "a=1\n", keep: true };
      const { id, state } = await make(some({ directories: {}, files: { [file]: kept, [other]: kept } }));
      const one = some({ directories: {}, files: { [file]: kept } });
      const now = await bench.plugin.change(type, id, state, one);
      assert.deepEqual(readdirSync(etc), ["by-hand.cfg", "other.cfg"]);
      await bench.plugin.delete(type, id, now);
      assert.deepEqual(readdirSync(etc), ["by-hand.cfg", "other.cfg"]);
    });

    it("never removes a directory that was there before", async () => {
      mkdirSync(data);
      writeFileSync(join(data, "row"), "");
      const { id, state } = await make(some());
      await bench.plugin.delete(type, id, state);
      assert.deepEqual(readdirSync(data), ["row"]);
    });
  });

  it("makes a system user that owns them, and removes it", async () => {
    const user = { name: "dbha-test-files", home: data, comment: "dbha-test-files" };
    const { id, state, inputs } = await make(
      some({ user, directories: { [data]: { owner: user.name, group: user.name } }, files: {} }),
    );
    const passwd = () =>
      readFileSync("/etc/passwd", "utf8")
        .split("\n")
        .filter((line) => line.startsWith(`${user.name}:`));
    assert.match(
      passwd()[0] ?? "",
      new RegExp(`^dbha-test-files:x:\\d+:\\d+:dbha-test-files:${data}:/usr/sbin/nologin$`),
    );
    assert.deepEqual(await bench.plugin.read(type, id, state), { state, inputs });
    await bench.plugin.delete(type, id, state);
    assert.deepEqual(passwd(), []);
  });

  it("tells all problems of its arguments at once, and shows no text of a file", async () => {
    const problems = await bench.plugin.check(type, {
      host: bench.host,
      directories: { "etc/app": {}, "/b": { mode: "9" } },
      files: { "/a": { content: "secret", mode: "rwx" }, "/b": { content: "secret", unless: "/c" } },
    });
    const bits = 'must be permission bits, three or four octal digits; fix: write them in quotes, like "0644"';
    assert.deepEqual(problems.failures, {
      'directories["etc/app"]':
        'directories["etc/app"]: {}: must be an absolute path without empty, . or .. parts, / at its end, or control characters; fix: write it like /opt/odc/log',
      'directories["/b"].mode': `directories["/b"].mode: "9": ${bits}`,
      'files["/a"].mode': `files["/a"].mode: ${bits}`,
      'files["/b"]': 'files["/b"]: is a directory of the same resource too; correct one of the paths',
      'files["/b"].unless': 'files["/b"].unless: is for a file that is written once; set once: true, or leave it out',
    });
  });
});
