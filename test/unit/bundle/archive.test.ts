import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createWriteStream, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { pack } from "tar-stream";
import { architectureOf, proveArchive } from "../../../bundle/archive";
import { licencesOf } from "../../../bundle/licences";
import { obtain } from "../../../bundle/obtain";
import { partsOf } from "../../../bundle/parts";
import { filesBelow, writeTar } from "../../../bundle/write-tar";

/** The head of a program, as much of it as tells its architecture. */
function elf(machine: number): Buffer {
  const head = Buffer.alloc(64);
  head.write("\x7fELF", "latin1");
  head.writeUInt16LE(machine, 18);
  return head;
}

describe("Archives of a bundle", () => {
  const folder = mkdtempSync(join(tmpdir(), "dbha-bundle-"));
  after(() => rmSync(folder, { recursive: true }));

  async function archive(name: string, files: Record<string, string | Buffer>): Promise<string> {
    const tar = pack();
    for (const [path, content] of Object.entries(files)) tar.entry({ name: path }, content);
    tar.finalize();
    await pipeline(tar, createGzip(), createWriteStream(join(folder, name)));
    return join(folder, name);
  }

  it("are told by the program's head", () => {
    assert.equal(architectureOf(elf(0x3e)), "amd64");
    assert.equal(architectureOf(elf(0xb7)), "arm64");
    assert.equal(architectureOf(elf(0xf3)), undefined);
    assert.equal(architectureOf(Buffer.from("#!/bin/sh")), undefined);
  });

  it("are proven by their program, and tell how much is in them", async () => {
    const file = await archive("good.tar.gz", { "pulumi/pulumi": elf(0x3e), "pulumi/more": "1234" });
    assert.equal(await proveArchive(file, "pulumi", "amd64"), 68);
  });

  it("are refused without the program, with one for others, and where they are no archive", async () => {
    const other = await archive("other.tar.gz", { pulumi: elf(0xb7) });
    await assert.rejects(proveArchive(other, "pulumi", "amd64"), {
      message: `${other}: must have the program pulumi for Linux on amd64, and has one for arm64; fix: get the right archive`,
    });
    await assert.rejects(proveArchive(other, "pulumi-resource-tls", "arm64"), {
      message: `${other}: must have the program pulumi-resource-tls for Linux on arm64, and has none; fix: get the right archive`,
    });
    const page = join(folder, "page.tar.gz");
    writeFileSync(page, "<html>not found</html>");
    await assert.rejects(
      proveArchive(page, "pulumi", "amd64"),
      /page\.tar\.gz: must be a whole \.tar\.gz, and it is not \(.+\); fix: get it again$/,
    );
    const cut = join(folder, "cut.tar.gz");
    writeFileSync(cut, readFileSync(other).subarray(0, 40));
    await assert.rejects(proveArchive(cut, "pulumi", "amd64"), /must be a whole \.tar\.gz, and it is not \(.+\)/);
  });

  it("are downloaded once, as a whole, and told with a way by hand where that fails", async () => {
    const [part] = partsOf("amd64", {});
    assert.ok(part);
    const asked: string[] = [];
    const server = createServer(({ url = "" }, answer) => {
      asked.push(url);
      if (url.startsWith("/none")) answer.statusCode = 404;
      answer.end("the archive");
    }).listen(0, "127.0.0.1");
    await new Promise((done) => server.once("listening", done));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const downloads = join(folder, "downloads");
    await assert.rejects(obtain(part, downloads, `${address}/none`), {
      message: `${address}/none/${part.path}: was not downloaded (HTTP status 404); fix: put ${part.file} into ${downloads}, name its folder by DOWNLOADS, or another address by RELEASES`,
    });
    const file = await obtain(part, downloads, address);
    assert.equal(readFileSync(file, "utf8"), "the archive");
    assert.equal(await obtain(part, downloads, address), file);
    assert.deepEqual(asked, [`/none/${part.path}`, `/${part.path}`]);
    assert.deepEqual(readdirSync(downloads), [part.file]);
    server.close();
    server.closeAllConnections();
    await assert.rejects(
      obtain({ ...part, file: "x" }, downloads, address),
      /was not downloaded \((connect ECONNREFUSED|other side closed)/,
    );
  });

  it("tell licences in the form of today and of former times, with the texts of what they have taken over", async () => {
    const today = {
      "package/package.json": '{"license":"MIT"}',
      "package/LICENSE.txt": "text",
      "package/vendor/x/LICENCE": "x",
    };
    const former = { "other/package.json": '{"licenses":[{"type":"MIT"},{"type":"BSD"}]}', "other/license.js": "" };
    const files = [
      await archive("a.tgz", today),
      await archive("b.tgz", former),
      await archive("c.tgz", { "package/package.json": "{}" }),
    ];
    const licences = await licencesOf(files.map((file, i) => ({ name: `p${i}`, version: "1.0.0", file })));
    assert.deepEqual(
      licences.map(({ licence, texts }) => [licence, texts.map(({ path }) => path)]),
      [
        ["MIT", ["LICENSE.txt", "vendor/x/LICENCE"]],
        ["MIT OR BSD", ["license.js"]],
        ["not told", []],
      ],
    );
  });

  it("are written as the same bytes whenever they are", async () => {
    const made: Buffer[] = [];
    for (const name of ["one", "two"]) {
      const content = mkdtempSync(join(folder, "content-"));
      for (const path of name === "one" ? ["a", "b"] : ["b", "a"])
        writeFileSync(join(content, path), path, { mode: 0o700 });
      assert.deepEqual(filesBelow(content), ["a", "b"]);
      await writeTar(content, "bundle", 1_700_000_000, join(folder, `${name}.tar`));
      made.push(readFileSync(join(folder, `${name}.tar`)));
    }
    const [one = Buffer.alloc(0), two] = made;
    assert.deepEqual(one, two);
    assert.equal(one.subarray(0, 8).toString(), "bundle/a");
  });
});
