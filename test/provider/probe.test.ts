import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { AddressInfo } from "node:net";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { Bench, startBench, until } from "./cases";
import { PluginError, Properties } from "./plugin-client";
import { freePort } from "./sshd";

const type = "dbha:index:Probe";

/** What the HTTP server answers next. */
let answer: (request: IncomingMessage, response: ServerResponse) => void;

const json = (body: unknown, status = 200) => {
  answer = (_request, response) => response.writeHead(status).end(JSON.stringify(body));
};

for (const [name, config] of [
  ["through the SSH connection", []],
  ["by the host's own bash, where sshd forbids forwarding", ["AllowTcpForwarding no"]],
] as const) {
  describe(`Probe ${name}`, function () {
    this.timeout(60_000);
    let bench: Bench;
    let server: Server;
    let port: number;

    before(async () => {
      bench = await startBench({ config: [...config] });
      server = createServer((request, response) => answer(request, response));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      port = (server.address() as AddressInfo).port;
    });
    after(async () => {
      await bench.stop();
      server.close();
    });

    const make = (more: Properties) =>
      bench.plugin.make(type, { host: bench.host, interval: 0.05, timeout: 10, ...more });

    it("is healthy at the expected status, and sends path and headers", async () => {
      let seen: unknown[] = [];
      answer = (request, response) => {
        seen = [request.method, request.url, request.headers["x-token"], request.headers.host];
        response.writeHead(204).end();
      };
      const http = { port, path: "/health?a=b&c=%20d", status: 204, headers: { "X-Token": 'a "quoted" \\ word' } };
      const { id, state } = await make({ http });
      assert.deepEqual(seen, ["GET", "/health?a=b&c=%20d", 'a "quoted" \\ word', `127.0.0.1:${port}`]);
      assert.equal(id, `p1:http://127.0.0.1:${port}/health?a=b&c=%20d`);
      assert.deepEqual([state.healthy, state.detail, state.values], [true, "HTTP 204", {}]);
    });

    it("asks further questions when the first answer is the expected one, and is healthy when all are", async () => {
      const asked: string[] = [];
      let version = 500;
      answer = ({ url = "" }, response) => {
        asked.push(url);
        response.writeHead(url === "/info" ? version : 200).end('{"of":"' + url + '","version":"4.3.1"}');
      };
      const also = [{ tcp: { port } }, { http: { port, path: "/info" }, extract: { version: "/version" } }];
      const wanted = { http: { port, path: "/" }, extract: { of: "/of" }, also };
      const made = make({ ...wanted, timeout: 50 });
      const seen = `: HTTP 200, but of http://127.0.0.1:${port}/info: HTTP 500 instead of 200: `;
      await until("the further request is waited for", () =>
        bench.plugin.log.some(({ message }) => message.includes(seen)),
      );
      version = 200;
      const { id, state } = await made;
      assert.deepEqual(asked.slice(-2), ["/", "/info"]);
      assert.deepEqual([state.detail, state.values], ["HTTP 200", { of: "/", version: "4.3.1" }]);
      version = 503;
      const read = await bench.plugin.read(type, id, state);
      assert.deepEqual([read?.state.healthy, read?.state.values], [false, state.values]);
      const closed = [{ tcp: { address: "127.0.0.1", port: 1 }, extract: {} }];
      const { detail } = (await bench.plugin.read(type, id, { ...state, also: closed }))?.state ?? {};
      assert.equal(detail, "HTTP 200, but of tcp://127.0.0.1:1: connection refused");
    });

    it("is asked once by getHealth, to which what refuses is an answer", async () => {
      const ask = async (more: Properties) =>
        (await bench.plugin.invoke("dbha:index:getHealth", { host: bench.host, ...more })).answer;
      json({ data: { version: "4.3.1" } });
      const extract = { version: "/data/version" };
      assert.deepEqual(await ask({ http: { port }, extract }), {
        healthy: true,
        detail: "HTTP 200",
        values: { version: "4.3.1" },
      });
      json({ data: false }, 503);
      assert.deepEqual(await ask({ http: { port } }), {
        healthy: false,
        detail: 'HTTP 503 instead of 200: {"data":false}',
        values: {},
      });
      assert.deepEqual(await ask({ tcp: { port } }), { healthy: true, detail: "connection accepted", values: {} });
      const nobody = (await ask({ http: { port: await freePort() } })) as { healthy: boolean };
      assert.equal(nobody.healthy, false);
    });

    it("waits until status and JSON are as expected, and takes values out of the answer", async () => {
      const answers: [unknown, number][] = [
        [{ data: false }, 503],
        [{ data: false }, 200],
        [{ data: true }, 200],
        [{ data: true, info: { version: "4.3.1", "a/b": [7] } }, 200],
      ];
      let asked = 0;
      answer = (_request, response) => {
        const [body, status] = answers[asked++] ?? [{}, 500];
        response.writeHead(status).end(JSON.stringify(body));
      };
      const { state } = await make({
        http: { port, json: { "/data": true } },
        extract: { one: "/info/version", seven: "/info/a~1b/0" },
      });
      assert.equal(asked, 4);
      assert.deepEqual(state.values, { one: "4.3.1", seven: "7" });
      const waits = bench.plugin.log.map((line) => [line.message.replace(/, \d+ s left/, ""), line.ephemeral]);
      const waiting = `waiting for http://127.0.0.1:${port}/`;
      assert.deepEqual(waits.slice(-4), [
        [`${waiting}: HTTP 503 instead of 200: {"data":false}`, true],
        [`${waiting}: HTTP 200, and /data is false instead of true`, true],
        [`${waiting}: HTTP 200, and there is nothing at /info/version`, true],
        ["", true],
      ]);
    });

    it("says what it last saw when the time is over", async () => {
      json({ error: "no database" }, 500);
      await assert.rejects(make({ http: { port }, timeout: 3 }), (error: PluginError) => {
        assert.equal(
          error.message.replace(/ [0-9] s,/, " 3 s,"),
          `host p1 (127.0.0.1:${bench.sshd.port}): probe http://127.0.0.1:${port}/: not healthy after 3 s, ` +
            'last seen: HTTP 500 instead of 200: {"error":"no database"}; see the log of what is probed on the host; ' +
            "give a longer timeout if it only needs more time",
        );
        return true;
      });
    });

    it("says what it last saw whole, not what the end of the time cut short", async () => {
      let asked = 0;
      answer = (_request, response) => {
        asked += 1;
        if (asked === 1) response.writeHead(500).end("no database");
      };
      await assert.rejects(
        // long enough for a second request on a busy machine
        make({ http: { port }, timeout: 6 }),
        /not healthy after \d+ s, last seen: HTTP 500 instead of 200: no database; see the log/,
      );
      assert.ok(asked >= 2, String(asked));
    });

    it("sees a refused connection", async () => {
      const closed = await freePort();
      await assert.rejects(
        make({ http: { port: closed }, timeout: 3 }),
        /last seen: .*(connection refused|[Cc]ouldn't connect)/,
      );
      await assert.rejects(make({ tcp: { port: closed }, timeout: 3 }), /last seen: connection refused/);
    });

    it("is healthy when a TCP connection is accepted", async () => {
      const { id, state } = await make({ tcp: { port } });
      assert.equal(id, `p1:tcp://127.0.0.1:${port}`);
      assert.deepEqual([state.healthy, state.detail, state.values], [true, "connection accepted", {}]);
    });

    it("asks again at a refresh; an unhealthy one differs, keeps its values, and is waited for by an update", async () => {
      json({ v: 1 });
      const { id, state, inputs } = await make({ http: { port }, extract: { v: "/v" } });
      assert.deepEqual(await bench.plugin.read(type, id, state), { state, inputs });
      json({ v: 1 }, 500);
      const read = await bench.plugin.read(type, id, state);
      assert.deepEqual(read?.state, { ...state, healthy: false, detail: 'HTTP 500 instead of 200: {"v":1}' });
      const diff = await bench.plugin.diff(type, id, read.state, inputs);
      assert.deepEqual([diff.detailed, diff.replaces], [{ healthy: "update" }, []]);
      json({ v: 2 });
      const updated = await bench.plugin.update(type, id, read.state, inputs);
      assert.deepEqual(updated, { ...state, values: { v: "2" } });
    });

    it("speaks TLS to a server whose certificate nobody signed", async () => {
      const directory = mkdtempSync(join(bench.sshd.directory, "tls"));
      const [key, cert] = [join(directory, "key"), join(directory, "cert")];
      execFileSync(
        "openssl",
        ["req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=x", "-keyout", key, "-out", cert],
        { stdio: "ignore" },
      );
      const secure = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_request, response) =>
        response.end("ok"),
      );
      await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
      const { state } = await make({ http: { port: (secure.address() as AddressInfo).port, scheme: "https" } });
      assert.equal(state.detail, "HTTP 200");
      secure.close();
    });
  });
}

