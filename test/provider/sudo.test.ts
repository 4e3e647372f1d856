import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readLab, run } from "../../lab/src/lab";
import { eventually } from "../integration/hosts";
import { labName } from "../test-lab";
import { PluginClient, Properties } from "./plugin-client";
import { startSlowLine } from "./slow-line";

/** The rule that docs/hosts.md lists. */
const rule = "deploy ALL=(root) NOPASSWD: /bin/sh";

/** The most memory that a plugin ever had, in bytes. */
function peakMemory({ process: { pid } }: PluginClient): number {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kib) * 1024;
}

/** A user other than root on a host of the lab, with what docs/hosts.md asks for and nothing else. */
describe("A user with sudo", function () {
  this.timeout(120_000);
  const lab = readLab(labName);
  const on = (command: string) => run(lab, "p1", command);
  let plugin: PluginClient;
  let host: Properties;

  const allow = (...lines: string[]) =>
    on(`printf '%s\\n' ${lines.map((line) => `'${line}'`).join(" ")} >/etc/sudoers.d/deploy`);

  before(async () => {
    await on(
      "{ id deploy >/dev/null 2>&1 || useradd --create-home --shell /bin/bash deploy; } && usermod --password '*' --append --groups docker deploy && " +
        "install -d -m 700 -o deploy -g deploy ~deploy/.ssh && " +
        "install -m 600 -o deploy -g deploy /root/.ssh/authorized_keys ~deploy/.ssh/authorized_keys",
    );
    await allow(rule);
    const { name, address, port, hostKeys } = lab.hosts.p1;
    host = { name, address, port, user: "deploy", hostKeys, sudo: true };
    plugin = await PluginClient.start({ config: { privateKeyFile: lab.privateKeyFile } });
  });
  after(async () => {
    await plugin.stop();
    await on("rm -f /etc/sudoers.d/deploy; rm -rf /opt/sudo-test; userdel --force --remove deploy 2>/dev/null");
  });

  it("writes and removes files and directories as root, long ones whole", async () => {
    const directory = { host, path: "/opt/sudo-test", mode: "0700" };
    const made = await plugin.make("dbha:index:Directory", directory);
    const content = "0123456789abcdef".repeat(192 * 1024);
    const file = await plugin.make("dbha:index:File", { host, path: "/opt/sudo-test/f", content, mode: "0600" });
    assert.equal(await on("stat -c '%a %U:%G %s' /opt/sudo-test/f"), `600 root:root ${content.length}`);
    assert.equal((await plugin.read("dbha:index:File", file.id, file.state))?.state.sha256, file.state.sha256);
    await plugin.delete("dbha:index:File", file.id, file.state);
    await plugin.delete("dbha:index:Directory", made.id, made.state);
    assert.equal(
      await on("ls -d /opt/sudo-test 2>&1 || true"),
      "ls: cannot access '/opt/sudo-test': No such file or directory",
    );
  });

  it("makes what a program has as root, and its user", async () => {
    const user = { name: "sudo-test", home: "/opt/sudo-test", comment: "sudo-test" };
    const made = await plugin.make("dbha:index:Files", {
      host,
      user,
      directories: { "/opt/sudo-test": { mode: "0700", owner: user.name, group: user.name } },
      files: { "/opt/sudo-test/f": { content: "0123456789abcdef".repeat(8 * 1024), mode: "0640", group: user.name } },
    });
    assert.equal(
      await on("stat -c '%a %U:%G' /opt/sudo-test /opt/sudo-test/f"),
      "700 sudo-test:sudo-test\n640 root:sudo-test",
    );
    assert.deepEqual((await plugin.read("dbha:index:Files", made.id, made.state))?.state, made.state);
    await plugin.delete("dbha:index:Files", made.id, made.state);
    assert.equal(await on("ls -d /opt/sudo-test 2>/dev/null; getent passwd sudo-test || echo gone"), "gone");
  });

  it("writes a file of 50 MB over a line of 100 ms, in seconds and without growing by it", async () => {
    const directory = mkdtempSync(join(tmpdir(), "dbha-slow-"));
    const line = await startSlowLine(lab.hosts.p1.address, lab.hosts.p1.port, 100);
    const slow = await PluginClient.start({ config: { privateKeyFile: lab.privateKeyFile } });
    try {
      const source = join(directory, "source");
      writeFileSync(source, randomBytes(50_000_000));
      const near = { ...host, address: "127.0.0.1", port: line.port };
      await slow.invoke("dbha:index:getHostFacts", { host: near });
      const before = peakMemory(slow);
      const started = performance.now();
      const { id, state } = await slow.make("dbha:index:File", { host: near, path: "/opt/slow-test", source });
      const seconds = (performance.now() - started) / 1000;
      assert.equal(await on("sha256sum </opt/slow-test | cut -c 1-64"), state.sha256);
      const grown = (peakMemory(slow) - before) / 1_000_000;
      assert.ok(grown < 60, `it grew by ${grown} MB`);
      assert.ok(seconds > 0.5 && seconds < 30, `it took ${seconds} s`);
      await slow.delete("dbha:index:File", id, state);
      assert.equal(await on("ls /opt/slow-test 2>/dev/null || true"), "");
    } finally {
      await slow.stop();
      line.stop();
      rmSync(directory, { recursive: true });
    }
  });

  it("runs services", async () => {
    const unit = "[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n";
    const service = await plugin.make("dbha:index:Service", { host, name: "sudo-test.service", unit });
    assert.equal(await on("systemctl is-active sudo-test.service"), "active");
    await plugin.delete("dbha:index:Service", service.id, service.state);
    assert.equal(await on("systemctl is-active sudo-test.service || true"), "inactive");
  });

  it("loads images", async () => {
    const nginx = lab.images.nginx;
    assert.ok(nginx);
    const image = await plugin.make("dbha:index:Image", { host, tarballs: { amd64: nginx.tarball } });
    const id = String(image.state.imageId);
    assert.equal(await on(`docker image inspect --format '{{.Id}}' ${id}`), id);
    await plugin.delete("dbha:index:Image", image.id, image.state);
  });

  it("probes, and tells what the host is", async () => {
    const { state } = await plugin.make("dbha:index:Probe", { host, command: "test $(id -u) = 0" });
    assert.equal(state.healthy, true);
    const { answer } = await plugin.invoke("dbha:index:getHostFacts", { host });
    assert.equal(answer.kernel, await on("uname -r"));
    assert.ok(answer.dockerVersion);
  });

  it("leaves no command running when Pulumi is told to stop", async () => {
    const stopped = await PluginClient.start({ config: { privateKeyFile: lab.privateKeyFile } });
    const processes = () => on("pgrep -x -u root -f 'sleep 98765' || true");
    try {
      const asked = stopped.make("dbha:index:Probe", { host, command: "sleep 98765", timeout: 600 });
      asked.catch(() => undefined);
      await eventually("it runs", 10, processes, (pids) => pids !== "");
      await stopped.cancel();
      await assert.rejects(asked, {
        message:
          `host p1 (${String(host.address)}): probe command sleep: stopped (Pulumi was told to stop), ` +
          "last seen: nothing yet; run it again",
      });
    } finally {
      await stopped.stop();
    }
    await eventually("it ends", 10, processes, (pids) => pids === "");
  });

  const refusals: [what: string, rules: string[], said: string][] = [
    ["there is no rule", ["# none"], "sudo: a password is required"],
    ["the rule asks for a password", ["deploy ALL=(root) /bin/sh"], "sudo: a password is required"],
    ["a terminal is wanted", ["Defaults:deploy requiretty", rule], "sudo: sorry, you must have a tty to run sudo"],
    ["the rule is for something else", ["deploy ALL=(root) NOPASSWD: /bin/ls"], "sudo: a password is required"],
  ];
  for (const [what, rules, said] of refusals) {
    it(`is told what to allow when ${what}`, async () => {
      await allow(...rules);
      await plugin.configure({ privateKeyFile: lab.privateKeyFile });
      await assert.rejects(plugin.invoke("dbha:index:getHostFacts", { host }), {
        message:
          `host p1 (${String(host.address)}): ask for facts: sudo refused (${said}); ` +
          "allow deploy to run sh by sudo without a password (NOPASSWD) and without a terminal",
      });
    });
  }
});
