import assert from "node:assert/strict";
import { join } from "node:path";
import { utils } from "ssh2";
import { specHash } from "../../../lab/src/container";
import { environment } from "../../../lab/src/env";
import { hostSpec, type LabContext } from "../../../lab/src/hosts";
import { publicKey } from "../../../lab/src/keys";
import { initStatements } from "../../../lab/src/metadb";
import { MARIADB, metadbSpec, OCEANBASE } from "../../../lab/src/metadb-server";
import { machineOf, reachedAs } from "../../../lab/src/machines";
import { checkLabName, HOST_NAMES, objectNames } from "../../../lab/src/name";
import { labPaths, REPO_ROOT } from "../../../lab/src/paths";
import { Hopeless, waitFor } from "../../../lab/src/wait";

function context(): LabContext {
  const pair = (type: string) => ({ privateKey: `HOST-SECRET ${type}`, publicKey: `${type} AAAA` });
  const keys = { rsa: pair("ssh-rsa"), ecdsa: pair("ecdsa-sha2-nistp256"), ed25519: pair("ssh-ed25519") };
  return {
    name: "demo",
    directory: "/x/.lab/demo",
    subnet: "10.213.7.0/24",
    names: objectNames("demo", "/x/.lab/demo"),
    secrets: {
      clientKey: "client",
      clientPublicKey: "ssh-ed25519 CCCC",
      hostKeys: { p1: keys, p2: keys, p3: keys },
      metadbPassword: "pa-ss_word",
    },
  };
}

describe("names of a lab's objects", () => {
  it("takes names that fit everywhere and refuses others with the rule", () => {
    assert.equal(checkLabName("demo-2"), "demo-2");
    for (const name of ["", "Demo", "2demo", "a b", "../x", "a".repeat(21)]) {
      assert.throws(() => checkLabName(name), /1 to 20 lower-case letters, digits and hyphens/, name);
    }
  });

  it("keeps labs of the same name in two checkouts apart, and bridges within Linux's limit", () => {
    const [a, b] = [objectNames("demo", "/a/.lab/demo"), objectNames("demo", "/b/.lab/demo")];
    assert.match(a.container("p1"), /^dbha-demo-[0-9a-f]{6}-p1$/);
    for (const key of ["network", "bridge"] as const) assert.notEqual(a[key], b[key]);
    assert.match(a.volume("seekdb"), /^dbha-demo-[0-9a-f]{6}-seekdb$/);
    assert.notEqual(a.volume("seekdb"), b.volume("seekdb"));
    assert.notEqual(a.container("p1"), b.container("p1"));
    assert.match(objectNames("a".repeat(20), "/a").bridge, /^dbha-[0-9a-f]{8}$/);
  });
});

