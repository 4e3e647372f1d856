import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as yaml from "yaml";
import { realPulumi } from "../integration/engines";
import { hostOf } from "./cases";
import { Sshd, startSshd } from "./sshd";

const project = {
  name: "importing",
  runtime: { name: "nodejs", options: { typescript: false, nodeargs: "--require @pulumi/pulumi --require tsx/cjs" } },
  main: "index.ts",
  plugins: { providers: [{ name: "dbha", path: resolve("bin") }] },
};

const pulumi = realPulumi();

describe(`import by the real CLI${pulumi === undefined ? " (skipped: there is no real Pulumi CLI)" : ""}`, function () {
  this.timeout(120_000);
  let sshd: Sshd;
  let folder: string;
  let things: { type: string; name: string; id: string }[];

  before(async function () {
    if (pulumi === undefined) {
      this.skip();
    }
    sshd = await startSshd();
    folder = join(sshd.directory, "project");
    mkdirSync(join(sshd.directory, "state"));
    mkdirSync(join(folder, "conf"), { recursive: true });
    symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "Pulumi.yaml"), yaml.stringify(project));
    writeFileSync(join(folder, "package.json"), '{ "name": "importing" }');
    writeFileSync(join(folder, "index.ts"), "");
    writeFileSync(join(folder, "hosts.yaml"), yaml.stringify({ hosts: [hostOf(sshd)] }));
    writeFileSync(join(folder, "conf", "text"), "a: 1\n");
    writeFileSync(join(folder, "conf", "key"), "hunter2\n", { mode: 0o600 });
    things = [
      { type: "dbha:index:File", name: "text", id: `p1:${folder}/conf/text` },
      { type: "dbha:index:File", name: "key", id: `p1:${folder}/conf/key` },
      { type: "dbha:index:Directory", name: "directory", id: `p1:${folder}/conf` },
      { type: "dbha:index:Probe", name: "tcp", id: `p1:tcp://127.0.0.1:${sshd.port}` },
      { type: "dbha:index:Probe", name: "command", id: `p1:command:test -e ${folder}/conf/text` },
    ];
    writeFileSync(join(folder, "things.json"), JSON.stringify({ resources: things }));
  });
  after(() => pulumi && sshd.stop());

  const run = (...args: string[]) => runWith({}, ...args);
  const runWith = async (more: Record<string, string>, ...args: string[]) => {
    const { execa } = await import("execa");
    const env = {
      ...more,
      PULUMI_BACKEND_URL: `file://${sshd.directory}/state`,
      PULUMI_HOME: join(sshd.directory, "home"),
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    };
    const { all, exitCode } = await execa(pulumi ?? "", [...args, "--non-interactive"], {
      cwd: folder,
      env,
      all: true,
      reject: false,
    });
    return { all, exitCode };
  };
  const succeed = async (...args: string[]) => {
    const { all, exitCode } = await run(...args);
    assert.equal(exitCode, 0, all);
    return all;
  };
  const newStack = async (name: string) => {
    await succeed("stack", "init", name);
    await succeed("config", "set", "dbha:privateKeyFile", sshd.privateKeyFile);
    await succeed("config", "set", "dbha:inventory", "hosts.yaml");
  };
  const components = resolve("components");

  it("writes code that leaves nothing to change, and a state without plain secrets", async () => {
    await newStack("command");
    await succeed("import", "--yes", "--protect=false", "--file", "things.json", "--out", "index.ts");
    const code = readFileSync(join(folder, "index.ts"), "utf8");
    assert.match(code, /import \* as dbha from "pulumi-dbha";/);
    assert.match(code, /new dbha\.remote\.File\("key", \{\n {4}content: pulumi\.secret\("hunter2\\n"\),\n/);
    assert.doesNotMatch(code, /sha256|salt/);
    const exported = await succeed("stack", "export");
    assert.doesNotMatch(exported, /hunter2/);
    const { deployment } = JSON.parse(exported) as { deployment: { resources: { type: string; id: string }[] } };
    assert.deepEqual(
      deployment.resources
        .filter(({ type }) => type.startsWith("dbha:"))
        .map(({ id }) => id)
        .sort(),
      [...things.slice(0, 4).map(({ id }) => id), "p1:command test"].sort(),
    );
    writeFileSync(join(folder, "index.ts"), code.replace('"pulumi-dbha"', JSON.stringify(components)));
    await succeed("preview", "--expect-no-changes");
    await succeed("preview", "--refresh", "--expect-no-changes");
  });

  it("takes over by the option import what equals the arguments, and updates what differs", async () => {
    await newStack("option");
    const program = (content: string) => {
      const args = { host: hostOf(sshd), path: `${folder}/conf/text`, content };
      const options = { import: `p1:${folder}/conf/text` };
      const code = `new remote.File("text", ${JSON.stringify(args)}, ${JSON.stringify(options)});`;
      writeFileSync(join(folder, "index.ts"), `import { remote } from ${JSON.stringify(components)};\n${code}\n`);
    };
    program("a: 1\n");
    const equal = await succeed("up", "--yes");
    assert.match(equal, /= 1 imported/);
    assert.doesNotMatch(equal, /updated/);
    await succeed("preview", "--refresh", "--expect-no-changes");

    await newStack("differing");
    program("another\n");
    const differing = await succeed("up", "--yes");
    assert.match(differing, /text updated .*\[diff: ~content\]/);
    assert.equal(readFileSync(join(folder, "conf", "text"), "utf8"), "another\n");
    await succeed("preview", "--refresh", "--expect-no-changes");
  });

  it("finds the inventory by DBHA_INVENTORY in a stack that was deployed without one", async () => {
    await succeed("stack", "init", "deployed");
    await succeed("config", "set", "dbha:privateKeyFile", sshd.privateKeyFile);
    const args = { host: hostOf(sshd), path: `${folder}/conf/other`, content: "b\n" };
    const code = `new remote.File("other", ${JSON.stringify(args)});`;
    writeFileSync(join(folder, "index.ts"), `import { remote } from ${JSON.stringify(components)};\n${code}\n`);
    await succeed("up", "--yes");
    await succeed("config", "set", "dbha:inventory", "hosts.yaml");
    const text = ["import", "--yes", "--protect=false", "dbha:index:File", "text", `p1:${folder}/conf/text`];
    const { all, exitCode } = await run(...text);
    assert.notEqual(exitCode, 0);
    assert.match(
      all,
      /there is no inventory that says where host p1 is; set DBHA_INVENTORY=hosts\.yaml for this command/,
    );
    const found = await runWith({ DBHA_INVENTORY: "hosts.yaml" }, ...text);
    assert.equal(found.exitCode, 0, found.all);
  });
});
