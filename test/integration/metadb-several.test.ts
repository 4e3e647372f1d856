import assert from "node:assert/strict";
import { on } from "./hosts";
import { DIRECTORY, Procedures, USER } from "./metadb-procedures";
import { DatabaseServer } from "./metadb-server";

const tool = "/usr/local/bin/mysqldump";
const mark = `${DIRECTORY}/bk-failed-backup.txt`;

/** What makes a database that the user may not make. */
const rightTo = (database: string): string =>
  `CREATE DATABASE IF NOT EXISTS ${database} DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci; GRANT ALL PRIVILEGES ON ${database}.* TO '${USER}'@'%';`;

describe("A MetaDB of several databases on OceanBase, by the clients of a real host", function () {
  this.timeout(60_000);
  let server: DatabaseServer;
  let metaDb: Procedures;

  before(async () => {
    server = await DatabaseServer.ofLab();
    metaDb = new Procedures(server, ["bk_one", "bk_two"]);
    await metaDb.prepare();
  });
  beforeEach(() => metaDb.fill());
  afterEach(async () => {
    await on("p3", `rm -rf ${tool} ${DIRECTORY}/*`);
    for (const database of metaDb.databases) await server.sql(`GRANT ALL PRIVILEGES ON ${database}.* TO '${USER}'@'%'`);
  });
  after(async () => {
    await metaDb.clear();
    await server.close();
  });

  const revoke = (database: string): Promise<string[]> =>
    server.sql(`REVOKE ALL PRIVILEGES ON ${database}.* FROM '${USER}'@'%'`);
  const drop = (...databases: string[]): Promise<string[]> =>
    server.sql(...databases.map((database) => `DROP DATABASE ${database}`));
  const prepared = async (): Promise<unknown> => JSON.parse((await metaDb.succeed("prepare")).answer);

  it("is made where the user may, once, and has nothing to back up then", async () => {
    await drop("bk_one", "bk_two");
    const nothing = { path: "", bytes: 0, tables: 0, version: "" };
    assert.deepEqual(await metaDb.backup(), nothing);
    assert.deepEqual(await prepared(), { made: ["bk_one", "bk_two"] });
    assert.deepEqual(await prepared(), { made: [] });
    const kinds =
      "SELECT DISTINCT default_character_set_name, default_collation_name FROM information_schema.schemata WHERE schema_name LIKE 'bk\\_%'";
    assert.deepEqual(await server.sql(kinds), ["utf8mb4\tutf8mb4_general_ci"]);
    assert.deepEqual(await metaDb.backup(), nothing);
    assert.equal(await on("p3", `ls -A ${DIRECTORY}`), "");
  });

  it("is refused where the user may not make it, with the statements for each database, which make it good", async () => {
    await drop("bk_one", "bk_two");
    await revoke("bk_one");
    await revoke("bk_two");
    const statements = `${rightTo("bk_one")} ${rightTo("bk_two")}`;
    assert.equal(
      await metaDb.refused("prepare"),
      `the MetaDB has not all databases that are needed, and its user may not make or not use: bk_one bk_two; fix: run there as an administrator: ${statements}`,
    );
    await server.sql(...statements.split(";").filter((one) => one.trim() !== ""));
    assert.deepEqual(await prepared(), { made: [] });
  });

  it("is backed up without what is empty or not there, and a restore leaves nothing in that", async () => {
    await drop("bk_two");
    const { path, tables, databases, empty } = await metaDb.backup();
    assert.deepEqual({ tables, databases, empty }, { tables: 3, databases: ["bk_one"], empty: ["bk_two"] });
    const [rows] = await metaDb.contents();
    await server.sql("CREATE DATABASE bk_two", "CREATE TABLE bk_two.later (id INT)", "DROP TABLE bk_one.task");
    const { lines } = await metaDb.succeed("restore", path);
    assert.equal(lines.at(-1), "emptying bk_two, which had no tables when the backup was made");
    assert.deepEqual(await metaDb.contents(), [rows, {}]);
    await drop("bk_two");
    await metaDb.succeed("restore", path);
    assert.deepEqual(await server.databases("bk%"), ["bk_one"]);
    await metaDb.assertClean();
  });

  it("is restored with a database that has vanished, where the user may make it", async () => {
    const rows = await metaDb.contents();
    const { path, databases, empty } = await metaDb.backup();
    assert.deepEqual({ databases, empty }, { databases: ["bk_one", "bk_two"], empty: [] });
    await drop("bk_two");
    await revoke("bk_two");
    assert.match(
      await metaDb.refused("restore", path),
      /^the database bk_two of the MetaDB cannot be used \(ERROR 1044 .*\); fix: /,
    );
    await server.sql(`GRANT SELECT ON bk_two.* TO '${USER}'@'%'`);
    assert.match(
      await metaDb.refused("restore", path),
      /^the database bk_two is not there, and cannot be made \(ERROR 1044 .*\); fix: run there as an administrator: CREATE DATABASE IF NOT EXISTS bk_two /,
    );
    await server.sql(`GRANT ALL PRIVILEGES ON bk_two.* TO '${USER}'@'%'`);
    await metaDb.succeed("restore", path);
    assert.deepEqual(await metaDb.contents(), rows);
  });

  it("is not restored from a backup that knows nothing of one of its databases", async () => {
    const one = new Procedures(server, ["bk_one"]);
    const { path } = await one.backup();
    assert.match(
      await metaDb.refused("restore", path),
      new RegExp(`^the backup ${path} has nothing of the database bk_one; fix: name another one in rollback.backup; `),
    );
    const three = new Procedures(server, ["bk_one", "bk_two", "bk_three"]);
    await server.sql("CREATE DATABASE bk_three", `GRANT ALL PRIVILEGES ON bk_three.* TO '${USER}'@'%'`);
    const both = (await metaDb.backup()).path;
    assert.match(
      await three.refused("restore", both),
      new RegExp(`^the backup ${both} has nothing of the database bk_three; `),
    );
    await drop("bk_three");
  });

  describe("has attempts at a backup, of which a failure is an answer", () => {
    const attempted = async (): Promise<Record<string, unknown>> =>
      JSON.parse((await metaDb.succeed("attempt")).answer) as Record<string, unknown>;
    const broken = (script: string): Promise<string> =>
      on("p3", `printf '#!/bin/sh\\n%s\\n' '${script}' >${tool}; chmod 755 ${tool}`);

    it("in the words of the backup, noted beside the backups for good", async () => {
      await broken("exit 3");
      const before = await metaDb.contents();
      const problem = `the backup of the MetaDB failed: ${tool} ended with status 3; fix: see ${tool} on this host, then run this again`;
      assert.equal(await metaDb.refused("backup"), problem);
      assert.equal(await on("p3", `ls -A ${DIRECTORY}`), "");
      assert.deepEqual(await attempted(), { problem });
      assert.deepEqual(await metaDb.contents(), before);
      const noted = await on("p3", `cat ${mark}`);
      assert.match(noted, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ /);
      assert.equal(noted.slice(21), problem);
      await metaDb.assertClean();
      await on("p3", `rm ${tool}`);
      const { proof, databases } = await attempted();
      assert.deepEqual({ proof, databases }, { proof: "restored", databases: ["bk_one", "bk_two"] });
      assert.equal(await on("p3", `cat ${mark}`), noted);
    });

    const reasons: [what: string, breaking: () => Promise<unknown>, problem: RegExp][] = [
      [
        "a user that is not let in",
        () => revoke("bk_two"),
        /^the database bk_two of the MetaDB cannot be used \(ERROR 1044 .*'bk_two'\); fix: /,
      ],
      [
        "a tool that the proof needs",
        () => broken('case "$*" in *dbha_scratch) exit 4 ;; *) exec /usr/bin/mysqldump "$@" ;; esac'),
        /^a dump of the scratch database bk_one_dbha_scratch failed: \S+ ended with status 4; fix: /,
      ],
      [
        "a directory that is none",
        () => on("p3", `rm -rf ${DIRECTORY}; touch ${DIRECTORY}`),
        /^it ended with status \d+; fix: see what it said before, and run this again$/,
      ],
    ];
    for (const [what, breaking, problem] of reasons)
      it(`whatever it failed at: ${what}`, async () => {
        await breaking();
        const { problem: said, ...more } = await attempted();
        await on("p3", `[ -d ${DIRECTORY} ] || { rm -f ${DIRECTORY}; mkdir -m 700 ${DIRECTORY}; }`);
        assert.match(said as string, problem);
        assert.deepEqual(more, {});
        await metaDb.assertClean();
      });

    it("unless they are killed", async () => {
      const at = { client: "mysqldump", database: "bk_one", line: "INSERT INTO `node`" } as const;
      const letGo = await metaDb.killAt("attempt", at);
      await letGo();
      assert.equal(await on("p3", `ls ${DIRECTORY}`), "");
      assert.equal((await attempted()).proof, "restored");
      await metaDb.assertClean();
    });
  });
});
