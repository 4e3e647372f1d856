import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { writeImage } from "./docker-image";
import { Gate, startGate } from "./gate";
import { LabBench, startLabBench } from "./lab-host";
import { PluginClient, PluginError, Properties } from "./plugin-client";

const type = "dbha:index:Image";
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const folder = "/opt/dbha-test-images";
const path = `${folder}/one.tar.gz`;

describe("Image from a file that lies on the host", function () {
  this.timeout(60_000);
  let bench: LabBench;
  let gate: Gate;
  let directory: string;
  let one: Buffer;
  let two: Buffer;
  let arm: Buffer;
  let oneId: string;
  let twoId: string;
  let armId: string;

  before(async () => {
    bench = await startLabBench();
    gate = await startGate(String(bench.host.address), Number(bench.host.port));
    directory = mkdtempSync(join(tmpdir(), "dbha-image-"));
    const image = async (name: string, architecture: string, tag: string): Promise<[string, Buffer]> => {
      const file = join(directory, name);
      return [await writeImage(file, name, architecture, tag), readFileSync(file)];
    };
    [oneId, one] = await image("one", "amd64", "dbha-test:1");
    [twoId, two] = await image("two", "amd64", "dbha-test:2");
    [armId, arm] = await image("arm", "arm64", "dbha-test:arm");
  });
  after(async () => {
    await gate.stop();
    await bench.plugin.stop();
    rmSync(directory, { recursive: true });
  });
  beforeEach(() => put(path, one));
  afterEach(() =>
    bench.on(
      `docker rmi -f ${oneId} ${twoId} ${armId} >/dev/null 2>&1; rm -rf ${folder} /var/lib/dbha /usr/local/bin/uname`,
    ),
  );

  /** Writes a file on the host, a second later than the one before. */
  let time = 1_700_000_000;
  const put = (file: string, content: Buffer) =>
    bench.on(
      `mkdir -p ${folder}; printf %s ${content.toString("base64")} | base64 -d >${file}; touch -d @${++time} ${file}`,
    );
  const images = () => bench.on("docker images --no-trunc --format '{{.ID}}' | sort -u");
  const make = (more: Properties) => bench.plugin.make(type, { host: bench.host, ...more });
  const preview = async (more: Properties) => {
    const { inputs } = await bench.plugin.check(type, { host: bench.host, ...more });
    return (await bench.plugin.create(type, inputs, { preview: true })).state;
  };
  const told = ({ imageId, loadedReference, architecture, ownedImageIds }: Properties) => [
    imageId,
    loadedReference,
    architecture,
    ownedImageIds,
  ];
  const failing = async (action: Promise<unknown>): Promise<string> => {
    try {
      await action;
    } catch (error) {
      assert.ok(error instanceof PluginError);
      return error.message.replace(`host p3 (${String(bench.host.address)}): `, "");
    }
    return assert.fail("this should have failed");
  };

  it("is loaded where it lies, with nothing sent; on delete the image goes and the file stays", async () => {
    const sent = gate.sent();
    const host = { ...bench.host, address: "127.0.0.1", port: gate.port };
    const { id, state } = await make({ host, hostTarballs: { amd64: path } });
    assert.equal(id, `p3:${path}`);
    assert.deepEqual(told(state), [oneId, "dbha-test:1", "amd64", [oneId]]);
    assert.deepEqual((state.source as Properties).imageId, oneId);
    assert.ok((await images()).includes(oneId));
    assert.ok(gate.sent() - sent < 60_000, `${gate.sent() - sent} bytes were sent`);
    await bench.plugin.delete(type, id, state);
    assert.ok(!(await images()).includes(oneId));
    assert.equal(await bench.on(`ls ${folder}`), "one.tar.gz");
  });

  it("is read there in preview, and nothing changes", async () => {
    const before = await images();
    assert.deepEqual(told(await preview({ hostTarballs: { amd64: path } })), [oneId, "dbha-test:1", "amd64", unknown]);
    const named = await preview({ hostTarballs: { amd64: path }, reference: "dbha-test/other:9" });
    assert.equal(named.loadedReference, "dbha-test/other:9");
    assert.deepEqual(
      [await images(), await bench.on("ls -d /var/lib/dbha /tmp/tmp.* 2>/dev/null || true")],
      [before, ""],
    );
  });

  it("is not known in preview while the host does not answer or is not known", async () => {
    const hasty = await PluginClient.start({ config: { ...bench.config, connectTimeout: 1 } });
    for (const more of [{ address: "127.0.0.1", port: 1 }, { address: unknown }]) {
      const { inputs } = await hasty.check(type, { host: { ...bench.host, ...more }, hostTarballs: { amd64: path } });
      const { state } = await hasty.create(type, inputs, { preview: true });
      assert.deepEqual(told(state), [unknown, unknown, unknown, unknown]);
    }
    await hasty.stop();
  });

  it("of which there is another version under another name is loaded by an update, and the old one kept", async () => {
    const { id, state } = await make({ hostTarballs: { amd64: path } });
    const other = `${folder}/two.tar.gz`;
    await put(other, two);
    const { inputs } = await bench.plugin.check(type, { host: bench.host, hostTarballs: { amd64: other } });
    const diff = await bench.plugin.diff(type, id, state, inputs);
    assert.deepEqual([diff.detailed, diff.replaces], [{ "hostTarballs.amd64": "update" }, []]);
    const foreseen = await bench.plugin.update(type, id, state, inputs, { preview: true });
    assert.deepEqual(told(foreseen), [twoId, "dbha-test:2", "amd64", unknown]);
    const updated = await bench.plugin.update(type, id, state, inputs);
    assert.deepEqual(told(updated), [twoId, "dbha-test:2", "amd64", [oneId, twoId]]);
    assert.ok((await images()).includes(oneId));
  });

  it("that changed under its name is seen by a refresh, told in preview, loaded by an update", async () => {
    const { id, state, inputs } = await make({ hostTarballs: { amd64: path } });
    assert.deepEqual(await bench.plugin.read(type, id, state), { state, inputs });
    await put(path, two);
    assert.equal((await bench.plugin.diff(type, id, state, inputs)).changes, "none");
    const read = (await bench.plugin.read(type, id, state))?.state ?? {};
    const diff = await bench.plugin.diff(type, id, read, inputs);
    assert.deepEqual(diff.detailed, { imageId: "update", loadedReference: "update" });
    const foreseen = await bench.plugin.update(type, id, read, inputs, { preview: true });
    assert.deepEqual(told(foreseen), [twoId, "dbha-test:2", "amd64", unknown]);
    const updated = await bench.plugin.update(type, id, read, inputs);
    assert.deepEqual(told(updated), [twoId, "dbha-test:2", "amd64", [oneId, twoId]]);
    assert.deepEqual(await bench.plugin.read(type, id, updated), { state: updated, inputs });
    assert.equal((await bench.plugin.diff(type, id, updated, inputs)).changes, "none");
  });

  it("is no difference when it was only touched", async () => {
    const { id, state, inputs } = await make({ hostTarballs: { amd64: path } });
    await put(path, one);
    const touched = (await bench.plugin.read(type, id, state))?.state ?? {};
    assert.equal((await bench.plugin.diff(type, id, touched, inputs)).changes, "none");
  });

  it("is not missed once it has been loaded, until the image is gone, too", async () => {
    const { id, state, inputs } = await make({ hostTarballs: { amd64: path } });
    await bench.on(`rm ${path}`);
    assert.deepEqual(await bench.plugin.read(type, id, state), { state, inputs });
    const news = { ...inputs, reference: "dbha-test/other:9" };
    assert.equal((await bench.plugin.update(type, id, state, news, { preview: true })).imageId, oneId);
    const tagged = await bench.plugin.update(type, id, state, news);
    assert.deepEqual(told(tagged), [oneId, "dbha-test/other:9", "amd64", [oneId]]);

    const missing = `${path}: there is no such file on the host; put it there, or correct the path`;
    await bench.on(`docker rmi -f ${oneId} >/dev/null`);
    assert.equal(await failing(bench.plugin.update(type, id, tagged, inputs)), `load ${missing}`);
    assert.equal(await bench.plugin.read(type, id, tagged), undefined);
    assert.equal(await failing(preview({ hostTarballs: { amd64: path } })), `image file ${missing}`);
  });

  it("is not read again while size and time are the same", async () => {
    const { id, state, inputs } = await make({ hostTarballs: { amd64: path } });
    await bench.on(
      `tr '\\0-\\377' '\\1-\\377\\0' <${path} >${path}.x; touch -r ${path} ${path}.x; mv ${path}.x ${path}`,
    );
    assert.deepEqual(await bench.plugin.read(type, id, state), { state, inputs });
  });

  const damages: [what: string, damage: (whole: Buffer) => Buffer, problem: string][] = [
    [
      "cut short",
      (whole) => whole.subarray(0, whole.length / 2),
      "it is not an image file (unexpected end of file); write it by docker save, plain or through gzip",
    ],
    [
      "unpacked and cut short between two entries",
      (whole) => gunzipSync(whole).subarray(0, 1024),
      "it is not an image file (it ends before the end of a tar file); write it by docker save, plain or through gzip",
    ],
    [
      "empty",
      () => Buffer.alloc(0),
      "it is not an image file (it ends before the end of a tar file); write it by docker save, plain or through gzip",
    ],
    [
      "an archive of something else",
      () => gzipSync(Buffer.alloc(10_240)),
      "it has no manifest.json that Docker would read; write it by docker save",
    ],
    [
      "with another configuration than the manifest names",
      (whole) => gzipSync(Buffer.from(gunzipSync(whole).toString("latin1").replace("linux", "linus"), "latin1")),
      "the image's configuration is missing or damaged; write it anew by docker save",
    ],
  ];
  for (const [what, damage, problem] of damages)
    it(`is refused in preview and in an update because it is ${what}, and nothing changes`, async () => {
      const { id, state, inputs } = await make({ hostTarballs: { amd64: path } });
      const before = await images();
      const other = `${folder}/damaged.tar`;
      await put(other, damage(one));
      const news = { ...inputs, hostTarballs: { amd64: other } };
      const message = `image file ${other}: ${problem}`;
      for (const options of [{ preview: true }, {}])
        assert.equal(await failing(bench.plugin.update(type, id, state, news, options)), message);
      await put(path, damage(one));
      const read = (await bench.plugin.read(type, id, state))?.state ?? {};
      assert.deepEqual((await bench.plugin.diff(type, id, read, inputs)).detailed, { imageId: "update" });
      assert.equal(await failing(bench.plugin.update(type, id, read, inputs)), `image file ${path}: ${problem}`);
      assert.equal(await images(), before);
    });

  it("is refused when it is not there, or for another architecture", async () => {
    const nowhere = { amd64: "/opt/no/such.tar" };
    const missing = "image file /opt/no/such.tar: there is no such file on the host; put it there, or correct the path";
    await put(path, arm);
    const other = `hostTarballs.amd64: ${path} holds an image for arm64; give the file of the amd64 image, or name it hostTarballs.arm64`;
    const none =
      "choose the image file: it is amd64, and hostTarballs has arm64 only; add hostTarballs.amd64, or run this on a host of another architecture";
    const cases: [Properties, string][] = [
      [nowhere, missing],
      [{ amd64: path }, other],
      [{ arm64: path }, none],
    ];
    for (const [hostTarballs, message] of cases) {
      assert.equal(await failing(preview({ hostTarballs })), message);
      assert.equal(await failing(make({ hostTarballs })), message);
    }
  });

  it("is chosen by the architecture that the host says it is, as files of this machine are", async () => {
    await bench.on("printf '#!/bin/sh\\necho aarch64\\n' >/usr/local/bin/uname; chmod 755 /usr/local/bin/uname");
    const other = `${folder}/arm.tar`;
    await put(other, arm);
    const there = await make({ hostTarballs: { amd64: path, arm64: other } });
    assert.deepEqual(told(there.state), [armId, "dbha-test:arm", "arm64", [armId]]);
    await bench.plugin.delete(type, there.id, there.state);
    const here = await make({ tarballs: { amd64: join(directory, "one"), arm64: join(directory, "arm") } });
    assert.deepEqual(told(here.state), [armId, "dbha-test:arm", "arm64", [armId]]);
    const only = (field: string) =>
      `choose the image file: it is arm64, and ${field} has amd64 only; add ${field}.arm64, or run this on a host of another architecture`;
    assert.equal(await failing(preview({ hostTarballs: { amd64: path } })), only("hostTarballs"));
    assert.equal(await failing(make({ hostTarballs: { amd64: path } })), only("hostTarballs"));
    assert.equal(await failing(make({ tarballs: { amd64: join(directory, "one") } })), only("tarballs"));
    assert.ok(!(await images()).includes(oneId));
  });
});
