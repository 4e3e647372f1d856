import assert from "node:assert/strict";
import type { MetaDbLook } from "../../components/metadb/preflight";
import { on } from "./hosts";
import { DIRECTORY, onServer, Procedures, USER } from "./metadb-procedures";
import { DatabaseServer } from "./metadb-server";

const drop = "install Oracle's mysqldump on this host, which leaves generated columns out, or drop those columns";

describe("Backups of a MetaDB on OceanBase, by the clients of a real host", function () {
  this.timeout(60_000);
  let server: DatabaseServer;
  let metaDb: Procedures;

  onServer(
    () => DatabaseServer.ofLab(),
    (bench) => ({ server, metaDb } = bench),
  );

  it("are what was in it, proven, and say how they went and nothing of the rows", async () => {
    await server.sql("CREATE VIEW bk_one.titles AS SELECT id, title FROM bk_one.node");
    const rows = await metaDb.contents();
    const { status, answer, lines } = await metaDb.run("backup");
    assert.equal(status, 0);
    assert.deepEqual(lines, [
      "reading what the MetaDB has",
      "dumping bk_one",
      "looking through the dump of bk_one",
      "restoring into bk_one_dbha_scratch, for a proof",
      "comparing bk_one_dbha_scratch with what was dumped",
      "writing the backup",
    ]);
    const { path, tables, views, rows: count, version, proof } = JSON.parse(answer) as Record<string, unknown>;
    assert.deepEqual(
      { tables, views, count, version, proof },
      {
        tables: 3,
        views: 1,
        count: 7,
        version: "4.3.10",
        proof: "restored",
      },
    );
    await metaDb.assertClean();
    assert.deepEqual(await metaDb.contents(), rows);
    await server.sql("DROP VIEW bk_one.titles", "DELETE FROM bk_one.task", "CREATE TABLE bk_one.later (id INT)");
    const restored = await metaDb.succeed("restore", path as string);
    assert.equal(restored.answer, path);
    assert.deepEqual(await metaDb.contents(), rows);
    await metaDb.assertClean();
  });

  it("keep whatever names and values there are", async () => {
    await server.sql(
      "USE bk_one",
      "CREATE TABLE `order by` (`a b` INT PRIMARY KEY, `select` VARCHAR(9), `ü'\"%` BIT(9), j JSON, f DOUBLE, d DECIMAL(30,10), t TIMESTAMP(6) NULL, y TIME(3), e ENUM('a,b','c'))",
      "INSERT INTO `order by` VALUES (0, 'a;b''', b'101', '{\"k\": [1, null]}', 1e-300, 12345678901234567890.0123456789, '2026-11-29 01:02:03.456789', '-12:00:00.5', 'a,b'), (-1, NULL, NULL, NULL, -0.1, NULL, NULL, NULL, NULL)",
      "CREATE TABLE `q``uote$` (id BIGINT UNSIGNED PRIMARY KEY AUTO_INCREMENT, v VARBINARY(9))",
      "INSERT INTO `q``uote$` VALUES (18446744073709551614, x'00'), (3, x'5c27')",
      "CREATE TABLE parts (id INT, day DATE, PRIMARY KEY (id, day), KEY days (day)) PARTITION BY HASH (id) PARTITIONS 3",
      "INSERT INTO parts VALUES (1, '2026-01-01'), (2, '0000-00-00')",
      "CREATE VIEW `v w` AS SELECT `a b` AS x FROM bk_one.`order by`",
    );
    const rows = await metaDb.contents();
    const { path, proof } = await metaDb.backup();
    assert.equal(proof, "restored");
    await server.sql("DROP TABLE bk_one.`order by`");
    await metaDb.succeed("restore", path);
    assert.deepEqual(await metaDb.contents(), rows);
  });

  it("of a row that is longer than a statement may be are refused with max_allowed_packet, and made with the value that is named (1153)", async () => {
    await server.sql("INSERT INTO bk_one.node VALUES (9, 'long', REPEAT('x', 600000))");
    await server.withGlobal("max_allowed_packet", 1048576, async () => {
      const problem = (what: string): string =>
        `${what} cannot be restored: its longest statement, of table node, has 1200041 bytes, and max_allowed_packet of the MetaDB is 1048576; fix: set max_allowed_packet in the MetaDB: SET GLOBAL max_allowed_packet = 2097152`;
      assert.equal(await metaDb.refused("backup"), problem("the backup of the MetaDB"));
      const file = await metaDb.byHand("long");
      assert.equal(await metaDb.refused("restore", file), problem(`the backup ${file}`));
      await server.sql("SET GLOBAL max_allowed_packet = 2097152");
      const rows = await metaDb.contents();
      await metaDb.backup();
      await metaDb.succeed("restore", file);
      assert.deepEqual(await metaDb.contents(), rows);
    });
  });

  it("of generated columns are refused, as what MariaDB's dumper writes of them cannot be restored (3105)", async () => {
    await server.sql(
      "CREATE TABLE bk_one.twice (id INT, double_id INT GENERATED ALWAYS AS (id * 2) STORED)",
      "INSERT INTO bk_one.twice (id) VALUES (4)",
    );
    const problem = (what: string): string =>
      `${what} cannot be restored: it has values for the generated columns of table twice, which the MetaDB refuses (3105); fix: ${drop}`;
    assert.equal(await metaDb.refused("backup"), problem("the backup of the MetaDB"));
    const file = await metaDb.byHand("generated");
    assert.equal(await metaDb.refused("restore", file), problem(`the backup ${file}`));
    // one that the look through the text does not know is refused by the server, before the MetaDB is touched
    const unlike = await metaDb.byHand(
      "unlike",
      "sed 's/^INSERT INTO .twice. VALUES/INSERT INTO `twice` (`id`, `double_id`) VALUES/'",
    );
    assert.match(
      await metaDb.refused("restore", unlike),
      /^the backup \S+ cannot be restored: the scratch database bk_one_dbha_scratch refused it \(ERROR 3105 .*\); fix: install Oracle's mysqldump/,
    );
  });

  it("name the parameter where a limit of time is too short even for their first question (4012)", async () => {
    await server.withGlobal("ob_query_timeout", 100, async () => {
      const { status, lines } = await metaDb.run("backup");
      assert.equal(status, 1);
      assert.match(
        lines.join("\n"),
        /^the MetaDB cannot be asked \(ERROR 4012 .*\); fix: set ob_query_timeout in the MetaDB's tenant: SET GLOBAL ob_query_timeout = 3600000000 \(microseconds\)$/,
      );
    });
    await metaDb.assertClean();
  });

  it("of a table that is read for longer than a query may take are made, in 64 MiB of memory (4012)", async () => {
    const rows = "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT i FROM n";
    const four = "SELECT 0 AS m UNION SELECT 1 UNION SELECT 2 UNION SELECT 3";
    await server.sql(
      "USE bk_one",
      `INSERT INTO node SELECT 10 + i * 4 + m, 'long', CONCAT(SHA2(i * 4 + m, 512), REPEAT('x', 16000)) FROM (${rows}) a, (${four}) b`,
    );
    // what packs a dump begins late, and the dumper that waits for it reads no more from the server
    const late = "[ $# != 0 ] || [ -e /run/dbha-test.late ] || { touch /run/dbha-test.late; sleep 6; }";
    await on(
      "p3",
      `printf '#!/bin/sh\\n%s\\nexec /usr/bin/gzip "$@"\\n' '${late}' >/usr/local/bin/gzip; chmod 755 /usr/local/bin/gzip`,
    );
    await server.withGlobal("ob_query_timeout", 1_000_000, async () => {
      const { status, answer, lines } = await metaDb.run(
        "backup",
        undefined,
        "systemd-run --scope --quiet -p MemoryMax=64M",
      );
      assert.equal(status, 0, lines.join("\n"));
      assert.equal(await on("p3", "cat /run/dbha-test.late && rm /run/dbha-test.late /usr/local/bin/gzip"), "");
      const { proof, rows: count } = JSON.parse(answer) as { proof: string; rows: number };
      assert.deepEqual({ proof, count }, { proof: "restored", count: 3607 });
      assert.match(lines[2] ?? "", /^dumping bk_one: \d s, 0 MiB so far$/);
      assert.match(await metaDb.byHand("slow", "{ sleep 3; cat; }"), /Error 4012/);
    });
  });

  it("of triggers are refused, which no dumper reads from OceanBase", async () => {
    await server.sql("CREATE TRIGGER bk_one.shout BEFORE INSERT ON bk_one.node FOR EACH ROW SET NEW.title = 'x'");
    assert.equal(
      await metaDb.refused("backup"),
      "the backup of the MetaDB failed: /usr/bin/mysqldump ended with status 2 without a word; the MetaDB has triggers, which the dumpers cannot read from OceanBase; fix: drop the triggers (SHOW TRIGGERS)",
    );
  });

  it("are only looked through where the user may make no scratch database, and name the grant that makes it good", async () => {
    await server.sql(`REVOKE ALL PRIVILEGES ON bk_one_dbha_scratch.* FROM '${USER}'@'%'`);
    const { proof, missingGrant = "", path } = await metaDb.backup();
    assert.deepEqual([proof, missingGrant], ["inspected", metaDb.grant("bk_one")]);
    const rows = await metaDb.contents();
    await server.sql("DELETE FROM bk_one.task");
    await metaDb.succeed("restore", path);
    assert.deepEqual(await metaDb.contents(), rows);
    await server.sql("INSERT INTO bk_one.node VALUES (9, 'long', REPEAT('x', 600000))");
    await server.withGlobal("max_allowed_packet", 1048576, async () =>
      assert.match(
        await metaDb.refused("backup"),
        /has 1200041 bytes, and max_allowed_packet of the MetaDB is 1048576;/,
      ),
    );
    await server.sql(missingGrant);
    assert.equal((await metaDb.backup()).proof, "restored");
  });

  it("leave a database alone that has the scratch one's name and is somebody's", async () => {
    await server.sql("CREATE DATABASE bk_one_dbha_scratch", "CREATE TABLE bk_one_dbha_scratch.mine (id INT)");
    const { status, lines } = await metaDb.run("backup");
    assert.equal(status, 1);
    assert.equal(
      lines.at(-1),
      "the MetaDB's server has a database bk_one_dbha_scratch, which was not made here; fix: give it another name, since backups are proven in one of this name",
    );
    assert.deepEqual(await server.contents("bk_one_dbha_scratch"), { mine: [] });
    await server.sql("DROP DATABASE bk_one_dbha_scratch");
  });

  it("are not begun where the disk has no room for them", async () => {
    await on(
      "p3",
      `fallocate -l 61M /srv/small/filler && mv ${DIRECTORY} ${DIRECTORY}.away && ln -s /srv/small ${DIRECTORY}`,
    );
    const { status, lines } = await metaDb.run("backup");
    await on("p3", `rm -f /srv/small/filler ${DIRECTORY} && mv ${DIRECTORY}.away ${DIRECTORY}`);
    assert.equal(status, 1);
    assert.equal(
      lines.at(-1),
      `${DIRECTORY} has no room for the backup; fix: make room there, or give another directory (backup.directory)`,
    );
  });

  it("come after a look, which names the database of several that is not there", async () => {
    const look = async (...databases: string[]): Promise<Record<string, unknown>> =>
      JSON.parse((await new Procedures(server, databases).succeed("look")).answer) as Record<string, unknown>;
    const { max_connections: limit, own, Threads_connected, ...more } = await look("bk_one");
    assert.deepEqual(
      { limit, own: (own as number) >= 1, connected: typeof Threads_connected },
      { limit: 600, own: true, connected: "number" },
    );
    assert.deepEqual(more, {
      clockSkewMs: 0,
      account: `${USER}@%`,
      utcOffsetMinutes: 0,
      max_user_connections: 0,
    });
    await server.sql(`GRANT ALL PRIVILEGES ON bk_later.* TO '${USER}'@'%'`);
    const refusals = [
      { database: "bk_none", error: `ERROR 1044 (42000): Access denied for user '${USER}'@'%' to database 'bk_none'` },
      { database: "bk_later", error: "ERROR 1049 (42000): Unknown database 'bk_later'" },
    ];
    assert.deepEqual((await look("bk_one", "bk_none", "bk_later")).refusals, refusals);
    assert.equal((await look("bk_none")).max_connections, 600);
  });

  it("come after a look, which tells where the clock or the time zone of the MetaDB is another one", async () => {
    // the host's clock is this machine's, and stays as it is: what tells the time there says another one
    const look = async (): Promise<unknown[]> => {
      const { clockSkewMs, utcOffsetMinutes } = JSON.parse((await metaDb.succeed("look")).answer) as MetaDbLook;
      // to ten seconds, which a busy machine may need to ask both clocks; no minus before 0
      return [Math.round((clockSkewMs as number) / 10_000) * 10 + 0, utcOffsetMinutes];
    };
    const date = "/usr/local/bin/date";
    await on("p3", `printf '#!/bin/sh\\nexec /usr/bin/date -d "now + 90 seconds" "$@"\\n' >${date}; chmod 755 ${date}`);
    await server.sql("SET GLOBAL time_zone = '+05:30'");
    try {
      assert.deepEqual(await look(), [-90, 330]);
    } finally {
      await on("p3", `rm ${date}`);
      await server.sql("SET GLOBAL time_zone = '+00:00'");
    }
    assert.deepEqual(await look(), [0, 0]);
  });
});
