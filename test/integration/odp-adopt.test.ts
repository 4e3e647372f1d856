import assert from "node:assert/strict";
import { type Connection, createConnection } from "mysql2/promise";
import { engines } from "./engines";
import { eventually, labHosts, on, theLab } from "./hosts";
import { adopting, byHandHosts, home, proxies, removeOdpByHand, startOdpByHand } from "./odp-by-hand";
import { odpConfig, OdpOnHost, type OdpOutputs, parameter, traces, untilServed } from "./odp-stack";
import { TestStack } from "./stack";

for (const engine of engines())
  describe(`OBProxy that was started by hand, with the ${engine.name}`, function () {
    this.timeout(120_000);
    let stack: TestStack;
    let byHand: string[];
    let client: Connection;
    const first = new OdpOnHost("odp", "p1");
    const endpoint = (): string => `${labHosts().p1.address}:2883`;
    const answer = async (): Promise<unknown> => (await client.query("SELECT 1 + 1 AS sum"))[0];

    before(async () => {
      await removeOdpByHand();
      await startOdpByHand();
      byHand = await proxies();
      const { username, password, database } = theLab().metadb;
      const { address } = labHosts().p1;
      client = await createConnection({ host: address, port: 2883, user: username, password, database });
      stack = new TestStack(engine, "test/fixtures/programs/odp");
      await stack.init(odpConfig({ odp: adopting() }));
    });

    after(async () => {
      client.destroy();
      stack.remove();
      await removeOdpByHand();
    });

    it("is not taken over where it is not what the arguments say: preview tells all, on each host, with both values", async () => {
      const wrong = adopting({
        package: { directory: "/opt/obproxy", user: "root", dataDirectory: "/var/lib/obproxy" },
        ports: { sql: 2883, prometheus: 3884, rpc: 2885 },
        cluster: { name: "ob", rsList: ["10.0.0.21:2881"] },
        appName: "app",
        parameters: { syslog_level: "INFO", no_such: "1" },
        firstProxyId: 7,
        observerSysPassword: "another",
      });
      await on(
        "p1",
        "printf 'sleep 300\\n' >/tmp/obproxyd.sh; setsid sh /tmp/obproxyd.sh >/dev/null 2>&1 </dev/null & :",
      );
      const watchdog = await on("p1", "pgrep -f '^sh /tmp/obproxyd.sh'");
      stack.configure(odpConfig({ odp: wrong }));
      const { code, text } = await stack.run("preview");
      assert.notEqual(code, 0);
      const metaDb = `${theLab().metadb.address}:${theLab().metadb.port}`;
      for (const host of byHandHosts)
        for (const line of [
          `program: it has ${home}/bin/obproxy, and the arguments say /opt/obproxy/bin/obproxy; fix: give package.directory as it has it`,
          `working directory: it has ${home}, and the arguments say /var/lib/obproxy; fix: give package.dataDirectory as it has it`,
          "user: it has admin, and the arguments say root; fix: give package.user as it has it",
          "prometheus port: it has 2883, 2884, 2885, and the arguments say 3884; fix: give ports.prometheus as it has it",
          `app_name: it has "odp", and the arguments say "app"; fix: give appName as it has it, or set it there: alter proxyconfig set app_name = 'app'`,
          `rootservice_cluster_name: it has "lab", and the arguments say "ob"; fix: give cluster.name as it has it`,
          `rootservice_list: it has "${metaDb}", and the arguments say "10.0.0.21:2881"; fix: give cluster.rsList as it has it`,
          `syslog_level: it has "WARN", and the arguments say "INFO"; fix: give parameters.syslog_level as it has it`,
          'no_such: it has no such parameter, and the arguments say "1"; fix: OBProxy 4.2.3 or later is needed',
          `proxy_id: it has "${host === "p1" ? 1 : 2}", and the arguments say "${host === "p1" ? 7 : 8}"; fix: give proxyIds.${host} as it has it`,
          "observer_sys_password: it has [secret], and the arguments say another [secret]; fix: give observerSysPassword as it has it",
        ])
          assert.ok(text.includes(`- host ${host}: ${line}`), `host ${host}: ${line}\nis not in\n${text}`);
      assert.ok(
        text.includes(
          `- host p1: watchdog: it has obproxyd.sh (process ${watchdog}), and the arguments say none, as two would start it; fix: kill ${watchdog} there`,
        ),
        text,
      );
      assert.doesNotMatch(text, /^\s+at /m, "no stack trace");
      assert.deepEqual(await proxies(), byHand);
      assert.equal(await on("p1", "ls -d /etc/dbha 2>/dev/null || true"), "");
      await on("p1", `kill ${watchdog}; rm /tmp/obproxyd.sh`);
      stack.configure(odpConfig({ odp: adopting() }));
    });

    it("is taken over without a restart: processes and a client's connection go on, and then nothing is to be changed", async () => {
      const text = await stack.succeed("preview");
      assert.match(text, /OBProxy odp on host p1, process \d+, is taken over as it runs/);
      assert.match(text, /root@proxysys has no password, and gets proxysysPassword/);
      assert.deepEqual(await proxies(), byHand);
      await stack.up();
      assert.deepEqual(await proxies(), byHand);
      assert.deepEqual(await answer(), [{ sum: 2 }]);
      await stack.succeed("preview", "--expect-no-changes");
      await stack.succeed("up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes");
      const { odp } = (await stack.outputs()).odps as Record<string, OdpOutputs>;
      assert.deepEqual(
        odp?.nodes.map(({ health, version, proxyId }) => [health, version, proxyId]),
        [
          ["healthy", "4.2.3", 1],
          ["healthy", "4.2.3", 2],
        ],
      );
      assert.deepEqual(await proxies(), byHand);
    });

    it("has a parameter changed without a restart, and without the argument", async () => {
      stack.configure(odpConfig({ odp: { ...adopting({ parameters: { syslog_level: "ERROR" } }), adopt: undefined } }));
      await stack.up();
      const { odp } = (await stack.outputs()).odps as Record<string, OdpOutputs>;
      assert.equal(await parameter(endpoint(), odp?.proxysysPassword ?? "", "syslog_level"), "ERROR");
      assert.deepEqual(await proxies(), byHand);
      assert.deepEqual(await answer(), [{ sum: 2 }]);
    });

    it("is started again by its watchdog when it is killed, as admin, in the unit's control group", async () => {
      const pid = await first.pid();
      await first.signal("KILL");
      await untilServed(endpoint(), 10);
      const now = await eventually("another process", 10, first.pid, (one) => one !== pid);
      assert.equal(await on("p1", `stat -c %U /proc/${now}; readlink /proc/${now}/cwd`), `admin\n${home}`);
      assert.match(await on("p1", `cat /proc/${now}/cgroup`), /dbha-odp-odp\.service$/m);
    });

    it("is upgraded to an archive like any other", async () => {
      const archive = theLab().packages["obproxy-4.3.0"];
      const upgraded = adopting({ package: { archive, user: "admin", dataDirectory: home } });
      stack.configure(odpConfig({ odp: { ...upgraded, adopt: undefined } }));
      await stack.up();
      const { odp } = (await stack.outputs()).odps as Record<string, OdpOutputs>;
      assert.deepEqual(
        odp?.nodes.map(({ health, version }) => [health, version]),
        [
          ["healthy", "4.3.0"],
          ["healthy", "4.3.0"],
        ],
      );
      await stack.succeed("preview", "--expect-no-changes");
    });

    it("is gone when it is destroyed; its user, home and data stay", async () => {
      await stack.destroy();
      for (const host of byHandHosts) {
        assert.equal(await traces(host), "");
        assert.match(
          await on(host, `ls ${home}/bin ${home}/etc; id -un admin`),
          /^obproxy$[^]*obproxy_config\.bin[^]*admin$/m,
        );
      }
    });
  });
