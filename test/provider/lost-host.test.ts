import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Bench, startBench } from "./cases";
import { PluginClient, PluginError, Properties } from "./plugin-client";

const file = "dbha:index:File";

describe("A host that is marked as lost", function () {
  this.timeout(60_000);
  let bench: Bench;
  let path: string;
  let lost: Properties;

  before(async () => {
    bench = await startBench();
  });
  after(() => bench.stop());
  beforeEach(() => {
    path = join(bench.directory(), "file");
    // Port 1 refuses: whoever contacts the host fails.
    lost = { ...bench.host, port: 1, lost: true };
  });

  /** What the engine does with a resource of new inputs: check, then diff, then update where something differs. */
  async function up(id: string, inputs: Properties, state: Properties, news: Properties) {
    const checked = await bench.plugin.check(file, news, inputs);
    assert.deepEqual(checked.failures, {});
    const diff = await bench.plugin.diff(file, id, state, checked.inputs);
    const updated = await bench.plugin.update(file, id, state, checked.inputs);
    return { diff, inputs: checked.inputs, state: updated };
  }

  it("keeps resources as they were, whatever else is asked of them", async () => {
    const made = await bench.plugin.make(file, { host: bench.host, path, content: "one" });
    const after = await up(made.id, made.inputs, made.state, { host: lost, path, content: "two", mode: "0600" });
    assert.deepEqual(after.diff.detailed, { "host.port": "update", "host.lost": "add" });
    assert.deepEqual(after.diff.replaces, []);
    assert.deepEqual(after.inputs, { ...made.inputs, host: after.inputs.host });
    assert.deepEqual(after.state, { ...made.state, host: after.inputs.host });
    const again = await up(made.id, after.inputs, after.state, { host: lost, path: `${path}2`, content: "three" });
    assert.equal(again.diff.changes, "none");
  });

  it("is not contacted by refresh and delete", async () => {
    const made = await bench.plugin.make(file, { host: bench.host, path, content: "one" });
    const { state, inputs } = await up(made.id, made.inputs, made.state, { host: lost, path, content: "one" });
    assert.deepEqual(await bench.plugin.read(file, made.id, state), { state, inputs });
    await bench.plugin.delete(file, made.id, state);
    assert.equal(readFileSync(path, "utf8"), "one");
  });

  it("is told of with what stays there: a warning a host, and each thing that was made, once", async () => {
    const resources: [string, Properties, Properties][] = [
      [file, { path, content: "one" }, { size: 3 }],
      ["dbha:index:Directory", { path: "/srv/made" }, { createdPaths: ["/srv/made"] }],
      ["dbha:index:Directory", { path: "/srv/found" }, { createdPaths: [] }],
      [
        "dbha:index:Files",
        { directories: { "/etc/a": {} }, files: { "/etc/a/f": { content: "secret" } } },
        { createdPaths: ["/etc/a"], due: ["/etc/a/leaving"] },
      ],
      ["dbha:index:Service", { name: "a.service" }, { activeState: "active" }],
      [
        "dbha:index:Image",
        { reference: "a:1" },
        { imageId: "sha256:1", loadedReference: "a:1", ownedImageIds: ["sha256:1"] },
      ],
      ["dbha:index:Image", { reference: "b:1" }, { imageId: "sha256:2", loadedReference: "b:1", ownedImageIds: [] }],
      ["dbha:index:Archive", { path: "/opt/a" }, { sha256: "0" }],
      ["dbha:index:Probe", { watched: { container: "obodc" } }, { healthy: true }],
      ["dbha:index:Probe", { watched: { container: "obodc" } }, { healthy: false }],
      ["dbha:index:Probe", { watched: { unit: "a.service" } }, { healthy: true }],
      ["dbha:index:ObproxyConfig", { port: 2883 }, { shown: {} }],
      [file, { path: "/never/made" }, {}],
      ["dbha:index:Files", { directories: { "/never": {} }, files: {} }, {}],
    ];
    const plugin = await PluginClient.start({ config: {} });
    for (const host of [lost, { ...lost, name: "p2", address: "10.0.0.12" }])
      for (const [token, inputs, outputs] of resources)
        await plugin.delete(token, "any", { host, ...inputs, ...outputs });
    await plugin.stop();
    const things = [
      `file ${path}`,
      "directory /srv/made",
      "directory /etc/a and files /etc/a/f, /etc/a/leaving",
      "unit a.service",
      "image a:1",
      "directory /opt/a with what was unpacked there",
      "container obodc",
    ];
    const told = (name: string, address: string) => [
      {
        severity: "warning",
        message: `host ${name} (${address}) is marked as lost: nothing is removed there, and what the stack made stays ("host ${name} keeps ..."); clear it away before the host is used again`,
      },
      ...things.map((thing) => ({ severity: "info", message: `host ${name} keeps ${thing}` })),
    ];
    assert.deepEqual(
      plugin.log,
      [...told("p1", "127.0.0.1"), ...told("p2", "10.0.0.12")].map((line) => ({ ...line, urn: "", ephemeral: false })),
    );
  });

  it("is not contacted for what is new, which is made when it is back", async () => {
    const made = await bench.plugin.make(file, { host: lost, path, content: "one" });
    assert.ok(!existsSync(path));
    const back = await up(made.id, made.inputs, made.state, { host: bench.host, path, content: "one" });
    assert.equal(back.diff.changes, "some");
    assert.equal(readFileSync(path, "utf8"), "one");
    assert.deepEqual(back.state, (await bench.plugin.read(file, made.id, back.state))?.state);
  });

  it("gets what a program has there when it is back, and keeps it while it is away", async () => {
    const type = "dbha:index:Files";
    const wanted = (host: Properties, content: string) => ({ host, directories: {}, files: { [path]: { content } } });
    const made = await bench.plugin.make(type, wanted(lost, "one"));
    assert.ok(!existsSync(path));
    assert.deepEqual(await bench.plugin.read(type, made.id, made.state), { state: made.state, inputs: made.inputs });
    const news = (await bench.plugin.check(type, wanted(bench.host, "one"), made.inputs)).inputs;
    assert.equal((await bench.plugin.diff(type, made.id, made.state, news)).changes, "some");
    const back = await bench.plugin.update(type, made.id, made.state, news);
    assert.equal(readFileSync(path, "utf8"), "one");
    assert.deepEqual((await bench.plugin.read(type, made.id, back))?.state, back);
    const away = (await bench.plugin.check(type, wanted(lost, "two"), news)).inputs;
    const kept = await bench.plugin.update(type, made.id, back, away);
    assert.deepEqual(kept, { ...back, host: away.host });
    writeFileSync(path, "somebody else's");
    await bench.plugin.update(type, made.id, kept, news);
    assert.equal(readFileSync(path, "utf8"), "one");
  });

  it("has nothing that could have drifted of what is only noted", async () => {
    const image = "dbha:index:Image";
    const tarballs = { amd64: "image.tar.gz" };
    const { id, state } = await bench.plugin.make(image, { host: lost, tarballs });
    const { inputs } = await bench.plugin.check(image, { host: bench.host, tarballs }, state);
    const back = await bench.plugin.diff(image, id, state, inputs);
    assert.deepEqual(back.detailed, { "host.lost": "delete", "host.port": "update" });
  });

  it("is looked at when it is back: what changed there meanwhile is put right", async () => {
    const made = await bench.plugin.make(file, { host: bench.host, path, content: "one" });
    const { state, inputs } = await up(made.id, made.inputs, made.state, { host: lost, path, content: "two" });
    writeFileSync(path, "somebody else's");
    const back = await up(made.id, inputs, state, { host: bench.host, path, content: "one" });
    assert.equal(readFileSync(path, "utf8"), "one");
    assert.equal(back.state.sha256, made.state.sha256);
  });

  it("is not asked for its facts", async () => {
    await assert.rejects(bench.plugin.invoke("dbha:index:getHostFacts", { host: lost }), (error: PluginError) => {
      assert.equal(
        error.message,
        "host p1 is marked as lost: nothing there is asked or changed; fix: leave it out, or remove lost when it is back",
      );
      return true;
    });
  });
});
