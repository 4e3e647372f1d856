import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { snapshot } from "../integration/hosts";
import { writeTar } from "./archive-files";
import { hostOf } from "./cases";
import { startRegistry, writeImage } from "./docker-image";
import { Gate, startGate } from "./gate";
import { LabBench, startLabBench } from "./lab-host";
import { PluginClient, Properties } from "./plugin-client";
import { Sshd, startSshd } from "./sshd";

type Made = { id: string; state: Properties };

/** Creates a resource by a plugin that is killed when the change is made and before it hears of it, and then by another one. */
async function killedOnce(
  gate: Gate,
  config: Properties,
  type: string,
  inputs: Properties,
  changed: () => boolean | Promise<boolean>,
  betweenRuns: () => Promise<void> | void = () => undefined,
): Promise<Made & { plugin: PluginClient }> {
  const killed = await PluginClient.start({ config });
  const held = gate.hold(changed);
  const asked = killed.make(type, inputs).then(
    () => assert.fail("it was answered"),
    () => undefined,
  );
  await held;
  const ended = once(killed.process, "exit");
  killed.process.kill("SIGKILL");
  await ended;
  await asked;
  await killed.stop();
  await betweenRuns();
  const plugin = await PluginClient.start({ config });
  return { ...(await plugin.make(type, inputs)), plugin };
}

