import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { dockerClient } from "../../lab/src/docker";
import { heal, inject } from "../../lab/src/faults";
import { PUBLISHED_IMAGES, tarballPath } from "../../lab/src/images";
import { HOST_KEY_KINDS } from "../../lab/src/keys";
import { labDown, labUp, readLab, run, sql, type Lab } from "../../lab/src/lab";
import { HOST_NAMES, MEMBER_NAMES, objectNames, type MemberName } from "../../lab/src/name";
import { command, faultsOf } from "./lab-command";

const HURT = "labhurt";
const WELL = "labwell";

describe("damage to a lab", function () {
  this.timeout(120_000);
  let lab: Lab;
  let neighbour: Lab;

  before(async () => {
    [lab, neighbour] = await Promise.all([labUp(HURT), labUp(WELL)]);
    for (const of of [lab, neighbour])
      await sql(of, "CREATE TABLE kept (name VARCHAR(20)); INSERT INTO kept VALUES ('data')");
    for (const host of HOST_NAMES) await run(lab, host, "echo data > /root/kept");
  });
  after(() => Promise.all([labDown(HURT), labDown(WELL)]));

  const container = (of: Lab, member: MemberName) =>
    dockerClient().getContainer(objectNames(of.name, of.directory).container(member));
  const hostKeyFiles = HOST_NAMES.flatMap((host) => HOST_KEY_KINDS.map((kind) => `host-keys/${host}_${kind}`));
  const keyFiles = ["id_ed25519", ...hostKeyFiles, "metadb.password"] as const;
  const contents = (of: Lab): Record<string, string> => {
    const whole = (file: string): string => {
      const path = join(of.directory, file);
      const entry = lstatSync(path);
      if (entry.isSymbolicLink()) return readlinkSync(path);
      return entry.isFile() ? readFileSync(path, "base64") : "directory";
    };
    const files = readdirSync(of.directory, { recursive: true, encoding: "utf8" });
    return Object.fromEntries(files.map((file) => [file, whole(file)]));
  };
  /** All that makes a lab: containers with their start, addresses, firewall rules, files, data. */
  const everything = async (of: Lab): Promise<unknown> => {
    const { network, bridge } = objectNames(of.name, of.directory);
    const members = await Promise.all(MEMBER_NAMES.map((member) => container(of, member).inspect()));
    const rules = (await command("iptables-save")).output.split("\n");
    const stem = of.subnet.replace(/0\/24$/, "");
    return {
      members: members.map(({ Id, State, NetworkSettings }) => [
        Id,
        State.StartedAt,
        NetworkSettings.Networks[network],
      ]),
      // Docker's rules that shut its networks off from each other come and go with the others
      rules: rules.filter((rule) => rule.includes(bridge) || rule.includes(stem)),
      files: contents(of),
      data: await sql(of, "SELECT name FROM kept"),
    };
  };

  /**
   * Repairs the lab and checks what has to survive: the MetaDB's data, all keys but `newKeys`, what is on the hosts but
   * `newHosts`, the addresses, and the neighbour as it is.
   */
  const repairs = async (newKeys: readonly string[] = [], newHosts: readonly string[] = []): Promise<string> => {
    const untouched = await everything(neighbour);
    const { output, exitCode } = await command("lab/up", "--name", HURT);
    assert.equal(exitCode, 0, output);
    assert.deepEqual(await faultsOf(HURT), {});
    assert.deepEqual(await everything(neighbour), untouched);
    const repaired = readLab(HURT);
    assert.deepEqual(repaired.hosts.p1.address, lab.hosts.p1.address);
    assert.deepEqual(await sql(repaired, "SELECT name FROM kept"), ["data"]);
    for (const host of HOST_NAMES) {
      const kept = await run(repaired, host, "cat /root/kept || true");
      assert.equal(kept, newHosts.includes(host) ? "" : "data", host);
      await run(repaired, host, "echo data > /root/kept");
    }
    const now = contents(repaired);
    for (const file of keyFiles) assert.equal(now[file] !== keys[file], newKeys.includes(file), file);
    lab = repaired;
    return output;
  };
  let keys: Record<string, string>;
  beforeEach(() => (keys = contents(lab)));

  const file = (name: string): string => join(lab.directory, name);

  for (const [what, content] of [
    ["cut short", '{ "name": "labh'],
    ["another lab's", '{ "name": "labwell", "subnet": "10.213.1.0/24" }'],
  ] as const) {
    it(`a lab.json ${what} is written from what runs; nothing is made anew`, async () => {
      const before = await everything(lab);
      writeFileSync(file("lab.json"), content);
      assert.deepEqual(await faultsOf(HURT), { "lab.json": "damaged; lab/up writes it from what runs" });
      assert.throws(() => readLab(HURT), {
        message: `lab ${HURT} has faults: lab.json damaged; lab/up writes it from what runs; repair it with: lab/up --name ${HURT}`,
      });
      await repairs();
      assert.deepEqual(await everything(lab), before);
    });
  }

  it("a missing lab.json, a host key cut short and an open private key: only that host and its key are new", async () => {
    rmSync(file("lab.json"));
    truncateSync(file("host-keys/p2_rsa"), 100);
    chmodSync(file("id_ed25519"), 0o644);
    assert.deepEqual(await faultsOf(HURT), {
      "lab.json": "missing; lab/up writes it from what runs",
      id_ed25519: "mode 644 instead of 600; lab/up sets it",
      "host-keys/p2_rsa": "damaged; lab/up makes a new key and p2 anew",
    });
    await repairs(["host-keys/p2_rsa"], ["p2"]);
    assert.equal(statSync(file("id_ed25519")).mode & 0o777, 0o600);
  });

  it("a private key cut short, a password cut short and a missing host key: the host keys left and the MetaDB's data stay", async () => {
    truncateSync(file("id_ed25519"), 200);
    truncateSync(file("metadb.password"), 7);
    rmSync(file("host-keys/p3_ed25519"));
    assert.deepEqual(await faultsOf(HURT), {
      id_ed25519: "damaged; lab/up makes a new key and the three hosts anew",
      "host-keys/p3_ed25519": "missing; lab/up makes a new key and p3 anew",
      "metadb.password": "damaged; lab/up makes a new password; the MetaDB keeps its data",
    });
    await repairs(["id_ed25519", "metadb.password", "host-keys/p3_ed25519"], HOST_NAMES);
  });

  it("a tarball cut short, one that is gone from the cache, links missing and dangling, a changed inventory", async () => {
    const [first, second, third] = PUBLISHED_IMAGES.map((image) => ({ cached: tarballPath(image), name: image.name }));
    assert.ok(first !== undefined && second !== undefined && third !== undefined);
    // under another name first: who reads the file now goes on reading the whole one
    const cut = `${third.cached}.cut`;
    writeFileSync(cut, readFileSync(third.cached).subarray(0, 1_000_000));
    renameSync(cut, third.cached);
    const links = [first, second].map(({ name }) => lab.images[name]?.tarball ?? "");
    rmSync(links[0] ?? "");
    rmSync(links[1] ?? "");
    symlinkSync("/nowhere", links[1] ?? "");
    rmSync(dirname(lab.packages["obproxy-4.2.3"]));
    writeFileSync(lab.inventoryFile, "hosts: []\n");
    assert.deepEqual(await faultsOf(HURT), {
      images:
        "no link to odc-4.3.1; lab/up makes it; no link to nginx; lab/up makes it; oms-4.2.7 is damaged in the cache; lab/up saves it again; no link to the packages; lab/up makes it",
      files: `${lab.inventoryFile}: missing or changed; lab/up writes it`,
    });
    await repairs();
    for (const file of [...Object.values(lab.images).map(({ tarball }) => tarball), ...Object.values(lab.packages)])
      assert.deepEqual(await command("gzip", "--test", file), { output: "", exitCode: 0 });
    rmSync(third.cached);
    assert.deepEqual(await faultsOf(HURT), { images: "oms-4.2.7 is not in the cache; lab/up saves it" });
    await repairs();
    assert.ok(existsSync(third.cached), basename(third.cached));
  });

  it("containers removed by hand: the others go on, the MetaDB has its data", async () => {
    const before = (await container(lab, "p1").inspect()).State.StartedAt;
    await Promise.all(
      (["p3", "metadb"] as const).map((member) => container(lab, member).remove({ force: true, v: true })),
    );
    assert.deepEqual(await faultsOf(HURT), {
      p3: "no container; lab/up makes it",
      metadb: "no container; lab/up makes it",
    });
    await repairs([], ["p3"]);
    assert.equal((await container(lab, "p1").inspect()).State.StartedAt, before);
  });

  it("the network removed by hand while a host is stopped: all members keep what they have", async () => {
    const { network } = objectNames(lab.name, lab.directory);
    await container(lab, "p2").kill();
    for (const member of ["p1", "p3", "metadb"] as const)
      await dockerClient()
        .getNetwork(network)
        .disconnect({ Container: container(lab, member).id, Force: true });
    await dockerClient().getNetwork(network).remove();
    const loose = "container is cut off from the lab's network; lab/up connects it";
    assert.deepEqual(await faultsOf(HURT), {
      p1: loose,
      p2: "container exited; lab/up starts it",
      p3: loose,
      metadb: loose,
      network: "no such network; lab/up makes it",
    });
    await repairs();
  });

  it("a fault, lab/down and lab/up of one lab leave the other as it is", async () => {
    const before = await everything(neighbour);
    await inject(lab, "p1", { kind: "cut" });
    assert.deepEqual(await everything(neighbour), before);
    await heal(lab, "p1");
    await container(lab, "metadb").kill();
    await labDown(HURT);
    assert.deepEqual(await everything(neighbour), before);
    lab = await labUp(HURT);
    assert.deepEqual(await everything(neighbour), before);
    assert.deepEqual(await faultsOf(WELL), {});
    await sql(lab, "CREATE TABLE kept (name VARCHAR(20)); INSERT INTO kept VALUES ('data')");
    for (const host of HOST_NAMES) await run(lab, host, "echo data > /root/kept");
  });
});
