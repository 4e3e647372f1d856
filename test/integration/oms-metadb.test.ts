import assert from "node:assert/strict";
import { basename } from "node:path";
import { on } from "./hosts";
import { DIRECTORY, USER } from "./metadb-procedures";
import { DatabaseServer } from "./metadb-server";
import { HA, OmsProcedures, PHYSICAL, regions, VIP } from "./oms-metadb-procedures";

const haRow = "SELECT cfg_value FROM bk_rm.oms_normal_config WHERE cfg_name = 'ha.config'";
const urls = "SELECT code, cm_url FROM bk_rm.cluster_info ORDER BY code";

for (const [kind, start] of [
  ["OceanBase", () => DatabaseServer.ofLab()],
  ["MariaDB", () => DatabaseServer.mariaDb()],
] as const)
  describe(`OMS's MetaDB on ${kind}, by the clients of a real host`, function () {
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

    const setHa = (value: string): Promise<string[]> =>
      server.sql(`UPDATE bk_rm.oms_normal_config SET cfg_value = '${value}' WHERE cfg_name = 'ha.config'`);
    const backups = (): Promise<string> => on("p3", `ls ${DIRECTORY}`);

    it("tells the version of its schema, and that HA is off where nothing says otherwise", async () => {
      assert.deepEqual(await oms.answer("schema_version"), { version: "4.2.10" });
      const off = { row: true, enabled: false, hostEnabled: false, switchedOff: false };
      assert.deepEqual(await oms.answer("ha_look"), off);
      await server.sql("DELETE FROM bk_rm.oms_normal_config WHERE cfg_name = 'ha.config'");
      assert.deepEqual(await oms.answer("ha_look"), { ...off, row: false });
      assert.deepEqual(await oms.answer("ha_off"), { enabled: false, switchedOff: false });
      assert.deepEqual(await oms.answer("ha_on"), { enabled: false, switchedOn: false });
      await server.sql("DROP DATABASE bk_rm", "DROP DATABASE bk_hb0");
      assert.deepEqual(await oms.answer("ha_look"), { ...off, row: false });
      assert.deepEqual(await oms.answer("schema_version"), { version: "unknown" });
      assert.deepEqual((await oms.seen()).cm, {
        clusters: [],
        hosts: [
          { location: 0, ip: "10.1.0.11" },
          { location: 0, ip: "10.1.0.12" },
          { location: 7, ip: "10.2.0.21" },
          { location: 0, ip: "10.1.0.13" },
        ],
        open: false,
        plan: "",
      });
    });

    it("has HA switched off and on again, with stores fetched from before it was off, and nothing else changed", async () => {
      const on1 = HA.replace('"enable":false', '"enable" : true');
      await setHa(on1.replaceAll("\\", "\\\\").replaceAll("'", "''"));
      assert.deepEqual(await oms.answer("ha_off"), { enabled: false, switchedOff: true });
      const off = on1.replace("true", "false");
      await oms.assertRow(haRow, [off]);
      assert.deepEqual(await oms.answer("ha_look"), {
        row: true,
        enabled: false,
        hostEnabled: false,
        switchedOff: true,
      });
      // two hours ago
      const since = await on("p3", `cat ${DIRECTORY}/bk-ha`);
      await on("p3", `echo ${Number(since) - 7200} >${DIRECTORY}/bk-ha`);
      assert.deepEqual(await oms.answer("ha_off"), { enabled: false, switchedOff: true });
      assert.deepEqual(await oms.answer("ha_on"), { enabled: true, switchedOn: true, refetchStoreIntervalMin: 122 });
      await oms.assertRow(haRow, [on1.replace('Min":30', 'Min":122')]);
      assert.deepEqual(await oms.answer("ha_on"), { enabled: true, switchedOn: false });
      await oms.assertRow("SELECT cfg_value FROM bk_rm.oms_normal_config WHERE id = 1", ['{"enable":true}']);
      assert.equal(await backups(), "");
    });

    const forms: [what: string, value: string, then: string][] = [
      ["a text for a value", '{ "enable": "true" }', '{"refetchStoreIntervalMin": 2,  "enable": true }'],
      [
        "several lines",
        '{\n  "refetchStoreIntervalMin": 500,\n  "enable":\n    true\n}',
        '{\n  "refetchStoreIntervalMin": 500,\n  "enable":\n    true\n}',
      ],
      [
        "checkpoints that are perceived",
        '{"enable":true,"perceiveStoreClientCheckpoint":true}',
        '{"enable":true,"perceiveStoreClientCheckpoint":true}',
      ],
    ];
    for (const [what, value, then] of forms)
      it(`has HA switched off and on again where its value has ${what}`, async () => {
        await setHa(value);
        assert.deepEqual(await oms.answer("ha_off"), { enabled: false, switchedOff: true });
        const { enabled } = (await oms.answer("ha_look")) as { enabled: boolean };
        assert.equal(enabled, false);
        await oms.answer("ha_on");
        await oms.assertRow(haRow, [then]);
      });

    for (const value of ["", "enable=true", '{"enable":true,"old":{"enable":true}}'])
      it(`has HA left alone where its value is ${JSON.stringify(value)}`, async () => {
        await setHa(value);
        for (const name of ["ha_look", "ha_off"])
          assert.equal(
            await oms.refused(name),
            "ha.config in bk_rm.oms_normal_config of the MetaDB is no JSON object with one key enable; fix: mend it on the console's page of system parameters, or switch HA there by hand",
          );
      });

    it("has HA left as somebody else changes it meanwhile", async () => {
      await setHa('{"enable":true}');
      const theirs = `printf '%s\\n' "UPDATE oms_normal_config SET cfg_value = '{\\"enable\\":true,\\"theirs\\":1}' WHERE id = 2" | /usr/bin/mysql "$@"`;
      const shim = `input=$(cat); case $input in UPDATE*) ${theirs} ;; esac; printf '%s\\n' "$input" | /usr/bin/mysql "$@"`;
      const tool = "/usr/local/bin/mysql";
      await on("p3", `cat >${tool} <<'END'\n#!/bin/sh\n${shim}\nEND\nchmod 755 ${tool}`);
      const { status, lines } = await oms.run("ha_off");
      await on("p3", `rm ${tool}`);
      assert.deepEqual(
        [status, lines],
        [1, ["somebody else changed ha.config in the MetaDB meanwhile; fix: run this again"]],
      );
      await oms.assertRow(haRow, ['{"enable":true,"theirs":1}']);
      assert.deepEqual(await oms.answer("ha_off"), { enabled: false, switchedOff: true });
      await oms.assertRow(haRow, ['{"enable":false,"theirs":1}']);
    });

    it("misses heart beats of supervisors by its own time zone, and those of lost nodes never", async () => {
      const [zone = ""] = await server.sql("SELECT @@GLOBAL.time_zone");
      await server.sql("SET GLOBAL time_zone = '+08:00'", "SET time_zone = '+08:00'");
      await oms.beat(
        "bk_hb0",
        ["supervisor", "10.1.0.11", 5],
        ["supervisor", "10.1.0.11", 900],
        ["store", "10.1.0.12", 1],
        ["supervisor", "172.17.0.1", 3],
      );
      await oms.beat("bk_hb7", ["supervisor", "10.2.0.21", 70]);
      const silent = async (): Promise<string[]> =>
        (await oms.run("verify")).lines.filter((line) => line.includes("heart_beat"));
      const all = await silent();
      Object.assign(oms.about, { regions: regions.map((region) => ({ ...region, lost: ["10.1.0.12"] })) });
      const others = await silent();
      await server.sql(`SET GLOBAL time_zone = '${zone}'`, `SET time_zone = '${zone}'`);
      const line = (database: string, ip: string, beating: string, url: string): string =>
        `MetaDB ${server.address}:2881: table ${database}.heart_beat has no heart beat of the supervisor of ${ip} in the last 60 s (and has such of ${beating}), and must have one of each node; fix: see that oms_drc_supervisor is RUNNING in its container and reaches the CM at ${url}, and that OMS_HOST_IP there is ${ip}`;
      const last = line("bk_hb7", "10.2.0.21", "nobody", "http://10.2.0.21:8088");
      assert.deepEqual(
        all.map((text) => text.replace("172.17.0.1 10.1.0.11", "10.1.0.11 172.17.0.1")),
        [line("bk_hb0", "10.1.0.12", "10.1.0.11 172.17.0.1", VIP), last],
      );
      assert.deepEqual(others, [last]);
    });

    it("has its sequences of heart beats trimmed to the newest row", async () => {
      const numbers = "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 150) SELECT i FROM n";
      const insert = `INSERT INTO bk_hb0.heatbeat_sequence (gmt_created, gmt_modified) SELECT NOW(), NOW() FROM (${numbers}) a, (${numbers}) b`;
      await server.sql(insert, "INSERT INTO bk_hb7.heatbeat_sequence VALUES (41, NOW(), NOW()), (5, NOW(), NOW())");
      const [newest = ""] = await server.sql("SELECT MAX(id) FROM bk_hb0.heatbeat_sequence");
      assert.deepEqual(await oms.answer("trim"), { rows: 22_500 });
      await oms.assertRow("SELECT id FROM bk_hb0.heatbeat_sequence", [newest]);
      await oms.assertRow("SELECT id FROM bk_hb7.heatbeat_sequence", ["41"]);
      assert.deepEqual(await oms.answer("trim"), { rows: 0 });
    });

    describe("gives a region's CM another address", () => {
      const moved = { moved: true, from: PHYSICAL, to: VIP };
      const move = async (): Promise<Record<string, unknown>> =>
        (await oms.answer("move_cm", { location: 0 })) as Record<string, unknown>;
      const initialise = (): Promise<string[]> =>
        server.sql(`INSERT INTO bk_rm.cluster_info VALUES (3, 'cn-hangzhou', '杭州', '${VIP}', 0, 1)`);

      it("by the deletion of its row, after a backup that has been restored; the other region's stays", async () => {
        const before = await oms.contents();
        const { backup, ...answer } = await move();
        assert.deepEqual(answer, moved);
        await oms.assertRow(urls, ["7\thttp://10.2.0.21:8088"]);
        const head = await on("p3", `gzip -cd ${backup as string} | head -n 1`);
        assert.match(
          head,
          /^-- dbha "tables":4,"version":"4\.2\.10","databases":\["bk_rm","bk_cm"\],"empty":\[\],.*"proof":"restored",.*"only":"bk_rm cluster_info,bk_cm host,bk_cm location_cm,bk_cm resource_group","rows":11,/,
        );
        await oms.assertClean();
        // until it has been initialised it says the same, with no other backup
        assert.deepEqual(await move(), { ...moved, backup });
        // which takes the place of no whole database
        assert.match(
          await oms.refused("restore", backup as string),
          /^the backup \S+ is one of some tables only; fix: /,
        );
        assert.deepEqual(await oms.answer("move_back"), { restored: backup });
        assert.deepEqual(await oms.contents(), before);
        assert.deepEqual(await oms.answer("move_back"), { restored: "" });
      });

      it("and back, with the tables as they were, where the former one is wanted again", async () => {
        const before = await oms.contents();
        const { backup } = await move();
        const [first, second] = regions;
        Object.assign(oms.about, { regions: [{ ...first, cmUrl: PHYSICAL }, second] });
        assert.deepEqual(await move(), { moved: false, to: PHYSICAL, restored: backup });
        assert.deepEqual(await oms.contents(), before);
        assert.deepEqual(await move(), { moved: false, to: PHYSICAL });
        await oms.assertClean();
      });

      it("once: where it has the address, or none, there is nothing to move", async () => {
        await move();
        await initialise();
        assert.deepEqual(await move(), { moved: false, to: VIP });
        await oms.beat("bk_hb0", ["supervisor", "10.1.0.11", 1], ["supervisor", "10.1.0.12", 1]);
        await oms.beat("bk_hb7", ["supervisor", "10.2.0.21", 1]);
        const alive = (ip: string) => ({ ip, server: "ONLINE", heartBeats: "alive" });
        assert.deepEqual(await oms.answer("verify"), {
          regions: [
            { location: 0, url: VIP, nodes: [alive("10.1.0.11"), alive("10.1.0.12")] },
            { location: 7, url: "http://10.2.0.21:8088", nodes: [alive("10.2.0.21")] },
          ],
        });
        assert.deepEqual(await oms.answer("verify_url"), { url: VIP });
        const plan = '{"made":"x","stopped":["10.1.0.11"]}';
        await on("p3", `printf '%s\\nopen\\n' '${plan}' >${DIRECTORY}/bk-cm-plan.txt`);
        const noted = (await oms.seen()).cm;
        assert.deepEqual([noted?.open, noted?.plan], [true, plan]);
        // then there is nothing to take back any more
        const [left, ...more] = (await oms.answer("settle")) as { path: string }[];
        assert.deepEqual([await backups(), more], [`${basename(left?.path ?? "")}\nbk-cm-plan.txt`, []]);
        const settled = (await oms.seen()).cm;
        assert.deepEqual([settled?.open, settled?.plan], [false, plan]);
        assert.deepEqual(await oms.answer("move_back"), { restored: "" });
        await server.sql("DELETE FROM bk_rm.cluster_info");
        assert.deepEqual(await move(), { moved: false, to: VIP });
        assert.match(await backups(), /^bk-cm-\d{8}T\d{6}Z-4\.2\.10\.sql\.gz\nbk-cm-plan\.txt$/);
      });

      it("and leaves everything as it is where the user may not delete", async () => {
        await server.sql(`REVOKE ALL PRIVILEGES ON bk_rm.* FROM '${USER}'@'%'`);
        await server.sql(`GRANT SELECT, LOCK TABLES ON bk_rm.* TO '${USER}'@'%'`);
        const before = await oms.contents();
        Object.assign(oms.about, { location: 0 });
        const { status, lines } = await oms.run("move_cm");
        assert.equal(status, 1);
        assert.match(
          lines.at(-1) ?? "",
          /^the MetaDB cannot be asked \(ERROR 1142 .*DELETE command denied .*\); fix: give the MetaDB's user all privileges on the databases of this deployment$/,
        );
        assert.deepEqual(await oms.answer("attempt_move"), { problem: `region 0: ${lines.at(-1) ?? ""}` });
        assert.deepEqual(await oms.contents(), before);
        await server.sql(`GRANT ALL PRIVILEGES ON bk_rm.* TO '${USER}'@'%'`);
        assert.deepEqual({ ...(await move()), backup: "" }, { ...moved, backup: "" });
      });
    });

    it("is verified: all that is not as the configuration says, at once", async () => {
      const { address } = server;
      await server.sql(
        "UPDATE bk_rm.cluster_info SET is_default_cm = 1",
        "UPDATE bk_cm.host SET host_status = 'OFFLINE' WHERE ip = '10.1.0.11'",
        "DELETE FROM bk_cm.host WHERE ip = '10.1.0.12'",
      );
      await server.sql(
        "SET FOREIGN_KEY_CHECKS = 0",
        "DELETE FROM bk_cm.resource_group WHERE name = '7'",
        "SET FOREIGN_KEY_CHECKS = 1",
      );
      await on("p3", `printf '%s\\n' ${VIP} /no/backup >${DIRECTORY}/bk-cm-7`);
      await oms.beat("bk_hb0", ["supervisor", "10.1.0.11", 1], ["supervisor", "10.1.0.12", 1]);
      await oms.beat("bk_hb7", ["supervisor", "10.2.0.21", 1]);
      const { status, lines } = await oms.run("verify");
      assert.equal(status, 1);
      assert.deepEqual(lines, [
        `MetaDB ${address}:2881: table bk_rm.cluster_info has cm_url ${PHYSICAL} in the row with code 0, and must have ${VIP}; fix: run pulumi up, which puts it right`,
        `MetaDB ${address}:2881: table bk_cm.host has host_status OFFLINE in the row with ip 10.1.0.11, and must have ONLINE; fix: see in the node's supervisor/error.log what keeps it away, and restart oms_drc_supervisor (supervisorctl restart)`,
        `MetaDB ${address}:2881: table bk_cm.host has no row with ip 10.1.0.12 in the group of region 0, and must have one for each of its nodes; fix: see that OMS_HOST_IP of the node is 10.1.0.12, and run pulumi up, which initialises it again`,
        `MetaDB ${address}:2881: table bk_rm.cluster_info has is_default_cm 1 in the row with code 7, and must have 0; fix: see which region's CM is the default one, then set it by hand (UPDATE), and restart the consoles`,
        `MetaDB ${address}:2881: table bk_cm.resource_group has no group named 7, and must have one for region 7; fix: run pulumi up, which initialises the region's nodes again`,
        `MetaDB ${address}:2881: table bk_cm.host has no row with ip 10.2.0.21 in the group of region 7, and must have one for each of its nodes; fix: see that OMS_HOST_IP of the node is 10.2.0.21, and run pulumi up, which initialises it again`,
        `MetaDB ${address}:2881: table bk_cm.location_cm has ${VIP} in 1 rows, and must have http://10.2.0.21:8088 in its place; fix: put it there by hand (UPDATE), then run pulumi up`,
      ]);
      await server.sql("DELETE FROM bk_rm.cluster_info WHERE code = 0");
      assert.match(
        (await oms.run("verify")).lines[0] ?? "",
        /: table bk_rm\.cluster_info has 0 rows with code 0, and must have one, with cm_url http:\/\/10\.1\.0\.101:8088; fix: run pulumi up, which initialises /,
      );
      assert.equal(await on("p3", `ls ${DIRECTORY}/bk-cm-7`), `${DIRECTORY}/bk-cm-7`);
      assert.equal(regions.length, 2);
    });
  });
