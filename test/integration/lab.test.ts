import assert from "node:assert/strict";
import { existsSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { createConnection, type Connection } from "mysql2/promise";
import { parse } from "yaml";
import { dockerClient } from "../../lab/src/docker";
import { exec, labDown, labUp, readLab, resetMetadb, run, sql, type Lab } from "../../lab/src/lab";
import { MEMBER_NAMES, objectNames } from "../../lab/src/name";
import { eventually } from "./hosts";
import { command } from "./lab-command";
import { odcEnvironment, startOdc, type OdcContainer } from "./odc-container";

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/api/v1/heartbeat/isHealthy`, { signal: AbortSignal.timeout(1000) });
    return response.ok && ((await response.json()) as { data: unknown }).data === true;
  } catch {
    return false;
  }
}

const untilHealthy = (odc: OdcContainer): Promise<boolean> =>
  eventually(
    "health",
    20,
    () => answers(odc.url),
    (healthy) => healthy,
  );

const untilLogged = (odc: OdcContainer, what: string, limitSeconds = 20): Promise<string> =>
  eventually("the log", limitSeconds, odc.log, (log) => log.includes(what));

describe("the lab", function () {
  this.timeout(180_000);
  let lab: Lab;
  let other: Lab;
  let holder: Connection;
  let waiter: OdcContainer;
  let waiterStarted: number;

  before(async () => {
    [lab, other] = await Promise.all([labUp("labone"), labUp("labtwo")]);
    // the refusal of a second migration takes a minute: it runs beside the other tests
    const { metadb } = other;
    holder = await createConnection({
      host: metadb.address,
      port: metadb.port,
      user: metadb.username,
      password: metadb.password,
    });
    await holder.query("SELECT GET_LOCK('ODC_METADB_MIGRATE', 0)");
    waiterStarted = Date.now();
    waiter = await startOdc(other, "4.3.1", odcEnvironment(other));
  });

  after(async () => {
    holder.destroy();
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
      assert.deepEqual(Object.keys(lab.images), ["odc-4.3.1", "odc-4.3.2", "nginx", "obproxy-4.2.3", "obproxy-4.3.0"]);
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
      await run(lab, "p1", "nc -z -w 2 metadb 3306 && nc -z -w 2 p2 22 && nc -z -w 2 p3 22");
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
      assert.match(output, new RegExp(`metadb +│ ${lab.metadb.address} +│ running, MariaDB 10\\.`));
      assert.match(output, /images +│ +│ odc-4\.3\.1, odc-4\.3\.2, nginx/);
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

  describe("the ODC stand-in", () => {
    const started: OdcContainer[] = [];
    const start = async (version: string, changes: Record<string, string | undefined>): Promise<OdcContainer> => {
      const environment = Object.entries({ ...odcEnvironment(lab), ...changes });
      const given = environment.filter((entry): entry is [string, string] => entry[1] !== undefined);
      const odc = await startOdc(lab, version, Object.fromEntries(given));
      started.push(odc);
      return odc;
    };
    const logIn = async (odc: OdcContainer, password: string): Promise<{ status: number; cookie: string }> => {
      const body = new URLSearchParams({ username: "admin", password });
      const response = await fetch(`${odc.url}/api/v2/iam/login`, { method: "POST", body });
      return { status: response.status, cookie: response.headers.get("set-cookie")?.split(";")[0] ?? "" };
    };

    beforeEach(() => resetMetadb(lab));
    afterEach(async () => {
      await Promise.all(started.splice(0).map((odc) => odc.remove()));
    });

    for (const name of ["DATABASE_HOST", "DATABASE_PORT", "DATABASE_USERNAME", "DATABASE_NAME"]) {
      it(`does not start without ${name}, while its container goes on running`, async () => {
        const odc = await start("4.3.1", { [name]: undefined });
        await untilLogged(odc, `environment variable <${name}> not set, cannot start odc-server`);
        assert.equal(await odc.running(), true);
        assert.equal(await answers(odc.url), false);
      });
    }

    it("starts, says that it is a stand-in, and shows node and version", async () => {
      const odc = await start("4.3.1", {
        ODC_HOST: "10.0.0.1",
        ODC_SERVER_PORT: "9000",
        ODC_APP_EXTRA_ARGS: "--some.thing=10m",
      });
      await untilHealthy(odc);
      const info = (await (await fetch(`${odc.url}/api/v2/info`)).json()) as { data: unknown };
      assert.deepEqual(info.data, { version: "4.3.1", profiles: ["alipay"], standIn: true });
      const page = await (await fetch(`${odc.url}/login`)).text();
      assert.match(page, /<h1>ODC stand-in<\/h1>/);
      assert.match(page, /<dd id="node">10\.0\.0\.1<\/dd>.*<dd id="version">4\.3\.1<\/dd>/);
      const log = await odc.log();
      assert.match(log, /stand-in for OceanBase Developer Center 4\.3\.1/);
      assert.match(log, /cmd=.* --server\.port=9000 .*--some\.thing=10m/);
      assert.ok(!log.includes(lab.metadb.password), "the MetaDB's password is in the log");
      assert.match(await odc.sh("ps -o args= -p 1"), /supervisord -c \/etc\/supervisor\/supervisord\.conf/);
    });

    it("holds the password of admin to the rule", async () => {
      const odc = await start("4.3.1", {});
      const passwords: [password: string, allowed: boolean][] = [
        ["aaBB11..", true],
        ["aB1.aB1.", true],
        [`aaBB11..${"x".repeat(24)}`, true],
        ["aaBB1._+@#$%2", true],
        ["aaBB11.", false],
        [`aaBB11..${"x".repeat(25)}`, false],
        ["aaBBcc1.", false],
        ["aaB11c..", false],
        ["AAa11B..", false],
        ["aaBB11.x", false],
        ["aaBB11. .", false],
        ["aaBB11..!", false],
        ["ääBB11..", false],
      ];
      const script =
        "import sys,json; from odc_standin.admin import follows_rule as f; print(json.dumps([f(p) for p in json.loads(sys.argv[1])]))";
      const given = JSON.stringify(passwords.map(([password]) => password));
      const output = await odc.sh(`PYTHONPATH=/opt/odc/lib python3 -c '${script}' '${given}'`);
      assert.deepEqual(
        JSON.parse(output),
        passwords.map(([, allowed]) => allowed),
      );
    });

    it("aborts its start for a bad password of admin, without showing it", async () => {
      const odc = await start("4.3.1", { ODC_ADMIN_INITIAL_PASSWORD: "Weak#Pass1" });
      const log = await untilLogged(odc, "ODC_ADMIN_INITIAL_PASSWORD must have 8 to 32 characters");
      assert.ok(!log.includes("Weak#Pass1"));
      assert.equal(await odc.running(), true);
      assert.equal(await answers(odc.url), false);
    });

    it("takes the password over once and ignores it from then on, even a bad one", async () => {
      await untilHealthy(await start("4.3.1", { ODC_ADMIN_INITIAL_PASSWORD: "aaBB11.." }));
      const second = await start("4.3.1", { ODC_ADMIN_INITIAL_PASSWORD: "bad" });
      await untilHealthy(second);
      assert.equal((await logIn(second, "bad")).status, 401);
      assert.equal((await logIn(second, "aaBB11..")).status, 200);
      const [stored = ""] = await sql(lab, "SELECT HEX(password_hash) FROM iam_user WHERE account_name = 'admin'");
      assert.match(stored, /^[0-9A-F]{128}$/);
    });

    it("keeps sessions in the MetaDB and files on the node", async () => {
      const [first, second] = await Promise.all([start("4.3.1", { ODC_HOST: "a" }), start("4.3.1", { ODC_HOST: "b" })]);
      await Promise.all([untilHealthy(first), untilHealthy(second)]);
      const { cookie } = await logIn(first, "aaBB11..");
      assert.match(cookie, /^JSESSIONID=/);
      const me = await fetch(`${second.url}/api/v2/iam/users/me`, { headers: { cookie } });
      assert.equal(((await me.json()) as { data: { accountName: string } }).data.accountName, "admin");
      const file = "/api/v2/objectstorage/files/result.csv";
      assert.equal((await fetch(first.url + file, { method: "POST", body: "a,b\n", headers: { cookie } })).status, 200);
      assert.equal(await (await fetch(first.url + file, { headers: { cookie } })).text(), "a,b\n");
      assert.equal((await fetch(second.url + file, { headers: { cookie } })).status, 404);
      assert.equal((await fetch(first.url + file)).status, 401);
    });

    it("upgrades the MetaDB and refuses to go back", async () => {
      const old = await start("4.3.1", {});
      await untilHealthy(old);
      await old.remove();
      started.splice(0);
      const newer = await start("4.3.2", {});
      await untilHealthy(newer);
      assert.deepEqual(await sql(lab, "SELECT version FROM migrate_schema_history ORDER BY version"), [
        "4.3.1",
        "4.3.2",
      ]);
      const back = await start("4.3.1", {});
      await untilLogged(back, "Software degrade is not allowed, current version=4.3.1, version in the MetaDB=4.3.2");
      assert.equal(await answers(back.url), false);
      assert.equal(await answers(newer.url), true);
    });

    it("aborts its start when the MetaDB refuses it, without showing the password", async () => {
      const odc = await start("4.3.1", { DATABASE_PASSWORD: "not-the-password" });
      const log = await untilLogged(
        odc,
        `the MetaDB at ${lab.metadb.address}:3306 cannot be used as odc@meta#lab: Access denied`,
      );
      assert.ok(!log.includes("not-the-password"));
    });

    it("takes the time that STANDIN_START_DELAY says", async () => {
      const began = Date.now();
      await untilHealthy(await start("4.3.1", { STANDIN_START_DELAY: "4" }));
      assert.ok(Date.now() - began >= 4000, `${Date.now() - began} ms`);
    });

    it("waits a minute for another node's migration, then gives up; health does not probe the MetaDB", async () => {
      assert.equal(await answers(waiter.url), false);
      await untilLogged(waiter, "failed to get the MetaDB lock ODC_METADB_MIGRATE within 60 seconds", 75);
      assert.ok(Date.now() - waiterStarted >= 60_000);
      assert.equal(await answers(waiter.url), false);
      await holder.query("SELECT RELEASE_LOCK('ODC_METADB_MIGRATE')");
      await untilHealthy(waiter);
      await dockerClient().getContainer(objectNames(other.name, other.directory).container("metadb")).kill();
      assert.equal(await answers(waiter.url), true);
    });
  });

  describe("lab/down", () => {
    it("leaves nothing of its lab, and other labs alone", async () => {
      const { network, bridge, volume } = objectNames(other.name, other.directory);
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
      assert.equal(before.length, MEMBER_NAMES.length + 1 + 5);
      for (const name of [network, volume, "interface", "firewall rule", "files"])
        assert.ok(before.includes(name), name);
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
