import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  backupMetadata,
  proveBackup,
  pruneBackups,
  removeBackups,
  restoreMetadata,
} from "../../../../provider/scripts/dolphin-metadata";
import { assemble, type Script } from "../../../../provider/scripts/script";

const scripts = {
  backup: backupMetadata,
  prove: proveBackup,
  prune: pruneBackups,
  remove: removeBackups,
  restore: restoreMetadata,
};

interface Given {
  name: string;
  keep: number;
  paths: string[];
}

describe("A backup of DolphinDB's metadata on a host", () => {
  let root: string;
  let given: Given;
  let backups: string;
  const file = (path: string): string => readFileSync(join(root, path), "utf8");
  const write = (path: string, text: string): void => {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const run = (what: keyof typeof scripts, changes: Partial<Given> = {}): string[] => {
    const { paths, ...values } = { ...given, ...changes };
    const text = assemble(scripts[what] as Script, { ...values, backups, about: "3 chunks" }, paths);
    const { stdout, stderr } = spawnSync("sh", ["-c", text], { encoding: "utf8" });
    assert.equal(stderr, "");
    return stdout.split("\n").filter((line) => line !== "");
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "dbha-dolphin-"));
    write("home/c1/raft/raftWAL1", "log");
    write("home/c1/sysmgmt/acl.meta", "users");
    write("meta/c1/checkpoint", "files");
    write("ssd1/d1/CHUNK_METADATA/chunks", "chunks");
    write("ssd1/d1/data", "no metadata");
    chmodSync(join(root, "meta/c1"), 0o751);
    backups = join(root, "backups");
    const [controller, ssd] = [join(root, "home/c1"), join(root, "ssd1/d1")];
    const paths = [
      `${controller}/raft`,
      `?${controller}/sysmgmt`,
      `?${join(root, "meta/c1")}`,
      `${ssd}/CHUNK_METADATA`,
    ];
    given = { name: "20261130T010000Z-3.00.4", keep: 2, paths };
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("is all of them, and goes back to what they were", () => {
    assert.deepEqual(run("backup"), [`backup=${given.name}`]);
    assert.deepEqual(run("prove"), [`backup=${given.name}`, "about=3 chunks"]);
    const saved = [
      ...["home/c1/raft/raftWAL1", "home/c1/sysmgmt/acl.meta", "meta/c1/checkpoint"],
      "ssd1/d1/CHUNK_METADATA/chunks",
    ];
    for (const path of [...saved, "home/c1/raft/raftSnapshot1"]) write(path, "newer");
    for (let times = 0; times < 2; times++) {
      assert.deepEqual(run("restore"), [`restored=${given.name}`]);
      assert.deepEqual(saved.map(file), ["log", "users", "files", "chunks"]);
      assert.equal(existsSync(join(root, "home/c1/raft/raftSnapshot1")), false);
      assert.equal(file(`home/c1/raft.before-${given.name}/raftWAL1`), "newer");
    }
    assert.equal(statSync(join(root, "meta/c1")).mode & 0o777, 0o751);
    assert.equal(file("ssd1/d1/data"), "no metadata");
    assert.deepEqual(readdirSync(join(root, "home/c1")).sort(), [
      ...["raft", `raft.before-${given.name}`, "sysmgmt", `sysmgmt.before-${given.name}`],
    ]);
  });

  it("is made anew where a run left it half done, and not where it was ended", () => {
    write(`backups/.${given.name}.new/set.tar`, "half");
    run("backup");
    assert.deepEqual(readdirSync(backups), [given.name]);
    const before = file(`backups/${given.name}/sha256`);
    write("home/c1/raft/raftWAL1", "newer");
    run("backup");
    assert.equal(file(`backups/${given.name}/sha256`), before);
  });

  it("is none of metadata that are not there", () => {
    rmSync(join(root, "home/c1/raft"), { recursive: true });
    assert.deepEqual(run("backup"), [
      `problem=${root}/home/c1/raft is not there, and belongs to the metadata`,
      "fix=start the nodes once, or correct the directory",
    ]);
    assert.deepEqual(readdirSync(backups), []);
  });

  it("is of a directory that need not be there only where it is, and takes one away that came later", () => {
    rmSync(join(root, "meta"), { recursive: true });
    run("backup");
    write("meta/c1/checkpoint", "newer");
    run("restore");
    assert.equal(existsSync(join(root, "meta/c1")), false);
    assert.equal(file(`meta/c1.before-${given.name}/checkpoint`), "newer");
  });

  it("is not gone back to when it is damaged, unfinished or not there", () => {
    run("backup");
    const fix = "fix=give one of the output backups";
    for (const what of ["prove", "restore"] as const)
      assert.deepEqual(run(what, { name: "other" }), [`problem=there is no backup other in ${backups}`, fix]);
    mkdirSync(join(backups, "begun"));
    assert.deepEqual(run("restore", { name: "begun" }), ["problem=the backup begun was not ended", fix]);
    writeFileSync(join(backups, given.name, "set.tar"), "damaged");
    assert.deepEqual(run("restore"), [
      `problem=the backup ${given.name} is damaged`,
      "fix=give another one of the output backups",
    ]);
    assert.equal(file("home/c1/raft/raftWAL1"), "log");
  });

  it("is one of several, of which the latest are kept", () => {
    for (const name of ["20260101T000000Z-3", "20260301T000000Z-3", "20260201T000000Z-3"]) run("backup", { name });
    mkdirSync(join(backups, ".left.new"));
    run("prune");
    assert.deepEqual(readdirSync(backups).sort(), ["20260201T000000Z-3", "20260301T000000Z-3"]);
    run("remove");
    assert.equal(existsSync(backups), false);
  });
});
