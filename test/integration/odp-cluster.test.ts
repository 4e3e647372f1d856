import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { ConfigServer, type RootServer } from "../../lab/src/config-server";
import { engines } from "./engines";
import { eventually, labHosts, on, theLab } from "./hosts";
import {
  odpConfig,
  OdpOnHost,
  type OdpOutputs,
  type OdpSection,
  parameter,
  query,
  section,
  untilServed,
} from "./odp-stack";
import { TestStack } from "./stack";

const [engine] = engines();

/** Another way to the lab's MetaDB, which counts its connections: a second server for RS lists. */
async function relay(): Promise<{ server: Server; at: RootServer; connections: () => number }> {
  const { address, port } = theLab().metadb;
  let count = 0;
  const server = createServer((client) => {
    count += 1;
    const onward = connect(port, address);
    for (const socket of [client, onward]) socket.on("error", () => [client, onward].forEach((one) => one.destroy()));
    client.pipe(onward).pipe(client);
  });
  const own = theLab().subnet.replace(/\d+\/\d+$/, "1");
  server.listen(0, own);
  await once(server, "listening");
  return { server, at: { address: own, port: (server.address() as AddressInfo).port }, connections: () => count };
}

describe("OBProxy with a config server", function () {
  this.timeout(120_000);
  let stack: TestStack;
  let configServer: ConfigServer;
  let second: Awaited<ReturnType<typeof relay>>;
  const odp = new OdpOnHost("ob", "p1");
  const cache = `${odp.directory}/etc/obproxy_rslist_info.json`;
  const endpoint = (): string => `${labHosts().p1.address}:2883`;
  const outputs = async (): Promise<OdpOutputs> =>
    ((await stack.outputs()).odps as Record<string, OdpOutputs>).ob as OdpOutputs;
  const configure = (change: OdpSection = {}): void =>
    stack.configure(
      odpConfig({ ob: section({ cluster: { name: "lab", configServerUrl: configServer.url }, ...change }) }),
    );
  const up = async (change: OdpSection): Promise<string> => {
    configure(change);
    return stack.up();
  };

  before(async () => {
    assert.ok(engine);
    const { address, port } = theLab().metadb;
    configServer = await new ConfigServer(theLab(), [{ address, port }]).start();
    second = await relay();
    stack = new TestStack(engine, "test/fixtures/programs/odp");
    await stack.init({});
    configure();
  });

  after(async () => {
    await stack.destroy();
    stack.remove();
    await configServer.stop();
    second.server.close();
  });

  const refused = async (found: string): Promise<void> => {
    const { code, text } = await stack.run("preview");
    assert.notEqual(code, 0);
    assert.match(text, /OdpWithWatchdog ob: its hosts are not ready \(1 problem\); nothing was changed:/);
    assert.ok(text.includes(`- host p1: the config server at ${configServer.url}${found}`), text);
    assert.doesNotMatch(text, /^\s+at /m, "no stack trace");
  };
  const fix = "; fix: check with curl on that host that it is up and knows the cluster by this name";

  it("is refused in the preview while the config server is down, with the reason", async () => {
    await configServer.stop();
    await refused(` does not give an RS list: connection refused${fix}`);
    await configServer.start();
  });

  it("is refused in the preview when the config server does not know the cluster", async () => {
    const { url } = configServer;
    const wrong = url.replace("ObCluster=lab", "ObCluster=ob");
    stack.configure(odpConfig({ ob: section({ cluster: { name: "ob", configServerUrl: wrong } }) }));
    const { code, text } = await stack.run("preview").finally(() => configure());
    assert.notEqual(code, 0);
    assert.ok(text.includes(`the config server at ${wrong} does not give an RS list: HTTP 200`), text);
    assert.match(text, /\/Code is 404 instead of 200/);
  });

  it("serves with the RS list from there, and tells that it is cached", async () => {
    await stack.up();
    await query(endpoint());
    const node = {
      host: "p1",
      endpoint: endpoint(),
      proxyId: 1,
      version: "4.2.3",
      health: "healthy",
      cachedRsList: true,
    };
    assert.deepEqual((await outputs()).nodes, [node]);
    await stack.up("--refresh", "--expect-no-changes");
  });

  it("follows the RS list when it changes", async () => {
    configServer.servers = [second.at];
    await eventually(
      "a query through the new server",
      15,
      async () => (await query(endpoint()), second.connections()),
      (n) => n > 0,
    );
    const { address, port } = theLab().metadb;
    configServer.servers = [{ address, port }];
    await eventually(
      "the old list in the cache",
      15,
      () => on("p1", `cat ${cache}`),
      (text) => text.includes(`"${address}:`),
    );
  });

  for (const ignoreLocalConfig of [true, false])
    it(`starts from the cache while the config server is down, ignoreLocalConfig ${ignoreLocalConfig}`, async () => {
      const pid = await odp.pid();
      await up({ ignoreLocalConfig });
      assert.equal(await odp.pid(), pid, "it was changed without a restart");
      const { proxysysPassword } = await outputs();
      const shown = await parameter(endpoint(), proxysysPassword, "ignore_local_config");
      assert.equal(shown, ignoreLocalConfig ? "True" : "False");
      await configServer.stop();
      await on("p1", `systemctl restart ${odp.unit}`);
      await untilServed(endpoint(), 10);
      assert.notEqual(await odp.pid(), pid);
      const preview = await stack.succeed("preview", "--expect-no-changes");
      assert.match(preview, /connection refused; fix: .*The proxy there goes on with its cached RS list/);
      await configServer.start();
    });

  for (const ignoreLocalConfig of [true, false])
    it(`cannot start without cache and config server, ignoreLocalConfig ${ignoreLocalConfig}, and does when the server is back`, async () => {
      await up({ ignoreLocalConfig });
      await configServer.stop();
      const since = await odp.now();
      await on("p1", `systemctl stop ${odp.unit}; rm ${cache}; systemctl start ${odp.unit}`);
      const lines = await eventually(
        "two attempts",
        15,
        () => odp.events(since),
        (seen) =>
          seen.some((line) => /^ended before it served: process \d+: exit status 1; next attempt in 2 s$/.test(line)),
      );
      assert.ok(
        lines.some((line) => line.startsWith("fail to get the RS list: the config server does not answer")),
        lines.join("\n"),
      );
      await assert.rejects(query(endpoint()));
      await configServer.start();
      await untilServed(endpoint(), 15);
    });

  it("takes a stale cache first when it is told not to ignore local files, and then what the server says", async () => {
    const startWithStaleCache = async (): Promise<string[]> => {
      await on(
        "p1",
        `systemctl stop ${odp.unit}; sed -i 's/"address":"[0-9.]*/"address":"10.255.255.1/' ${cache}; : >${odp.directory}/log/obproxy.log; systemctl start ${odp.unit}`,
      );
      await untilServed(endpoint(), 15);
      return (
        await on("p1", `sed -n 's/.*INFO RS list of 1 servers, the first //p' ${odp.directory}/log/obproxy.log`)
      ).split("\n");
    };
    const { address, port } = theLab().metadb;
    await up({ ignoreLocalConfig: false });
    assert.deepEqual(await startWithStaleCache(), [`10.255.255.1:${port}`, `${address}:${port}`]);
    await up({ ignoreLocalConfig: true });
    assert.deepEqual(await startWithStaleCache(), [`${address}:${port}`]);
  });

  it("keeps passwords out of the state, argument lists, units and files that others can read", async () => {
    const { proxysysPassword, observerSysPassword } = await outputs();
    const state = await stack.exported();
    const seen = await on(
      "p1",
      `ps -eo args; cat /etc/dbha/odp-ob/* /etc/systemd/system/${odp.unit}.service; journalctl -o cat -u ${odp.unit}`,
    );
    for (const secret of [proxysysPassword, observerSysPassword])
      assert.ok(!state.includes(secret) && !seen.includes(secret), "a secret shows");
    await assert.rejects(parameter(endpoint(), "", "proxy_id"), /Access denied/);
    assert.equal(await on("p1", `stat -c '%a %U' ${odp.directory}`), "750 odp-ob");
  });

  it("changes a parameter while the proxy runs, and restarts it for one that needs it", async () => {
    const pid = await odp.pid();
    const { proxysysPassword } = await outputs();
    await up({ parameters: { proxy_mem_limited: "4G" } });
    assert.equal(await parameter(endpoint(), proxysysPassword, "proxy_mem_limited"), "4G");
    assert.equal(await odp.pid(), pid);
    await up({ parameters: { proxy_mem_limited: "4G", enable_strict_kernel_release: "False" } });
    assert.notEqual(await odp.pid(), pid);
    await untilServed(endpoint(), 10);
    assert.equal(await parameter(endpoint(), proxysysPassword, "enable_strict_kernel_release"), "False");
  });

  it("changes the password of root@proxysys by the former one, without a restart", async () => {
    const pid = await odp.pid();
    await up({ proxysysPassword: "An0ther-pass#word" });
    assert.equal(await parameter(endpoint(), "An0ther-pass#word", "proxy_id"), "1");
    assert.equal(await odp.pid(), pid);
    await stack.up("--refresh", "--expect-no-changes");
  });

  it("says so when somebody changed the password by hand, and goes on when it is set back", async () => {
    const set = (from: string, to: string): Promise<string> =>
      on(
        "p1",
        `mysql -h127.0.0.1 -P2883 -uroot@proxysys -p'${from}' -e "alter proxyconfig set obproxy_sys_password='${to}'"`,
      );
    await set("An0ther-pass#word", "by-hand");
    const { code, text } = await stack.run("refresh", "--yes", "--skip-preview");
    assert.notEqual(code, 0);
    assert.match(
      text,
      /configure OBProxy on port 2883: root@proxysys on port 2883 accepts none of the passwords known here; somebody changed it: set it back/,
    );
    assert.doesNotMatch(text, /An0ther/);
    await set("by-hand", "An0ther-pass#word");
    await stack.up("--refresh", "--expect-no-changes");
  });

  const drifts: [what: string, resource: RegExp, command: string, look: string][] = [
    [
      "an edited watchdog",
      /ob-files-p1/,
      "sed -i s/hang_timeout=5/hang_timeout=500/ /etc/dbha/odp-ob/watchdog",
      "grep -c hang_timeout=5$ /etc/dbha/odp-ob/watchdog",
    ],
    [
      "an edited unit",
      /ob-service-p1/,
      `sed -i s/Restart=always/Restart=no/ /etc/systemd/system/${odp.unit}.service`,
      `grep -c Restart=always /etc/systemd/system/${odp.unit}.service`,
    ],
    [
      "a watchdog that was stopped",
      /ob-service-p1/,
      `systemctl stop ${odp.unit}`,
      `systemctl is-active ${odp.unit} | grep -c ^active`,
    ],
    [
      "a changed package",
      /ob-package-p1/,
      "touch /opt/dbha/odp-ob/current/bin/more",
      "ls /opt/dbha/odp-ob/current/bin | wc -l",
    ],
    [
      "a parameter that was changed by hand",
      /ob-config-p1/,
      `mysql -h127.0.0.1 -P2883 -uroot@proxysys -pAn0ther-pass#word -e "alter proxyconfig set ignore_local_config='False'"`,
      `grep -c ignore_local_config=True ${odp.directory}/etc/obproxy_config.bin`,
    ],
  ];
  for (const [what, resource, command, look] of drifts)
    it(`sees ${what}, and repairs it`, async () => {
      configure({ proxysysPassword: "An0ther-pass#word" });
      await on("p1", command);
      const { code, text } = await stack.run("refresh", "--preview-only", "--expect-no-changes");
      assert.notEqual(code, 0, text);
      assert.match(text, resource);
      await stack.up("--refresh");
      assert.equal(await on("p1", look), "1");
      if (what === "a changed package") {
        // what runs is still the program that was replaced, which the next look finds
        assert.match(await on("p1", `readlink /proc/${await odp.pid()}/exe`), / \(deleted\)$/);
        assert.match(await stack.up("--refresh"), /ob-probe-p1/);
        assert.match(await on("p1", `readlink /proc/${await odp.pid()}/exe`), /\/bin\/obproxy$/);
      }
      await untilServed(endpoint(), 10);
      await stack.up("--refresh", "--expect-no-changes");
    });
});
