import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Bench, startBench, until } from "./cases";
import type { PluginClient } from "./plugin-client";

const fileType = "dbha:index:File";

interface TraceLine {
  event: string;
  host: string;
  step?: string;
  ms: number;
}

describe("The connection to a host", function () {
  this.timeout(60_000);
  let bench: Bench;
  let traceFile: string;

  beforeEach(async () => {
    traceFile = join(mkdtempSync(join(tmpdir(), "dbha-trace-")), "trace");
    bench = await startBench({ config: ["MaxSessions 8"] }, { env: { DBHA_TRACE: traceFile } });
  });
  afterEach(async () => {
    await bench.stop();
    rmSync(dirname(traceFile), { recursive: true });
  });

  const trace = (): TraceLine[] =>
    readFileSync(traceFile, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as TraceLine);

  it("is one, for forty resources and all their operations at the same time, within sshd's MaxSessions", async () => {
    const directory = bench.directory();
    const args = (index: number) => ({
      host: bench.host,
      path: join(directory, `f${index}`),
      content: `text ${index}`,
    });
    const indexes = Array.from({ length: 40 }, (_, index) => index);
    const made = await Promise.all(indexes.map((index) => bench.plugin.make(fileType, args(index))));
    const read = await Promise.all(made.map(({ id, state }) => bench.plugin.read(fileType, id, state)));
    assert.deepEqual(
      read.map((found) => found?.state.content),
      indexes.map((index) => `text ${index}`),
    );
    await Promise.all(made.map(({ id, state }) => bench.plugin.delete(fileType, id, state)));
    assert.equal(bench.sshd.logins(), 1);
    const events = trace();
    assert.equal(events.filter((line) => line.event === "connect").length, 1);
    assert.equal(events.filter((line) => line.event === "exec").length, 120);
    assert.deepEqual(events[0] && Object.keys(events[0]).sort(), ["event", "host", "ms", "pid", "time"]);
  });

  for (const sessions of [3, 1]) {
    it(`makes do with a MaxSessions of ${sessions}: what does not fit waits its turn`, async () => {
      const narrow = await startBench({ config: [`MaxSessions ${sessions}`] });
      try {
        const directory = narrow.directory();
        const indexes = Array.from({ length: 16 }, (_, index) => index);
        const path = (index: number) => join(directory, `f${index}`);
        // Every other one is too long for a shell that is kept.
        const text = (index: number) => `text ${index}`.repeat(index % 2 === 0 ? 1 : 10_000);
        await Promise.all(
          indexes.map((index) =>
            narrow.plugin.make(fileType, { host: narrow.host, path: path(index), content: text(index) }),
          ),
        );
        assert.deepEqual(
          indexes.map((index) => readFileSync(path(index), "utf8")),
          indexes.map(text),
        );
        assert.equal(narrow.sshd.logins(), 1);
      } finally {
        await narrow.stop();
      }
    });
  }

  for (const [how, end] of [
    ["Pulumi is told to stop", (plugin: PluginClient) => plugin.cancel().then(() => plugin.stop())],
    ["the plugin is killed", (plugin: PluginClient) => Promise.resolve(plugin.process.kill("SIGKILL"))],
  ] as const) {
    it(`leaves no command running on the host when ${how}`, async () => {
      const pidFile = join(bench.directory(), "pid");
      const command = `echo $$ >'${pidFile}.new'; sleep 1000 & echo $! >>'${pidFile}.new'; mv '${pidFile}.new' '${pidFile}'; wait`;
      const asked = bench.plugin.make("dbha:index:Probe", { host: bench.host, command, timeout: 600 });
      asked.catch(() => undefined);
      await until("the command runs", () => existsSync(pidFile));
      const pids = readFileSync(pidFile, "utf8").trim().split("\n");
      assert.equal(pids.length, 2);
      await end(bench.plugin);
      await assert.rejects(asked);
      await until("the command ends", () => !pids.some((pid) => existsSync(`/proc/${pid}`)));
    });
  }

  it("is another where other keys are pinned, so that nothing rides on a connection verified otherwise", async () => {
    const directory = bench.directory();
    const args = { host: bench.host, path: join(directory, "f"), content: "" };
    await bench.plugin.make(fileType, args);
    const { hostKeys, ...unpinned } = bench.host;
    assert.ok(hostKeys);
    await bench.plugin.make(fileType, { ...args, host: { ...unpinned, acceptUnknownHostKey: true } });
    assert.equal(bench.sshd.logins(), 2);
  });

  it("takes one command for each operation of a file", async () => {
    const path = join(bench.directory(), "f");
    const args = { host: bench.host, path, content: "one" };
    const { id, state } = await bench.plugin.make(fileType, args);
    const updated = await bench.plugin.change(fileType, id, state, { ...args, content: "two" });
    await bench.plugin.read(fileType, id, updated);
    await bench.plugin.delete(fileType, id, updated);
    const steps = trace().filter((line) => line.event === "exec");
    assert.deepEqual(
      steps.map((line) => line.step),
      [`write ${path}`, `write ${path}`, `read ${path}`, `remove ${path}`],
    );
  });

  it("keeps secrets out of argument lists, errors, messages and the trace", async () => {
    const directory = bench.directory();
    const secrets = ["S3cret-content", "S3cret-validate", "S3cret-change", "S3cret-command"];
    const list = (name: string) => `ps -eww -o args >'${join(directory, name)}'`;
    const made = await bench.plugin.make(fileType, {
      host: bench.host,
      path: join(directory, "f"),
      content: "S3cret-content",
      validate: `: S3cret-validate; ${list("validate.ps")}`,
      onChange: `: S3cret-change; ${list("change.ps")}`,
    });
    await bench.plugin.make("dbha:index:Probe", {
      host: bench.host,
      command: `: S3cret-command; ${list("command.ps")}`,
    });
    for (const name of ["validate.ps", "change.ps", "command.ps"]) {
      const processes = readFileSync(join(directory, name), "utf8");
      assert.match(processes, /IFS= read -r script/);
      for (const secret of secrets) {
        assert.ok(!processes.includes(secret), `${secret} stands in ${name}`);
      }
    }
    const failing = [
      bench.plugin.make(fileType, { host: bench.host, path: join(directory, "no", "f"), content: "S3cret-content" }),
      bench.plugin.make(fileType, {
        host: bench.host,
        path: join(directory, "g"),
        content: "S3cret-content",
        validate: ": S3cret-validate; exit 1",
      }),
      bench.plugin.make("dbha:index:Probe", {
        host: bench.host,
        command: ": S3cret-command; exit 1",
        timeout: 0.1,
        interval: 0.05,
      }),
      bench.plugin.change(fileType, made.id, made.state, {
        host: bench.host,
        path: join(directory, "f"),
        content: "S3cret-content2",
        onChange: ": S3cret-change; exit 1",
      }),
    ];
    const outcomes = await Promise.allSettled(failing);
    const messages = outcomes.map((outcome) =>
      outcome.status === "rejected" ? String(outcome.reason) : "it did not fail",
    );
    const shown = JSON.stringify([messages, bench.plugin.log, bench.plugin.stderr, readFileSync(traceFile, "utf8")]);
    assert.ok(!shown.includes("it did not fail"));
    assert.ok(!shown.includes("S3cret"), shown);
    assert.ok(!shown.includes("PRIVATE KEY"));
  });
});
