import assert from "node:assert/strict";
import type { HostName } from "../../lab/src/lab";
import { engines } from "./engines";
import { eventually, labHosts, on, snapshots } from "./hosts";
import type { DatabaseServer } from "./metadb-server";
import { clearOms, emptyOmsMetaDb, endOms, omsConfig, PASSWORD, tarballsOf, virtualAddress } from "./oms-stack";
import { limitHere, RequestLoop } from "./request-loop";
import { TestStack } from "./stack";

interface OmsOutputs {
  url: string;
  regions: { location: number; cmUrl: string; url: string; holder: string }[];
  nodes: {
    host: HostName;
    address: string;
    container: string;
    version: string;
    health: string;
    services: Record<string, string>;
  }[];
  backups: { path: string; version: string; databases: string[]; proof: string }[];
  firstLogin: string;
}

const RUNNING = Object.fromEntries(
  ["nginx", "oms_console", "oms_drc_cm", "oms_drc_supervisor", "sshd"].map((service) => [service, "RUNNING"]),
);

/** 4.2.7 goes to 4.2.10 where its release notes are said to allow it. */
const config = (version: string, more: object = {}) =>
  omsConfig((oms) => {
    Object.assign(
      oms,
      { version, image: tarballsOf(`oms-${version}`), upgradeFrom: version === "4.2.7" ? undefined : "4.2.7" },
      more,
    );
  });

