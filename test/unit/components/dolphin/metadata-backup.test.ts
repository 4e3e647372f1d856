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
import { renderMetadataBackup, type MetadataBackup } from "../../../../components/dolphin/metadata-backup";

describe("A backup of DolphinDB's metadata on a host", () => {
  let root: string;
  let given: MetadataBackup;
  const file = (path: string): string => readFileSync(join(root, path), "utf8");
  const write = (path: string, text: string): void => {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const run = (procedure: string, changes: Partial<MetadataBackup> = {}): { said: string[]; told: string } => {
    const input = renderMetadataBackup({ ...given, ...changes });
    const { stdout, stderr } = spawnSync("sh", ["-s", procedure], { input, encoding: "utf8" });
    return { said: stdout.split("\n").filter((line) => line !== ""), told: stderr.trim() };
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "dbha-dolphin-"));
    write("home/c1/raft/raftWAL1", "log");
    write("home/c1/sysmgmt/acl.meta", "users");
    write("meta/c1/checkpoint", "files");
    write("ssd1/d1/CHUNK_METADATA/chunks", "chunks");
    write("ssd1/d1/data", "no metadata");
    chmodSync(join(root, "meta/c1"), 0o751);
    given = {
      ...{ backups: join(root, "backups"), name: "20261130T010000Z-3.00.4", keep: 2 },
      ...{ controllerHome: join(root, "home/c1"), dfsMetaDir: join(root, "meta/c1") },
      chunkMetaDirs: [join(root, "ssd1/d1/CHUNK_METADATA")],
    };
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("is all of them, and goes back to what they were", () => {
    assert.deepEqual(run("backup"), { said: [`backup=${given.name}`], told: "" });
    const saved = [
      ...["home/c1/raft/raftWAL1", "home/c1/sysmgmt/acl.meta", "meta/c1/checkpoint"],
      "ssd1/d1/CHUNK_METADATA/chunks",
    ];
    for (const path of [...saved, "home/c1/raft/raftSnapshot1"]) write(path, "newer");
    for (let times = 0; times < 2; times++) {
      assert.deepEqual(run("restore"), { said: [`restored=${given.name}`], told: "" });
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
    assert.deepEqual(readdirSync(given.backups), [given.name]);
    const before = file(`backups/${given.name}/sha256`);
    write("home/c1/raft/raftWAL1", "newer");
    run("backup");
    assert.equal(file(`backups/${given.name}/sha256`), before);
  });

  it("is none of metadata that are not there", () => {
    rmSync(join(root, "home/c1/sysmgmt"), { recursive: true });
    assert.deepEqual(run("backup"), {
      said: [],
      told: `${root}/home/c1/sysmgmt is not there, and belongs to the metadata; fix: start the nodes once, or correct the directory`,
    });
    assert.deepEqual(run("list").said, []);
  });

  it("is not gone back to when it is damaged, unfinished, not there, or of other directories", () => {
    run("backup");
    assert.match(
      run("restore", { name: "other" }).told,
      /^there is no backup other in .*; fix: give one that list shows$/,
    );
    assert.match(run("restore", { chunkMetaDirs: [] }).told, /has other directories than this host has now; fix: /);
    mkdirSync(join(given.backups, "begun"));
    assert.equal(
      run("restore", { name: "begun" }).told,
      "the backup begun was not ended; fix: give one that list shows",
    );
    writeFileSync(join(given.backups, given.name, "set.tar"), "damaged");
    assert.equal(run("restore").told, `the backup ${given.name} is damaged; fix: give another one`);
    assert.equal(file("home/c1/raft/raftWAL1"), "log");
  });

  it("is one of several, of which the latest are kept", () => {
    for (const name of ["20260101T000000Z-3", "20260301T000000Z-3", "20260201T000000Z-3"]) run("backup", { name });
    mkdirSync(join(given.backups, ".left.new"));
    assert.deepEqual(run("prune").said, ["removed=20260101T000000Z-3"]);
    assert.deepEqual(run("list").said, ["backup=20260201T000000Z-3", "backup=20260301T000000Z-3"]);
    assert.deepEqual(readdirSync(given.backups).sort(), ["20260201T000000Z-3", "20260301T000000Z-3"]);
  });
});
