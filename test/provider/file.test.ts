import assert from "node:assert/strict";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PluginClient, PluginError, Properties } from "./plugin-client";
import { Sshd, startSshd } from "./sshd";

const type = "dbha:index:File";

describe("File on a real sshd", () => {
  let sshd: Sshd;
  let plugin: PluginClient;
  let host: Properties;
  let directory: string;
  let path: string;
  let count = 0;

  before(async () => {
    sshd = await startSshd();
    plugin = await PluginClient.start({ config: { privateKeyFile: sshd.privateKeyFile } });
    host = { name: "p1", address: "127.0.0.1", port: sshd.port, user: sshd.user, hostKeys: [sshd.hostKeys.ed25519] };
  });
  after(async () => {
    await plugin.stop();
    await sshd.stop();
  });
  beforeEach(() => {
    count += 1;
    directory = join(sshd.directory, `case ${count}`);
    mkdirSync(directory);
    path = join(directory, "it's a $file.conf");
  });

  const text = (file: string) => readFileSync(file, "utf8");
  const modeOf = (file: string) => (statSync(file).mode & 0o7777).toString(8);

  it("writes content, mode and owner, and says size and hash", async () => {
    const content = "grüße, \\n %s 'quoted' \"twice\" $HOME `id`\n\ttabs and no newline at the end";
    const { id, state } = await plugin.make(type, { host, path, content, mode: "640", owner: "nobody", group: "65534" });
    assert.equal(text(path), content);
    assert.equal(modeOf(path), "640");
    assert.equal(statSync(path).uid, 65534);
    assert.equal(id, `p1:${path}`);
    assert.equal(state.size, Buffer.byteLength(content));
    assert.deepEqual(readdirSync(directory), ["it's a $file.conf"]);
  });
});
