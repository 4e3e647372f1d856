import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { metaDbLibrary, renderMetaDbScript } from "../../../components/metadb/script";
import { asWritten } from "./shell-source";

const metaDb = { host: "10.0.0.9", port: 2883, username: "odc@meta#ob", password: `p'a"s\\s #1` };
const procedure = {
  metaDb,
  databases: ["odc_metadb"],
  version: { table: "migrate_schema_history", query: "SELECT version FROM migrate_schema_history" },
  directory: "/var/backups/odc",
  name: "odc",
  keep: 5,
  file: "/b/a.sql.gz",
};
const script = renderMetaDbScript(procedure, metaDbLibrary.names);

/** The script without its call, and what a shell does with these lines after it. */
function after(lines: string, input = ""): { stdout: string; stderr: string; status: number | null } {
  const text = `${script.replace(/\necho\n"\$1" <\/dev\/null\n$/, "\n")}\nwork=$(mktemp -d)\ntrap 'rm -rf "$work"' EXIT\n${lines}\n`;
  const { stdout, stderr, status } = spawnSync("sh", ["-c", text], { input, encoding: "utf8" });
  return { stdout, stderr, status };
}

describe("The script of the procedures on a MetaDB", () => {
  it("is clean under shellcheck", function () {
    this.timeout(30_000);
    const { error, stdout, status } = spawnSync("shellcheck", ["--shell=sh", "-"], {
      input: asWritten(script, metaDbLibrary),
      encoding: "utf8",
    });
    assert.equal(error, undefined, "these tests need shellcheck: apt-get install shellcheck");
    assert.equal(stdout, "");
    assert.equal(status, 0);
  });

  it("carries whatever is in a password to MySQL's option file, and in no argument", () => {
    const { stdout } = spawnSync("sh", [], { input: `${script.split("\nset -eu\n")[0]}\nprintf %s "$options"` });
    assert.match(stdout.toString(), /^user="odc@meta#ob"\npassword="p'a\\"s\\\\s #1"$/m);
    assert.equal(script.split("s #1").length, 2, "the password stands in it once");
    const calls = script.split("\n").filter((one) => /"\$(client|dumper)" /.test(one));
    assert.equal(calls.length, 4);
    for (const line of calls)
      assert.match(line, /"\$(client|dumper)" (--defaults-file="\$work\/options"|--no-defaults --help)/);
  });

  it("lists the backups that stay, the newest last, on one line, which is what a procedure says", () => {
    const backup = (day: string) =>
      `echo '-- dbha "tables":${day},"version":"4.3.1"' | gzip >"$directory/odc-202611${day}T000000Z-4.3.1.sql.gz"`;
    const list = (...days: string[]) => {
      const { stdout, status } = after(["directory=$work keep=2", ...days.map(backup), "list"].join("\n"));
      assert.equal(status, 0);
      const [line = "", ...more] = stdout.split("\n");
      assert.deepEqual(more, [""]);
      return (JSON.parse(line) as { tables: number }[]).map(({ tables }) => tables);
    };
    assert.deepEqual(list(), []);
    assert.deepEqual(list("11"), [11]);
    assert.deepEqual(list("11", "12", "13"), [12, 13]);
  });

  it("waits for a client of a question as long as it says, and tells so", () => {
    const slow = `client=$work/slow\nprintf '#!/bin/sh\\nexec sleep 60\\n' >"$client"\nchmod 755 "$client"`;
    const { stdout, stderr } = after(`${slow}\npatience=1\nask odc_metadb "SELECT 1"`);
    assert.equal(stdout, "");
    assert.equal(
      stderr,
      "the MetaDB cannot be asked (ERROR 2013 (HY000): no answer within 1 s); fix: see the client's message, and mend metaDb or the database\n",
    );
  });

  describe("shows of what a client says no statement, no row and no value", () => {
    const table: [what: string, said: string, shown: string][] = [
      [
        "a refused row of MariaDB's client, which prints its statement",
        "--------------\nINSERT INTO `t` VALUES (1,'ERROR 1 secret')\n--------------\n\nERROR 1062 (23000) at line 45: Duplicate entry 'secret' for key 'PRIMARY'",
        " (ERROR 1062 (23000) at line 45: Duplicate entry …)",
      ],
      [
        "a statement that is not understood, of several lines",
        "ERROR 1064 (42000) at line 3: You have an error in your SQL syntax; check the manual near 'ORGANIZATION INDEX secret\nsecret' at line 1",
        " (ERROR 1064 (42000) at line 3: You have an error in your SQL syntax; check the manual near …)",
      ],
      [
        "names, where there can be no values",
        "ERROR 1044 (42000): Access denied for user 'odc'@'%' to database 'odc_metadb'",
        " (ERROR 1044 (42000): Access denied for user 'odc'@'%' to database 'odc_metadb')",
      ],
      [
        "the dumper's error after its warnings",
        "mysqldump: [Warning] unknown option '--loose-skip-ssl-verify-server-cert'.\nmysqldump: Error 4012: Timeout when dumping table `t` at row: 5",
        " (mysqldump: Error 4012: Timeout when dumping table `t` at row: 5)",
      ],
      [
        "the dumper's error about a statement of its own",
        "mariadb-dump: Couldn't execute 'SELECT /*!40001 SQL_NO_CACHE */ `id` FROM `t` WHERE x = 'secret'': Timeout, query has reached the maximum (4012)",
        " (mariadb-dump: could not read: Timeout, query has reached the maximum (4012))",
      ],
      ["nothing where there are warnings only", "mysql: Deprecated program name\nWARNING: option '--x' is secret", ""],
      ["nothing of lines that are no client's", "INSERT INTO `t` VALUES ('secret')", ""],
    ];
    for (const [what, text, shown] of table)
      it(what, () => {
        const { stdout, stderr } = after(`cat >"$work/said"\nsaid`, `${text}\n`);
        assert.equal(stderr, "");
        assert.equal(stdout, shown);
      });
  });

  describe("names parameter and value", () => {
    const table: [text: string, cure: string][] = [
      [
        "mysqldump: Error 4012: Timeout, query has reached the maximum query timeout: 10000000(us)",
        "set ob_query_timeout in the MetaDB's tenant: SET GLOBAL ob_query_timeout = 3600000000 (microseconds)",
      ],
      [
        "ERROR 4012 (25000) at line 1: Transaction is timeout",
        "set ob_trx_timeout in the MetaDB's tenant: SET GLOBAL ob_trx_timeout = 86400000000 (microseconds)",
      ],
      [
        "ERROR 1153 (08S01) at line 9: Got a packet bigger than 'max_allowed_packet' bytes",
        "set max_allowed_packet in the MetaDB: SET GLOBAL max_allowed_packet = 18874368",
      ],
      [
        "ERROR 3105 (HY000) at line 9: The value specified for generated column 'b' in table 't' is not allowed.",
        "install Oracle's mysqldump on this host, which leaves generated columns out, or drop those columns",
      ],
      ["ERROR 2013 (HY000): Lost connection", "look"],
    ];
    for (const [text, cure] of table)
      it(text, () => {
        const { stdout } = after(`longest=17825800\ncat >"$work/said"\nsaid >/dev/null\ncure look`, `${text}\n`);
        assert.equal(stdout, `${cure}\n`);
      });
  });

  it("tells two dumps of the same from two of something else", () => {
    const dump = (more: string, database = "odc_metadb") =>
      `-- Host: x    Database: ${database}\nCREATE TABLE \`t\` (\n  \`id\` int\n) AUTO_INCREMENT = ${more.length} AUTO_INCREMENT_MODE = 'ORDER';\nINSERT INTO \`t\` VALUES (1,'a AUTO_INCREMENT=5'),(2,'\`odc_metadb\`.');${more}\n/*!50001 CREATE VIEW \`v\` AS select \`${database}\`.\`t\`.\`id\` from \`${database}\`.\`t\` */;\n-- Dump completed\n`;
    const digest = (text: string, database = "odc_metadb") => after(`digest ${database}`, text).stdout;
    assert.match(digest(dump("")), /^[0-9a-f]{64} /);
    assert.equal(digest(dump("", "odc_metadb_dbha_scratch"), "odc_metadb_dbha_scratch"), digest(dump("")));
    assert.notEqual(digest(dump("\nINSERT INTO `t` VALUES (3,'b');")), digest(dump("")));
    const ordered = (rows: string) => after(`partial=$work\ndigest_of_rows`, rows).stdout;
    const one = ordered("INSERT INTO `t` VALUES (1,'a'),(2,'b');\nINSERT INTO `t` VALUES (3,'c');\n");
    assert.equal(ordered("INSERT INTO `t` (`id`, `x`) VALUES\n(3,'c'),\n(1,'a'),\n(2,'b');\n"), one);
    assert.notEqual(ordered("INSERT INTO `t` VALUES (1,'a'),(2,'b'),(2,'b');\n"), one);
  });

  describe("reads in the text of a dump", () => {
    const facts = (text: string): string =>
      after(`inspect\ncat "$work/found"; cat "$work/found.longest" "$work/found.whole" "$work/found.definers"`, text)
        .stdout;
    it("tables, views, the longest statement over lines, definers, and that it is whole", () => {
      const text = [
        "CREATE TABLE `a` (",
        "  `id` int",
        ") ENGINE=InnoDB;",
        "INSERT INTO `a` VALUES",
        `(1,'${"x".repeat(100)}'),`,
        "(2,'CREATE TABLE `no` DEFINER=`no`@`no`');",
        "-- Final view structure for view `v`",
        "/*!50013 DEFINER=`odc@meta#lab`@`%` SQL SECURITY DEFINER */",
        "/*!50001 VIEW `v` AS select 1 */;",
        "-- Dump completed on 2026",
      ];
      assert.equal(facts(`${text.join("\n")}\n`), "1 1 174 1 0\na\n\nodc@meta#lab@%\n");
      assert.match(facts(`${text.slice(0, -1).join("\n")}\n`), /^1 1 174 0 0\n/);
    });
    const generated = (insert: string): string =>
      facts(
        `CREATE TABLE \`g\` (\n  \`a\` int,\n  \`b\` int GENERATED ALWAYS AS (\`a\`) STORED\n) ORGANIZATION INDEX;\n${insert}\n`,
      );
    it("values for generated columns, and OceanBase's tables", () => {
      assert.match(generated("INSERT INTO `g` VALUES (1,1);"), /^1 0 \d+ 0 1\ng\ng\n$/);
      assert.match(generated("INSERT INTO `g` (`a`) VALUES (1);"), /^1 0 \d+ 0 1\ng\n\n$/);
    });
  });
});
