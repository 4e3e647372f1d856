import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recall, remember } from "../../../provider/archive-memory";
import { setCacheHome } from "./cache-home";

describe("the memory of archives", () => {
  let before: string | undefined;
  const identity = { size: 10, modified: 1_700_000_000_000, inode: 7 };
  let directory: string;
  let file: string;
  let archive: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "dbha-memory-"));
    before = setCacheHome(directory);
    file = join(directory, "dbha", "archives.json");
    archive = join(directory, "one.tar");
    writeFileSync(archive, "one");
  });
  afterEach(() => {
    setCacheHome(before);
    rmSync(directory, { recursive: true });
  });

  it("tells what the same file held, in a file for its user alone", () => {
    assert.equal(recall(archive, identity), undefined);
    remember(archive, identity, { id: "a" });
    assert.deepEqual(recall(archive, identity), { id: "a" });
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(join(directory, "dbha")), ["archives.json"]);
  });

  for (const change of [{ size: 11 }, { modified: 1_700_000_000_001 }, { inode: 8 }]) {
    it(`knows nothing of a file with another ${Object.keys(change).join()}`, () => {
      remember(archive, identity, { id: "a" });
      assert.equal(recall(archive, { ...identity, ...change }), undefined);
    });
  }

  it("keeps what other files held, and forgets those that are gone", () => {
    const gone = join(directory, "gone.tar");
    const other = join(directory, "other.tar");
    writeFileSync(other, "other");
    remember(gone, identity, { id: "gone" });
    remember(other, identity, { id: "other" });
    remember(archive, identity, { id: "a" });
    assert.deepEqual(Object.keys(JSON.parse(readFileSync(file, "utf8")) as object), [other, archive]);
  });

  for (const text of ["", "{", "[]", '{"/a":{"size":"x"}}']) {
    it(`ignores a memory that is broken: ${JSON.stringify(text)}`, () => {
      mkdirSync(join(directory, "dbha"));
      writeFileSync(file, text);
      assert.equal(recall(archive, identity), undefined);
      remember(archive, identity, { id: "a" });
      assert.deepEqual(recall(archive, identity), { id: "a" });
    });
  }

  it("is done without where nothing can be written", () => {
    process.env.XDG_CACHE_HOME = archive;
    remember(archive, identity, { id: "a" });
    assert.equal(recall(archive, identity), undefined);
  });
});
