import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, Server, Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { receiver } from "../../provider/scripts/script";
import { until } from "./cases";
import { PluginClient, Properties } from "./plugin-client";
import { freePort, makeKey } from "./sshd";
import { sendRaw, Ssh2Server, ssh2Host, Ssh2ServerOptions, sshString, startSsh2Server } from "./ssh2-server";

describe("Peers that misbehave", function () {
  this.timeout(60_000);
  let directory: string;
  let hostKeyFile: string;
  let publicKey: string;
  let plugin: PluginClient;
  /** For hosts where nobody gets in, of which the whole time limit is waited out. */
  let hasty: PluginClient;
  /** For hosts that are waited for as well, but first to do their part, on a machine that may be busy. */
  let patient: PluginClient;
  const servers: { stop: () => Promise<void> }[] = [];

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "dbha-peers-"));
    hostKeyFile = makeKey(directory, "host");
    publicKey = readFileSync(`${hostKeyFile}.pub`, "utf8");
    plugin = await PluginClient.start({ config: { password: "any" } });
    hasty = await PluginClient.start({ config: { password: "any", connectTimeout: 2 } });
    patient = await PluginClient.start({ config: { password: "any", connectTimeout: 3 } });
  });
  after(async () => {
    await Promise.all([plugin.stop(), hasty.stop(), patient.stop()]);
    rmSync(directory, { recursive: true });
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });

  const rawServer = async (onConnection: (socket: Socket) => void): Promise<Properties> => {
    const sockets = new Set<Socket>();
    const server: Server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined);
      onConnection(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    servers.push({
      stop: () =>
        new Promise((resolve) => {
          sockets.forEach((socket) => socket.destroy());
          server.close(() => resolve());
        }),
    });
    return hostAt((server.address() as AddressInfo).port);
  };
  const hostAt = (port: number): Properties => ({ name: "p1", address: "127.0.0.1", port, hostKeys: [publicKey] });
  const sshServer = async (options: Partial<Ssh2ServerOptions>): Promise<Ssh2Server> => {
    const server = await startSsh2Server({ hostKeyFile, ...options });
    servers.push(server);
    return server;
  };
  const facts = (host: Properties, asked = plugin) => asked.invoke("dbha:index:getHostFacts", { host });
  const failure = async (host: Properties, asked = plugin): Promise<{ message: string; seconds: number }> => {
    const started = Date.now();
    try {
      await facts(host, asked);
    } catch (error) {
      return { message: (error as Error).message, seconds: (Date.now() - started) / 1000 };
    }
    return assert.fail("this should have failed");
  };

  it("refuse connections: another attempt until the time is over, and then none for the next who asks", async () => {
    const port = await freePort();
    const { message, seconds } = await failure(hostAt(port), hasty);
    const problem =
      /^host p1 \(127\.0\.0\.1:\d+\): ask for facts: not reached within \d s: connection refused; check the port and that sshd runs, or set lost: true when the host is gone for good$/;
    assert.match(message, problem);
    assert.ok(seconds >= 1.9 && seconds < 8, `it took ${seconds} s`);
    const attempts = hasty.log.filter((line) => line.message.startsWith("p1: connection refused; attempt "));
    assert.ok(attempts.length >= 1 && attempts.every((line) => line.ephemeral));
    const again = await failure(hostAt(port), hasty);
    assert.equal(again.message, message);
    assert.ok(again.seconds < 1.9, `it took ${again.seconds} s`);
  });

  it("are not reached, two of three: one message names both, and each of them says so in short", async () => {
    const [refusing, silent] = [await freePort(), await rawServer(() => undefined)];
    const at = (name: string, host: Properties): Properties => ({ ...host, name });
    const hosts = [at("p1", hostAt(refusing)), at("p2", silent), at("p3", ssh2Host(await sshServer({}), publicKey))];
    const plugin = await PluginClient.start({ config: { password: "any", connectTimeout: 4 } });
    try {
      // a busy machine may take longer to log in than the others have
      await facts(hosts[2] as Properties, plugin);
      const outcomes = await Promise.allSettled([...hosts, ...hosts].map((host) => facts(host, plugin)));
      const said = outcomes.map((one) => (one.status === "rejected" ? (one.reason as Error).message : "answered"));
      const short = [
        `host p1 (127.0.0.1:${refusing}): ask for facts: not reached: connection refused; the message about 2 hosts says what to do`,
        `host p2 (127.0.0.1:${silent.port as number}): ask for facts: not reached: the SSH server did not finish its greeting in time; the message about 2 hosts says what to do`,
        "answered",
      ];
      assert.deepEqual(said, [...short, ...short]);
      await until("the message came", () => plugin.log.some(({ severity }) => severity === "error"));
      const errors = plugin.log.filter(({ severity }) => severity === "error");
      assert.deepEqual(
        errors.map(({ message }) => message.replace(/within \d s/, "within N s").split("\n")),
        [
          [
            "2 hosts not reached within N s:",
            `- p1 (127.0.0.1:${refusing}): connection refused; check the port and that sshd runs`,
            `- p2 (127.0.0.1:${silent.port as number}): the SSH server did not finish its greeting in time; check the address and port, that the host is up and not overloaded, and firewalls`,
            "or set lost: true when the host is gone for good",
          ],
        ],
      );
    } finally {
      await plugin.stop();
    }
  });

  it("refuse connections, and are cut short in the end: the reason is what was found before", async () => {
    const port = await freePort();
    const asked = patient.invoke("dbha:index:getHostFacts", { host: hostAt(port) });
    await until("an attempt was refused", () =>
      patient.log.some(({ message }) => message.includes("refused; attempt")),
    );
    const silent = createServer((socket) => socket.on("error", () => undefined));
    const connected = new Promise((resolve) => silent.once("connection", resolve));
    await new Promise<void>((resolve) => silent.listen(port, "127.0.0.1", resolve));
    await assert.rejects(asked, /: not reached within \d s: connection refused; check the port and that sshd runs/);
    await connected;
    silent.close();
  });

  it("come up a little later", async () => {
    const port = await freePort();
    const asked = facts(hostAt(port));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const server = await sshServer({ port });
    assert.ok(Number((await asked).answer.cores) > 0);
    assert.equal(server.logins(), 1);
  });

  it("say nothing", async () => {
    const { message, seconds } = await failure(await rawServer(() => undefined), hasty);
    assert.match(
      message,
      /not reached within \d s: the SSH server did not finish its greeting in time; check the address and port/,
    );
    assert.ok(seconds < 8, `it took ${seconds} s`);
  });

  it("hang up at once", async () => {
    const { message } = await failure(await rawServer((socket) => socket.end()), hasty);
    assert.match(
      message,
      /not reached within \d s: the connection ended before the login \(.*\); check that nothing between cuts connections, and sshd's log for its MaxStartups, and its PerSourcePenalties,/,
    );
  });

  it("speak something else", async () => {
    const host = await rawServer((socket) => socket.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"));
    const { message } = await failure(host, hasty);
    assert.match(message, /: not reached within \d s: the SSH server did not finish its greeting in time;/);
  });

  it("never come to an end of their greeting, in a flood or drop by drop", async () => {
    const flood = await failure(await rawServer((socket) => socket.write("welcome\r\n".repeat(5000))));
    assert.match(
      flood.message,
      /: what answers does not speak SSH \(Max greeting lines exceeded\); correct the host's address and port$/,
    );
    const drops = await failure(
      await rawServer((socket) => {
        const spam = setInterval(() => socket.write("welcome\r\n"), 5);
        socket.on("close", () => clearInterval(spam));
      }),
      hasty,
    );
    assert.match(drops.message, /: not reached within \d s: the SSH server did not finish its greeting in time;/);
    assert.ok(drops.seconds < 8, `it took ${drops.seconds} s`);
  });

  it("greet with one line that never ends", async () => {
    const { message } = await failure(await rawServer((socket) => socket.write("w".repeat(5_000_000))));
    assert.match(message, /: what answers does not speak SSH \(.*\); correct the host's address and port$/);
  });

  it("send their greeting byte by byte", async () => {
    const host = await rawServer((socket) => {
      const greeting = "SSH-2.0-slow_and_slower_and_slower_still_until_nobody_waits_any_more\r\n";
      let sent = 0;
      const drip = setInterval(() => socket.write(greeting.charAt(sent++)), 100);
      socket.on("close", () => clearInterval(drip));
    });
    const { message, seconds } = await failure(host, hasty);
    assert.match(message, /: not reached within \d s: the SSH server did not finish its greeting in time;/);
    assert.ok(seconds < 8, `it took ${seconds} s`);
  });

  it("have only algorithms that nobody should use", async () => {
    const server = await sshServer({ algorithms: { kex: ["diffie-hellman-group1-sha1"] } });
    const { message } = await failure(ssh2Host(server, publicKey));
    assert.equal(
      message,
      `host p1 (127.0.0.1:${server.port}): ask for facts: no common algorithms with the SSH server (Handshake failed: no matching key exchange algorithm); ` +
        "update the SSH server; ed25519, ECDSA or RSA host keys and current ciphers are needed",
    );
  });

  it("hang up right after every login: three logins, and then the error", async () => {
    const server = await sshServer({ onReady: (connection) => connection.end() });
    const { message } = await failure(ssh2Host(server, publicKey));
    assert.equal(
      message,
      `host p1 (127.0.0.1:${server.port}): ask for facts: the connection ended before the step did; ` +
        "check that the host is up, sshd's log, and what cuts connections between; then run it again",
    );
    assert.equal(server.logins(), 3);
  });

  const hangUp = (reason: string) => Buffer.concat([Buffer.from([1, 0, 0, 0, 2]), sshString(reason), sshString("")]);

  it("hang up with a reason before the login, which the error tells on one line", async () => {
    const server = await sshServer({
      authenticate: () => undefined,
      onConnection: (connection) =>
        connection.on("authentication", () => sendRaw(connection, hangUp("Too busy:\r\ncome again at \u001b[1mnoon"))),
    });
    const { message } = await failure(ssh2Host(server, publicKey), patient);
    assert.match(
      message,
      /: not reached within \d s: the SSH server ended the connection: "Too busy: come again at {2}\[1mnoon"; do what it says, and see sshd's log, or set lost: true when the host is gone for good$/,
    );
  });

  it("hang up with a reason under a command, which the error tells", async () => {
    const server = await sshServer({
      onExec: ({ connection }) => {
        sendRaw(connection, hangUp("idle for too long"));
        return true;
      },
    });
    const { message } = await failure(ssh2Host(server, publicKey));
    assert.equal(
      message,
      `host p1 (127.0.0.1:${server.port}): ask for facts: the connection ended before the step did; ` +
        'the SSH server said "idle for too long"; ' +
        "check that the host is up, sshd's log, and what cuts connections between; then run it again",
    );
    assert.equal(server.logins(), 3);
  });

  for (const channels of [1, 2, 5]) {
    it(`open no more than ${channels} channels at once, forwarded ones too: what does not fit waits its turn`, async () => {
      const server = await sshServer({ channels });
      const host = ssh2Host(server, publicKey);
      const listener = createServer((socket) => socket.end());
      await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
      const { port } = listener.address() as AddressInfo;
      const target = join(directory, `channels${channels}`);
      mkdirSync(target);
      try {
        const indexes = Array.from({ length: 12 }, (_, index) => index);
        const path = (index: number) => join(target, `f${index}`);
        // Every other one is too long for a shell that is kept.
        const text = (index: number) => `text ${index}`.repeat(index % 2 === 0 ? 1 : 10_000);
        const writes = indexes.map((index) =>
          plugin.make("dbha:index:File", { host, path: path(index), content: text(index) }),
        );
        const probes = indexes.map(() => plugin.make("dbha:index:Probe", { host, tcp: { port }, timeout: 20 }));
        await Promise.all(writes);
        const details = (await Promise.all(probes)).map(({ state }) => state.detail);
        assert.deepEqual(
          indexes.map((index) => readFileSync(path(index), "utf8")),
          indexes.map(text),
        );
        assert.deepEqual(
          details,
          indexes.map(() => "connection accepted"),
        );
        assert.equal(server.logins(), 1);
        assert.ok(server.refused() > 0);
      } finally {
        listener.close();
      }
    });
  }

  const banner = (text: string) => Buffer.concat([Buffer.from([53]), sshString(text), sshString("")]);

  it("send a long banner many times before the login: nobody minds, and nothing of it is shown", async () => {
    let sent = 0;
    const server = await sshServer({
      authenticate: (context) => context.method !== "none",
      onConnection: (connection) =>
        connection.on("authentication", () => {
          for (; sent < 200; sent++) {
            sendRaw(connection, banner("UNAUTHORIZED ACCESS IS PROHIBITED\r\n".repeat(500)));
          }
        }),
    });
    const { answer } = await facts(ssh2Host(server, publicKey));
    assert.ok(Number(answer.cores) > 0);
    assert.equal(sent, 200);
    assert.ok(!JSON.stringify([answer, plugin.log, plugin.stderr]).includes("PROHIBITED"));
  });

  it("send banners for ever instead of an answer to the login", async () => {
    let sent = 0;
    const server = await sshServer({
      authenticate: () => undefined,
      onConnection: (connection) =>
        connection.once("authentication", () => {
          const spam = setInterval(() => {
            sendRaw(connection, banner("welcome\r\n".repeat(1000)));
            sent += 1;
          }, 5);
          connection.on("close", () => clearInterval(spam));
        }),
    });
    const { message, seconds } = await failure(ssh2Host(server, publicKey), hasty);
    assert.match(message, /: not reached within \d s: the SSH server did not finish its greeting in time;/);
    assert.ok(sent > 20 && seconds < 8, `${sent} banners, it took ${seconds} s`);
  });

  it("are not waited for any longer when Pulumi is told to stop", async () => {
    const stopped = await PluginClient.start({ config: { password: "any", connectTimeout: 600 } });
    try {
      const port = await freePort();
      const asked = stopped.invoke("dbha:index:getHostFacts", { host: hostAt(port) });
      asked.catch(() => undefined);
      await until("it tries again", () => stopped.log.some((line) => line.message.includes("connection refused")));
      await stopped.cancel();
      await assert.rejects(asked, {
        message: `host p1 (127.0.0.1:${port}): ask for facts: stopped while connecting: Pulumi was told to stop; run it again`,
      });
    } finally {
      await stopped.stop();
    }
  });

  it("fall silent in the middle of a command", async () => {
    const server = await sshServer({
      onExec: ({ connection }) => {
        // Its half of the connection stays open, and nothing comes any more.
        (connection as unknown as { _sock: Socket })._sock.pause();
        return true;
      },
    });
    const { message, seconds } = await failure(ssh2Host(server, publicKey), patient);
    assert.match(message, /ask for facts: the connection ended before the step did; check that the host is up/);
    assert.ok(seconds < 30, `it took ${seconds} s`);
  });

  it("lose the connection once under a command: it is run again on a new one", async () => {
    const server = await sshServer({
      onExec: ({ connection, count }) => {
        if (count === 1) {
          connection.end();
        }
        return count === 1;
      },
    });
    const { answer } = await facts(ssh2Host(server, publicKey));
    assert.ok(Number(answer.cores) > 0);
    assert.equal(server.logins(), 2);
  });

  it("cut every transfer in its middle: the old file stays, and the error says what happened", async () => {
    let received = 0;
    const server = await sshServer({
      onSocket: (socket) => {
        let bytes = 0;
        socket.on("data", (chunk: Buffer) => {
          bytes += chunk.length;
          received += chunk.length;
          if (bytes > 500_000) {
            socket.destroy();
          }
        });
      },
    });
    const target = join(directory, "transfer");
    mkdirSync(target);
    writeFileSync(join(target, "f"), "old");
    const args = { host: ssh2Host(server, publicKey), path: join(target, "f"), content: "x".repeat(2_000_000) };
    await assert.rejects(
      plugin.make("dbha:index:File", args),
      /write .*\/f: the connection ended before the step did; check that the host is up, sshd's log/,
    );
    assert.equal(readFileSync(join(target, "f"), "utf8"), "old");
    assert.equal(server.commands.length, 3);
    assert.ok(received > 500_000);
  });

  it("refuse to run commands", async () => {
    const server = await sshServer({ refuseSessions: true });
    const { message } = await failure(ssh2Host(server, publicKey));
    assert.match(
      message,
      /ask for facts: the command could not be run \(.*\); check sshd's log on the host and its MaxSessions/,
    );
  });

  it("need sudo: every command goes through it, and its refusal is told", async () => {
    const server = await sshServer({
      onExec: ({ channel }) => {
        channel.stderr.write("sudo: a password is required\n");
        channel.exit(1);
        channel.end();
        return true;
      },
    });
    const { message } = await failure(ssh2Host(server, publicKey, { user: "deploy", sudo: true }));
    assert.deepEqual(server.commands, [`exec sudo -n ${receiver}`]);
    assert.match(
      message,
      /sudo refused \(sudo: a password is required\); allow deploy to run sh by sudo without a password \(NOPASSWD\) and without a terminal$/,
    );
  });

  /** Answers a step of a shell that is kept, whose input is a loop, then a mark and more, by what is given. */
  const answering =
    (said: { stdout?: string; stderr?: string; status?: number }): Ssh2ServerOptions["onExec"] =>
    ({ channel }) => {
      let input = "";
      channel.on("data", (chunk: Buffer) => {
        input += chunk.toString();
        const [, mark, , , end] = input.split("\n");
        if (end === undefined) return;
        channel.write(`profile\n${mark} begins\n${said.stdout ?? ""}\n${mark} ${said.status ?? 0}\n`);
        channel.stderr.write(`sudo: unable to resolve host p1\n${mark} begins\n${said.stderr ?? ""}${mark}\n`);
      });
      return true;
    };

  it("end a script with an unexpected status, which is sudo's refusal only when it did not begin", async () => {
    const server = await sshServer({ onExec: answering({ status: 127, stderr: "sh: 1: nproc: not found\n\n" }) });
    const { message } = await failure(ssh2Host(server, publicKey, { user: "deploy", sudo: true }));
    assert.match(
      message,
      /ask for facts: the script ended with status 127 \(sh: 1: nproc: not found\); see what the host said$/,
    );
  });

  for (const [name, stdout, problem] of [
    ["no", "", "it does not say machine"],
    ["another", "machine=\n", 'machine is ""'],
  ])
    it(`give ${name} answer with success: that is an error, and no facts`, async () => {
      const server = await sshServer({ onExec: answering({ stdout, stderr: "what it said\n" }) });
      const { message } = await failure(ssh2Host(server, publicKey));
      assert.equal(
        message,
        `host p1 (127.0.0.1:${server.port}): ask for facts: its answer is not understood: ${problem} (what it said); see what the host said; then run it again`,
      );
    });

  it("have a login shell that ends, whatever its status and words: that is told, and nothing taken for an answer", async () => {
    const server = await sshServer({
      onExec: ({ channel }) => {
        channel.write("kind=missing\n");
        channel.stderr.write("This account is currently not available.\n");
        channel.exit(0);
        channel.end();
        return true;
      },
    });
    const host = ssh2Host(server, publicKey);
    const state = { host, path: "/etc/hostname", content: "", sha256: "", mode: "0644", owner: "root", group: "root" };
    await assert.rejects(plugin.read("dbha:index:File", "p1:/etc/hostname", state), {
      message:
        `host p1 (127.0.0.1:${server.port}): read /etc/hostname: the login shell of root ended with status 0 before the step began (This account is currently not available.); ` +
        "ssh root@127.0.0.1 true must end with status 0: the shell must run commands, its startup files must not exit",
    });
  });
});
