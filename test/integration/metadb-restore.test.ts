import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { on } from "./hosts";
import { DIRECTORY, MARKER, onServer, Procedures } from "./metadb-procedures";
import { DatabaseServer } from "./metadb-server";

describe("Restores of a MetaDB on OceanBase, by the clients of a real host", function () {
  this.timeout(60_000);
  let server: DatabaseServer;
  let metaDb: Procedures;

  onServer(
    () => DatabaseServer.ofLab(),
    (bench) => ({ server, metaDb } = bench),
  );

  it("are restored whatever the client makes of lines of a newer one", async () => {
    const rows = await metaDb.contents();
    const { path } = await metaDb.backup();
    assert.equal(await on("p3", `gzip -cd ${path} | sed -n 2p | cut -c 1-12`), "/*M!999999\\-");
    // as MySQL's client and older ones of MariaDB are
    const older = "case $first in *999999*) echo \"ERROR at line 1: Unknown command '\\\\\\\\-'.\" >&2; exit 1 ;; esac";
    await on(
      "p3",
      `cat >/usr/local/bin/mysql <<'END'\n#!/bin/sh\nread -r first\n${older}\n{ printf '%s\\n' "$first"; cat; } | /usr/bin/mysql "$@"\nEND\nchmod 755 /usr/local/bin/mysql`,
    );
    const file = await metaDb.byHand("newer", "{ echo '/*!999999\\- enable the sandbox mode */'; sed 1d; }");
    assert.equal((await metaDb.backup()).proof, "restored");
    for (const each of [path, file]) {
      await server.sql("DROP TABLE bk_one.task");
      await metaDb.succeed("restore", each);
      assert.deepEqual(await metaDb.contents(), rows);
    }
    await on("p3", "rm /usr/local/bin/mysql");
  });

  it("that Oracle's dumper made are restored by MariaDB's client, generated columns too, and have the same checksum", async () => {
    const file = `${DIRECTORY}/mysqldump.sql.gz`;
    const text = readFileSync("test/fixtures/metadb/mysqldump-9.7.sql", "utf8");
    await on("p3", `base64 -d <<'END' | gzip >${file}\n${Buffer.from(text).toString("base64")}\nEND`);
    const [rows] = await metaDb.contents();
    await metaDb.succeed("restore", file);
    const titles = await server.sql("SELECT id, title FROM bk_one.node ORDER BY 1");
    assert.deepEqual(await metaDb.contents(), [{ ...rows, titles, twice: ["4\t8", "5\t10"] }]);
  });

  const damaged: [what: string, filter: string, problem: string][] = [
    ["is cut short", "head -n -3", "is cut short: its last line is not that of a complete dump"],
    ["has no tables", "sed -n '1p;$p'", "has no tables"],
    [
      "has a row twice, which the client would quote",
      `sed "s/^(1,'${MARKER}.*/&\\n&/"`,
      "cannot be restored: the scratch database bk_one_dbha_scratch refused it (ERROR 1062 (23000) at line N: Duplicate entry …)",
    ],
    [
      "has rows that are no SQL",
      `sed "s/^(1,'${MARKER}/(1,'${MARKER}' ${MARKER} '/"`,
      "cannot be restored: the scratch database bk_one_dbha_scratch refused it (ERROR 1064 (42000) at line N: You have an error in your SQL syntax; check the manual that corresponds to your OceanBase version for the right syntax to use near …)",
    ],
  ];
  for (const [what, filter, problem] of damaged)
    it(`are not restored where the file ${what}`, async () => {
      const file = await metaDb.byHand("damaged", filter);
      const choose = `name another one in rollback.backup; ${DIRECTORY} has: `;
      const text = await metaDb.refused("restore", file);
      assert.equal(
        text.slice(0, text.indexOf("; fix: ")).replace(/at line \d+/, "at line N"),
        `the backup ${file} ${problem}`,
      );
      assert.ok(text.includes(`; fix: ${choose}`), text);
    });

  it("are not restored where a row is another one than when they were made", async () => {
    const { path } = await metaDb.backup();
    const file = `${DIRECTORY}/changed.sql.gz`;
    await on("p3", `gzip -cd ${path} | sed 's/^(2,3)/(2,2)/' | gzip >${file}`);
    const text = await metaDb.refused("restore", file);
    assert.ok(
      text.startsWith(`the backup ${file} gives other contents than when it was made: its checksum differs; fix: `),
    );
  });

  it("of several databases are one file, proven and restored together", async () => {
    const both = new Procedures(server, ["bk_one", "bk_two"]);
    await both.prepare();
    const rows = await both.contents();
    const { path, tables, rows: count, proof } = await both.backup();
    assert.deepEqual({ tables, count, proof }, { tables: 6, count: 14, proof: "restored" });
    await both.assertClean();
    await server.sql("DROP TABLE bk_two.task", "DELETE FROM bk_one.task");
    await both.succeed("restore", path);
    assert.deepEqual(await both.contents(), rows);
    // what the second one cannot be restored from keeps the first one as it is
    const file = `${DIRECTORY}/second.sql.gz`;
    await on(
      "p3",
      `gzip -cd ${path} | awk '/^USE .bk_two/ { on = 1 } on && /^\\(1,1\\)/ { print "(1,1)," } { print }' | gzip >${file}`,
    );
    assert.match(await both.refused("restore", file), /bk_two_dbha_scratch refused it \(ERROR 1062 /);
    await both.clear();
    await metaDb.prepare();
  });
});
