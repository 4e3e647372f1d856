import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Host } from "../../../components";
import { backupDirectory, MetaDbBackups } from "../../../components/metadb/backups";
import { mockEngine, valueOf, type Registered } from "./mocks";

const backup = { directory: "/var/backups/oms", keep: 5, keepOnDestroy: true };
const metaDb = pulumi.output({
  metaDb: { host: "10.0.0.9", port: 2883, username: "oms@meta#ob", password: "meta-pass" },
  databases: ["oms_rm", "oms_cm"],
});
const hosts = (...names: string[]): Host[] =>
  names.map(
    (name, i) => new Host(name, { address: `10.0.0.${i + 1}`, acceptUnknownHostKey: true, lost: name === "l1" }),
  );

/** Backups that are attempts, whose command says this. */
async function attempts(stdout: string): Promise<{ backups: MetaDbBackups; registered: Registered[] }> {
  const registered = await mockEngine({}, {}, {}, undefined, undefined, { "oms-backup-p1": stdout });
  const nodes = hosts("l1", "p1");
  const parent = new pulumi.ComponentResource("test:index:Test", "oms");
  const directory = backupDirectory("oms", nodes, backup, parent);
  const args = { nodes, backup, directory, metaDb, trigger: pulumi.output("an image"), after: [], attempt: true };
  return { backups: new MetaDbBackups("oms", args, parent), registered };
}

describe("Backups of a MetaDB that are attempts", () => {
  it("run the procedure that answers, and say why there is none", async () => {
    const problem = "the backup is empty; fix: see mysqldump";
    const { backups, registered } = await attempts(`welcome to p1\n${JSON.stringify({ problem })}`);
    assert.equal(await valueOf(backups.problem), problem);
    const { create, update, triggers } = registered.find(({ name }) => name === "oms-backup-p1")?.inputs ?? {};
    assert.deepEqual([create, update, triggers], ["sh -s attempt", "sh -s newest", ["an image"]]);
  });

  it("have no problem where one was made", async () => {
    const { backups } = await attempts('{"path":"/b","bytes":1,"tables":1,"version":"4.2.7"}');
    assert.equal(await valueOf(backups.problem), "");
  });
});
