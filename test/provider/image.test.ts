import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { eventually } from "../integration/hosts";
import { startRegistry, writeImage } from "./docker-image";
import { Gate, startGate } from "./gate";
import { LabBench, startLabBench } from "./lab-host";
import { PluginError, Properties } from "./plugin-client";

const type = "dbha:index:Image";
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("Image on a host with Docker", function () {
  this.timeout(120_000);
  let bench: LabBench;
  let directory: string;
  let one: string;
  let two: string;
  let oneId: string;
  let twoId: string;

  before(async () => {
    bench = await startLabBench();
    directory = mkdtempSync(join(tmpdir(), "dbha-image-"));
    one = join(directory, "one.tar.gz");
    two = join(directory, "two.tar.gz");
    oneId = await writeImage(one, "one", "amd64", "dbha-test:1");
    twoId = await writeImage(two, "two", "amd64", "dbha-test:2");
  });
  after(async () => {
    await bench.plugin.stop();
    rmSync(directory, { recursive: true });
  });
  afterEach(async () => {
    await bench.on(
      "docker rm -f dbha-test-user >/dev/null 2>&1; docker images --format '{{.Repository}}:{{.Tag}}' | grep dbha-test | xargs -r docker rmi >/dev/null",
    );
    await bench.on(`docker rmi ${oneId} ${twoId} >/dev/null 2>&1; rm -rf /var/lib/dbha`);
  });

  const tags = async () =>
    (await bench.on("docker images --format '{{.Repository}}:{{.Tag}}' | grep dbha-test | sort || true")).split("\n");
  const isThere = async (id: string) =>
    (await bench.on(`docker image inspect -f '{{.Id}}' ${id} 2>/dev/null || true`)) === id;
  const make = (more: Properties, resource = "test") =>
    bench.plugin.about(resource).make(type, { host: bench.host, ...more });
  /** Where the plugin notes what it brought, when it did. */
  const records = () => bench.on("ls -d /var/lib/dbha 2>/dev/null || true");
  const failing = async (action: Promise<unknown>): Promise<string> => {
    try {
      await action;
    } catch (error) {
      assert.ok(error instanceof PluginError);
      return error.message;
    }
    return assert.fail("this should have failed");
  };

  it("loads a file, says its ID and tag, and owns what it brought", async () => {
    const { id, state } = await make({ tarballs: { amd64: one } });
    assert.equal(id, `p3:${one}`);
    assert.deepEqual(
      [state.imageId, state.loadedReference, state.architecture, state.ownedImageIds],
      [oneId, "dbha-test:1", "amd64", [oneId]],
    );
    assert.deepEqual(await tags(), ["dbha-test:1"]);
    const messages = bench.plugin.log.filter((line) => line.ephemeral).map((line) => line.message);
    assert.deepEqual(
      messages.slice(-2),
      [`${one} sent, Docker is loading it`, ""],
      "the last one is taken away in the end",
    );
  });

  it("tags it as it is told", async () => {
    const { state } = await make({ tarballs: { amd64: one }, reference: "dbha-test/other:9" });
    assert.equal(state.loadedReference, "dbha-test/other:9");
    assert.deepEqual(await tags(), ["dbha-test/other:9", "dbha-test:1"]);
  });

  it("sends nothing when the image is there, and does not own it then", async () => {
    await make({ tarballs: { amd64: one } });
    await bench.on("docker rmi dbha-test:1 >/dev/null; true");
    const first = await make({ tarballs: { amd64: one } });
    const sent = bench.plugin.log.length;
    const second = await make({ tarballs: { amd64: one } }, "second");
    assert.equal(bench.plugin.log.length, sent);
    assert.deepEqual([first.state.ownedImageIds, second.state.ownedImageIds], [[oneId], []]);
  });

  it("is sent once for many at the same time", async () => {
    const made = await Promise.all(
      Array.from({ length: 5 }, (_, index) => make({ tarballs: { amd64: one } }, `many${index}`)),
    );
    const owned = made.map(({ state }) => (state.ownedImageIds as string[]).length);
    assert.deepEqual(owned.sort(), [0, 0, 0, 0, 1]);
  });

  it("tells ID, tag and architecture in a preview without a host", async () => {
    const nowhere = { ...bench.host, address: "192.0.2.1" };
    const { inputs } = await bench.plugin.check(type, { host: nowhere, tarballs: { amd64: one } });
    const { state } = await bench.plugin.create(type, inputs, { preview: true });
    assert.deepEqual(
      [state.imageId, state.loadedReference, state.architecture, state.ownedImageIds],
      [oneId, "dbha-test:1", "amd64", unknown],
    );
    const both = await bench.plugin.check(type, { host: nowhere, tarballs: { amd64: one, arm64: two } });
    assert.equal((await bench.plugin.create(type, both.inputs, { preview: true })).state.imageId, unknown);
  });

  it("follows another text under the same path: seen in preview, loaded by an update, the old one kept", async () => {
    const path = join(directory, "changing.tar.gz");
    const firstId = await writeImage(path, "first", "amd64", "dbha-test:3");
    const { id, state, inputs } = await make({ tarballs: { amd64: path } });
    assert.equal((await bench.plugin.diff(type, id, state, inputs)).changes, "none");

    const secondId = await writeImage(path, "second", "amd64", "dbha-test:4");
    utimesSync(path, new Date(), new Date(Date.now() + 5_000));
    const diff = await bench.plugin.diff(type, id, state, inputs);
    assert.deepEqual([diff.detailed, diff.replaces], [{ imageId: "update", loadedReference: "update" }, []]);
    const preview = await bench.plugin.update(type, id, state, inputs, { preview: true });
    assert.deepEqual(
      [preview.imageId, preview.loadedReference, preview.ownedImageIds],
      [secondId, "dbha-test:4", unknown],
    );
    const updated = await bench.plugin.update(type, id, state, inputs);
    assert.deepEqual([updated.imageId, updated.ownedImageIds], [secondId, [firstId, secondId]]);
    assert.deepEqual([await isThere(firstId), await isThere(secondId)], [true, true]);

    await bench.plugin.delete(type, id, updated);
    assert.deepEqual([await isThere(firstId), await isThere(secondId)], [false, false]);
  });

  it("goes back to an earlier file without sending it again", async () => {
    const { id, state } = await make({ tarballs: { amd64: one } });
    const upgraded = await bench.plugin.change(type, id, state, { host: bench.host, tarballs: { amd64: two } });
    const sent = bench.plugin.log.length;
    const back = await bench.plugin.change(type, id, upgraded, { host: bench.host, tarballs: { amd64: one } });
    assert.equal(bench.plugin.log.length, sent);
    assert.deepEqual([back.imageId, back.ownedImageIds], [oneId, [oneId, twoId]]);
  });

  it("is read back; one that lost its tag differs; one that is gone is gone", async () => {
    const { id, state, inputs } = await make({ tarballs: { amd64: one } });
    assert.deepEqual(await bench.plugin.read(type, id, state), { state, inputs });
    await bench.on(`docker tag ${oneId} dbha-test:x; docker rmi dbha-test:1 >/dev/null`);
    const untagged = await bench.plugin.read(type, id, state);
    assert.equal(untagged?.state.loadedReference, "");
    assert.deepEqual((await bench.plugin.diff(type, id, untagged.state, inputs)).detailed, {
      loadedReference: "update",
    });
    await bench.plugin.update(type, id, untagged.state, inputs);
    assert.deepEqual(await tags(), ["dbha-test:1", "dbha-test:x"]);
    await bench.on("docker rmi dbha-test:1 dbha-test:x >/dev/null");
    assert.equal(await bench.plugin.read(type, id, state), undefined);
  });

  it("does not forget earlier images when the current one is gone", async () => {
    const { id, state } = await make({ tarballs: { amd64: one } });
    const news = { host: bench.host, tarballs: { amd64: two } };
    const upgraded = await bench.plugin.change(type, id, state, news);
    await bench.on("docker rmi dbha-test:2 >/dev/null");
    const read = await bench.plugin.read(type, id, upgraded);
    assert.deepEqual([read?.state.imageId, read?.state.ownedImageIds], ["", [oneId]]);
    const repaired = await bench.plugin.change(type, id, read?.state ?? {}, news);
    assert.deepEqual([repaired.imageId, repaired.ownedImageIds], [twoId, [oneId, twoId]]);
  });

  it("is kept on delete while a container uses it, and removed when none does", async () => {
    const { id, state } = await make({ tarballs: { amd64: one } });
    await bench.on(`docker create --name dbha-test-user ${oneId} /x >/dev/null`);
    await bench.plugin.delete(type, id, state);
    assert.equal(await isThere(oneId), true);
    assert.equal(bench.plugin.log.at(-1)?.message, `${oneId} is in use on p3 and was kept`);
    await bench.on("docker rm dbha-test-user >/dev/null");
    await bench.plugin.delete(type, id, state);
    assert.equal(await isThere(oneId), false);
    await bench.plugin.delete(type, id, state);
  });

  describe("shared by two stacks", () => {
    const urn = (resource: string) => `urn:pulumi:test::test::${type}::${resource}`;

    it("is kept on delete while the other one still declares it, and goes with the last of them", async () => {
      const first = await make({ tarballs: { amd64: one } });
      const second = await make({ tarballs: { amd64: one } }, "second");
      await bench.plugin.delete(type, first.id, first.state);
      assert.equal(await isThere(oneId), true);
      assert.equal(bench.plugin.log.at(-1)?.message, `${oneId} is used by ${urn("second")} too and was kept on p3`);
      await bench.plugin.about("second").delete(type, second.id, second.state);
      assert.deepEqual([await isThere(oneId), await records()], [false, ""]);
    });

    it("stays for the one that brought it when the other goes first, and for the other's containers", async () => {
      const first = await make({ tarballs: { amd64: one } });
      const second = await make({ tarballs: { amd64: one } }, "second");
      await bench.on(`docker create --name dbha-test-user ${oneId} /x >/dev/null`);
      await bench.plugin.about("second").delete(type, second.id, second.state);
      assert.equal(await isThere(oneId), true);
      await bench.plugin.delete(type, first.id, first.state);
      assert.equal(await isThere(oneId), true);
      assert.equal(bench.plugin.log.at(-1)?.message, `${oneId} is in use on p3 and was kept`);
      assert.equal(await records(), "");
    });

    it("stays when neither brought it", async () => {
      const { state } = await make({ tarballs: { amd64: one } });
      await bench.on("rm -rf /var/lib/dbha");
      for (const resource of ["second", "third"]) {
        const found = await make({ tarballs: { amd64: one } }, resource);
        await bench.plugin.about(resource).delete(type, found.id, found.state);
      }
      assert.deepEqual([await isThere(oneId), await records(), state.ownedImageIds], [true, "", [oneId]]);
    });

    it("is let go of by one that goes on to another image, when that one goes", async () => {
      const first = await make({ tarballs: { amd64: one } });
      const second = await make({ tarballs: { amd64: one } }, "second");
      const upgraded = await bench.plugin
        .about("second")
        .change(type, second.id, second.state, { host: bench.host, tarballs: { amd64: two } });
      await bench.plugin.about("second").delete(type, second.id, upgraded);
      assert.deepEqual([await isThere(oneId), await isThere(twoId)], [true, false]);
      await bench.plugin.delete(type, first.id, first.state);
      assert.deepEqual([await isThere(oneId), await records()], [false, ""]);
    });
  });

  describe("from a file that is no whole image: told in preview, and nothing changes on the host,", () => {
    const damages: [what: string, damage: (whole: Buffer) => Buffer, problem: RegExp][] = [
      [
        "cut short",
        (whole) => whole.subarray(0, whole.length / 2),
        /^it is not an image file \((unexpected end of file|Unexpected end of data)\); write it by docker save, plain or through gzip$/,
      ],
      [
        "unpacked and cut short between two entries",
        (whole) => gunzipSync(whole).subarray(0, 1024),
        /^it is not an image file \(it ends before the end of a tar file\); write it by docker save, plain or through gzip$/,
      ],
      [
        "no tar at all",
        () => randomBytes(100_000),
        /^it is not an image file \((Invalid tar header.*|it ends before the end of a tar file)\); write it by docker save, plain or through gzip$/,
      ],
      [
        "empty",
        () => Buffer.alloc(0),
        /^it is not an image file \(it ends before the end of a tar file\); write it by docker save, plain or through gzip$/,
      ],
      [
        "an archive of something else",
        () => gzipSync(Buffer.alloc(10_240)),
        /^it has no manifest\.json that Docker would read; write it by docker save$/,
      ],
      [
        "with another configuration than the manifest names",
        (whole) => {
          const text = gunzipSync(whole).toString("latin1").replace('"os":"linux"', '"os":"linus"');
          return gzipSync(Buffer.from(text, "latin1"));
        },
        /^the image's configuration is missing or damaged; write it anew by docker save$/,
      ],
    ];
    for (const [what, damage, problem] of damages) {
      it(`because it is ${what}`, async () => {
        const path = join(directory, "damaged.tar.gz");
        writeFileSync(path, damage(readFileSync(one)));
        const { inputs } = await bench.plugin.check(type, { host: bench.host, tarballs: { amd64: path } });
        const prefix = `image file ${path}: `;
        for (const preview of [true, false]) {
          const message = await failing(bench.plugin.create(type, inputs, { preview }));
          assert.equal(message.slice(0, prefix.length), prefix);
          assert.match(message.slice(prefix.length), problem);
        }
        assert.equal(await records(), "");
      });
    }
  });

  describe("of some size", () => {
    let big: string;
    let bigId: string;
    let gate: Gate;
    let host: Properties;

    before(async () => {
      big = join(directory, "big.tar.gz");
      bigId = await writeImage(big, randomBytes(30_000_000).toString("base64"), "amd64", "dbha-test:big");
      gate = await startGate(String(bench.host.address), Number(bench.host.port));
      host = { ...bench.host, address: "127.0.0.1", port: gate.port };
    });
    after(() => gate.stop());
    afterEach(() => bench.on(`docker rmi ${bigId} >/dev/null 2>&1 || true`));
    /** What an interrupted load could leave. */
    const halfLoaded = () => bench.on("ls /var/lib/docker/tmp; docker images --all --quiet --filter dangling=true");

    it("is sent and loaded once, with messages of how far it is, and has the ID that was told before", async () => {
      const before = gate.sent();
      const size = statSync(big).size;
      const first = await make({ host, tarballs: { amd64: big } });
      const sent = gate.sent() - before;
      assert.ok(sent > size && sent < size * 1.05 + 100_000, `${sent} bytes were sent for ${size}`);
      assert.equal(first.state.imageId, bigId);
      assert.equal(await isThere(bigId), true);
      const messages = bench.plugin.log.map((line) => line.message).filter((message) => message.includes("sent"));
      assert.equal(messages.at(-1), `${big} sent, Docker is loading it`);
      await make({ host, tarballs: { amd64: big } });
      assert.ok(gate.sent() - before - sent < 100_000);
    });

    it("is sent again when the connection breaks in the middle of it, and loaded once", async () => {
      const clean = await halfLoaded();
      const cuts = gate.cut(5_000_000, 1);
      const { state } = await make({ host, tarballs: { amd64: big } });
      assert.deepEqual([cuts(), state.imageId, state.ownedImageIds], [1, bigId, [bigId]]);
      assert.deepEqual([await isThere(bigId), await halfLoaded()], [true, clean]);
    });

    it("stays noted when the load of a connection that was given up ends after the one in its place", async () => {
      const forsaken = gate.forsake(5_000_000);
      const { id, state } = await make({ host, tarballs: { amd64: big } });
      const noted = await bench.on("cat /var/lib/dbha/*");
      assert.equal(await bench.on("pgrep -cx docker"), "1");
      forsaken();
      await eventually(
        "the first load ends",
        20,
        () => bench.on("pgrep -cx docker || true"),
        (left) => left === "0",
      );
      assert.equal(await bench.on("cat /var/lib/dbha/*"), noted);
      await bench.plugin.delete(type, id, state);
      assert.deepEqual([await isThere(bigId), await records()], [false, ""]);
    });

    it("is given up when the connection breaks every time, with nothing half loaded", async () => {
      const clean = await halfLoaded();
      const cuts = gate.cut(5_000_000, 100);
      assert.equal(
        await failing(make({ host, tarballs: { amd64: big } })),
        `host p3 (127.0.0.1:${gate.port}): load ${big}: the connection ended before the step did; ` +
          "check that the host is up, sshd's log, and what cuts connections between; then run it again",
      );
      assert.equal(cuts(), 3);
      gate.cut(0, 0);
      await eventually("Docker lets go of it", 20, halfLoaded, (left) => left === clean);
      await eventually("the record goes", 20, records, (left) => left === "");
      assert.equal(await isThere(bigId), false);
    });
  });

  it("refuses a file for another architecture, before the host is asked", async () => {
    const path = join(directory, "arm.tar.gz");
    await writeImage(path, "arm", "arm64", "dbha-test:arm");
    const { inputs } = await bench.plugin.check(type, { host: bench.host, tarballs: { amd64: path } });
    assert.equal(
      await failing(bench.plugin.create(type, inputs, { preview: true })),
      `tarballs.amd64: ${path} holds an image for arm64; give the file of the amd64 image, or name it tarballs.arm64`,
    );
    assert.match(
      await failing(make({ tarballs: { arm64: path } })),
      /^host p3 \([0-9.]+\): choose the image file: it is amd64, and tarballs has arm64 only; add tarballs\.amd64, or run this on a host of another architecture$/,
    );
  });

  it("says when a file is not there", async () => {
    const { inputs } = await bench.plugin.check(type, { host: bench.host, tarballs: { amd64: "no/such.tar" } });
    const message =
      "image file no/such.tar: there is no such file on this machine; correct the path; relative ones start at the project";
    assert.equal(await failing(bench.plugin.create(type, inputs, { preview: true })), message);
  });

  it("pulls from a registry, owns what was not there, and pulls another reference in place", async () => {
    const registry = await startRegistry(bench, { "1": "one", "2": "two" });
    try {
      const [first, second] = [`127.0.0.1:${registry.port}/dbha-test:1`, `127.0.0.1:${registry.port}/dbha-test:2`];
      const { id, state, inputs } = await make({ reference: first });
      assert.deepEqual(
        [state.loadedReference, state.architecture, state.ownedImageIds],
        [first, "amd64", [registry.ids["1"]]],
      );
      assert.equal(state.imageId, registry.ids["1"]);
      assert.deepEqual(await bench.plugin.read(type, id, state), { state, inputs });
      const other = await make({ reference: first }, "second");
      assert.deepEqual(other.state.ownedImageIds, []);
      await bench.plugin.about("second").delete(type, other.id, other.state);

      const news = { host: bench.host, reference: second };
      const diff = await bench.plugin.diff(type, id, state, (await bench.plugin.check(type, news)).inputs);
      assert.deepEqual([diff.detailed, diff.replaces], [{ reference: "update" }, []]);
      const preview = await bench.plugin.update(type, id, state, { ...inputs, reference: second }, { preview: true });
      assert.deepEqual([preview.imageId, preview.loadedReference], [unknown, second]);
      const updated = await bench.plugin.change(type, id, state, news);
      assert.deepEqual(updated.ownedImageIds, [registry.ids["1"], registry.ids["2"]]);
      await bench.plugin.delete(type, id, updated);
      assert.deepEqual(await tags(), [""]);
    } finally {
      await registry.stop();
    }
  });

  it("takes the one that is there without a pull, knows it in preview, and leaves it there", async () => {
    await bench.on(`tar -c -C /etc hostname | docker import - dbha-test:there >/dev/null`);
    const there = await bench.on("docker image inspect -f '{{.Id}}' dbha-test:there");
    const wanted = { reference: "dbha-test:there", pull: false };
    const { inputs } = await bench.plugin.check(type, { host: bench.host, ...wanted });
    const preview = await bench.plugin.create(type, inputs, { preview: true });
    assert.deepEqual([preview.state.imageId, preview.state.loadedReference], [there, "dbha-test:there"]);
    const { id, state } = await make(wanted);
    assert.deepEqual(
      [state.imageId, state.loadedReference, state.architecture, state.ownedImageIds],
      [there, "dbha-test:there", "amd64", []],
    );
    assert.deepEqual(await bench.plugin.read(type, id, state), { state, inputs });
    await bench.plugin.delete(type, id, state);
    assert.deepEqual([await tags(), await records()], [["dbha-test:there"], ""]);
  });

  it("says when it is to be there, and is not", async () => {
    const wanted = { host: bench.host, reference: "dbha-test:none", pull: false };
    const { inputs } = await bench.plugin.check(type, wanted);
    const problem =
      "use the image dbha-test:none: the Docker Engine has no such image; docker load or docker pull it there, or leave pull out";
    for (const preview of [true, false])
      assert.ok((await failing(bench.plugin.create(type, inputs, { preview }))).endsWith(problem));
    const { failures } = await bench.plugin.check(type, { host: bench.host, tarballs: { amd64: one }, pull: false });
    assert.deepEqual(failures, { pull: "pull: files are given too, of which none is pulled; leave pull out" });
  });

  it("says when it cannot be pulled", async () => {
    const message = await failing(make({ reference: "127.0.0.1:1/dbha-test:1" }));
    assert.match(
      message,
      /pull 127\.0\.0\.1:1\/dbha-test:1: the image cannot be pulled \(.*\); check the reference and the host's way to the registry; where it has none, give tarballs$/,
    );
  });
});