describe("What a run made that was killed before it knew", function () {
  this.timeout(120_000);

  describe("on a real sshd", () => {
    let sshd: Sshd;
    let gate: Gate;
    let root: string;
    let host: Properties;
    let config: Properties;
    const plugins: PluginClient[] = [];

    before(async () => {
      sshd = await startSshd();
      gate = await startGate("127.0.0.1", sshd.port);
      host = hostOf(sshd, { port: gate.port });
      config = { privateKeyFile: sshd.privateKeyFile };
    });
    after(async () => {
      await gate.stop();
      await sshd.stop();
    });
    beforeEach(() => {
      root = mkdtempSync(join(sshd.directory, "root-"));
    });
    afterEach(() => Promise.all(plugins.splice(0).map((plugin) => plugin.stop())));

    const killed = async (type: string, inputs: Properties, changed: () => boolean, betweenRuns?: () => void) => {
      const made = await killedOnce(gate, config, type, { host, ...inputs }, changed, betweenRuns);
      plugins.push(made.plugin);
      return made;
    };
    /** Records about what is below the test's directory. */
    const records = () =>
      existsSync("/var/lib/dbha")
        ? readdirSync("/var/lib/dbha").filter((name) => readFileSync(`/var/lib/dbha/${name}`, "utf8").includes(root))
        : [];

    it("a directory with its parents is still its own, and goes with it", async () => {
      const path = join(root, "a", "b");
      const { plugin, id, state } = await killed("dbha:index:Directory", { path }, () => existsSync(path));
      assert.deepEqual(state.createdPaths, [join(root, "a"), path]);
      await plugin.delete("dbha:index:Directory", id, state);
      assert.deepEqual([readdirSync(root), records()], [[], []]);
    });

    it("the parents of a directory are still its own when it was killed between them", async () => {
      const path = join(root, "a", "b");
      const { plugin, id, state } = await killed(
        "dbha:index:Directory",
        { path },
        () => existsSync(join(root, "a")),
        () => rmSync(path, { recursive: true, force: true }),
      );
      assert.deepEqual(state.createdPaths, [join(root, "a"), path]);
      await plugin.delete("dbha:index:Directory", id, state);
      assert.deepEqual([readdirSync(root), records()], [[], []]);
    });

    it("a directory that another resource made is not taken for its own", async () => {
      const path = join(root, "a", "b");
      const { plugin, id, state } = await killed("dbha:index:Directory", { path }, () => existsSync(path));
      const other = await plugin.about("other").make("dbha:index:Directory", { host, path, onDelete: "purge" });
      assert.deepEqual(other.state.createdPaths, []);
      await plugin.delete("dbha:index:Directory", other.id, other.state);
      assert.deepEqual(readdirSync(root), ["a"]);
      await plugin.delete("dbha:index:Directory", id, state);
      assert.deepEqual([readdirSync(root), records()], [[], []]);
    });

    it("an archive with the directories above it is still its own, and goes with it", async () => {
      const source = join(sshd.directory, "product.tar.gz");
      await writeTar(source, [{ name: "bin/run", content: "run" }]);
      const path = join(root, "opt", "product");
      const link = join(path, "current");
      for (const changed of [() => existsSync(path), () => existsSync(link)]) {
        const { plugin, id, state } = await killed("dbha:index:Archive", { source, path }, changed);
        assert.deepEqual(state.createdPaths, [join(root, "opt"), path]);
        assert.equal((state.ownedVersions as string[]).length, 1);
        assert.equal(readFileSync(join(link, "bin", "run"), "utf8"), "run");
        await plugin.delete("dbha:index:Archive", id, state);
        assert.deepEqual([readdirSync(root), records()], [[], []]);
      }
    });

    it("a file whose action after the change was cut off is acted on, and goes with it", async () => {
      const path = join(root, "f");
      const [acted, begun, go] = ["acted", "begun", "go"].map((name) => join(root, name)) as [string, string, string];
      const onChange = `[ -e '${go}' ] || { : >'${begun}'; sleep 1000; }; echo acted >>'${acted}'`;
      const { plugin, id, state } = await killed(
        "dbha:index:File",
        { path, content: "text", onChange },
        () => existsSync(begun),
        () => writeFileSync(go, ""),
      );
      assert.equal(readFileSync(acted, "utf8"), "acted\n");
      await plugin.delete("dbha:index:File", id, state);
      assert.deepEqual(readdirSync(root).sort(), ["acted", "begun", "go"]);
    });
  });

  describe("on a host with systemd and Docker", () => {
    let bench: LabBench;
    let gate: Gate;
    let directory: string;
    let host: Properties;
    let found: string[];

    before(async () => {
      bench = await startLabBench();
      gate = await startGate(String(bench.host.address), Number(bench.host.port));
      host = { ...bench.host, address: "127.0.0.1", port: gate.port };
      directory = mkdtempSync(join(tmpdir(), "dbha-owner-"));
      found = await snapshot("p3");
    });
    after(async () => {
      await gate.stop();
      await bench.plugin.stop();
      rmSync(directory, { recursive: true });
    });
    const restored = async () => assert.deepEqual(await snapshot("p3"), found);
    const killed = (type: string, inputs: Properties, changed: () => Promise<boolean>) =>
      killedOnce(gate, bench.config, type, { host, ...inputs }, changed);
    const holds = (command: string) => async () =>
      (await bench.on(`${command} >/dev/null 2>&1 && echo yes || true`)) === "yes";

    it("an image that was loaded is still its own, and goes with it", async () => {
      const tarball = join(directory, "image.tar.gz");
      const imageId = await writeImage(tarball, "owned", "amd64", "dbha-owner:1");
      const { plugin, id, state } = await killed(
        "dbha:index:Image",
        { tarballs: { amd64: tarball } },
        holds("docker image inspect dbha-owner:1"),
      );
      assert.deepEqual([state.imageId, state.ownedImageIds], [imageId, [imageId]]);
      await plugin.delete("dbha:index:Image", id, state);
      await plugin.stop();
      await restored();
    });

    it("an image that was pulled is still its own, and goes with it", async () => {
      const registry = await startRegistry(bench, { "1": "pulled" });
      try {
        const reference = `127.0.0.1:${registry.port}/dbha-test:1`;
        const { plugin, id, state } = await killed(
          "dbha:index:Image",
          { reference },
          holds(`docker image inspect ${reference}`),
        );
        assert.deepEqual(state.ownedImageIds, [registry.ids["1"]]);
        await plugin.delete("dbha:index:Image", id, state);
        await plugin.stop();
      } finally {
        await registry.stop();
      }
      await restored();
    });

    it("a unit in the place of another is put back to what was there", async () => {
      const file = "/etc/systemd/system/dbha-owner.service";
      const unit = (seconds: number) =>
        `[Service]\nExecStart=/bin/sleep ${seconds}\n[Install]\nWantedBy=multi-user.target\n`;
      await bench.on(`printf '%s' '${unit(500)}' >${file}; systemctl daemon-reload`);
      const withTheirs = await snapshot("p3");
      try {
        const { plugin, id, state } = await killed(
          "dbha:index:Service",
          { name: "dbha-owner.service", unit: unit(1000) },
          holds(`grep -q 1000 ${file}`),
        );
        assert.deepEqual(state.found, { active: false, enabled: false });
        await plugin.delete("dbha:index:Service", id, state);
        await plugin.stop();
        assert.deepEqual(await snapshot("p3"), withTheirs);
      } finally {
        await bench.on(
          `systemctl disable --now dbha-owner.service 2>/dev/null; rm -f ${file}*; systemctl daemon-reload`,
        );
      }
      await restored();
    });
  });
});
