import assert from "node:assert/strict";
import type { Health } from "../../../provider/resources";
import { Host, OdcHaDeployment, type OdcHaDeploymentArgs } from "../../../components";
import { downgradeProblem, versionOf } from "../../../components/odc/downgrade";
import { isSecret, mockEngine, unwrap, valueOf, type Registered } from "./mocks";
import { placing } from "./placing";

const running = (version: string): Health => ({ healthy: true, values: { version }, detail: "HTTP 200" });
const names = ["p1", "p2", "p3"];

/** Three nodes behind nginx on the first host. */
function deploy(more: Partial<OdcHaDeploymentArgs> = {}) {
  const hosts = names.map((name, i) => new Host(name, { address: `10.0.0.${i + 1}`, acceptUnknownHostKey: true }));
  const { transformations, placed } = placing();
  const args: OdcHaDeploymentArgs = {
    nodes: hosts,
    image: { reference: "vendor/odc:4.3.2" },
    metaDb: { host: "10.0.0.9", port: 2883, username: "odc@meta#ob", password: "meta-pass" },
    proxy: { hosts: hosts.slice(0, 1), image: { reference: "nginx:1.27" } },
    ...more,
  };
  return { odc: new OdcHaDeployment("odc", args, { transformations }), placed };
}

describe("The order in which ODC's nodes are changed", () => {
  const table: [what: string, healthy: string[], order: string[]][] = [
    ["as given when all are down, as at first", [], ["p1", "p2", "p3"]],
    ["as given when all are healthy", ["p1", "p2", "p3"], ["p1", "p2", "p3"]],
    ["with one that is down first", ["p1", "p3"], ["p2", "p1", "p3"]],
    ["with several that are down first", ["p1"], ["p2", "p3", "p1"]],
  ];
  for (const [what, healthy, order] of table)
    it(`is ${what}`, async () => {
      await mockEngine({}, {}, Object.fromEntries(healthy.map((name) => [name, running("4.3.1")])));
      const { odc, placed } = deploy();
      await valueOf(odc.nodes);
      const places = await placed();
      const before = (name: string): string[] =>
        places.get(`odc-node-${name}`)?.after.filter((one) => one.startsWith("odc-health-")) ?? [];
      assert.deepEqual(
        order.map(before),
        order.map((_, i) => (i === 0 ? [] : [`odc-health-${order[i - 1]}`])),
      );
    });
});

describe("A downgrade", () => {
  const node = (host: string, version?: string) => ({ host, healthy: version !== undefined, version });
  const rule = "and ODC refuses to start with a MetaDB that a later version has migrated";
  const fix = "give rollback.backup, a backup from before the upgrade (output backups), beside the old image";
  const table: [reference: string, versions: (string | undefined)[], problem: string | undefined][] = [
    ["odc:4.3.1", ["4.3.2"], `image odc:4.3.1: p1 runs 4.3.2, ${rule}; fix: ${fix}`],
    ["odc:4.3.9", [undefined, "4.3.10"], `image odc:4.3.9: p2 runs 4.3.10, ${rule}; fix: ${fix}`],
    [
      "r.example.com:5000/odc:v4.2.3-x86",
      ["4.3.0"],
      `image r.example.com:5000/odc:v4.2.3-x86: p1 runs 4.3.0, ${rule}; fix: ${fix}`,
    ],
    ["odc:4.3.2", ["4.3.2", "4.3.1"], undefined],
    ["odc:4.3.2.1", ["4.3.2"], undefined],
    ["odc:4.3.1", [undefined, undefined], undefined],
    ["odc:latest", ["4.3.2"], undefined],
    ["4.3.1.example.com/odc", ["4.3.2"], undefined],
  ];
  for (const [reference, versions, problem] of table)
    it(`to ${reference} from ${versions.map((one) => one ?? "nothing").join(" and ")} is ${problem ? "refused" : "none"}`, () => {
      const nodes = versions.map((version, i) => node(`p${i + 1}`, version));
      assert.equal(downgradeProblem(reference, nodes), problem);
    });

  it("is told by the version in a tag, also beside a digest", () => {
    assert.equal(versionOf(`oceanbase/odc:4.3.1@sha256:${"a".repeat(64)}`), "4.3.1");
  });
});

