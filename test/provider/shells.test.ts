import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServerChannel } from "ssh2";
import { receiver } from "../../provider/scripts/script";
import { PluginClient, Properties } from "./plugin-client";
import { makeKey } from "./sshd";
import { Ssh2Server, ssh2Host, startSsh2Server } from "./ssh2-server";

/** The command that starts one. */
const started = `exec ${receiver}`;

describe("Shells that are kept for the next step", function () {
  this.timeout(60_000);
  let directory: string;
  let server: Ssh2Server;
  let plugin: PluginClient;
  let host: Properties;
  let channels: ServerChannel[];

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "dbha-shells-"));
    const hostKeyFile = makeKey(directory, "host");
    channels = [];
    const onExec = ({ channel }: { channel: ServerChannel }) => {
      channels.push(channel);
      return false;
    };
    server = await startSsh2Server({ hostKeyFile, onExec });
    plugin = await PluginClient.start({ config: { password: "any" } });
    host = ssh2Host(server, readFileSync(`${hostKeyFile}.pub`, "utf8"));
  });
  afterEach(async () => {
    await plugin.stop();
    await server.stop();
    rmSync(directory, { recursive: true });
  });

  const write = (name: string, content: string) =>
    plugin.make("dbha:index:File", { host, path: join(directory, name), content });
  const command = (text: string, more: Properties = {}) =>
    plugin.make("dbha:index:Probe", { host, command: text, timeout: 1, interval: 0.1, ...more });

  it("spare all steps that come one after the other a channel of their own", async () => {
    for (const name of ["a", "b", "c"]) {
      const { id, state } = await write(name, `text ${name} \\ ' % äöü\r\n\n`);
      assert.equal(readFileSync(join(directory, name), "utf8"), `text ${name} \\ ' % äöü\r\n\n`);
      assert.equal((await plugin.read("dbha:index:File", id, { ...state, sha256: "" }))?.state.content, state.content);
      await plugin.delete("dbha:index:File", id, state);
    }
    assert.deepEqual(server.commands, [started]);
  });

  it("leave long texts to a command that reads them as they are", async () => {
    const content = "0123456789abcde\n".repeat(64 * 1024);
    await write("long", content);
    assert.equal(readFileSync(join(directory, "long"), "utf8"), content);
    assert.deepEqual(server.commands, [started]);
  });

  it("keep nothing of a step for the next: variables, directory, mode of new files, options", async () => {
    await command("cd /; umask 000; left=over; set -f; trap 'echo trapped' EXIT; true");
    await command(`test -z "\${left:-}" && test "$(umask)" = 0077 && test "$PWD" != /  && echo /et* | grep -qx /etc`);
    assert.deepEqual(server.commands, [started]);
  });

  it("are replaced when the server closes one that waits", async () => {
    await write("a", "one");
    const closed = new Promise((resolve) => channels[0]?.once("close", resolve));
    channels[0]?.exit(0);
    channels[0]?.end();
    channels[0]?.close();
    await closed;
    await write("b", "two");
    assert.equal(readFileSync(join(directory, "b"), "utf8"), "two");
    assert.deepEqual(server.commands, [started, started]);
    assert.equal(server.logins(), 1);
  });

  it("are replaced when a step kills its own, which is that step's failure", async () => {
    await assert.rejects(command("kill -9 $$"), /: probe by command: the script (was killed|ended with status 137)/);
    await write("a", "one");
    assert.deepEqual(server.commands, [started, started]);
  });

  it("say how each step ended, and only what that one said", async () => {
    await assert.rejects(write("no/such/directory/f", ""), /its directory .* does not exist/);
    await assert.rejects(command("echo first >&2; exit 3"), /status 3: first/);
    await assert.rejects(command("echo second >&2; exit 4"), (error: Error) => {
      assert.match(error.message, /status 4: second/);
      assert.doesNotMatch(error.message, /first/);
      return true;
    });
    assert.deepEqual(server.commands, [started]);
  });
});
