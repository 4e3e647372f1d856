import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { on } from "./hosts";
import { DIRECTORY, onServer, type Procedures, USER } from "./metadb-procedures";
import { DatabaseServer } from "./metadb-server";

describe("Backups of a MetaDB on MariaDB, by the clients of a real host", function () {
  this.timeout(120_000);
  let server: DatabaseServer;
  let metaDb: Procedures;

  onServer(
    () => DatabaseServer.mariaDb(),
    (bench) => ({ server, metaDb } = bench),
  );

  /** Does something while the user has no right to the scratch database. */
  async function withoutGrant(work: () => Promise<void>): Promise<void> {
    await server.sql(`REVOKE ALL PRIVILEGES ON bk_one_dbha_scratch.* FROM '${USER}'@'%'`);
    await work().finally(() => server.sql(metaDb.grant("bk_one")));
  }

  it("have its triggers, views and generated columns", async () => {
    const account = `\`${USER}\`@\`%\``;
    await server.sql(
      "USE bk_one",
      `CREATE DEFINER=${account} TRIGGER shout BEFORE INSERT ON node FOR EACH ROW SET NEW.title = UPPER(NEW.title)`,
      `CREATE DEFINER=${account} VIEW titles AS SELECT id, title FROM bk_one.node`,
      "CREATE TABLE twice (id INT, double_id INT GENERATED ALWAYS AS (id * 2) STORED)",
      "INSERT INTO twice (id) VALUES (4)",
    );
    const rows = await metaDb.contents();
    const { path, proof, tables, views } = await metaDb.backup();
    assert.deepEqual({ proof, tables, views }, { proof: "restored", tables: 4, views: 1 });
    await server.sql("DROP TRIGGER shout", "DROP TABLE task");
    await metaDb.succeed("restore", path);
    assert.deepEqual(await metaDb.contents(), rows);
    await server.sql("INSERT INTO bk_one.node (title) VALUES ('loud')");
    assert.deepEqual(await server.sql("SELECT title FROM bk_one.node ORDER BY id DESC LIMIT 1"), ["LOUD"]);
  });

  const definers: [what: string, line: number, statement: string][] = [
    ["view", 122, "CREATE DEFINER=root@'%' VIEW titles AS SELECT id, title FROM bk_one.node"],
    ["trigger", 78, "CREATE DEFINER=root@'%' TRIGGER shout BEFORE INSERT ON node FOR EACH ROW SET NEW.title = 'x'"],
  ];
  for (const [what, line, statement] of definers)
    it(`are refused for a ${what} of another definer, which this user may not restore (1227)`, async () => {
      await server.sql("USE bk_one", statement);
      assert.equal(
        await metaDb.refused("backup"),
        `the backup of the MetaDB cannot be restored: the scratch database bk_one_dbha_scratch refused it (ERROR 1227 (42000) at line ${line}: Access denied; you need (at least one of) the SUPER, SET USER privilege(s) for this operation); fix: let the views and triggers of the MetaDB have its user as their definer, or give that user SUPER`,
      );
      await withoutGrant(async () =>
        assert.equal(
          await metaDb.refused("backup"),
          `the backup of the MetaDB may not be restorable: root@% is the definer of a view or trigger, and the MetaDB's user is ${USER}@%; fix: ${metaDb.grant("bk_one")}, so that a restore can be tried, or let views and triggers have ${USER}@% as their definer`,
        ),
      );
    });

  it("refuse what was dumped from an OceanBase, before anything is emptied", async () => {
    const file = `${DIRECTORY}/oceanbase.sql.gz`;
    const text = readFileSync("test/fixtures/metadb/mysqldump-9.7.sql");
    await on("p3", `base64 -d <<'END' | gzip >${file}\n${text.toString("base64")}\nEND`);
    const problem = `the backup ${file} cannot be restored: it is of an OceanBase, and the MetaDB is none (ORGANIZATION INDEX); fix: name another MetaDB or another backup`;
    assert.equal(await metaDb.refused("restore", file), problem);
    await withoutGrant(async () => assert.equal(await metaDb.refused("restore", file), problem));
  });

  it("are only looked through where the user may make no scratch database, and name the grant that makes it good", async () => {
    await withoutGrant(async () => {
      const { proof, missingGrant } = await metaDb.backup();
      assert.deepEqual([proof, missingGrant], ["inspected", metaDb.grant("bk_one")]);
    });
    assert.equal((await metaDb.backup()).proof, "restored");
  });
});