describe("Backup and rollback of the MetaDB", () => {
  let registered: Registered[];
  const inputsOf = (name: string): Record<string, unknown> =>
    registered.find((one) => one.name === name)?.inputs ?? assert.fail(`${name} is missing`);
  const procedure = (name: string): unknown[] => {
    const { create, update, triggers, logging, addPreviousOutputInEnv, stdin } = inputsOf(name);
    assert.deepEqual([logging, addPreviousOutputInEnv, isSecret(stdin)], ["stderr", false, true]);
    return [create, update, triggers];
  };

  it("are commands on the first node's host, run again by a new image, a new backup and another rollback", async () => {
    registered = await mockEngine();
    const { odc, placed } = deploy({ rollback: { backup: "/var/backups/odc/a.sql.gz" } });
    await valueOf(odc.backups);
    assert.deepEqual(procedure("odc-backup-p1"), ["sh -s backup", "sh -s newest", ["sha256:odc-image-p1"]]);
    assert.deepEqual(procedure("odc-backups-p1"), ["sh -s list", "sh -s list", [""]]);
    const file = "/var/backups/odc/a.sql.gz";
    assert.deepEqual(procedure("odc-rollback-check"), ["sh -s check", "sh -s restored", [file]]);
    assert.deepEqual(procedure("odc-restore"), ["sh -s restore", "sh -s restored", [file]]);
    assert.match(unwrap(inputsOf("odc-restore").stdin) as string, /^file='\/var\/backups\/odc\/a\.sql\.gz'$/m);
    const places = await placed();
    const after = (name: string): string[] => places.get(name)?.after ?? [];
    const images = names.map((name) => `odc-image-${name}`);
    assert.deepEqual(after("odc-backup-p1"), ["odc-backup-dir-p1", ...images, "odc-rollback-check"]);
    assert.deepEqual(after("odc-rollback-check"), []);
    assert.deepEqual(after("odc-restore"), ["odc-backup-p1", "odc-rollback-check"]);
    assert.ok(after("odc-node-p1").includes("odc-restore"));
    assert.deepEqual(after("odc-backups-p1"), [
      "odc-backup-dir-p1",
      "odc-backup-p1",
      ...names.map((name) => `odc-health-${name}`),
    ]);
    assert.equal(places.get("odc-restore")?.opts.deleteBeforeReplace, true);
    assert.deepEqual(places.get("odc-restore")?.opts.ignoreChanges, []);
  });

  it("wait for the image on every host while a node serves", async () => {
    registered = await mockEngine({}, {}, { p2: { healthy: true, values: { version: "4.3.1" }, detail: "HTTP 200" } });
    const { odc, placed } = deploy();
    await valueOf(odc.backups);
    const places = await placed();
    const images = names.map((name) => `odc-image-${name}`);
    assert.deepEqual(places.get("odc-backup-p1")?.after, ["odc-backup-dir-p1", ...images]);
    for (const image of images) assert.deepEqual(places.get(image)?.after, []);
  });

  it("restore nothing without rollback, and keep what a rollback has done", async () => {
    registered = await mockEngine();
    const { odc, placed } = deploy();
    await valueOf(odc.backups);
    const places = await placed();
    assert.deepEqual(procedure("odc-restore"), ["sh -s restored", "sh -s restored", [""]]);
    assert.ok(places.get("odc-restore")?.opts.ignoreChanges?.includes("triggers"));
    assert.ok(!places.has("odc-rollback-check"));
    assert.deepEqual(inputsOf("odc-backup-dir-p1").onDelete, "removeIfEmpty");
    assert.deepEqual(
      [inputsOf("odc-backup-dir-p1").path, inputsOf("odc-backup-dir-p1").mode],
      ["/var/backups/odc", "0700"],
    );
  });

  it("run as root by sudo, and remove the backups on destroy where that is asked for", async () => {
    registered = await mockEngine();
    const host = new Host("s1", { address: "10.0.0.1", acceptUnknownHostKey: true, user: "ops", sudo: true });
    const { odc } = deploy({ nodes: [host], backup: { keepOnDestroy: false } });
    await valueOf(odc.backups);
    assert.deepEqual(procedure("odc-backup-s1"), [
      "sudo -n sh -s backup",
      "sudo -n sh -s newest",
      ["sha256:odc-image-s1"],
    ]);
    assert.equal(inputsOf("odc-backup-dir-s1").onDelete, "purge");
  });
});
