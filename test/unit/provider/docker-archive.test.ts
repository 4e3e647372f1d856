import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createWriteStream, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { pack } from "tar-stream";
import { recall, remember } from "../../../provider/archive-memory";
import { readDockerArchive, streamArchive } from "../../../provider/docker-archive";
import { setCacheHome } from "./cache-home";

describe("image files", () => {
  let directory: string;
  let path: string;
  let count = 0;
  let cacheHome: string | undefined;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), "dbha-archive-"));
    cacheHome = setCacheHome(directory);
  });
  after(() => {
    setCacheHome(cacheHome);
    rmSync(directory, { recursive: true });
  });
  beforeEach(() => {
    count += 1;
    path = join(directory, `${count}.tar`);
  });

  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  const config = JSON.stringify({ architecture: "arm64", os: "linux" });

  const write = async (entries: [name: string, content: string][], gzip = false) => {
    const tar = pack();
    for (const [name, content] of entries) {
      tar.entry({ name }, content);
    }
    tar.finalize();
    await pipeline(tar as unknown as Readable, gzip ? createGzip() : new PassThrough(), createWriteStream(path));
  };
  const manifest = (file: string, tags: string[] | null = ["odc:1"]) =>
    JSON.stringify([{ Config: file, RepoTags: tags, Layers: ["layer.tar"] }]);

  const layouts: [what: string, file: string, gzip: boolean][] = [
    ["Docker's older layout", `${sha256(config)}.json`, false],
    ["Docker's older layout, compressed", `${sha256(config)}.json`, true],
    ["the OCI layout", `blobs/sha256/${sha256(config)}`, false],
    ["the OCI layout, compressed", `blobs/sha256/${sha256(config)}`, true],
  ];
  for (const [what, file, gzip] of layouts) {
    it(`in ${what} tell ID, architecture and tags`, async () => {
      await write(
        [
          [file, config],
          ["layer.tar", "x".repeat(2_000_000)],
          ["manifest.json", manifest(file, ["odc:1", "odc:latest"])],
        ],
        gzip,
      );
      const { size, mtimeMs } = statSync(path);
      assert.deepEqual(await readDockerArchive(path), {
        path,
        size,
        modified: Math.round(mtimeMs),
        imageId: `sha256:${sha256(config)}`,
        architecture: "arm64",
        references: ["odc:1", "odc:latest"],
      });
    });
  }

  it("may have no tags", async () => {
    await write([
      ["manifest.json", manifest(`${sha256(config)}.json`, null)],
      [`${sha256(config)}.json`, config],
    ]);
    assert.deepEqual((await readDockerArchive(path)).references, []);
  });

  const broken: [what: string, entries: [string, string][], problem: RegExp][] = [
    ["no manifest", [["a", "b"]], /it has no manifest\.json that Docker would read; write it by docker save$/],
    ["a manifest that is none", [["manifest.json", "{}"]], /it has no manifest\.json that Docker would read/],
    [
      "two images",
      [["manifest.json", JSON.stringify([{ Config: "a" }, { Config: "b" }])]],
      /it holds 2 images; save one image per file$/,
    ],
    [
      "no configuration",
      [["manifest.json", manifest("x.json")]],
      /the image's configuration is missing or damaged; write it anew by docker save$/,
    ],
    [
      "a configuration of another hash",
      [
        ["manifest.json", manifest(`${sha256("other")}.json`)],
        [`${sha256("other")}.json`, config],
      ],
      /the image's configuration is missing or damaged/,
    ],
  ];
  for (const [what, entries, problem] of broken) {
    it(`with ${what} are refused`, async () => {
      await write(entries);
      await assert.rejects(readDockerArchive(path), problem);
    });
  }

  it("that are none, or not there, are refused by name", async () => {
    writeFileSync(path, "this is not a tar archive".repeat(100));
    await assert.rejects(readDockerArchive(path), (error: Error) => {
      assert.match(
        error.message,
        /^image file .*\.tar: it is not an image file \(.*\); write it by docker save, plain or through gzip$/,
      );
      return true;
    });
    await assert.rejects(readDockerArchive("nowhere/x.tar"), {
      message:
        "image file nowhere/x.tar: there is no such file on this machine; correct the path; relative ones start at the project",
    });
  });

  it("that did not change are not read again, and those that did are", async () => {
    const file = `${sha256(config)}.json`;
    await write([
      [file, config],
      ["manifest.json", manifest(file)],
    ]);
    const first = await readDockerArchive(path);
    const known = { ...first, imageId: "sha256:known" };
    assert.equal(await readDockerArchive(path, known), known);

    const other = JSON.stringify({ architecture: "amd64" });
    await write([
      [`${sha256(other)}.json`, other],
      ["manifest.json", manifest(`${sha256(other)}.json`)],
    ]);
    utimesSync(path, new Date(), new Date(first.modified + 5_000));
    assert.equal((await readDockerArchive(path, known)).imageId, `sha256:${sha256(other)}`);
  });

  it("that another process read are not read again", async () => {
    const file = `${sha256(config)}.json`;
    await write([
      [file, config],
      ["manifest.json", manifest(file)],
    ]);
    const { size, mtimeMs, ino } = statSync(path);
    const contents = { imageId: `sha256:${"0".repeat(64)}`, architecture: "amd64", references: ["noted:1"] };
    remember(path, { size, modified: Math.round(mtimeMs), inode: ino }, contents);
    assert.deepEqual(await readDockerArchive(path), { path, size, modified: Math.round(mtimeMs), ...contents });
  });

  it("of which nonsense is remembered are read", async () => {
    const file = `${sha256(config)}.json`;
    await write([
      [file, config],
      ["manifest.json", manifest(file)],
    ]);
    const { size, mtimeMs, ino } = statSync(path);
    const identity = { size, modified: Math.round(mtimeMs), inode: ino };
    remember(path, identity, { imageId: "latest" });
    const { imageId, architecture, references } = await readDockerArchive(path);
    assert.equal(imageId, `sha256:${sha256(config)}`);
    assert.deepEqual(recall(path, identity), { imageId, architecture, references });
  });

  it("are streamed whole, and told when they are", async () => {
    const file = `${sha256(config)}.json`;
    await write([
      [file, config],
      ["layer.tar", "x".repeat(1_000_000)],
      ["manifest.json", manifest(file)],
    ]);
    const told: number[] = [];
    const bytes = await buffer(streamArchive(await readDockerArchive(path), (percent) => told.push(percent)));
    assert.equal(bytes.length, statSync(path).size);
    assert.equal(told.at(-1), 100);
  });
});
