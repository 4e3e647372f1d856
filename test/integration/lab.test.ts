import assert from "node:assert/strict";
import { existsSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { dockerClient } from "../../lab/src/docker";
import { exec, labDown, labUp, readLab, run, type Lab } from "../../lab/src/lab";
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
      assert.equal(before.length, MEMBER_NAMES.length + 1 + 5);
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
