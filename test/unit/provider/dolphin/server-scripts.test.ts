import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readServer, switchServer } from "../../../../provider/scripts/dolphin-server";
import { assemble } from "../../../../provider/scripts/script";

describe("The directory that nodes of DolphinDB run from", () => {
  let root: string;
  let server: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "dolphin-"));
    server = join(root, "server");
    mkdirSync(server);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const run = (text: string): string[] => {
    const { stdout, stderr } = spawnSync("sh", ["-c", text], { encoding: "utf8" });
    assert.equal(stderr, "");
    return stdout.trim().split("\n");
  };
  const put = (path: string, version: string): string[] =>
    run(assemble(switchServer, { server, package: path, version }));
  const look = (): string[] => run(assemble(readServer, { server, backups: join(root, "backups") }));

  /** A package's directory with these entries. */
  function release(version: string, ...entries: string[]): string {
    const path = join(root, version);
    mkdirSync(path);
    for (const entry of entries) writeFileSync(join(path, entry), `${entry} of ${version}\n`);
    chmodSync(join(path, "dolphindb"), 0o755);
    return path;
  }

  it("has the package's own file for a program, nobody else's licence, and tells which package it is", () => {
    assert.deepEqual(look(), ["version=", "package="]);
    writeFileSync(join(server, "dolphindb.lic"), "ours\n");
    const first = release("1", "dolphindb", "dolphindb.lic", "dolphindb.dos", "libold.so", "clusterDemo");
    const second = release("2", "dolphindb", "dolphindb.lic", "dolphindb.dos", "libnew.so");
    const read = (name: string): string => readFileSync(join(server, name), "utf8");
    for (const [path, version, lib] of [
      [first, "3.00.4", "libold.so"],
      [second, "3.00.5", "libnew.so"],
      [first, "3.00.4", "libold.so"],
    ] as const) {
      for (let times = 0; times < 2; times++) assert.deepEqual(put(path, version), [`package=${path}`]);
      assert.deepEqual(
        readdirSync(server).sort(),
        [".package", "dolphindb", "dolphindb.dos", "dolphindb.lic", lib].sort(),
      );
      assert.equal(statSync(join(server, "dolphindb")).ino, statSync(join(path, "dolphindb")).ino);
      assert.equal(read("dolphindb.lic"), "ours\n");
      assert.equal(read(lib), readFileSync(join(path, lib), "utf8"));
      assert.deepEqual(look(), [`version=${version}`, `package=${path}`]);
    }
  });

  it("tells the backups that were ended", () => {
    for (const name of ["20260101T000000Z-3", "20260201T000000Z-3", "begun"])
      mkdirSync(join(root, "backups", name), { recursive: true });
    for (const name of ["20260101T000000Z-3", "20260201T000000Z-3"])
      writeFileSync(join(root, "backups", name, "sha256"), "");
    assert.deepEqual(look().slice(2), ["backup=20260101T000000Z-3", "backup=20260201T000000Z-3"]);
  });

  it("stays as it was where a package of another form is given", () => {
    const first = release("1", "dolphindb");
    put(first, "3.00.4");
    mkdirSync(join(root, "2"));
    assert.deepEqual(put(join(root, "2"), "3.00.5"), [
      "problem=the package has no program dolphindb where it is looked for",
      "fix=server.stripComponents is the number of directories above it",
    ]);
    assert.deepEqual(look(), ["version=3.00.4", `package=${first}`]);
  });
});
