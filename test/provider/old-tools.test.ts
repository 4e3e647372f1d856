import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as yaml from "yaml";
import { readLab } from "../../lab/src/lab";
import { scripts } from "../../provider/scripts";
import { inspectContainer, noteAdoption } from "../../provider/scripts/container";
import {
  backupMetadata,
  proveBackup,
  pruneBackups,
  removeBackups,
  restoreMetadata,
} from "../../provider/scripts/dolphin-metadata";
import { readServer, switchServer } from "../../provider/scripts/dolphin-server";
import { lookAtContainers, lookAtHost } from "../../provider/scripts/look";
import { forgetUnderWay, noteUnderWay, readUnderWay } from "../../provider/scripts/under-way";
import { commandUnit } from "../../provider/scripts/units";
import { OldHost, startOldHost } from "../old-tools/login";
import { labName } from "../test-lab";
import { writeTar } from "./archive-files";
import { startRegistry, writeImage } from "./docker-image";
import { PluginClient, Properties } from "./plugin-client";

const folder = "/opt/dbha-old";
const unit = "dbha-old.service";

describe("Among the tools of CentOS 7", function () {
  this.timeout(60_000);
  const lab = readLab(labName);
  let old: OldHost;
  let plugin: PluginClient;
  let scratch: string;
  let host: Properties;

  before(async () => {
    scratch = mkdtempSync(join(tmpdir(), "dbha-old-"));
    old = await startOldHost(lab);
    host = old.host;
    const inventory = join(scratch, "hosts.yaml");
    writeFileSync(inventory, yaml.stringify({ hosts: [host] }));
    plugin = await PluginClient.start({
      config: { privateKeyFile: lab.privateKeyFile, inventory },
      env: { XDG_CACHE_HOME: join(scratch, "cache") },
    });
  });
  after(async () => {
    await plugin.stop();
    await old.on(
      `userdel dbha-old 2>/dev/null; systemctl stop ${unit} 2>/dev/null; rm -rf ${folder} /var/lib/dbha /etc/systemd/system/${unit}*; systemctl daemon-reload`,
    );
    await old.stop();
    rmSync(scratch, { recursive: true });
  });

  const make = (type: string, more: Properties) => plugin.make(`dbha:index:${type}`, { host, ...more });
  const unchanged = async (type: string, { id, inputs, state }: Awaited<ReturnType<typeof make>>) =>
    assert.deepEqual(await plugin.read(`dbha:index:${type}`, id, state), { inputs, state });
  const remove = ({ id, state }: Awaited<ReturnType<typeof make>>, type: string) =>
    plugin.delete(`dbha:index:${type}`, id, state);

  async function ask(what: string, more: Properties): Promise<Properties> {
    const { answer, failures } = await plugin.invoke(`dbha:index:${what}`, { host, ...more });
    assert.deepEqual(failures, {});
    return answer;
  }

  it("a host tells what it is; curl has no --unix-socket, so that Docker's client is asked", async () => {
    const answer = await ask("getHostFacts", {});
    assert.equal(answer.kernel, await old.on("uname -r"));
    assert.equal(answer.cores, Number(await old.on("nproc")));
    assert.equal(answer.dockerVersion, await old.on("docker version --format '{{.Server.Version}}'"));
    assert.equal(answer.keepalivedVersion, "1.3.5");
    assert.ok((answer.services as string[]).includes("docker.service"), String(answer.services));
    assert.ok((answer.ports as { process: string }[]).some(({ process }) => process === "sshd"));
    assert.ok((answer.addresses as { address: string }[]).some(({ address }) => address === host.address));
    assert.deepEqual(await old.refused(), ["curl --unix-socket"]);
  });

  it("directories, files and archives are made, read, changed and removed", async () => {
    const directory = await make("Directory", { path: folder, mode: "0750", onDelete: "purge" });
    await unchanged("Directory", directory);
    const file = await make("File", { path: `${folder}/f`, content: "one\n", onChange: `touch ${folder}/changed` });
    assert.equal(
      await old.on(`stat -c '%a %U' ${folder}/f; cat ${folder}/f; ls ${folder}`),
      "644 root\none\nchanged\nf",
    );
    await unchanged("File", file);
    await remove(file, "File");

    const archives = await Promise.all(
      ["1", "2"].map(async (version) => {
        const source = join(scratch, `product-${version}.tar.gz`);
        await writeTar(source, [
          { name: "product/bin/run", content: `#!/bin/sh\necho ${version}\n`, mode: 0o755 },
          { name: "product/link", type: "symlink", linkname: "bin/run" },
        ]);
        return { source, version, path: `${folder}/product`, stripComponents: 1, keep: 0 };
      }),
    );
    const [first = {}, second = {}] = archives;
    const archive = await make("Archive", first);
    await unchanged("Archive", archive);
    const changed = await plugin.change("dbha:index:Archive", archive.id, archive.state, { host, ...second });
    assert.equal(await old.on(`${folder}/product/current/link; ls ${folder}/product`), "2\n2\ncurrent");
    await plugin.delete("dbha:index:Archive", archive.id, changed);
    await remove(directory, "Directory");
    assert.equal(await old.on(`ls -d ${folder} 2>/dev/null || echo gone`), "gone");
    assert.deepEqual(await old.refused(), ["sync -f"]);
  });

  it("the files of a program are made, read, changed and removed, with its user", async () => {
    const user = { name: "dbha-old", home: `${folder}/data`, comment: "dbha-old" };
    const files = (content: string) => ({
      [`${folder}/etc/a.conf`]: {
        content,
        validate: 'grep -q o "$DBHA_FILE"',
        onChange: `touch ${folder}/data/changed`,
      },
      [`${folder}/etc/run`]: { content: "#!/bin/sh\n", mode: "0755" },
    });
    const directories = {
      [`${folder}/etc`]: {},
      [`${folder}/data`]: { owner: user.name, group: user.name, onDelete: "purge" },
    };
    const program = await make("Files", { user, directories, files: files("one\n") });
    assert.equal(
      await old.on(`stat -c '%a %U' ${folder}/etc/run ${folder}/data; cat ${folder}/etc/a.conf; ls ${folder}/data`),
      "755 root\n755 dbha-old\none\nchanged",
    );
    await unchanged("Files", program);
    const news = { host, user, directories, files: files("two\n") };
    const changed = await plugin.change("dbha:index:Files", program.id, program.state, news);
    assert.equal(await old.on(`cat ${folder}/etc/a.conf`), "two");
    await plugin.delete("dbha:index:Files", program.id, changed);
    assert.equal(
      await old.on(`ls -d ${folder} 2>/dev/null || echo gone; id dbha-old 2>&1 | tail -c 13`),
      "gone\nno such user",
    );
    assert.deepEqual(await old.refused(), []);
  });

  it("images are loaded, pulled, used and removed, and containers are claimed", async () => {
    const images = await Promise.all(
      ["one", "two"].map(async (content) => {
        const tarball = join(scratch, `${content}.tar.gz`);
        return { tarball, id: await writeImage(tarball, content, "amd64", `dbha-old:${content}`) };
      }),
    );
    const [one, two] = images;
    assert.ok(one && two);
    const loaded = await make("Image", { tarballs: { amd64: one.tarball } });
    assert.equal(loaded.state.imageId, one.id);
    await unchanged("Image", loaded);
    const imported = await plugin.read("dbha:index:Image", "p3:dbha-old:one", {});
    assert.equal(imported?.state.imageId, one.id);
    const used = await plugin.about("other").make("dbha:index:Image", { host, tarballs: { amd64: one.tarball } });
    assert.deepEqual(used.state.ownedImageIds, []);
    await remove(used, "Image");
    plugin.about("test");
    const user = "urn:pulumi:test::test::docker:index/container:Container::node";
    const claim = { name: "dbha-old", user };
    await ask("claimContainer", { ...claim, image: one.id });
    await old.on(`docker create --name dbha-old ${one.id} /content`);
    assert.match(
      old.send(lookAtContainers, {}, ["dbha-old", "dbha-none"]),
      new RegExp(`^container=dbha-old [0-9a-f]{64} ${one.id} \\{.*"Status":"created".*\\}\\ncontainer=dbha-none$`),
    );
    assert.match(old.send(inspectContainer, { name: "dbha-old", file: "" }), /^container=\{.*\}\nimage=\{.*\}$/);
    assert.equal(old.send(inspectContainer, { name: "dbha-none", file: "" }), "");
    old.send(noteAdoption, { name: "dbha-old", id: "0123", wanted: "hash", image: one.id, user });
    const { adopted } = await ask("getHostFacts", {});
    assert.deepEqual(adopted, [{ container: "dbha-old", id: "0123", wanted: "hash" }]);
    // as after a run that did not live to tell of its container
    await ask("claimContainer", { ...claim, image: one.id });
    await ask("settleContainer", claim);
    assert.equal(await old.on("docker ps -a --filter name=dbha-old --format '{{.Names}}'"), "");
    await remove(loaded, "Image");

    await old.on(`mkdir -p ${folder}; base64 -d >${folder}/two.tar.gz`, readFileSync(two.tarball).toString("base64"));
    const there = await make("Image", { hostTarballs: { amd64: `${folder}/two.tar.gz` } });
    assert.equal(there.state.imageId, two.id);
    await remove(there, "Image");

    const registry = await startRegistry(old, { 1: "pulled" });
    const pulled = await make("Image", { reference: `127.0.0.1:${registry.port}/dbha-test:1` }).finally(() =>
      registry.stop(),
    );
    assert.equal(pulled.state.imageId, registry.ids["1"]);
    await unchanged("Image", pulled);
    await remove(pulled, "Image");
    assert.equal(await old.on("docker images --quiet dbha-old"), "");
    assert.deepEqual(await old.refused(), ["curl --unix-socket"]);
  });

  it("services are installed, started, restarted and removed", async () => {
    const text = (command: string) => `[Service]\nExecStart=${command}\n[Install]\nWantedBy=multi-user.target\n`;
    const service = await make("Service", { name: unit, unit: text("/bin/sleep 1001") });
    await unchanged("Service", service);
    assert.equal(await old.on(`systemctl is-active ${unit}; systemctl is-enabled ${unit}`), "active\nenabled");
    const news = { host, name: unit, unit: text("/bin/sleep 1002") };
    const changed = await plugin.change("dbha:index:Service", service.id, service.state, news);
    assert.equal(await old.on(`systemctl show --property=ExecStart ${unit} | grep -o 'sleep 100.'`), "sleep 1002");
    await plugin.delete("dbha:index:Service", service.id, changed);
    assert.equal(await old.on(`systemctl is-active ${unit} || true`), "inactive");
    const failing = make("Service", {
      name: unit,
      unit: text("/bin/sh -c 'echo no configuration; exit 3'"),
    });
    await assert.rejects(failing, /no configuration/);
    await old.on(`rm -f /etc/systemd/system/${unit}*; systemctl daemon-reload`);
    assert.deepEqual(await old.refused(), []);
  });

  it("probes look, through bash where nobody may forward, and quote the log of what fails", async () => {
    const listening = await ask("getHealth", { tcp: { port: 22 } });
    assert.deepEqual([listening.healthy, listening.detail], [true, "connection accepted"]);
    const command = await ask("getHealth", { command: "echo '{}'; sleep 0.1" });
    assert.equal(command.healthy, true);
    await old.on(
      `printf '[Service]\\nExecStart=/bin/sh -c "echo words of $(hostname); sleep 1000"\\n' >/etc/systemd/system/${unit}; ` +
        `systemctl daemon-reload; systemctl start ${unit}; mkdir -p ${folder}; echo more words >${folder}/log`,
    );
    const watched = { unit, logFiles: [`${folder}/log`], supervisor: { ended: "words" } };
    await assert.rejects(
      make("Probe", { tcp: { port: 1 }, interval: 1, timeout: 3, watched }),
      /connection refused[^]*journalctl -u dbha-old.service on p3:\n[^]* {4}words of p3\n[^]*log on p3:\n {4}more words$/,
    );
    assert.deepEqual(await old.refused(), []);
  });

  it("a look finds addresses and the sizes of files", async () => {
    await old.on(`mkdir -p ${folder}; printf 12345 >${folder}/five`);
    assert.match(
      old.send(lookAtHost, {}, [`${folder}/five`, `${folder}/none`]),
      new RegExp(`^address=\\d+: lo +inet 127\\.0\\.0\\.1/8 [^]*\\nfile=5 ${folder}/five\\nfile=none ${folder}/none$`),
    );
    await old.on(`rm -r ${folder}`);
    assert.deepEqual(await old.refused(), []);
  });

  it("what is under way is noted and forgotten, and units of a cluster restart", async () => {
    const key = "cluster old";
    assert.equal(old.send(noteUnderWay, { key, text: '{"left":["it\'s"]}' }), "noted=1");
    assert.equal(old.send(readUnderWay, { key }), 'text={"left":["it\'s"]}');
    assert.equal(old.send(forgetUnderWay, { key }), "noted=0");
    assert.equal(old.send(readUnderWay, { key }), "text=");
    await old.on(`cat >/etc/systemd/system/${unit}; systemctl daemon-reload`, "[Service]\nExecStart=/bin/sleep 600\n");
    assert.equal(old.send(commandUnit, { unit, action: "restart" }), "state=active");
    assert.equal(old.send(commandUnit, { unit, action: "stop" }), "state=inactive");
    assert.deepEqual(await old.refused(), []);
  });

  it("a server is put in place, metadata are saved, proven and put back, and old backups go", async () => {
    const [server, backups, home] = [`${folder}/server`, `${folder}/backups`, `${folder}/home`];
    const set = { backups, name: "20261130T010000Z-3.00.4" };
    const found = `${folder}/package`;
    await old.on(
      `rm -rf ${folder}; mkdir -p ${server} ${found} ${home}/raft && cd ${found} && touch dolphindb lib.so && chmod +x dolphindb && echo old >${home}/raft/log`,
    );
    assert.equal(old.send(switchServer, { server, package: found, version: "3.00.4" }), `package=${found}`);
    assert.equal(old.send(switchServer, { server, package: found, version: "3.00.4" }), `package=${found}`);
    const about = "chunks";
    assert.equal(old.send(backupMetadata, { ...set, about }, [`${home}/raft`, `?${home}/none`]), `backup=${set.name}`);
    assert.equal(old.send(proveBackup, set), `backup=${set.name}\nabout=chunks`);
    const told = [`version=3.00.4`, `package=${found}`, `backup=${set.name}`];
    assert.equal(old.send(readServer, { server, backups }), told.join("\n"));
    await old.on(`echo new >${home}/raft/log`);
    assert.equal(old.send(restoreMetadata, set), `restored=${set.name}`);
    assert.equal(await old.on(`cat ${home}/raft/log; readlink ${server}/lib.so`), `old\n${found}/lib.so`);
    assert.equal(old.send(pruneBackups, { backups, keep: 1 }), "pruned=1");
    assert.equal(old.send(removeBackups, { backups }), "removed=1");
    assert.equal(await old.on(`ls ${folder}`), "home\npackage\nserver");
    await old.on(`rm -r ${folder}`);
    assert.deepEqual(await old.refused(), []);
  });

  it("nothing was left out: every script that the plugin has was there", async () => {
    assert.deepEqual(
      await old.ran(scripts),
      scripts.map(({ name }) => name),
    );
  });
});