describe("containers of a lab", () => {
  it("are made anew when address, key, image or password changes", () => {
    const base = context();
    const other: LabContext[] = [
      { ...base, subnet: "10.213.8.0/24" },
      { ...base, secrets: { ...base.secrets, clientPublicKey: "ssh-ed25519 DDDD" } },
    ];
    assert.equal(specHash(hostSpec(base, "p1")), specHash(hostSpec(context(), "p1")));
    for (const lab of other) assert.notEqual(specHash(hostSpec(lab, "p1")), specHash(hostSpec(base, "p1")));
    const rotated = { ...base, secrets: { ...base.secrets, metadbPassword: "other" } };
    assert.notEqual(specHash(metadbSpec(rotated, MARIADB)), specHash(metadbSpec(base, MARIADB)));
    // whose users the lab changes while it runs
    assert.equal(specHash(metadbSpec(rotated, OCEANBASE)), specHash(metadbSpec(base, OCEANBASE)));
    assert.equal(specHash(hostSpec(rotated, "p1")), specHash(hostSpec(base, "p1")));
  });

  it("are three plain hosts in the demo, and three that differ in the labs of the tests", () => {
    const seen = (lab: LabContext) =>
      HOST_NAMES.map((host) => {
        const { options, files } = hostSpec(lab, host);
        const [login] = files.filter((file) => file.path.endsWith("authorized_keys"));
        const settings = files.find((file) => file.path === "/etc/docker/daemon.json")?.content ?? "{}";
        const image = options.Image?.replace(/^dbha-lab\/|:.*$/g, "");
        const { features } = JSON.parse(settings) as { features?: unknown };
        return { image, features, path: login?.path, ...login?.owner, ...reachedAs(machineOf(lab.name, host)) };
      });
    const root = { path: "/root/.ssh/authorized_keys", uid: 0, gid: 0, user: "root" };
    const plain = { image: "host", features: undefined, ...root };
    assert.deepEqual(seen(context()), [plain, plain, plain]);
    const mixed = [
      plain,
      { image: "host-13", features: { "containerd-snapshotter": true }, ...root },
      {
        image: "host-sudo",
        features: undefined,
        ...{ path: "/home/deploy/.ssh/authorized_keys", uid: 1000, gid: 1000, user: "deploy", sudo: true },
      },
    ];
    for (const name of ["test", "test-1", "test-2"]) assert.deepEqual(seen({ ...context(), name }), mixed, name);
    assert.deepEqual(seen({ ...context(), name: "tests" }), [plain, plain, plain]);
  });

  it("keep secrets out of what `docker inspect` shows", () => {
    const lab = context();
    for (const spec of [hostSpec(lab, "p1"), metadbSpec(lab, OCEANBASE), metadbSpec(lab, MARIADB)]) {
      const visible = JSON.stringify(spec.options);
      assert.ok(!visible.includes("HOST-SECRET") && !visible.includes("pa-ss_word"), visible);
    }
    const modes = hostSpec(lab, "p1").files.map((file) => [file.path, file.mode.toString(8)]);
    assert.deepEqual(modes, [
      ["/etc/ssh/ssh_host_rsa_key", "600"],
      ["/etc/ssh/ssh_host_rsa_key.pub", "644"],
      ["/etc/ssh/ssh_host_ecdsa_key", "600"],
      ["/etc/ssh/ssh_host_ecdsa_key.pub", "644"],
      ["/etc/ssh/ssh_host_ed25519_key", "600"],
      ["/etc/ssh/ssh_host_ed25519_key.pub", "644"],
      ["/root/.ssh/authorized_keys", "600"],
    ]);
  });

  it("know each other by name", () => {
    assert.deepEqual(hostSpec(context(), "p2").options.HostConfig?.ExtraHosts, [
      "p1:10.213.7.11",
      "p2:10.213.7.12",
      "p3:10.213.7.13",
      "metadb:10.213.7.10",
    ]);
  });

  it("give the MetaDB its user in the vendor's form, with statements that can be repeated", () => {
    assert.deepEqual(initStatements("pw"), [
      "CREATE DATABASE IF NOT EXISTS odc_metadb CHARACTER SET utf8mb4",
      "CREATE USER IF NOT EXISTS 'odc@meta#lab'@'%'",
      "ALTER USER 'odc@meta#lab'@'%' IDENTIFIED BY 'pw'",
      ...["odc_metadb", "oms_rm", "oms_cm", "oms_cm_heartbeat"].flatMap((database) => [
        `GRANT ALL PRIVILEGES ON ${database}.* TO 'odc@meta#lab'@'%'`,
        `GRANT ALL PRIVILEGES ON ${database}_dbha_scratch.* TO 'odc@meta#lab'@'%'`,
      ]),
    ]);
  });
});

describe("lab/env", () => {
  it("points Pulumi at the lab's own state and puts lab/bin first", () => {
    const lab = join(REPO_ROOT, ".lab/demo");
    assert.equal(
      environment(labPaths("demo")),
      [
        `export PULUMI_BACKEND_URL='file://${lab}/state'`,
        "export PULUMI_CONFIG_PASSPHRASE='dbha-lab'",
        "export PULUMI_SKIP_UPDATE_CHECK='true'",
        `export PATH='${REPO_ROOT}/lab/bin':"$PATH"`,
      ].join("\n"),
    );
  });
});

describe("keys and waiting", () => {
  it("derives the pinned key from a private key, and says when a key is none", () => {
    let pair = utils.generateKeyPairSync("ed25519");
    while (utils.parseKey(pair.private) instanceof Error) pair = utils.generateKeyPairSync("ed25519");
    assert.equal(publicKey(pair.private), pair.public.trim());
    assert.throws(() => publicKey("nonsense"), /a key of the lab cannot be read .*; repair the lab with lab\/up/);
  });

  it("waits until an attempt succeeds", async () => {
    let attempts = 0;
    const attempt = () => (++attempts < 3 ? Promise.reject(new Error("not yet")) : Promise.resolve("there"));
    assert.equal(await waitFor("it did not come", 5, attempt), "there");
    assert.equal(attempts, 3);
  });

  it("gives up at once when no further attempt can help", async () => {
    let attempts = 0;
    const attempt = () => (attempts++, Promise.reject(new Hopeless("it ended")));
    await assert.rejects(waitFor("it did not come", 60, attempt), { message: "it ended" });
    assert.equal(attempts, 1);
  });

  it("gives up at the limit with what it last saw", async () => {
    const attempt = () => Promise.reject(new Error("connection refused"));
    await assert.rejects(waitFor("p1: sshd did not answer", 0.1, attempt), {
      message: "p1: sshd did not answer within 0.1 s; last seen: connection refused",
    });
  });
});
