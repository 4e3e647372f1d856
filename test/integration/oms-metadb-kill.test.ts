import assert from "node:assert/strict";
import { on } from "./hosts";
import { DIRECTORY, type Procedures } from "./metadb-procedures";
import { DatabaseServer } from "./metadb-server";
import { HA, OmsProcedures, PHYSICAL, VIP } from "./oms-metadb-procedures";

/** Where a procedure is killed, and what the next run of it makes good. */
interface Moment {
  procedure: string;
  at: Parameters<Procedures["killAt"]>[1];
  /** What is done before. */
  first?: string;
  /** A note that is there by then. */
  noted?: string;
  /** What the next run says, without the name of a backup. */
  answer: Record<string, unknown>;
  /** A query, and its rows then. */
  then: [query: string, rows: string[]];
}

const client = "mysql";
const ha = "SELECT cfg_value FROM bk_rm.oms_normal_config WHERE id = 2";
const urls = "SELECT code, cm_url FROM bk_rm.cluster_info ORDER BY code";
const region7 = "7\thttp://10.2.0.21:8088";
const moved = { moved: true, from: PHYSICAL, to: VIP, backup: "" };
const gone: Moment["then"] = [urls, [region7]];
const back: Moment["then"] = [urls, [`0\t${PHYSICAL}`, region7]];

const moments: Moment[] = [
  {
    procedure: "ha_off",
    at: { client, database: "bk_rm", line: "UPDATE oms_normal_config" },
    noted: "bk-ha",
    answer: { enabled: false, switchedOff: true },
    then: [ha, [HA]],
  },
  {
    procedure: "ha_on",
    first: "ha_off",
    at: { client, database: "bk_rm", line: "UPDATE oms_normal_config" },
    noted: "bk-ha",
    answer: { enabled: true, switchedOn: true, refetchStoreIntervalMin: 30 },
    then: [ha, [HA.replace("false", "true")]],
  },
  {
    procedure: "remove_host",
    at: { client, database: "bk_cm", line: "DELETE FROM host" },
    answer: { node: "10.1.0.12", hosts: 0, heartBeats: 1 },
    then: [
      "SELECT ip FROM bk_cm.host UNION ALL SELECT host_ip FROM bk_hb0.heart_beat",
      ["10.1.0.11", "10.2.0.21", "10.1.0.13"],
    ],
  },
  {
    procedure: "move_cm",
    at: { client, database: "bk_rm", line: "DELETE FROM cluster_info" },
    noted: "bk-cm-0",
    answer: moved,
    then: gone,
  },
  {
    procedure: "move_back",
    first: "move_cm",
    at: { client, database: "bk_rm", line: "DROP TABLE `cluster_info`" },
    noted: "bk-cm-0",
    answer: { restored: "" },
    then: back,
  },
  {
    procedure: "move_back",
    first: "move_cm",
    at: { client, database: "bk_cm", line: "CREATE TABLE `host`" },
    noted: "bk-cm-0",
    answer: { restored: "" },
    then: back,
  },
];

describe("A procedure on OMS's MetaDB that is killed", function () {
  this.timeout(60_000);
  let server: DatabaseServer;
  let oms: OmsProcedures;

  before(async () => {
    server = await DatabaseServer.ofLab();
    oms = new OmsProcedures(server);
    await oms.prepare();
  });
  beforeEach(() => oms.fill());
  after(async () => {
    await oms.clear();
    await server.close();
  });

  for (const { procedure, first, at, noted, answer, then } of moments)
    it(`${procedure} at ${at.line} in ${at.database} is made good by the next run`, async () => {
      await server.sql(
        "UPDATE bk_rm.oms_normal_config SET cfg_value = REPLACE(cfg_value, '\"enable\":false', '\"enable\":true') WHERE id = 2",
      );
      await oms.beat("bk_hb0", ["supervisor", "10.1.0.12", 2]);
      Object.assign(oms.about, { location: 0, node: "10.1.0.12" });
      if (first !== undefined) await oms.answer(first);
      const letGo = await oms.killAt(procedure, at);
      await letGo();
      const notes = await on("p3", `ls ${DIRECTORY} | grep -v 'sql.gz$' || true`);
      assert.equal(notes, noted ?? "");
      const { backup, restored, ...more } = (await oms.answer(procedure)) as Record<string, unknown>;
      assert.deepEqual(
        { ...more, ...(backup !== undefined && { backup: "" }), ...(restored !== undefined && { restored: "" }) },
        answer,
      );
      for (const path of [backup, restored])
        if (path !== undefined)
          assert.ok((await on("p3", `ls ${DIRECTORY}/*.sql.gz`)).split("\n").includes(path as string));
      await oms.assertRow(...then);
      await oms.assertClean();
    });
});
