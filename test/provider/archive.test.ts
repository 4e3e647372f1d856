import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Entry, listing, modified, writeTar, writeZip } from "./archive-files";
import { Bench, startBench } from "./cases";
import { PluginError, Properties } from "./plugin-client";

const type = "dbha:index:Archive";
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A small product; `text` tells its versions apart. */
function product(text: string): Entry[] {
  return [
    { name: "./prod/", type: "directory", mode: 0o755 },
    { name: "prod/bin/run", content: `#!/bin/sh\necho ${text}\n`, mode: 0o755 },
    { name: "prod/lib/lib.so.1", content: text },
    { name: "prod/lib/lib.so", type: "symlink", linkname: "lib.so.1" },
    { name: "prod/bin/run2", type: "link", linkname: "prod/bin/run" },
    { name: "prod/etc/ümlaut name", content: "", mode: 0o600 },
  ];
}
const unpacked = [
  "d 755 bin",
  "d 755 etc",
  "d 755 lib",
  "f 600 etc/ümlaut name",
  "f 644 lib/lib.so.1",
  "f 755 bin/run",
  "f 755 bin/run2",
  "l 777 lib/lib.so lib.so.1",
];

describe("Archive on a real sshd", function () {
  this.timeout(60_000);
  let bench: Bench;
  let files: string;
  let one: string;
  let two: string;
  let base: string;

  before(async () => {
    files = mkdtempSync(join(tmpdir(), "dbha-archive-"));
    bench = await startBench({}, { env: { XDG_CACHE_HOME: join(files, "cache") } });
    one = join(files, "one.tar.gz");
    two = join(files, "two.tar.gz");
    await writeTar(one, product("one"));
    await writeTar(two, product("the second"));
  });
  after(async () => {
    await bench.stop();
    rmSync(files, { recursive: true });
  });
  beforeEach(() => {
    base = join(bench.directory(), "opt", "prod");
    bench.plugin.log.length = 0;
  });

  const args = (more: Properties = {}) => ({ host: bench.host, source: one, path: base, stripComponents: 1, ...more });
  const make = (more: Properties = {}) => bench.plugin.make(type, args(more));
  const change = (id: string, state: Properties, more: Properties) => bench.plugin.change(type, id, state, args(more));
  const shaOf = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");
  const sent = () => bench.plugin.log.filter(({ message }) => message.includes(" sent, p1 is checking it")).length;
  const inBase = () => readdirSync(base).sort();
  const failing = async (action: Promise<unknown>): Promise<string> => {
    try {
      await action;
    } catch (error) {
      assert.ok(error instanceof PluginError || error instanceof Error);
      return error.message;
    }
    return assert.fail("this should have failed");
  };
  const prefix = (step: string) => `host p1 (127.0.0.1:${bench.sshd.port}): ${step}: `;

  it("unpacks a tar.gz with modes, links, times and owner, and switches the link", async () => {
    const { id, state } = await make({ version: "4.2.1", owner: "nobody", group: "nogroup" });
    assert.equal(id, `p1:${base}`);
    assert.deepEqual(
      [state.sha256, state.directory, state.currentPath, state.ownedVersions, state.createdPaths],
      [shaOf(one), join(base, "4.2.1"), join(base, "current"), ["4.2.1"], [join(base, ".."), base]],
    );
    assert.equal(readlinkSync(join(base, "current")), "4.2.1");
    assert.deepEqual(listing(join(base, "4.2.1")), unpacked);
    const run = statSync(join(base, "current", "bin", "run"));
    assert.deepEqual([run.uid, run.nlink, run.mtime], [65534, 2, modified]);
    assert.equal(execFileSync(join(base, "current", "bin", "run"), { encoding: "utf8" }), "one\n");
    assert.equal(statSync(join(base, "4.2.1")).mode & 0o777, 0o755);
    assert.deepEqual(inBase(), [".4.2.1.dbha", "4.2.1", "current"]);
    assert.equal(sent(), 1);
  });

  it("calls a version by the hash of its file when it has no name, and takes a plain tar", async () => {
    const plain = join(files, "plain.tar");
    await writeTar(plain, product("plain"));
    const { state } = await make({ source: plain, link: "now" });
    const version = shaOf(plain).slice(0, 12);
    assert.deepEqual([state.directory, readlinkSync(join(base, "now"))], [join(base, version), version]);
    assert.deepEqual(listing(join(base, version)), unpacked);
  });

  it("unpacks a zip with executable bits and symbolic links", async () => {
    const zip = join(files, "one.zip");
    await writeZip(zip, [
      { name: "prod/bin/run", content: "#!/bin/sh\necho zip\n", mode: 0o100755 },
      { name: "prod/lib/lib.so.1", content: "zip" },
      { name: "prod/lib/lib.so", content: "lib.so.1", mode: 0o120777 },
    ]);
    const { state } = await make({ source: zip, version: "z" });
    assert.deepEqual(listing(state.directory as string), [
      "d 755 bin",
      "d 755 lib",
      "f 644 lib/lib.so.1",
      "f 755 bin/run",
      "l 777 lib/lib.so lib.so.1",
    ]);
    assert.equal(execFileSync(join(base, "current", "bin", "run"), { encoding: "utf8" }), "zip\n");
  });

  it("tells everything but what it will own in a preview without a host", async () => {
    const { inputs } = await bench.plugin.check(type, args({ host: { ...bench.host, address: "192.0.2.1" } }));
    const { state } = await bench.plugin.create(type, inputs, { preview: true });
    assert.deepEqual(
      [state.sha256, state.directory, state.currentPath, state.ownedVersions],
      [shaOf(one), join(base, shaOf(one).slice(0, 12)), join(base, "current"), unknown],
    );
    assert.match(state.manifest as string, /^[0-9a-f]{64}$/);
  });

  it("follows another text under the same path: seen in preview, unpacked by an update, the former one kept", async () => {
    const source = join(files, "changing.tar.gz");
    await writeTar(source, product("first"));
    const { id, state, inputs } = await make({ source });
    assert.equal((await bench.plugin.diff(type, id, state, inputs)).changes, "none");
    const first = shaOf(source).slice(0, 12);

    unlinkSync(source);
    await writeTar(source, product("second!"));
    const second = shaOf(source).slice(0, 12);
    const diff = await bench.plugin.diff(type, id, state, inputs);
    assert.deepEqual([diff.detailed, diff.replaces], [{ sha256: "update" }, []]);
    const preview = await bench.plugin.update(type, id, state, inputs, { preview: true });
    assert.equal(preview.directory, join(base, second));
    const updated = await bench.plugin.update(type, id, state, inputs);
    assert.deepEqual([updated.ownedVersions, readlinkSync(join(base, "current"))], [[first, second], second]);
    assert.deepEqual(inBase(), [`.${first}.dbha`, `.${second}.dbha`, first, second, "current"].sort());
  });

  it("keeps as many former versions as it is told, and goes back to one of them without sending it", async () => {
    const { id, state } = await make({ version: "1" });
    const upgraded = await change(id, state, { version: "2", source: two });
    assert.deepEqual([upgraded.ownedVersions, sent()], [["1", "2"], 2]);
    const back = await change(id, upgraded, { version: "1" });
    assert.deepEqual([back.ownedVersions, readlinkSync(join(base, "current")), sent()], [["2", "1"], "1", 2]);
    const third = await change(id, back, { version: "3", source: two });
    assert.deepEqual(
      [third.ownedVersions, inBase()],
      [
        ["1", "3"],
        [".1.dbha", ".3.dbha", "1", "3", "current"],
      ],
    );
    const alone = await change(id, third, { version: "3", source: two, keep: 0 });
    assert.deepEqual([alone.ownedVersions, inBase()], [["3"], [".3.dbha", "3", "current"]]);
  });

  it("sends nothing when the same is there, and owns it when an interrupted run of dbha made it", async () => {
    const { state } = await make({ version: "1" });
    unlinkSync(join(base, "current"));
    const again = await make({ version: "1" });
    assert.deepEqual([sent(), again.state], [1, state]);
    assert.equal(readlinkSync(join(base, "current")), "1");
    unlinkSync(join(base, ".1.dbha"));
    assert.deepEqual([(await make({ version: "1" })).state.ownedVersions, sent()], [[], 1]);
  });

  it("tells contents apart that have the same names, sizes and times", async () => {
    const twin = join(files, "twin.tar.gz");
    await writeTar(twin, product("eno"));
    const { id, state } = await make({ version: "1" });
    const updated = await change(id, state, { version: "1", source: twin });
    assert.deepEqual([updated.manifest, updated.sha256, sent()], [state.manifest, shaOf(twin), 2]);
    assert.equal(readFileSync(join(base, "current", "lib", "lib.so.1"), "utf8"), "eno");
    assert.deepEqual([updated.ownedVersions, inBase()], [["1"], [".1.dbha", "1", "current"]]);
  });

  it("removes what an interrupted run left beside the versions", async () => {
    mkdirSync(join(base, ".dbha-unpack.abcdef", "x"), { recursive: true });
    await make({ version: "1" });
    assert.deepEqual(inBase(), [".1.dbha", "1", "current"]);
  });

  describe("drift", () => {
    const drifts: [string, () => void, Record<string, string>][] = [
      ["a changed file", () => writeFileSync(join(base, "1", "lib", "lib.so.1"), "ONE"), { manifest: "update" }],
      ["a changed mode", () => chmodSync(join(base, "1", "bin", "run"), 0o700), { manifest: "update" }],
      ["a file too much", () => writeFileSync(join(base, "1", "more"), ""), { manifest: "update" }],
      ["a missing version", () => rmSync(join(base, "1"), { recursive: true }), { manifest: "update" }],
      ["a missing link", () => unlinkSync(join(base, "current")), { directory: "update" }],
      ["another owner", () => execFileSync("chown", ["nobody", join(base, "1", "bin")]), { owner: "update" }],
      [
        "a link to something else",
        () => {
          unlinkSync(join(base, "current"));
          symlinkSync("/tmp", join(base, "current"));
        },
        { directory: "update" },
      ],
    ];
    for (const [what, spoil, expected] of drifts) {
      it(`is seen and repaired: ${what}`, async () => {
        const { id, state, inputs } = await make({ version: "1" });
        assert.deepEqual(await bench.plugin.read(type, id, state), { state, inputs });
        spoil();
        const read = await bench.plugin.read(type, id, state);
        assert.ok(read);
        assert.deepEqual((await bench.plugin.diff(type, id, read.state, inputs)).detailed, expected);
        const repaired = await bench.plugin.update(type, id, read.state, inputs);
        assert.deepEqual(repaired, state);
        assert.deepEqual(listing(join(base, "1")), unpacked);
        assert.deepEqual(await bench.plugin.read(type, id, repaired), { state, inputs });
        assert.deepEqual(inBase(), [".1.dbha", "1", "current"]);
      });
    }

    it("is no resource any more when nothing is left", async () => {
      const { id, state } = await make({ version: "1" });
      rmSync(base, { recursive: true });
      assert.equal(await bench.plugin.read(type, id, state), undefined);
    });
  });

  describe("import", () => {
    const imported = async (id: string) => {
      const inventory = join(files, "hosts.yaml");
      writeFileSync(inventory, JSON.stringify({ hosts: [bench.host] }));
      await bench.plugin.configure({ privateKeyFile: bench.sshd.privateKeyFile, inventory });
      return bench.plugin.read(type, id, {});
    };

    it("takes over what an archive was unpacked to, and finds out how", async () => {
      const { id, state } = await make({ version: "1", owner: "nobody" });
      const read = await imported(`p1:${base}/current:${one}`);
      assert.deepEqual(read?.state, { ...state, createdPaths: [] });
      assert.equal((await bench.plugin.diff(type, id, read.state, read.inputs)).changes, "none");
    });

    it("does not own what others unpacked, and refuses what is something else", async () => {
      const directory = join(base, "2");
      mkdirSync(directory, { recursive: true });
      execFileSync("tar", ["-xzpf", one, "-C", directory, "--no-same-owner"]);
      chmodSync(join(directory, "prod"), 0o755);
      for (const made of ["bin", "lib", "etc"]) {
        chmodSync(join(directory, "prod", made), 0o755);
      }
      symlinkSync("2", join(base, "current"));
      const read = await imported(`p1:${base}/current:${one}`);
      assert.deepEqual([read?.state.ownedVersions, read?.inputs.stripComponents], [[], 0]);
      assert.equal(
        await failing(imported(`p1:${base}/current:${two}`)),
        `${prefix(`import ${base}/current`)}${base}/2 is not what ${two} unpacks to, by names, modes, sizes and times; ` +
          "give the file it came from, or declare the archive without import, and up unpacks it",
      );
      assert.equal(
        await failing(imported(`p1:${base}/nothing:${one}`)),
        `${prefix(`import ${base}/nothing`)}there is no such link; ` +
          "correct the path, or declare the archive without import, and up unpacks it",
      );
    });
  });

  describe("delete", () => {
    it("removes the versions it made, the link and the directories it made", async () => {
      const { id, state } = await make({ version: "1" });
      const upgraded = await change(id, state, { version: "2", source: two });
      await bench.plugin.delete(type, id, upgraded);
      assert.equal(existsSync(join(base, "..")), false);
      await bench.plugin.delete(type, id, upgraded);
    });

    it("leaves what it did not make, and says so", async () => {
      const { id, state } = await make({ version: "1" });
      mkdirSync(join(base, "mine"));
      await bench.plugin.delete(type, id, state);
      assert.deepEqual(inBase(), ["mine"]);
      const warnings = bench.plugin.log.filter((line) => line.severity === "warning").map((line) => line.message);
      assert.deepEqual(warnings, [`${base} on host p1 is not empty and was kept`]);
    });

    it("leaves a link that points elsewhere, and a base directory that was there", async () => {
      mkdirSync(base, { recursive: true });
      const { id, state } = await make({ version: "1" });
      unlinkSync(join(base, "current"));
      symlinkSync("mine", join(base, "current"));
      await bench.plugin.delete(type, id, state);
      assert.deepEqual([state.createdPaths, inBase()], [[], ["current"]]);
    });
  });

  describe("refuses", () => {
    it("a real directory or a file where the link is to be, and leaves it", async () => {
      mkdirSync(join(base, "current", "data"), { recursive: true });
      const step = prefix(`unpack to ${base}/1`);
      assert.equal(
        await failing(make({ version: "1" })),
        `${step}a directory is in the way at ${base}/current; move it away, or give another link`,
      );
      assert.deepEqual(listing(base), ["d 755 current", "d 755 current/data"]);
      writeFileSync(join(base, "file"), "");
      assert.equal(
        await failing(make({ version: "1", link: "file" })),
        `${step}a file is in the way at ${base}/file; move it away, or give another link`,
      );
    });

    it("a directory of the version's name that dbha did not make, and a base that is none", async () => {
      mkdirSync(join(base, "1"), { recursive: true });
      assert.equal(
        await failing(make({ version: "1" })),
        `${prefix(`unpack to ${base}/1`)}a directory with other content, not made by dbha, is in the way at ${base}/1; ` +
          "move it away, or give another version",
      );
      const file = join(base, "file");
      writeFileSync(file, "");
      assert.equal(
        await failing(make({ version: "1", path: file })),
        `${prefix(`unpack to ${file}/1`)}something that is not a directory is in the way at ${file}; remove it, or give another path`,
      );
    });

    it("an unsafe entry in preview, before the host is asked for anything", async () => {
      const source = join(files, "unsafe.tar");
      await writeTar(source, [{ name: "../evil", content: "" }]);
      const { inputs } = await bench.plugin.check(type, args({ source }));
      assert.equal(
        await failing(bench.plugin.create(type, inputs, { preview: true })),
        `archive ${source}: the entry "../evil" has a .. part; write the archive with names below one directory`,
      );
      await failing(bench.plugin.create(type, inputs));
      assert.equal(existsSync(join(base, "..")), false);
    });

    it("a file cut short, while the former version and the link stay", async () => {
      const { id, state } = await make({ version: "1" });
      const source = join(files, "cut.tar.gz");
      await writeTar(source, product("cut"));
      truncateSync(source, statSync(source).size - 20);
      assert.equal(
        await failing(change(id, state, { source, version: "2" })),
        `archive ${source}: it cannot be read (unexpected end of file); give a whole .tar, .tar.gz or .zip file that is not encrypted`,
      );
      assert.deepEqual([inBase(), readlinkSync(join(base, "current"))], [[".1.dbha", "1", "current"], "1"]);
      assert.deepEqual(listing(join(base, "1")), unpacked);
    });

    it("an unknown owner, with nothing left behind", async () => {
      assert.equal(
        (await failing(make({ version: "1", owner: "nosuchuser" }))).replace(/ \(chown: .*?\);/, ";"),
        `${prefix(`make directory ${base}`)}the owner cannot be set to nosuchuser:root; ` +
          "create user and group first; only root can give directories away, so check sudo: true",
      );
      assert.equal(existsSync(join(base, "..")), false);
    });
  });

  it("on a full disk leaves the former version, the link and no litter, and names the free space", async function () {
    mkdirSync(base, { recursive: true });
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", base], { stdio: "ignore" });
    } catch {
      this.skip();
    }
    try {
      const { id, state } = await make({ version: "1" });
      const source = join(files, "big.tar.gz");
      await writeTar(source, [{ name: "prod/big", content: randomBytes(3_000_000) }]);
      const message = await failing(change(id, state, { version: "2", source }));
      const free = Number(/ (\d+) KiB free/.exec(message)?.[1]);
      // What was unpacked is gone by then.
      assert.ok(free > 900 && free < 1024, message);
      assert.equal(
        message.replace(/ \(tar: .*\);/, ";"),
        `${prefix(`unpack ${source} to ${base}/2`)}it cannot be unpacked, ${free} KiB free on ${base}; ` +
          "versions and link stay as they are; free space there; the host needs tar and gzip",
      );
      assert.deepEqual([inBase(), readlinkSync(join(base, "current"))], [[".1.dbha", "1", "current"], "1"]);
      assert.deepEqual(listing(join(base, "1")), unpacked);
    } finally {
      execFileSync("umount", ["-l", base]);
    }
  });
});
