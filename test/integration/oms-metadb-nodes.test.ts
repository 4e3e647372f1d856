import assert from "node:assert/strict";
import type { OmsMetaDbRegion } from "../../components/oms/metadb";
import { on } from "./hosts";
import { PASSWORD, USER } from "./metadb-procedures";
import { DatabaseServer } from "./metadb-server";
import { OmsProcedures, regions } from "./oms-metadb-procedures";

for (const [kind, start] of [
  ["OceanBase", () => DatabaseServer.ofLab()],
  ["MariaDB", () => DatabaseServer.mariaDb()],
] as const)
  describe(`OMS's MetaDB on ${kind}, where nodes leave`, function () {
    this.timeout(60_000);
    let server: DatabaseServer;
    let oms: OmsProcedures;

    before(async () => {
      server = await start();
      oms = new OmsProcedures(server);
      await oms.prepare();
    });
    beforeEach(() => oms.fill());
    after(async () => {
      await oms.clear();
      await server.close();
    });

    const look = async (): Promise<object> => {
      const { strangers, beating, unseen } = await oms.seen();
      const all = beating?.map(({ age, ...more }) => ({ ...more, near: age >= 0 && age < 240 }));
      return { strangers, beating: all, unseen };
    };
    const nobody = { strangers: [], beating: [], unseen: "" };

    it("is looked at for hosts that are no nodes, and for what beats there, in one step", async () => {
      const left = { strangers: [{ location: 0, ip: "10.1.0.13" }], beating: [], unseen: "" };
      assert.deepEqual(await look(), left);
      await oms.beat(
        "bk_hb0",
        ["supervisor", "10.1.0.13", 10],
        ["store-1", "10.1.0.13", 200],
        ["old", "10.1.0.13", 300],
      );
      await oms.beat("bk_hb0", ["store-2", "10.1.0.11", 1]);
      await oms.beat("bk_hb7", ["77", "10.1.0.13", 9]);
      const beats = (database: string, task: unknown) => ({ database, ip: "10.1.0.13", task, near: true });
      const beating = [beats("bk_hb0", "store-1"), beats("bk_hb0", "supervisor"), beats("bk_hb7", 77)];
      assert.deepEqual(await look(), { ...left, beating });
      // a region that is not configured any more, of which another address is a node now
      const [first] = regions as [OmsMetaDbRegion];
      oms.about.regions = [{ ...first, nodes: [...first.nodes, "10.1.0.13", "10.2.0.21"] }];
      await oms.beat("bk_hb7", ["jdbc", "10.2.0.21", 3]);
      assert.deepEqual(await look(), {
        strangers: [{ location: 7, ip: "10.2.0.21" }],
        beating: [{ database: "bk_hb7", ip: "10.2.0.21", task: "jdbc", near: true }],
        unseen: "",
      });
      await oms.assertClean();
    });

    it("has no such hosts before it has tables, and says what it may not be asked", async () => {
      await server.sql(
        "DROP TABLE bk_hb0.heart_beat",
        "DROP DATABASE bk_hb7",
        "ALTER TABLE bk_cm.host RENAME COLUMN ip TO addr",
      );
      assert.match((await oms.seen()).unasked ?? "", /^ERROR 1054 \(42S22\) at line \d+: Unknown column …$/);
      await server.sql("DROP TABLE bk_cm.host");
      assert.deepEqual(await look(), nobody);
      await server.sql("DROP DATABASE bk_cm");
      assert.deepEqual(await look(), nobody);
    });

    it("has the rows of a node deleted that has left, but for those of one on which components run", async () => {
      const node = "10.1.0.12";
      Object.assign(oms.about, { location: 0, node });
      await oms.beat("bk_hb0", ["supervisor", node, 2], ["store-1", node, 200], ["jdbc", node, 10]);
      await oms.beat("bk_hb0", ["store-9", node, 900], ["store-2", "10.1.0.11", 2]);
      const before = await oms.contents();
      const kept = await oms.succeed("remove_host");
      const row = `the row of node ${node} in bk_cm.host of the MetaDB ${server.address}:2881 stays: `;
      const statement = `, then run there: DELETE FROM bk_cm.host WHERE ip = '${node}' AND resource_group_id IN (SELECT id FROM bk_cm.resource_group WHERE name = '0')`;
      assert.equal(kept.answer, "");
      assert.deepEqual(
        kept.lines.map((line) => line.replace(/(1\d|20\d) s ago/g, "N s ago")),
        [
          `${row}2 components had heart beats there in the last 240 s: jdbc (N s ago), store-1 (N s ago); fix: stop or move them on the console${statement}`,
        ],
      );
      assert.deepEqual(await oms.contents(), before);
      await server.sql("DELETE FROM bk_hb0.heart_beat WHERE task_name IN ('store-1', 'jdbc')");
      assert.deepEqual(await oms.answer("remove_host"), { node, hosts: 1, heartBeats: 2 });
      await oms.assertRow("SELECT ip FROM bk_cm.host ORDER BY ip", ["10.1.0.11", "10.1.0.13", "10.2.0.21"]);
      await oms.assertRow("SELECT task_name FROM bk_hb0.heart_beat", ["store-2"]);
      assert.deepEqual(await oms.answer("remove_host"), { node, hosts: 0, heartBeats: 0 });
      // a host of that address in another region is another region's
      assert.deepEqual(await oms.answer("remove_host", { node: "10.2.0.21" }), {
        node: "10.2.0.21",
        hosts: 0,
        heartBeats: 0,
      });
      // and the statement that is told does the same
      await server.sql(statement.slice(statement.indexOf("DELETE")).replace(node, "10.1.0.13"));
      await oms.assertRow("SELECT ip FROM bk_cm.host ORDER BY ip", ["10.1.0.11", "10.2.0.21"]);
    });

    it("keeps the row of a node that has left, and says so, where nobody may delete it, or no client is there", async () => {
      Object.assign(oms.about, { location: 0, node: "10.1.0.12" });
      const stays = async (): Promise<string> => {
        const { status, answer, lines } = await oms.run("remove_host");
        assert.deepEqual([status, answer, lines.length], [0, "", 1]);
        await oms.assertClean();
        return lines[0] ?? "";
      };
      await server.sql(
        `REVOKE ALL PRIVILEGES ON bk_cm.* FROM '${USER}'@'%'`,
        `GRANT SELECT, LOCK TABLES ON bk_cm.* TO '${USER}'@'%'`,
      );
      assert.match(
        await stays(),
        /stays: the MetaDB cannot be asked \(ERROR 1142 .*DELETE command denied .*\); fix: give the MetaDB's user all privileges on the databases of this deployment, then run there: DELETE /,
      );
      await server.sql(
        `GRANT ALL PRIVILEGES ON bk_cm.* TO '${USER}'@'%'`,
        `ALTER USER '${USER}'@'%' IDENTIFIED BY 'another'`,
      );
      assert.match(await stays(), /stays: the database bk_hb0 of the MetaDB cannot be used \(ERROR 1045 .*\); fix: /);
      await server.sql(`ALTER USER '${USER}'@'%' IDENTIFIED BY '${PASSWORD.replace("'", "''")}'`);
      await on("p3", "mv /usr/bin/mariadb /usr/bin/mariadb.away");
      const without = await stays().finally(() => on("p3", "mv /usr/bin/mariadb.away /usr/bin/mariadb"));
      assert.match(
        without,
        /stays: this host has neither mysql nor mariadb; fix: install MySQL's or MariaDB's client tools \(Debian: mariadb-client\), then run /,
      );
      await oms.assertRow("SELECT ip FROM bk_cm.host WHERE ip = '10.1.0.12'", ["10.1.0.12"]);
    });
  });