for (const engine of engines())
  describe(`OMS on two hosts, with the ${engine.name}`, function () {
    this.timeout(300_000);
    let stack: TestStack;
    let server: DatabaseServer;
    let untouched: string[];
    const texts: string[] = [];

    before(async () => {
      server = await emptyOmsMetaDb();
      untouched = await snapshots();
      stack = new TestStack(engine);
      await stack.init(config("4.2.7"));
    });
    after(async () => {
      await endOms(stack, server);
    });

    const up = async (...args: string[]): Promise<string> => {
      const text = await stack.up(...args);
      texts.push(text);
      return text;
    };
    const outputs = async (): Promise<OmsOutputs> => (await stack.outputs()).oms as OmsOutputs;
    const containers = async (host: HostName): Promise<string> =>
      (
        await on(host, "docker ps -a --format '{{.Names}} {{.Status}}' | sed 's/\\(Up\\|Exited\\).*/\\1/' | sort")
      ).trim();
    const inside = (host: HostName, command: string, container = "oms_427"): Promise<string> =>
      on(host, `docker exec ${container} ${command}`);
    const noDifference = (): Promise<string> => stack.succeed("preview", "--refresh", "--expect-no-changes");
    const holder = async (): Promise<HostName> => (await outputs()).regions[0]?.holder as HostName;

    it("is deployed, one node after the other, with its databases and an address", async () => {
      assert.match(await stack.succeed("preview"), /databases that will be made: oms_rm, oms_cm, oms_cm_heartbeat\n/);
      await up();
      const { url, regions, nodes, backups, firstLogin } = await outputs();
      assert.equal(url, `http://${virtualAddress()}:8089/`);
      assert.match(firstLogin, new RegExp(`^${url} has no password yet: who opens it first becomes its administrator`));
      assert.deepEqual(backups, []);
      assert.deepEqual(
        regions.map(({ location, cmUrl }) => ({ location, cmUrl })),
        [{ location: 1, cmUrl: `http://${virtualAddress()}:8088` }],
      );
      assert.deepEqual(
        nodes.map(({ host, address, container, version, health, services }) => ({
          ...{ host, address, container, version, health, services },
        })),
        (["p1", "p3"] as const).map((host) => ({
          ...{ host, address: labHosts()[host].address, container: "oms_427", version: "4.2.7" },
          ...{ health: "healthy", services: RUNNING },
        })),
      );
      const [first, second] = await server.sql("SELECT ip FROM oms_cm.host ORDER BY id");
      assert.deepEqual([first, second], [labHosts().p1.address, labHosts().p3.address]);
      await noDifference();
    });

    it("beats from both nodes by the address", async () => {
      const beating = () =>
        server.sql(
          "SELECT DISTINCT host_ip FROM oms_cm_heartbeat.heart_beat WHERE task_name = 'supervisor' ORDER BY host_ip",
        );
      const wanted = [labHosts().p1.address, labHosts().p3.address].sort();
      await eventually("both supervisors beat", 30, beating, (seen) => seen.join() === wanted.join());
    });

    it("shows the MetaDB's password to nobody, and has it right", async () => {
      const state = await stack.exported();
      for (const text of [state, ...texts]) assert.ok(!text.includes(PASSWORD.slice(4, 20)), "it shows the password");
      assert.equal((await on("p1", "stat -c '%a %U' /data/oms/config.yaml")).trim(), "600 root");
      assert.equal((await server.sql("SELECT COUNT(*) FROM oms_rm.cluster_info"))[0], "1");
    });

    it("closes supervisord's port to other hosts, and to nobody on its own", async () => {
      const ask = (from: HostName, to: string) =>
        on(from, `curl -s --connect-timeout 2 -m 20 -o /dev/null -w '%{http_code}' http://${to}:8084/ || true`);
      const { address } = labHosts().p1;
      assert.equal(await ask("p3", address), "000");
      assert.equal(await ask("p1", "127.0.0.1"), "200");
      await on("p1", "iptables -D INPUT ! -i lo -p tcp --dport 8084 -m comment --comment dbha -j DROP");
      assert.equal(await ask("p3", address), "200");
      await up("--refresh");
      assert.equal(await ask("p3", address), "000");
      await noDifference();
    });

    it("takes what OMS's scripts rewrite for no drift, and puts right what somebody edits", async () => {
      const file = "/data/oms/config.yaml";
      assert.match(await on("p1", `cat ${file}`), /^"cm_location": "?1"?$/m);
      const inode = await on("p1", `stat -c %i ${file}`);
      await on(
        "p1",
        `sed -i.was 's/^"cm_location":.*/"cm_location": "9"/' ${file} && cat ${file} >/tmp/x && cat /tmp/x >${file}`,
      );
      await on("p1", `rm -f ${file}.was /tmp/x`);
      await up("--refresh");
      assert.match(await on("p1", `cat ${file}`), /^cm_location: 1$/m);
      assert.match(await inside("p1", "cat /home/admin/conf/config.yaml"), /cm_location"?: "?1"?$/m);
      assert.notEqual(inode, "");
    });

    it("starts a service again that was stopped, and makes a container again that was removed", async () => {
      await inside("p1", "supervisorctl stop oms_console");
      await up("--refresh");
      assert.match(await inside("p1", "supervisorctl status oms_console"), /RUNNING/);
      await on("p3", "docker rm -f oms_427");
      await up("--refresh");
      assert.equal(await containers("p3"), "oms_427 Up");
      assert.deepEqual(
        (await outputs()).nodes.map(({ health }) => health),
        ["healthy", "healthy"],
      );
      await noDifference();
    });

    it("goes on at its address when the node that has it is killed", async () => {
      const lost = await holder();
      // the stand-in's CM has nothing to show: that it says so is its answer
      const [cm, web] = [/^404 stand-in/, /^200 /].map(
        (wanted, i) => new RequestLoop(`http://${virtualAddress()}:${8088 + i}/`, 1_000, wanted),
      ) as [RequestLoop, RequestLoop];
      await eventually(
        "CM and console answer",
        10,
        () => Promise.resolve(cm.has("404 stand-in") && web.has("200")),
        (answered) => answered,
      );
      await on(lost, "docker kill oms_427");
      await eventually("another host has the address", 10, holderNow, (host) => host !== "" && host !== lost);
      const answers = async (port: number): Promise<boolean> =>
        fetch(`http://${virtualAddress()}:${port}/`, { signal: AbortSignal.timeout(1_000) }).then(
          () => true,
          () => false,
        );
      for (const port of [8088, 8089]) await eventually(`port ${port} answers`, 10, () => answers(port), Boolean);
      const seen = await Promise.all([cm, web].map((loop) => loop.stop()));
      for (const { outage } of seen) assert.ok(outage <= limitHere(2_000), `${outage} ms without an answer`);
      await up("--refresh");
      await noDifference();
    });

    const holderNow = async (): Promise<string> => {
      const has = async (host: HostName) =>
        (await on(host, `ip -o address show | grep -c ' ${virtualAddress()}/' || true`)).trim() === "1" ? host : "";
      return (await has("p1")) || (await has("p3"));
    };

    it("is not upgraded while HA is on, nor from a version that nobody allows", async () => {
      await server.sql(
        `UPDATE oms_rm.oms_normal_config SET cfg_value = REPLACE(cfg_value, '"enable": false', '"enable": true') WHERE cfg_name = 'ha.config'`,
        `UPDATE oms_rm.oms_normal_config SET cfg_value = REPLACE(cfg_value, '"enable":false', '"enable":true') WHERE cfg_name = 'ha.config'`,
      );
      stack.configure(config("4.2.10", { upgradeFrom: undefined }));
      const { code, text } = await stack.run("preview");
      assert.notEqual(code, 0);
      assert.match(text, /HA is on \(ha\.config, enable\), and would move tasks between nodes/);
      assert.match(
        text,
        /no document known here tells from which versions OMS 4\.2\.10 takes upgrades, and 4\.2\.7 runs/,
      );
    });

    it("runs in its former containers again when no backup can be made", async () => {
      await server.sql(
        "CREATE TABLE oms_cm.gone (id INT)",
        "CREATE VIEW oms_cm.hollow AS SELECT id FROM oms_cm.gone",
        "DROP TABLE oms_cm.gone",
      );
      stack.configure(config("4.2.10", { manageHa: true }));
      const { code, text } = await stack.run("up", "--yes", "--skip-preview");
      assert.notEqual(code, 0);
      assert.match(
        text,
        /the MetaDB could not be backed up, so nothing was upgraded and the former containers run again: /,
      );
      assert.deepEqual([await containers("p1"), await containers("p3")], ["oms_427 Up", "oms_427 Up"]);
      await server.sql("DROP VIEW oms_cm.hollow");
    });

    it("is upgraded when all nodes are stopped and the backup is proven, with HA off meanwhile", async () => {
      const text = await up();
      const at = (pattern: RegExp): number => {
        const found = text.search(pattern);
        assert.notEqual(found, -1, `${pattern.source} is not in\n${text}`);
        return found;
      };
      const order = [
        /oms-stop-p3.*\n/,
        /oms-backup-p1 .*\[diff/,
        /oms-oms_4210-p1/,
        /oms-init-p1 .*\[diff/,
        /oms-init-p3 .*\[diff/,
      ];
      const places = order.map(at);
      assert.deepEqual(
        places,
        [...places].sort((a, b) => a - b),
      );
      const { nodes, backups } = await outputs();
      assert.deepEqual(
        nodes.map(({ container, version, health }) => [container, version, health]),
        [
          ["oms_4210", "4.2.10", "healthy"],
          ["oms_4210", "4.2.10", "healthy"],
        ],
      );
      assert.deepEqual(
        backups.map(({ version, databases, proof }) => ({ version, databases, proof })),
        [{ version: "4.2.7", databases: ["oms_rm", "oms_cm", "oms_cm_heartbeat"], proof: "restored" }],
      );
      assert.deepEqual([await containers("p1"), await containers("p3")], ["oms_4210 Up", "oms_4210 Up"]);
      assert.match((await server.sql("SELECT MAX(version) FROM oms_rm.oms_version")).join(), /4\.2\.(10|7)/);
      assert.match(
        (await server.sql("SELECT cfg_value FROM oms_rm.oms_normal_config WHERE cfg_name = 'ha.config'")).join(),
        /"enable": ?true/,
      );
      await noDifference();
    });

    it("goes back to the backup, in the former version", async () => {
      const [backup] = (await outputs()).backups;
      stack.configure(config("4.2.7", { rollback: { backup: backup?.path } }));
      await up();
      assert.deepEqual(
        (await outputs()).nodes.map(({ version, health }) => [version, health]),
        [
          ["4.2.7", "healthy"],
          ["4.2.7", "healthy"],
        ],
      );
      assert.deepEqual(await server.sql("SELECT version FROM oms_rm.oms_version"), ["4.2.7-CE"]);
      await noDifference();
    });

    it("leaves the hosts as they were when it is destroyed, its three directories and backups apart", async () => {
      await stack.destroy();
      assert.equal((await on("p1", "ls /data/oms")).trim(), "oms_logs\noms_run\noms_store");
      await clearOms();
      const now = await snapshots();
      assert.deepEqual(
        now.filter((line) => !untouched.includes(line)),
        [],
      );
    });
  });
