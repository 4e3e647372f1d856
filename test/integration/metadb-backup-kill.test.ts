import assert from "node:assert/strict";
import { eventually, on } from "./hosts";
import { DIRECTORY, Procedures } from "./metadb-procedures";
import { DatabaseServer } from "./metadb-server";

const scratch = "bk_one_dbha_scratch";

/** Where a procedure is killed, and what is left then beside its working files. */
interface Moment {
  what: string;
  procedure: "backup" | "restore";
  at: Parameters<Procedures["killAt"]>[1];
  scratchLeft: boolean;
  /** Tables of the MetaDB that are gone, or empty; of what is not named all is there. */
  lost: { missing?: string[]; empty?: string[] };
}

const client = "mysql";
const moments: Moment[] = [
  {
    what: "in the dump",
    procedure: "backup",
    at: { client: "mysqldump", database: "bk_one", line: "INSERT INTO `node`" },
    scratchLeft: false,
    lost: {},
  },
  {
    what: "while its dump is restored for a proof",
    procedure: "backup",
    at: { client, database: scratch, line: "INSERT INTO `node`" },
    scratchLeft: true,
    lost: {},
  },
  {
    what: "while what came out is compared",
    procedure: "backup",
    at: { client: "mysqldump", database: scratch, line: "CREATE TABLE `node`" },
    scratchLeft: true,
    lost: {},
  },
  {
    what: "in the trial before a restore",
    procedure: "restore",
    at: { client, database: scratch, line: "INSERT INTO `node`" },
    scratchLeft: true,
    lost: {},
  },
  {
    what: "while the MetaDB is emptied",
    procedure: "restore",
    at: { client, database: "bk_one", line: "DROP TABLE `node`" },
    scratchLeft: false,
    lost: { missing: ["migrations", "node"] },
  },
  {
    what: "while the backup is put in its place",
    procedure: "restore",
    at: { client, database: "bk_one", line: "CREATE TABLE `task`" },
    scratchLeft: false,
    lost: { missing: ["task"] },
  },
];

describe("A procedure on a MetaDB that is killed", function () {
  this.timeout(60_000);
  let server: DatabaseServer;
  let metaDb: Procedures;
  let file: string;
  let rows: Record<string, string[]>;

  before(async () => {
    server = await DatabaseServer.ofLab();
    metaDb = new Procedures(server);
    await metaDb.prepare();
    [rows = {}] = await metaDb.contents();
    file = (await metaDb.backup()).path;
  });
  after(async () => {
    await metaDb.clear();
    await server.close();
  });

  const backups = (): Promise<string> => on("p3", `ls ${DIRECTORY}`);

  for (const { what, procedure, at, scratchLeft, lost } of moments)
    it(`${what} leaves every backup, and the next run cleans up and succeeds`, async () => {
      const before = await backups();
      const letGo = await metaDb.killAt(procedure, at, file);
      await letGo();
      assert.equal(await backups(), before);
      assert.deepEqual(await server.databases("bk%scratch"), scratchLeft ? [scratch] : []);
      const left = Object.fromEntries(Object.entries(rows).filter(([table]) => !lost.missing?.includes(table)));
      assert.deepEqual(await metaDb.contents(), [left]);
      await metaDb.succeed(procedure, file);
      assert.deepEqual(await metaDb.contents(), [rows]);
      await metaDb.assertClean();
    });

  it("alone, while its clients go on: the next run waits until they have ended, and succeeds", async () => {
    const at = { client, database: "bk_one", line: "CREATE TABLE `task`" } as const;
    const letGo = await metaDb.killAt("restore", at, file, "script");
    const next = metaDb.succeed("restore", file);
    await eventually(
      "the next run waits",
      20,
      () => on("p3", "ps -eo args | grep -c '^flock -w' || true"),
      (count) => count === "1",
    );
    assert.deepEqual(Object.keys((await metaDb.contents())[0] ?? {}), ["migrations", "node"]);
    await letGo();
    const { lines } = await next;
    assert.equal(lines[0], "waiting for another backup or restore of this MetaDB to end");
    assert.deepEqual(await metaDb.contents(), [rows]);
    await metaDb.assertClean();
  });
});