describe("Probe by command", function () {
  this.timeout(60_000);
  let bench: Bench;

  before(async () => {
    bench = await startBench();
  });
  after(() => bench.stop());

  const args = (more: Properties): Properties => ({ host: bench.host, interval: 0.05, timeout: 10, ...more });

  it("is healthy when the command ends with zero, and takes values out of its output", async () => {
    const command = `printf '%s' '{"role":"leader","it'"'"'s":[true]}'; echo noise >&2`;
    const { state } = await bench.plugin.make(type, args({ command, extract: { role: "/role", all: "" } }));
    assert.deepEqual([state.healthy, state.detail], [true, "status 0"]);
    assert.deepEqual(state.values, { role: "leader", all: '{"role":"leader","it\'s":[true]}' });
  });

  it("is asked once by getHealth, and never quoted", async () => {
    const ask = (command: unknown) =>
      bench.plugin.invoke("dbha:index:getHealth", { host: bench.host, command, extract: { all: "" } });
    const command = `password=hunter2; printf '{"room":%s}' "\${#password}"`;
    assert.deepEqual((await ask(command)).answer, { healthy: true, detail: "status 0", values: { all: '{"room":7}' } });
    const failed = (await ask("password=hunter2; echo no >&2; exit 3")).answer;
    assert.deepEqual(failed, { healthy: false, detail: "status 3: no", values: {} });
    assert.deepEqual((await ask(["hunter2"])).failures, {
      command: "command: a command must be a text that is not empty; fix: give one",
    });
  });

  it("has an ID that tells what is asked, without the command's words", async () => {
    const idOf = async (more: Properties): Promise<string> => (await bench.plugin.make(type, args(more))).id;
    const command = "/usr/bin/test hunter2 = hunter2";
    assert.equal(await idOf({ command, about: "OBProxy main on port 2883" }), "p1:OBProxy main on port 2883");
    assert.equal(await idOf({ command }), "p1:command test");
    assert.equal(await idOf({ command: "password=hunter2 true" }), "p1:command");
    await assert.rejects(
      bench.plugin.make(type, args({ command: "false", about: "the leader", timeout: 0.1 })),
      /: probe the leader: not healthy after 0 s, last seen: status 1; /,
    );
  });

  it("keeps the ID that an earlier version gave it", async () => {
    const { state } = await bench.plugin.make(type, args({ command: "true" }));
    const { inputs } = await bench.plugin.check(type, args({ command: "true", about: "the leader" }));
    const diff = await bench.plugin.diff(type, "p1:command", state, inputs);
    assert.deepEqual([diff.detailed, diff.replaces], [{ about: "add" }, []]);
  });

  it("waits while it fails", async () => {
    const flag = join(bench.directory(), "flag");
    const command = `test -e '${flag}' || { echo not yet; echo really >&2; exit 3; }`;
    const made = bench.plugin.make(type, args({ command }));
    const waiting = () => bench.plugin.log.some((line) => line.message.endsWith("status 3: really | not yet"));
    await until("the probe waits", waiting);
    writeFileSync(flag, "");
    assert.equal((await made).state.healthy, true);
  });

  it("repairs once what is not healthy after some time, and goes on waiting", async () => {
    const directory = bench.directory();
    const [flag, repairs] = [join(directory, "flag"), join(directory, "repairs")];
    const repair = { command: `date +%s%N >>'${repairs}'; : >'${flag}'; exit 1`, after: 1 };
    const started = Date.now();
    const { id, state } = await bench.plugin.make(type, args({ command: `test -e '${flag}'`, repair }));
    assert.equal(state.healthy, true);
    const runs = () => readFileSync(repairs, "utf8").trim().split("\n");
    assert.equal(runs().length, 1);
    assert.ok(Number(runs()[0]) / 1e6 - started >= 1_000);
    const warnings = bench.plugin.log.filter(({ severity }) => severity === "warning");
    assert.deepEqual(
      warnings.map(({ message }) => message),
      ["the repair failed on p1: status 1"],
    );

    const hopeless = args({ command: "exit 1", repair: { ...repair, after: 0.1 }, timeout: 1 });
    await assert.rejects(bench.plugin.change(type, id, state, hopeless), /not healthy after 1 s/);
    assert.equal(runs().length, 2);
  });

  it("repairs nothing that is healthy in time", async () => {
    const repairs = join(bench.directory(), "repairs");
    const repair = { command: `: >'${repairs}'` };
    const { id, state } = await bench.plugin.make(type, args({ command: "true", repair }));
    assert.deepEqual(state.repair, { ...repair, after: 10 });
    const { inputs } = await bench.plugin.check(type, args({ command: "true" }));
    assert.deepEqual((await bench.plugin.diff(type, id, state, inputs)).detailed, { repair: "delete" });
    assert.equal(existsSync(repairs), false);
  });

  it("pauses for a tenth of the time waited, and looks for the last time when the time is over", async () => {
    const directory = bench.directory();
    const command = `date +%s%N >>'${directory}/runs'; exit 1`;
    await assert.rejects(bench.plugin.make(type, args({ command, interval: 60, timeout: 4 })), /not healthy after 4 s/);
    const times = readFileSync(join(directory, "runs"), "utf8")
      .trim()
      .split("\n")
      .map((time) => Number(time) / 1e6);
    const first = times[0] ?? 0;
    const pauses = times
      .slice(1)
      .map((time, index) => ({ waited: (times[index] ?? 0) - first, length: time - (times[index] ?? 0) }));
    const last = pauses.pop();
    // 10 in the first second, and 15 more to the fourth, fewer by the time that an attempt takes.
    assert.ok(pauses.length >= 10 && pauses.length <= 24, String(pauses.length));
    for (const { waited, length } of pauses)
      assert.ok(length >= Math.max(100, waited / 10), `${length} after ${waited}`);
    assert.ok(last !== undefined && last.waited + last.length >= 4_000 - 100, "the last look is at the end");
  });

  it("says at every interval what it waits for", async () => {
    const before = bench.plugin.log.length;
    const told = (): string[] => bench.plugin.log.slice(before).map(({ message }) => message);
    await assert.rejects(bench.plugin.make(type, args({ command: "exit 1", interval: 1, timeout: 3.5 })));
    const lines = told();
    assert.equal(lines.pop(), "", "what it waited for is taken away at the end");
    // Four where looks are quick; one that takes longer than a second leaves some out, and none is told twice.
    const all = ["4", "3", "2", "1"].map((left) => `waiting for command, ${left} s left: status 1`);
    assert.ok(lines.length >= 2, String(lines));
    assert.deepEqual(
      lines,
      all.filter((line) => lines.includes(line)),
    );
  });

  it("pauses no longer than the interval", async () => {
    const directory = bench.directory();
    const command = `printf x >>'${directory}/runs'; exit 1`;
    await assert.rejects(bench.plugin.make(type, args({ command, interval: 0.1, timeout: 2 })));
    assert.ok(readFileSync(join(directory, "runs"), "utf8").length > 6);
  });

  it("lets go of a command that hangs when Pulumi is told to stop", async () => {
    const stopping = await startBench();
    const flag = join(stopping.directory(), "flag");
    const waiting = stopping.plugin.make(type, { host: stopping.host, command: `: >'${flag}'; exec sleep 20` });
    waiting.catch(() => undefined);
    await until("the command runs", () => existsSync(flag));
    const told = Date.now();
    await stopping.plugin.cancel();
    await assert.rejects(
      waiting,
      /probe command: stopped \(Pulumi was told to stop\), last seen: nothing yet; run it again$/,
    );
    // the command would take twenty seconds; a busy machine takes its time
    assert.ok(Date.now() - told < 10_000);
    await stopping.stop();
  });

  it("waits again for other triggers, in place, and not for another interval", async () => {
    const directory = bench.directory();
    const command = `printf x >>'${directory}/runs'`;
    const runs = () => readFileSync(join(directory, "runs"), "utf8").length;
    const { id, state } = await bench.plugin.make(type, args({ command, triggers: ["a"] }));
    const news = args({ command, triggers: ["b", "c"] });
    const { inputs } = await bench.plugin.check(type, news);
    const diff = await bench.plugin.diff(type, id, state, inputs);
    assert.deepEqual(diff.detailed, { "triggers[0]": "update", "triggers[1]": "add" });
    assert.deepEqual(diff.replaces, []);
    const updated = await bench.plugin.update(type, id, state, inputs);
    assert.equal(runs(), 2);
    await bench.plugin.change(type, id, updated, { ...news, interval: 1, timeout: 20 });
    assert.equal(runs(), 2);
  });

  it("tells in a preview what it will be", async () => {
    const { inputs } = await bench.plugin.check(type, args({ command: "exit 1", extract: { v: "/v" } }));
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const { state } = await bench.plugin.create(type, inputs, { preview: true });
    assert.deepEqual([state.healthy, state.values, state.detail], [true, unknown, unknown]);
  });

  it("ends when Pulumi is told to stop, and nothing begins after it", async () => {
    const stopping = await startBench();
    const inputs = { host: stopping.host, timeout: 300, interval: 60 };
    const waiting = stopping.plugin.make(type, { ...inputs, command: "exit 1" });
    waiting.catch(() => undefined);
    await until("the probe waits", () => stopping.plugin.log.length > 0);
    await stopping.plugin.cancel();
    await assert.rejects(
      waiting,
      /probe command: stopped \(Pulumi was told to stop\), last seen: status 1; run it again$/,
    );
    await assert.rejects(
      stopping.plugin.make(type, { ...inputs, command: "true" }),
      /not begun: Pulumi was told to stop/,
    );
    await stopping.stop();
  });

  it("ends when the resource's customTimeouts are over", async () => {
    const { inputs } = await bench.plugin.check(type, args({ command: "exit 1", interval: 60, timeout: 300 }));
    await assert.rejects(bench.plugin.create(type, inputs, { timeout: 1 }), /customTimeouts gives it 1 s/);
  });
});
