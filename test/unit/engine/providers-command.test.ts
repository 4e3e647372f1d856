import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Provider, Values } from "../../../lab/engine/provider";
import { conceal, makeSecret, markSecret } from "../../../lab/engine/property";
import { commandProvider } from "../../../lab/engine/providers/command";
import { newSshKey, SshServer } from "./providers-ssh-server";
import { until } from "../../integration/engine/await";
import { Resource } from "./providers-support";

const TYPE = "command:remote:Command";

describe("stand-in of command", () => {
  let server: SshServer;
  let provider: Provider;
  let command: Resource;
  let folder: string;

  beforeEach(async () => {
    server = await new SshServer().listen();
    provider = commandProvider();
    command = new Resource(provider, TYPE, "greeting");
    folder = mkdtempSync(join(tmpdir(), "remote-command-"));
  });
  afterEach(async () => {
    await provider.close();
    await server.close();
    rmSync(folder, { recursive: true });
  });

  function connection(more: Values = {}): Values {
    const { port, clientKey, hostKey } = server;
    const keys = { privateKey: clientKey.privateKey, hostKey: hostKey.publicKey };
    return { host: "127.0.0.1", port, ...keys, dialErrorLimit: 0, ...more };
  }

  it("runs create with its input and keeps what it printed", async () => {
    const inputs = { connection: connection(), create: "cat; echo ünd >&2; echo", stdin: "first\nsecond\n" };
    const { id, outputs } = await command.create(inputs);
    assert.match(id, /^greeting[0-9a-f]{8}$/);
    assert.equal(outputs.stdout, "first\nsecond\n");
    assert.equal(outputs.stderr, "ünd");
    assert.equal(outputs.create, inputs.create);
    assert.deepEqual(command.log.lines.sort(), ["status: ", "status: first", "status: second", "status: ünd"]);
  });

  it("ends the connection when the command has ended", async () => {
    await command.create({ connection: connection(), create: "true" });
    assert.equal(server.opened, 1);
    await until("the end of the connection", () => server.open.size === 0);
  });

  it("does not wait for a command that leaves its input unread", async () => {
    const stdin = "x".repeat(4_000_000);
    const { outputs } = await command.create({ connection: connection(), create: "echo done", stdin });
    assert.equal(outputs.stdout, "done");
  });

  const logged: [logging: string, lines: string[]][] = [
    ["stdout", ["status: out"]],
    ["stderr", ["status: err"]],
    ["none", []],
  ];
  for (const [logging, lines] of logged) {
    it(`logs what is asked for: ${logging}`, async () => {
      await command.create({ connection: connection(), create: "echo out; echo err >&2", logging });
      assert.deepEqual(command.log.lines, lines);
    });
  }

  it("fails with the exit status, the command and all that it printed", async () => {
    const create = "echo out; echo err >&2; exit 3";
    await assert.rejects(command.create({ connection: connection(), create }), (error: Error) => {
      const [first, ...printed] = error.message.split("\n");
      assert.equal(first, `Process exited with status 3: running "${create}":`);
      assert.deepEqual(printed.sort(), ["", "err", "out"]);
      return true;
    });
    await assert.rejects(command.create({ connection: connection(), create: "kill -9 $$" }), {
      message: 'Process exited from signal KILL: running "kill -9 $$":\n',
    });
  });

  it("contacts nobody in a preview", async () => {
    const { id, outputs } = await command.create({ connection: connection(), create: "true" }, { preview: true });
    assert.equal(id, "");
    assert.equal(outputs.create, "true");
    assert.equal(server.opened, 0);
  });

  it("runs update, or create where there is none, with the output before in its environment", async () => {
    server.acceptEnv = ["PULUMI_COMMAND_STDOUT", "PULUMI_COMMAND_STDERR"];
    const inputs = { connection: connection(), create: 'echo "created after $PULUMI_COMMAND_STDOUT"' };
    const { id, outputs } = await command.create(inputs);
    assert.equal(outputs.stdout, "created after ");
    const again = await command.update(id, outputs, inputs, { ...inputs, stdin: "new" });
    assert.equal(again.outputs.stdout, "created after created after ");
    const news = { ...inputs, update: 'echo "updated after $PULUMI_COMMAND_STDOUT"' };
    const updated = await command.update(id, outputs, inputs, news);
    assert.equal(updated.outputs.stdout, "updated after created after ");
    const without = await command.update(id, outputs, inputs, { ...news, addPreviousOutputInEnv: false });
    assert.equal(without.outputs.stdout, "updated after ");
  });

  it("warns when the server does not accept the output before", async () => {
    const inputs = { connection: connection(), create: "echo hello", logging: "none" };
    const { id, outputs } = await command.create(inputs);
    await command.update(id, outputs, inputs, { ...inputs, triggers: ["x"] });
    assert.equal(command.log.lines.length, 1);
    assert.match(command.log.lines[0] ?? "", /^warning: Unable to set 'PULUMI_COMMAND_STDOUT'\. .* AcceptEnv/);
  });

  it("sets the environment, and fails before the command when the server does not accept it", async () => {
    const inputs = { connection: connection(), create: `echo "$A" | tee ${folder}/ran`, environment: { A: "it's" } };
    await assert.rejects(command.create(inputs), { message: /^Unable to set 'A'\. .* AcceptEnv/ });
    assert(!existsSync(join(folder, "ran")));
    server.acceptEnv = ["A"];
    assert.equal((await command.create(inputs)).outputs.stdout, "it's");
  });

  it("runs delete with the input, and nothing where there is no delete", async () => {
    const inputs = { connection: connection(), delete: `cat > ${folder}/deleted`, stdin: "goodbye" };
    await command.delete("id", { ...(await command.check(inputs)), stdout: "", stderr: "" });
    assert.equal(readFileSync(join(folder, "deleted"), "utf8"), "goodbye");
    await command.delete("id", { ...(await command.check({ connection: connection() })), stdout: "", stderr: "" });
    assert.equal(server.opened, 1);
  });

  it("has nothing to read", async () => {
    const outputs = { stdout: "out", stderr: "" };
    assert.deepEqual(await command.read("id", { create: "x" }, outputs), {
      id: "id",
      inputs: { create: "x" },
      outputs,
    });
  });

  it("logs in by password", async () => {
    server.password = "secret";
    const byPassword = { host: "127.0.0.1", port: server.port, password: "secret", dialErrorLimit: 0 };
    assert.equal((await command.create({ connection: byPassword, create: "echo in" })).outputs.stdout, "in");
  });

  it("goes through a proxy", async () => {
    const proxy = await new SshServer().listen();
    const { clientKey, hostKey, port } = proxy;
    const through = { host: "127.0.0.1", port, privateKey: clientKey.privateKey, hostKey: hostKey.publicKey };
    try {
      const { outputs } = await command.create({ connection: connection({ proxy: through }), create: "echo through" });
      assert.equal(outputs.stdout, "through");
      assert.deepEqual(proxy.forwarded, [`127.0.0.1:${server.port}`]);
      await until("the end of the connection to the proxy", () => proxy.open.size === 0);
    } finally {
      await proxy.close();
    }
  });

  it("accepts no other host key than the one that is pinned", async () => {
    await assert.rejects(
      command.create({ connection: connection({ hostKey: newSshKey().publicKey }), create: "true" }),
      { message: "after 0 failed attempts: ssh: handshake failed: ssh: host key mismatch" },
    );
    assert.deepEqual(server.commands, []);
  });

  it("dials again as often as it may", async () => {
    const closed = await new SshServer().listen();
    await closed.close();
    await assert.rejects(
      command.create({ connection: connection({ port: closed.port, dialErrorLimit: 2 }), create: "true" }),
      {
        message: `after 2 failed attempts: dial tcp 127.0.0.1:${closed.port}: connect: connection refused`,
      },
    );
    assert.deepEqual(command.log.lines, ["status: Dial 1/2 failed: retrying", "status: Dial 2/2 failed: retrying"]);
  });

  it("does not dial with a key that cannot be read", async () => {
    const bad = command.create({ connection: connection({ privateKey: "no key" }), create: "true" });
    await assert.rejects(bad, { message: "ssh: no key found" });
    const badHost = command.create({ connection: connection({ hostKey: "no key" }), create: "true" });
    await assert.rejects(badHost, { message: "failed to parse host key: ssh: no key found" });
    assert.equal(server.opened, 0);
  });

  it("ends early when the provider is closed, or when its time is over", async () => {
    const inputs = { connection: connection(), create: "sleep 60" };
    const cutOff = assert.rejects(command.create(inputs), {
      message: /^the connection ended before the command did: /,
    });
    await until("the command", () => server.commands.length === 1);
    await provider.close();
    await cutOff;
    const late = command.create(inputs, { timeoutSeconds: 0.2 });
    await assert.rejects(late, { message: /^the connection ended before the command did: / });
  });

  it("marks the connection as secret, and the passwords and keys in it once more, as the real provider does", () => {
    const secrets = ["password", "privateKey", "privateKeyPassword"];
    const inside = ["connection", "connection.proxy"].flatMap((endpoint) =>
      secrets.map((name) => `${endpoint}.${name}`),
    );
    assert.deepEqual(provider.secretInputs?.(TYPE), ["connection", ...inside]);
    const inputs = conceal(
      { connection: { host: "h", password: "p" } },
      { connection: makeSecret({ host: "h", password: "p" }) },
    );
    const marked = markSecret(markSecret(inputs, ["connection", "password"]), ["connection", "proxy", "password"]);
    assert.deepEqual(marked, { connection: makeSecret({ host: "h", password: makeSecret("p") }) });
    // what comes back is as secret as what went in
    assert.deepEqual(conceal({ connection: { host: "h", password: "p" } }, marked, ["connection"]), marked);
  });

  it("refuses inputs and types by name", async () => {
    assert.deepEqual(await command.problems({ connection: { hos: "h" }, stdin: 5, other: 1 }), [
      "connection.hos: there is no such property",
      "connection.host: it is required",
      "stdin: it must be a string, and is 5",
      "other: there is no such property",
    ]);
    for (const type of ["command:local:Command", "command:remote:CopyToRemote"]) {
      const sentence = `resource type ${type} is not implemented by the lab's stand-in of the command provider`;
      await assert.rejects(new Resource(provider, type).check({}), ({ message }: Error) =>
        message.startsWith(sentence),
      );
    }
  });
});
