import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { remember } from "../../../provider/archive-memory";
import { inspectArchive, streamArchive } from "../../../provider/archives/archive-file";
import { Entry, patch, writeTar, writeZip } from "../../provider/archive-files";
import { setCacheHome } from "./cache-home";

describe("archives", () => {
  let before: string | undefined;
  let directory: string;
  let count = 0;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "dbha-archives-"));
    before = setCacheHome(directory);
  });
  afterEach(() => {
    setCacheHome(before);
    rmSync(directory, { recursive: true });
  });

  const fresh = (extension: string) => join(directory, `${(count += 1)}.${extension}`);
  const tar = async (entries: Entry[], extension = "tar") => {
    const file = fresh(extension);
    await writeTar(file, entries);
    return file;
  };
  const link = (name: string, linkname: string): Entry => ({ name, type: "symlink", linkname });
  const file = (name: string): Entry => ({ name, content: "x" });

  const refused: [string, Entry[], string][] = [
    [
      "an absolute name",
      [file("/etc/passwd")],
      '"/etc/passwd" is an absolute path; write the archive with relative names',
    ],
    ["a .. part", [file("a/../../b")], '"a/../../b" has a .. part; write the archive with names below one directory'],
    [
      "a device",
      [{ name: "null", type: "character-device" }],
      '"null" is a character device; only files, directories and links are unpacked',
    ],
    ["a pipe", [{ name: "pipe", type: "fifo" }], '"pipe" is a fifo; only files, directories and links are unpacked'],
    [
      "an absolute link",
      [link("a", "/etc")],
      '"a" is a link to /etc, which may lead outside; use relative links within the archive',
    ],
    [
      "a link that leads outside",
      [link("a/b", "../../c")],
      '"a/b" is a link to ../../c, which may lead outside; use relative links within the archive',
    ],
    [
      "a link that goes up behind another one",
      [link("a/b", ".."), link("c", "a/b/../x")],
      '"c" is a link to a/b/../x, which may lead outside; use relative links within the archive',
    ],
    [
      "an entry below a link",
      [link("a", "b"), file("a/c")],
      '"a/c" lies below a, which is no directory; write the archive anew',
    ],
    [
      "a link in the place of a directory",
      [file("a/c"), link("a", "b")],
      '"a" is there twice; write the archive anew, with each name once',
    ],
    [
      "a hard link to what is no earlier file",
      [{ name: "a", type: "link", linkname: "b" }],
      '"a" is a hard link to b, which is no earlier file; write the archive anew',
    ],
    [
      "a hard link to outside",
      [{ name: "a", type: "link", linkname: "/etc/shadow" }],
      '"a -> /etc/shadow" is an absolute path; write the archive with relative names',
    ],
    [
      "a line break in a name",
      [file("a\nb")],
      '"a\\nb" has a name with control characters, or one that is not UTF-8; rename it',
    ],
  ];
  for (const [what, entries, message] of refused) {
    it(`refuse ${what}, by the entry's name`, async () => {
      const path = await tar(entries);
      await assert.rejects(inspectArchive(path, 0), { message: `archive ${path}: the entry ${message}` });
    });
  }

  it("refuse types of entry that are not known, and links to nothing", async () => {
    const path = await tar([file("a")]);
    const header = readFileSync(path);
    header[156] = "S".charCodeAt(0);
    header.write("        ", 148);
    const sum = header.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    writeFileSync(path, header);
    await assert.rejects(inspectArchive(path, 0), {
      message: `archive ${path}: the entry "a" is a special file; only files, directories and links are unpacked`,
    });
    const nowhere = await tar([link("a", "")]);
    await assert.rejects(inspectArchive(nowhere, 0), /the entry "a" is a link to , which may lead outside/);
  });

  it("refuse unsafe names and links in a zip as well", async () => {
    const zip = fresh("zip");
    await writeZip(zip, [{ name: "xx/evil", content: "" }]);
    patch(zip, "xx/evil", "../evil");
    await assert.rejects(inspectArchive(zip, 0), {
      message: `archive ${zip}: it cannot be read (invalid relative path: ../evil); give a whole .tar, .tar.gz or .zip file that is not encrypted`,
    });
    const other = fresh("zip");
    await writeZip(other, [{ name: "a", content: "../../etc", mode: 0o120777 }]);
    await assert.rejects(inspectArchive(other, 0), {
      message: `archive ${other}: the entry "a" is a link to ../../etc, which may lead outside; use relative links within the archive`,
    });
  });

  it("accept links within, also upwards, and check them after parts were left out", async () => {
    const path = await tar([file("p/a/b"), link("p/c/d", "../a/b"), link("p/e", "./a")]);
    assert.match((await inspectArchive(path, 0)).manifest, /^[0-9a-f]{64}$/);
    const up = await tar([file("p/a"), link("p/b", "../p/a")]);
    await inspectArchive(up, 0);
    await assert.rejects(inspectArchive(up, 1), /the entry "p\/b" is a link to \.\.\/p\/a, which may lead outside/);
  });

  const damaged: [string, (path: string) => void, string, "tar" | "tar.gz" | "zip"][] = [
    ["cut within a file", (path) => truncateSync(path, 700), "it ends before the end of a tar file", "tar"],
    ["cut between two files", (path) => truncateSync(path, 1024), "it ends before the end of a tar file", "tar"],
    ["cut gzip", (path) => truncateSync(path, readFileSync(path).length - 9), "unexpected end of file", "tar.gz"],
    [
      "cut zip",
      (path) => truncateSync(path, readFileSync(path).length - 40),
      "End of central directory record signature not found.",
      "zip",
    ],
    ["damaged content of a zip", (path) => patch(path, "content!", "cOntent!"), "the content of a is damaged", "zip"],
    [
      "some text",
      (path) => writeFileSync(path, "text ".repeat(300)),
      "Invalid tar header. Maybe the tar is corrupted or it needs to be gunzipped?",
      "tar",
    ],
  ];
  for (const [what, spoil, problem, extension] of damaged) {
    it(`are refused when damaged: ${what}`, async () => {
      const path = fresh(extension);
      const entries = ["a", "b"].map((name) => ({ name, content: "content!" }));
      await (extension === "zip" ? writeZip(path, entries, false) : writeTar(path, entries));
      spoil(path);
      await assert.rejects(inspectArchive(path, 0), (error: Error) => {
        assert.ok(error.message.startsWith(`archive ${path}: it cannot be read (${problem}`), error.message);
        return true;
      });
    });
  }

  it("say when nothing is left, and when there is no such file", async () => {
    const path = await tar([file("a/b")]);
    await assert.rejects(inspectArchive(path, 2), {
      message: `archive ${path}: nothing is left without the first 2 parts of the names; give another file, or another stripComponents`,
    });
    await assert.rejects(inspectArchive(`${path}.gone`, 0), {
      message: `archive ${path}.gone: there is no such file on this machine; correct the path, relative ones start at the project`,
    });
  });

  it("are not read again while the file is the same", async () => {
    const path = await tar([file("a")]);
    const known = await inspectArchive(path, 0);
    const memory = join(directory, "dbha", "archives.json");
    const noted = JSON.parse(readFileSync(memory, "utf8")) as Record<string, { contents: unknown }>;
    assert.deepEqual(noted[path]?.contents, { strip: 0, ...known });
    assert.equal(known.size, 1);

    const manifest = "0".repeat(64);
    const { size, mtimeMs, ino } = statSync(path);
    remember(path, { size, modified: Math.round(mtimeMs), inode: ino }, { ...known, strip: 1, manifest });
    assert.equal((await inspectArchive(path, 1)).manifest, manifest);
  });

  it("are sent as a tar of what was checked, setuid and strange owners left out", async () => {
    const path = await tar([{ name: "p/run", content: "x", mode: 0o4755, uid: 1000, uname: "me" }]);
    const chunks: Buffer[] = [];
    for await (const chunk of streamArchive(path, 1, 1, () => undefined)) {
      chunks.push(chunk as Buffer);
    }
    const header = gunzipSync(Buffer.concat(chunks)).subarray(0, 512).toString("latin1");
    assert.deepEqual(
      [header.slice(0, 4), header.slice(100, 106), header.slice(108, 114), header.slice(265, 267)],
      ["run\0", "000755", "000000", "\0\0"],
    );
  });
});
