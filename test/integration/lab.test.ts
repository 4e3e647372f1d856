import assert from "node:assert/strict";
import { existsSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import { parse } from "yaml";
import { dockerClient } from "../../lab/src/docker";
import { exec, labDown, labUp, readLab, run, sql, type Lab } from "../../lab/src/lab";
import { MEMBER_NAMES, objectNames } from "../../lab/src/name";
import { command } from "./lab-command";

describe("the lab", function () {
  this.timeout(180_000);
  let lab: Lab;
  let other: Lab;

  before(async () => {
    [lab, other] = await Promise.all([labUp("labone"), labUp("labtwo")]);
  });

  after(async () => {
    await Promise.all([labDown("labone"), labDown("labtwo")]);
  });

  const containers = () => Promise.all(MEMBER_NAMES.map((member) => inspect(lab, member)));
  const inspect = async (of: Lab, member: (typeof MEMBER_NAMES)[number]) => {
    const name = objectNames(of.name, of.directory).container(member);
    const { Id, State } = await dockerClient().getContainer(name).inspect();
    return `${Id} ${State.StartedAt}`;
  };

  describe("lab/up, lab/status, lab/env", () => {
    it("leaves what the stacks need, secrets for their owner only", () => {
      const mode = (file: string): string => (statSync(join(lab.directory, file)).mode & 0o777).toString(8);
      assert.deepEqual(["id_ed25519", "metadb.password", "host-keys/p1_rsa"].map(mode), ["600", "600", "600"]);
      const inventory = parse(readFileSync(lab.inventoryFile, "utf8")) as unknown;
      assert.deepEqual(inventory, { hosts: [lab.hosts.p1, lab.hosts.p2, lab.hosts.p3] });
      assert.deepEqual(Object.keys(lab.images), ["odc-4.3.1", "nginx", "oms-4.2.7"]);
      for (const { tarball } of Object.values(lab.images)) assert.ok(existsSync(readlinkSync(tarball)), tarball);
    });

    it("runs two labs side by side on networks of their own", async () => {
      assert.notEqual(lab.subnet, other.subnet);
      assert.notEqual(lab.hosts.p1.hostKeys[0], other.hosts.p1.hostKeys[0]);
      assert.equal(await run(lab, "p1", "ip -4 -o addr show eth0 | awk '{print $4}'"), `${lab.hosts.p1.address}/24`);
    });

    it("gives hosts that an administrator would recognise", async () => {
      assert.equal(await run(lab, "p1", "cat /proc/1/comm"), "systemd");
      assert.equal(await run(lab, "p1", "systemctl is-active ssh docker"), "active\nactive");
      assert.equal((await exec(lab, "p1", "systemctl is-enabled keepalived")).stdout.trim(), "disabled");
      assert.equal(await run(lab, "p1", "docker info --format '{{.Driver}} {{.ContainersRunning}}'"), "overlay2 0");
      await run(lab, "p1", "nc -z -w 2 metadb 2881 && nc -z -w 2 p2 22 && nc -z -w 2 p3 22");
    });

    it("lets nobody in by password, and the lab's key only", async () => {
      const ssh = [
        "-o",
        `UserKnownHostsFile=${lab.knownHostsFile}`,
        "-o",
        "StrictHostKeyChecking=yes",
        "-o",
        "IdentitiesOnly=yes",
      ];
      const target = [`root@${lab.hosts.p1.address}`, "id", "-un"];
      assert.deepEqual(await command("ssh", ...ssh, "-i", lab.privateKeyFile, ...target), {
        output: "root",
        exitCode: 0,
      });
      const wrongKey = await command("ssh", ...ssh, "-o", "BatchMode=yes", "-i", other.privateKeyFile, ...target);
      assert.match(wrongKey.output, /Permission denied \(publickey\)/);
    });

    it("does nothing, and says so, when the lab is healthy", async () => {
      const before = await containers();
      const { output, exitCode } = await command("lab/up", "--name", "labone");
      assert.equal(exitCode, 0);
      assert.match(output, /lab labone is up already, nothing to do$/);
      assert.deepEqual(await containers(), before);
    });

    it("tells the state of every part", async () => {
      const { output, exitCode } = await command("lab/status", "--name", "labone");
      assert.equal(exitCode, 0);
      for (const host of ["p1", "p2", "p3"]) {
        assert.match(
          output,
          new RegExp(`${host} +│ ${lab.hosts[host as "p1"].address} +│ running, ssh ok, docker \\d+`),
        );
      }
      assert.match(
        output,
        new RegExp(`metadb +│ ${lab.metadb.address} +│ running, OceanBase 5\\.7\\.25-OceanBase seekdb-v1\\.4\\.0\\.0 `),
      );
      assert.match(output, /images +│ +│ odc-4\.3\.1, nginx, oms-4\.2\.7/);
      assert.match(output, /lab labone is healthy$/);
    });

    it("refuses a bad name, and has nothing to tell of a lab that is not there", async () => {
      const bad = await command("lab/up", "--name", "no/way");
      assert.equal(bad.exitCode, 1);
      assert.match(bad.output, /^lab: lab name "no\/way": 1 to 20 lower-case letters/);
      const absent = await command("lab/status", "--name", "nobody");
      assert.deepEqual(absent, {
        output: "lab nobody is not there; start it with: lab/up --name nobody",
        exitCode: 1,
      });
    });
  });

  describe("the MetaDB", () => {
    const metadb = () => dockerClient().getContainer(objectNames(lab.name, lab.directory).container("metadb"));
    const connect = (password: string) => {
      const { address: host, port, username: user, database } = lab.metadb;
      return createConnection({ host, port, user, password, database });
    };
    const restarted = async (): Promise<void> => {
      const { output, exitCode } = await command("lab/up", "--name", "labone");
      assert.equal(exitCode, 0, output);
      assert.match(output, /metadb +│ [\d.]+ +│ running, OceanBase /);
    };

    it("is an OceanBase with the limits that the documents name", async () => {
      const variables = "@@version, @@max_connections, @@time_zone, @@ob_query_timeout, @@max_allowed_packet";
      const [values] = await sql(lab, `SELECT ${variables}`);
      assert.equal(values, "5.7.25-OceanBase seekdb-v1.4.0.0\t600\t+00:00\t10000000\t16777216");
      const [memory] = await sql(lab, "SHOW PARAMETERS LIKE 'memory_budget'");
      assert.match(memory ?? "", /\t1G\t/);
    });

    it("lets in nobody with another password, root neither, and says so as OceanBase does", async () => {
      await assert.rejects(connect("not-the-password"), {
        errno: 1045,
        sqlState: "42000",
        message: "Access denied for user 'odc@meta#lab'@'xxx.xxx.xxx.xxx' (using password: YES)",
      });
      const { address: host, port } = lab.metadb;
      await assert.rejects(createConnection({ host, port, user: "root" }), { errno: 1045 });
      assert.equal(await run(lab, "metadb", "stat -L -c '%a %U' /etc/metadb/root.password"), "600 seekdb");
    });

    it("has its data after it was killed, and after its container was removed", async () => {
      await sql(lab, "CREATE TABLE kept (id INT PRIMARY KEY); INSERT INTO kept VALUES (7)");
      await metadb().kill();
      await restarted();
      assert.deepEqual(await sql(lab, "SELECT id FROM kept"), ["7"]);
      await metadb().remove({ force: true, v: true });
      await restarted();
      assert.deepEqual(await sql(lab, "SELECT id FROM kept; SELECT 'again'; DROP TABLE kept"), ["7", "again"]);
    });

    it("gets ODC's user and password back when somebody changed them", async () => {
      await sql(lab, "ALTER USER 'odc@meta#lab'@'%' IDENTIFIED BY 'another'");
      const { output } = await command("lab/status", "--name", "labone");
      assert.match(output, /FAULT: Access denied for user 'odc@meta#lab'.*; lab\/up mends that/);
      const { State: before } = await metadb().inspect();
      await restarted();
      assert.equal((await metadb().inspect()).State.StartedAt, before.StartedAt);
      (await connect(lab.metadb.password)).destroy();
    });

    it("tells why it does not start", async () => {
      await run(lab, "metadb", "chown -R root /var/lib/seekdb/server/store");
      await metadb().kill();
      const { output, exitCode } = await command("lab/up", "--name", "labone");
      assert.equal(exitCode, 1);
      const ended = "metadb: OceanBase did not answer: its container ended with status 1, and said at last:";
      assert.ok(output.includes(`lab: ${ended}\n`), output);
      assert.ok(output.includes("the server ended with status 1; the end of its log:"), output);
      // with its files gone it begins anew
      await metadb().remove({ force: true, v: true });
      await dockerClient().getVolume(objectNames(lab.name, lab.directory).volume("seekdb")).remove();
      await restarted();
    });

    it("begins anew when its first start broke off", async () => {
      const file = "server/store/sstable/meta.db";
      const begun = `until [ -e ${file} ]; do sleep 0.01; done`;
      const removed = `while [ -e ${file} ]; do sleep 0.01; done`;
      const kill = `${begun}; kill -9 $(cat server/run/seekdb.pid); ${removed}; ${begun}`;
      await run(lab, "metadb", "cd /var/lib/seekdb && rm -rf server");
      await metadb().restart({ t: 0 });
      // the server alone, then its container too
      await run(lab, "metadb", `cd /var/lib/seekdb && timeout 60 sh -c '${kill}'`);
      await metadb().kill();
      await restarted();
      const said = (await metadb().logs({ stdout: false, stderr: true })).toString();
      assert.equal(said.match(/start 1 of a new server broke off/g)?.length, 1, said);
    });
  });

  describe("lab/down", () => {
    it("leaves nothing of its lab, and other labs alone", async () => {
      const { network, bridge, volume } = objectNames(other.name, other.directory);
      const data = volume("seekdb");
      const docker = dockerClient();
      const trace = async (): Promise<string[]> => {
        const filters = { label: [`dbha.lab.directory=${other.directory}`] };
        const links = (await command("ip", "-o", "link")).output;
        const rules = (await command("iptables-save")).output;
        return [
          ...(await docker.listContainers({ all: true, filters })).map((container) => container.Id),
          ...(await docker.listNetworks({ filters })).map((found) => found.Name),
          ...(await docker.listVolumes({ filters })).Volumes.map((found) => found.Name),
          ...(links.includes(bridge) ? ["interface"] : []),
          ...(rules.includes(bridge) ? ["firewall rule"] : []),
          ...(existsSync(other.directory) ? ["files"] : []),
        ];
      };
      const before = await trace();
      assert.equal(before.length, MEMBER_NAMES.length + 5);
      for (const name of [network, data, "interface", "firewall rule", "files"]) assert.ok(before.includes(name), name);
      const { output, exitCode } = await command("lab/down", "--name", "labtwo");
      assert.equal(exitCode, 0);
      assert.match(output, /lab labtwo is removed$/);
      assert.deepEqual(await trace(), []);
      assert.throws(() => readLab("labtwo"), /lab labtwo is not there; start it with: lab\/up --name labtwo/);
      assert.equal((await command("lab/down", "--name", "labtwo")).exitCode, 0, "a second lab/down");
      assert.equal((await command("lab/status", "--name", "labone")).exitCode, 0);
    });
  });
});
