import assert from "node:assert/strict";
import { chownSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UNKNOWN } from "../../provider/resources/protocol-marks";
import { Bench, startBench } from "./cases";
import { Properties } from "./plugin-client";

const type = "dbha:index:Files";

describe("Files, in places of all kinds", function () {
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

  const inputs = (directories: Properties, files: Properties = {}): Properties => ({
    host: bench.host,
    directories,
    files,
  });
  const make = (directories: Properties, files?: Properties) => bench.plugin.make(type, inputs(directories, files));

  it("have any name", async () => {
    const odd = join(root, `a 'b' "c" \\d $e *`);
    const names = ["it's", `"`, "\\", "back\\slash", "-n", "größe", "a b", "*", "=x=y"].map((name) => join(odd, name));
    const files = Object.fromEntries(names.map((name) => [name, { content: `${name}\n`, onChange: "true" }]));
    const { id, state, inputs: made } = await make({ [odd]: {} }, files);
    for (const name of names) assert.equal(readFileSync(name, "utf8"), `${name}\n`);
    assert.deepEqual(await bench.plugin.read(type, id, state), { state, inputs: made });
    writeFileSync(join(odd, "\\"), "drift");
    const read = await bench.plugin.read(type, id, state);
    assert.ok(read);
    assert.deepEqual(Object.values((await bench.plugin.diff(type, id, read.state, made)).detailed), ["update"]);
    await bench.plugin.delete(type, id, state);
    assert.deepEqual(readdirSync(root), []);
  });

  it("hold texts up to 256 KiB whole, whatever is in them", async () => {
    const every = Array.from({ length: 0x250 }, (_, code) => String.fromCharCode(code + 1)).join("");
    const long = "ü".repeat(128 * 1024);
    const texts = ["", "\n", "\n\n\n", "no end", "%s\\n\\0101 $(id) `id` '\"", every, long, `${"x".repeat(262_143)}\n`];
    const files = Object.fromEntries(texts.map((content, i) => [join(root, String(i)), { content }]));
    const { id, state } = await make({}, files);
    for (const [i, content] of texts.entries())
      assert.ok(readFileSync(join(root, String(i)), "utf8") === content, `text ${i}`);
    assert.deepEqual((await bench.plugin.read(type, id, state))?.state, state);
    const { failures } = await bench.plugin.check(type, inputs({}, { "/a": { content: `${long}.` } }));
    assert.deepEqual(failures, {
      'files["/a"].content':
        'files["/a"].content: it is a text of at most 256 KiB without NUL; declare a larger file as dbha:index:File',
    });
  });

  it("change owner and mode alone without a new text, and run nothing", async () => {
    const [path, log] = [join(root, "a"), join(root, "log")];
    const files = (more: Properties) => ({ [path]: { content: "one", onChange: `echo ran >>'${log}'`, ...more } });
    const { id, state } = await make({}, files({}));
    const { ino } = statSync(path);
    await bench.plugin.change(type, id, state, inputs({}, files({ owner: "nobody", mode: "0600" })));
    const { uid, mode, ino: after } = statSync(path);
    assert.deepEqual([uid, mode & 0o777, after], [65534, 0o600, ino]);
    assert.equal(readFileSync(log, "utf8"), "ran\n");
    chownSync(path, 0, 0);
    const read = await bench.plugin.read(type, id, state);
    assert.equal((read?.state.files as Record<string, Properties>)[path]?.group, "root");
  });

  for (const [what, order] of [
    ["the first goes first", [0, 1]],
    ["the second goes first", [1, 0]],
  ] as const)
    it(`share a parent with another resource: ${what}`, async () => {
      const parent = join(root, "shared");
      const both = [];
      for (const name of ["a", "b"]) {
        const path = join(parent, name);
        const plugin = bench.plugin.about(name);
        both.push({
          plugin,
          ...(await plugin.make(type, inputs({ [path]: {} }, { [join(path, "f")]: { content: "" } }))),
        });
      }
      assert.deepEqual(
        both.map(({ state }) => state.createdPaths),
        [[parent, join(parent, "a")], [join(parent, "b")]],
      );
      for (const [i, which] of order.entries()) {
        const one = both[which];
        assert.ok(one);
        await one.plugin.delete(type, one.id, one.state);
        assert.equal(existsSync(parent), i === 0);
      }
    });

  it("go by their own ends where one is within another", async () => {
    const at = (...parts: string[]) => join(root, ...parts);
    const directories = {
      [at("kept")]: { onDelete: "keep" },
      [at("kept", "purged")]: { onDelete: "purge" },
      [at("kept", "empty")]: {},
      [at("purged")]: { onDelete: "purge" },
      [at("purged", "within")]: {},
    };
    const { id, state } = await make(directories);
    for (const path of ["kept", "kept/purged", "purged/within"]) writeFileSync(at(path, "row"), "");
    await bench.plugin.delete(type, id, state);
    assert.deepEqual([readdirSync(root), readdirSync(at("kept"))], [["kept"], ["row"]]);
    const { failures } = await bench.plugin.check(
      type,
      inputs({ "/a": { onDelete: "purge" }, "/a/b": { onDelete: "keep" } }),
    );
    assert.deepEqual(failures, {
      'directories["/a/b"].onDelete':
        'directories["/a/b"].onDelete: "keep": /a above it is removed with all it holds; keep that too, or give another onDelete',
    });
  });

  describe("in a preview that does not know all", () => {
    const news: [what: string, more: Properties, detailed: Record<string, string>][] = [
      ["files", { files: UNKNOWN }, { files: "update" }],
      ["directories", { directories: UNKNOWN }, { directories: "update" }],
      ["one file", { files: { "/e/a": UNKNOWN } }, { 'files["/e/a"]': "update" }],
      ["one directory", { directories: { "/e": UNKNOWN } }, { 'directories["/e"]': "update" }],
      ["a content", { files: { "/e/a": { content: UNKNOWN } } }, { 'files["/e/a"].content': "update" }],
      ["a mode", { files: { "/e/a": { content: "one", mode: UNKNOWN } } }, { 'files["/e/a"].mode': "update" }],
      ["an end", { directories: { "/e": { onDelete: UNKNOWN } } }, { 'directories["/e"].onDelete': "update" }],
      ["a format", { files: { "/e/a": { content: "one", format: UNKNOWN } } }, { 'files["/e/a"].format': "add" }],
      ["a once", { files: { "/e/a": { content: "one", once: UNKNOWN } } }, { 'files["/e/a"].once': "add" }],
      ["the user", { user: UNKNOWN }, { user: "add" }],
      ["the user's name", { user: { name: UNKNOWN, home: "/e", comment: "e" } }, { user: "add" }],
    ];
    for (const [what, more, detailed] of news)
      it(what, async () => {
        const known = inputs({ "/e": {} }, { "/e/a": { content: "one" } });
        const { inputs: olds } = await bench.plugin.check(type, known);
        const state = { ...olds, createdPaths: ["/e"], due: [] };
        const checked = await bench.plugin.check(type, { ...known, ...more }, olds);
        assert.deepEqual(checked.failures, {});
        const found = await bench.plugin.diff(type, "p1:/e", state, checked.inputs);
        assert.deepEqual([found.detailed, found.replaces], [detailed, []]);
        const updated = await bench.plugin.update(type, "p1:/e", state, checked.inputs, { preview: true });
        assert.deepEqual(updated, {
          ...checked.inputs,
          createdPaths: what === "directories" ? UNKNOWN : ["/e"],
          due: [],
        });
        const made = await bench.plugin.create(type, checked.inputs, { preview: true });
        assert.deepEqual(made.state, { ...checked.inputs, createdPaths: UNKNOWN, due: [] });
      });
  });
});
