import assert from "node:assert/strict";
import { mkdtempSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRegistry, writeImage } from "./docker-image";
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
    await bench.on(`docker rmi ${oneId} ${twoId} >/dev/null 2>&1 || true`);
  });

  const tags = async () =>
    (await bench.on("docker images --format '{{.Repository}}:{{.Tag}}' | grep dbha-test | sort || true")).split("\n");
  const isThere = async (id: string) =>
    (await bench.on(`docker image inspect -f '{{.Id}}' ${id} 2>/dev/null || true`)) === id;
  const make = (more: Properties) => bench.plugin.make(type, { host: bench.host, ...more });
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
    assert.equal(messages.at(-1), `${one} sent, Docker is loading it`);
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
    const second = await make({ tarballs: { amd64: one } });
    assert.equal(bench.plugin.log.length, sent);
    assert.deepEqual([first.state.ownedImageIds, second.state.ownedImageIds], [[oneId], []]);
  });

  it("is sent once for many at the same time", async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => make({ tarballs: { amd64: one } })));
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
      assert.deepEqual((await make({ reference: first })).state.ownedImageIds, []);

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

  it("says when it cannot be pulled", async () => {
    const message = await failing(make({ reference: "127.0.0.1:1/dbha-test:1" }));
    assert.match(
      message,
      /pull 127\.0\.0\.1:1\/dbha-test:1: the image cannot be pulled \(.*\); check the reference and the host's way to the registry; where it has none, give tarballs$/,
    );
  });
});
