import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { metaDbLibrary, renderMetaDbScript } from "../../../components/metadb/script";
import { cmMoveLibrary } from "../../../components/oms/cm-move-script";
import { influxDbUserLibrary } from "../../../components/oms/influxdb-user";
import { initLibrary } from "../../../components/oms/init-script";
import { omsMetaDbLibrary, renderOmsMetaDbScript } from "../../../components/oms/metadb";
import { upgradeLibrary } from "../../../components/oms/upgrade-script";
import { renderProcedures } from "../../../components/procedures";
import { ShellLibrary } from "../../../components/shell-library";
import { shellLines } from "../../../components/shell-lines";

const textOf = (source: string): string =>
  shellLines(source)
    .map(({ text }) => text)
    .join("\n");

describe("Lines of a shell text", () => {
  it("have no comments and no indentation", () => {
    assert.equal(
      textOf(`# it's one\nif a; then # and "another\n  b # c\n\n\tdone=1;# d\nfi\n`),
      "if a; then\nb\ndone=1;\nfi",
    );
  });

  it("are as they were in strings and here-documents", () => {
    for (const text of [
      "awk '\n  # one\n  { print }' x",
      'a "b\n  # c $(d "e # f")\n  "',
      "cat <<'EOF'\n  # a 'b\n\nEOF\nc",
      "a ${b#c} ${#d} $# \\# e#f $((16#ff)) '#' \"#\"",
      "x=$(\n  a\n)",
    ])
      assert.equal(textOf(text), text);
  });

  it("keep a blank where a line goes on", () => {
    assert.equal(textOf("  a \\\n      b\\\n  c\n  d\n"), "a \\\n b\\\n c\nd");
  });

  it("are refused where they are not understood", () => {
    const refused: [text: string, why: RegExp][] = [
      ["a `b`", /^Error: a backquote in the shell text at: `b`$/],
      ["a 'b", /^Error: no end of a string/],
      ['a "b', /^Error: no end of a string/],
      ["a $(b", /^Error: no \)/],
      ["a $(b; case c in d) e;; esac)", /^Error: case within \(\)/],
      ["cat <<EOF\na", /^Error: no EOF/],
    ];
    for (const [text, why] of refused) assert.throws(() => shellLines(text), why, text);
  });
});

describe("A script of procedures", () => {
  const called = (text: string): string[] => {
    const others = ["one", "two", "three", "four"].map((name) => `${name}() { :; }\n`);
    const only = new ShellLibrary(`start() {\n${text}\n}\n${others.join("")}`).only(["start"]);
    return [...only.matchAll(/^(\w+)\(\)/gm)].map(([, name]) => name as string).slice(1);
  };

  it("has what can be called: by a command, in quotes, by a name that is given, when it ends", () => {
    assert.deepEqual(called(`one && if two; then echo "$(three) $((1)) \${x:-$(four)}"; fi`), [
      ...["one", "two", "three", "four"],
    ]);
    assert.deepEqual(called("each one x\nanswering=two\nuntil three; do :; done\ntrap 'x=1; four' EXIT"), [
      ...["one", "two", "three", "four"],
    ]);
  });

  it("has nothing else: not what is said, a variable, a file or another program's text", () => {
    assert.deepEqual(called(`echo "one two" 'three $(four)'\none=1; two="$one"; : >"$work/three" # four`), []);
  });

  it("has functions that these call, what stands outside of all, and of two of one name the last", () => {
    const library = new ShellLibrary(
      new ShellLibrary("set -eu\na() {\n  b x\n}\nb() { echo first; }\n"),
      "c() (\n  :\n)\nb() { c; }\n",
    );
    assert.equal(library.only(["a"]), "set -eu\na() {\nb x\n}\nb() { c; }\nc() (\n:\n)\n");
    assert.equal(library.only([]), "set -eu\n");
    assert.throws(() => library.only(["a", "d"]), /^Error: no procedure d in the script$/);
  });

  it("has the values that are read", () => {
    const library = new ShellLibrary('a() {\n  echo "$one"\n}\nb() { echo "$two"; }\n');
    assert.equal(
      renderProcedures({ one: "it's", two: "2", on: "3" }, library, ["a"]),
      `one='it'\\''s'\na() {\necho "$one"\n}\n\necho\n"$1" </dev/null\n`,
    );
  });

  describe("of ours", () => {
    const libraries = {
      metaDbLibrary,
      omsMetaDbLibrary,
      initLibrary,
      upgradeLibrary,
      cmMoveLibrary,
      influxDbUserLibrary,
    };
    /** What bash makes of the functions: their text without comments and layout. */
    const declared = (text: string): string => {
      const { stdout, status } = spawnSync("bash", ["-s"], {
        input: `container=c\n${text}\ndeclare -f`,
        encoding: "utf8",
      });
      assert.equal(status, 0);
      return stdout;
    };
    for (const [name, library] of Object.entries(libraries))
      it(`is to a shell what was written (${name})`, () => {
        const text = library.only(library.names);
        assert.equal(declared(text), declared(library.source));
        assert.doesNotMatch(text, /^[ \t]*# [A-Z]/m);
        for (const procedure of library.names) {
          const { status } = spawnSync("sh", ["-n"], { input: library.only([procedure]) });
          assert.equal(status, 0, procedure);
        }
      });

    it("is small", () => {
      const metaDb = { host: "10.0.0.9", port: 2883, username: "u", password: "p" };
      const about = { metaDb, directory: "/var/backups/x", name: "x" };
      const odc = (...wanted: string[]) => renderMetaDbScript({ ...about, databases: ["d"] }, wanted).length;
      const node = {
        location: 0,
        heartbeatDatabase: "hb",
        cmUrl: "http://10.1.0.101:8088",
        isDefault: true,
        nodes: ["a"],
      };
      const oms = (...wanted: string[]) =>
        renderOmsMetaDbScript({ ...about, databases: { rm: "r", cm: "c" }, regions: [node] }, wanted).length;
      const sizes: [bytes: number, most: number][] = [
        [odc("list"), 2_000],
        [odc("backup", "newest"), 21_500],
        [oms("prepare"), 7_500],
        [oms("ha_off"), 9_500],
        [oms("ha_on"), 10_000],
        [oms("trim"), 8_000],
        [oms("settle", "not_again"), 3_000],
        [oms("verify"), 12_000],
        [oms("verify_url", "not_again"), 8_000],
        [oms("remove_host"), 8_000],
        [oms("look"), 12_000],
      ];
      for (const [bytes, most] of sizes) assert.ok(bytes < most, `${bytes} bytes, and not ${most}`);
    });
  });
});
