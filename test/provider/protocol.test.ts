import assert from "node:assert/strict";
import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";
import packageJson from "pulumi-dbha/package.json";
import { SECRET_SIGNATURE, SIGNATURE } from "../../provider/resources/protocol-marks";
import { wholeSchema } from "../../provider/schema";
import { until } from "./cases";
import { PluginClient } from "./plugin-client";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("The plugin's service", function () {
  this.timeout(60_000);
  let plugin: PluginClient;

  before(async () => {
    plugin = await PluginClient.start();
  });
  after(() => plugin.stop());

  it("takes previews, secrets, resources and outputs, as a plugin that makes components has to", async () => {
    const { acceptsecrets, supportspreview, acceptresources, acceptoutputs } = (await plugin.configure({})).toObject();
    // it makes components
    assert.deepEqual([acceptsecrets, supportspreview, acceptresources, acceptoutputs], [true, true, true, true]);
    const handshake = (await plugin.handshake()).toObject();
    assert.deepEqual([handshake.acceptSecrets, handshake.acceptResources, handshake.acceptOutputs], [true, true, true]);
  });

  it("keeps secret what comes as a secret, in checks and foreseen outputs", async () => {
    const secret = (value: unknown) => ({ [SIGNATURE]: SECRET_SIGNATURE, value });
    const host = { name: "p1", address: "10.0.0.1", acceptUnknownHostKey: true };
    const news = { host, path: "/etc/a", content: secret("S3cret"), mode: "0600" };
    const { inputs, failures } = await plugin.check("dbha:index:File", news);
    assert.deepEqual(failures, {});
    assert.deepEqual([inputs.content, inputs.mode], [secret("S3cret"), "0600"]);
    const { state } = await plugin.create("dbha:index:File", inputs, { preview: true });
    assert.deepEqual([state.content, state.mode], [secret("S3cret"), "0600"]);
    const changed = await plugin.diff("dbha:index:File", "p1:/etc/a", inputs, { ...inputs, content: secret("other") });
    assert.deepEqual(changed.detailed, { content: "update" });
  });

  it("gives its schema with the package's version", async () => {
    assert.deepEqual(await plugin.schema(), JSON.parse(JSON.stringify(await wholeSchema(packageJson.version))));
  });

  describe("configuration", () => {
    it("is refused with all its problems, and without its values", async () => {
      const failures = await plugin.checkConfig({
        privatKey: "S3cret",
        agent: "maybe",
        connectTimeout: "0",
        credentials: '{"p1":{"pasword":"S3cret"}}',
        version: "1.0.0",
      });
      assert.deepEqual(failures, {
        privatKey:
          "dbha:privatKey: there is no such setting; known are privateKey, privateKeyFile, passphrase, password, agent, credentials, inventory, connectTimeout",
        agent: "dbha:agent: agent is true or false",
        connectTimeout: "dbha:connectTimeout: connectTimeout is a number of seconds from 1 to 600",
        "credentials.p1":
          "dbha:credentials.p1: unknown pasword; credentials are privateKey, privateKeyFile, passphrase, password and agent",
      });
    });

    it("is taken as text, as JSON, and unknown", async () => {
      assert.deepEqual(
        await plugin.checkConfig({ privateKey: unknown, agent: "true", connectTimeout: "3", credentials: '{"p1":{}}' }),
        {},
      );
      assert.deepEqual(
        await plugin.checkConfig({ agent: true, connectTimeout: 3, credentials: { p1: { agent: true } } }),
        {},
      );
    });

    it("stops the plugin's use when it is wrong", async () => {
      await assert.rejects(plugin.configure({ agent: "maybe" }), { message: "dbha:agent: agent is true or false" });
    });

    it("that differs is a change, and none that replaces", async () => {
      const changed = await plugin.diffConfig({ privateKeyFile: "a", agent: "true" }, { privateKeyFile: "b" });
      assert.deepEqual(changed, {
        changes: "some",
        detailed: { privateKeyFile: "update", agent: "delete" },
        replaces: [],
        deleteBeforeReplace: false,
      });
      assert.equal((await plugin.diffConfig({ agent: "true" }, { agent: "true" })).changes, "none");
    });
  });

  it("says which types and functions there are when asked for another", async () => {
    await assert.rejects(plugin.check("dbha:index:Nothing", {}), {
      message:
        "there is no resource type dbha:index:Nothing; known are dbha:index:Archive, dbha:index:Directory, dbha:index:DolphinAdmin, dbha:index:DolphinCheck, dbha:index:DolphinClusterConfig, dbha:index:DolphinLicense, dbha:index:DolphinNodes, dbha:index:DolphinServer, dbha:index:File, dbha:index:Files, dbha:index:Image, dbha:index:ObproxyConfig, dbha:index:Probe, dbha:index:Service",
    });
    await assert.rejects(plugin.invoke("dbha:index:nothing", {}), {
      message:
        "there is no function dbha:index:nothing; known are dbha:index:noteAdoption, dbha:index:claimContainer, dbha:index:getContainer, dbha:index:settleContainer, dbha:index:getDolphinCluster, dbha:index:getHealth, dbha:index:getHostFacts, dbha:index:getObproxy",
    });
  });

  it("finds the type at the end of a URN's chain of parents", async () => {
    const { failures } = await plugin.check("dbha:index:OdcHaDeployment$dbha:index:Probe", { command: "true" });
    assert.deepEqual(failures, {
      host: "host: missing: must be an object; fix: give name, address, port, user, hostKeys, acceptUnknownHostKey, sudo, bastion, lost",
    });
  });
});

describe("The plugin's process", function () {
  this.timeout(60_000);

  it("ends when its parent is gone", async () => {
    // The shell goes on, and would never end by itself: only its being killed can end the plugin.
    const plugin = await PluginClient.start({ wrapper: ["sh", "-c", '"$@" & echo $! >&2; wait', "sh"] });
    await until("the shell tells the plugin's process", () => /^\d+\n/.test(plugin.stderr));
    const pid = Number(plugin.stderr);
    assert.equal(basename(readlinkSync(`/proc/${pid}/exe`)), "node");
    plugin.process.kill("SIGKILL");
    await until(
      "the plugin ends",
      () => !existsSync(`/proc/${pid}`) || /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8")),
    );
    await plugin.stop();
  });

  it("goes on at Ctrl-C, which the engine answers by Cancel, and ends at SIGTERM", async () => {
    const plugin = await PluginClient.start();
    plugin.process.kill("SIGINT");
    await plugin.schema();
    await plugin.schema();
    await plugin.cancel();
    assert.equal(plugin.process.exitCode, null);
    plugin.process.kill("SIGTERM");
    await until("the plugin ends", () => plugin.process.exitCode !== null);
    assert.equal(plugin.process.exitCode, 0);
    await plugin.stop();
  });
});
