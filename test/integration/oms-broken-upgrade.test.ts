import assert from "node:assert/strict";
import * as yaml from "yaml";
import type { HostName } from "../../lab/src/lab";
import { engines } from "./engines";
import { eventually, labHosts, on } from "./hosts";
import type { DatabaseServer } from "./metadb-server";
import { emptyOmsMetaDb, endOms, omsConfig, PASSWORD, switchOms, tarballsOf, virtualAddress } from "./oms-stack";
import { TestStack } from "./stack";

const both: HostName[] = ["p1", "p3"];

const config = (version: string, more: object = {}) =>
  omsConfig((oms) => {
    const upgradeFrom = version === "4.2.10" ? "4.2.7" : undefined;
    Object.assign(oms, { version, image: tarballsOf(`oms-${version}`), upgradeFrom, manageHa: true }, more);
  });

/** What users and OMS have in the MetaDB, and what must be there after an upgrade and after the way back. Times are left out. */
const ROWS = {
  project: "SELECT project_name, project_status FROM oms_rm.oms_project ORDER BY id",
  settings: "SELECT cfg_name, cfg_value FROM oms_rm.oms_normal_config ORDER BY cfg_name",
  cm: "SELECT code, cm_url, is_default_cm FROM oms_rm.cluster_info",
  addresses: "SELECT location, cm_url FROM oms_cm.location_cm",
  groups: "SELECT id, name FROM oms_cm.resource_group",
  hosts: "SELECT resource_group_id, ip, host_status FROM oms_cm.host ORDER BY ip",
  jobs: "SELECT `key`, `value` FROM oms_cm.config_job ORDER BY id",
};
const COLUMNS =
  "SELECT table_schema, table_name, column_name, column_type FROM information_schema.columns WHERE table_schema IN ('oms_rm', 'oms_cm', 'oms_cm_heartbeat') ORDER BY 1, 2, 3";

for (const engine of engines())
  describe(`An upgrade of OMS that breaks, with the ${engine.name}`, function () {
    this.timeout(300_000);
    let stack: TestStack;
    let server: DatabaseServer;
    let kept: unknown;
    let columns: string[];
    let backup: string;

    before(async () => {
      server = await emptyOmsMetaDb();
      stack = new TestStack(engine);
      await stack.init(config("4.2.7"));
      await stack.up();
      await server.sql(
        `UPDATE oms_rm.oms_normal_config SET cfg_value = REPLACE(cfg_value, '"enable":false', '"enable":true') WHERE cfg_name = 'ha.config'`,
        `INSERT INTO oms_rm.oms_normal_config (cfg_name, cfg_value) VALUES ('mine', 'it''s "mine"')`,
        "INSERT INTO oms_rm.oms_project (project_name, project_status) VALUES ('迁移 1', 'RUNNING'), ('two', 'FINISHED')",
        "INSERT INTO oms_cm.config_job (`key`, `value`) VALUES ('job', '7')",
      );
      kept = await survivors();
      columns = await server.sql(COLUMNS);
    });
    after(async () => {
      await stack.destroy();
      await endOms(stack, server);
    });

    /** All that an upgrade and the way back must leave as it is: rows, the hosts' config.yaml, the CM's address. */
    async function survivors(): Promise<unknown> {
      const rows = Object.entries(ROWS).map(async ([name, query]) => [name, await server.sql(query)] as const);
      const files = both.map((host) =>
        on(host, "cat /data/oms/config.yaml").then((text) => yaml.parse(text) as object),
      );
      const { regions } = (await stack.outputs()).oms as { regions: { cmUrl: string }[] };
      return {
        rows: Object.fromEntries(await Promise.all(rows)),
        files: (await Promise.all(files)).map((file) =>
          // OMS writes numbers with quotes
          Object.fromEntries(
            Object.entries(file).map(([key, value]) => [key, Array.isArray(value) ? value : `${value}`]),
          ),
        ),
        cmUrls: regions.map(({ cmUrl }) => cmUrl),
      };
    }
    const containers = async (host: HostName): Promise<string> =>
      (
        await on(host, "docker ps -a --format '{{.Names}} {{.Status}}' | sed 's/\\(Up\\|Exited\\).*/\\1/' | sort")
      ).trim();
    const isOn = async (): Promise<boolean> =>
      /"enable": ?true/.test(
        (await server.sql("SELECT cfg_value FROM oms_rm.oms_normal_config WHERE cfg_name = 'ha.config'")).join(),
      );
    const nodes = async (): Promise<string[]> => {
      const { oms } = (await stack.outputs()) as { oms: { nodes: { version: string; health: string }[] } };
      return oms.nodes.map(({ version, health }) => `${version} ${health}`);
    };
    const serves = (): Promise<string> =>
      eventually(
        "the console is healthy by the address",
        20,
        () => fetch(`http://${virtualAddress()}:8089/oms/health`).then((answer) => answer.text(), String),
        (text) => text.includes('"healthy":true'),
      );
    const noDifference = (): Promise<string> => stack.succeed("preview", "--refresh", "--expect-no-changes");

    /** An `up` that must fail. @returns what it said, in one line. */
    async function fails(): Promise<string> {
      const { code, text } = await stack.run("up", "--yes", "--skip-preview");
      assert.notEqual(code, 0, text);
      assert.ok(!text.includes(PASSWORD.slice(4, 20)), "it shows the password");
      return text.replaceAll(/\s+/g, " ");
    }
    /** The backup that a message names for the way back. */
    function wayBack(text: string): string {
      const [, path = ""] =
        /; or go back: give the former version and image, and rollback\.backup: (\/\S+\.sql\.gz)/.exec(text) ?? [];
      assert.notEqual(path, "", text);
      return path;
    }

    it("ends at the node that fails, and names host, step, log and the backup for the way back", async () => {
      await switchOms("p3", { FAIL_STEP: "5" });
      stack.configure(config("4.2.10"));
      const text = await fails();
      assert.match(
        text,
        /host p3: docker_init\.sh in container oms_4210 ended with status 1 in step 5 of 5: 初始化 OMS 资源标签和资源组; it said last \(more in \/data\/oms\/oms_logs on the host\):.* stand-in: step 5 fails, /,
      );
      backup = wayBack(text);
      assert.match(backup, /^\/var\/backups\/oms\/oms-\d{8}T\d{6}Z-4\.2\.7\.sql\.gz$/);
      for (const host of both) assert.equal(await containers(host), "oms_4210 Up\noms_427 Exited");
      assert.equal(await isOn(), false, "HA waits until all nodes serve");
    });

    it("goes on with the next up when that is mended, and keeps all that was there", async () => {
      await switchOms("p3");
      await stack.up();
      assert.deepEqual(await nodes(), ["4.2.10 healthy", "4.2.10 healthy"]);
      for (const host of both) assert.equal(await containers(host), "oms_4210 Up");
      assert.deepEqual(await survivors(), kept);
      const added = (await server.sql(COLUMNS)).filter((column) => !columns.includes(column));
      assert.deepEqual(
        added.map((column) => column.split(/\s/).slice(0, 3).join(".")),
        ["oms_rm.oms_project.labels"],
      );
      assert.equal(await isOn(), true);
      const { backups } = (await stack.outputs()).oms as { backups: { path: string }[] };
      assert.deepEqual(
        backups.map(({ path }) => path),
        [backup],
      );
      await serves();
      await noDifference();
    });

    it("goes back from an upgrade that broke to the former version and all that it had", async () => {
      stack.configure(config("4.2.7", { rollback: { backup } }));
      await stack.up();
      stack.configure(config("4.2.7"));
      await stack.up();
      assert.deepEqual(await survivors(), kept);
      assert.deepEqual(await server.sql(COLUMNS), columns);

      // this image initialises itself, and fails when the schema is the later one
      await switchOms("p1", { FAIL_STEP: "3" });
      stack.configure(config("4.2.11"));
      const text = await fails();
      assert.match(
        text,
        /host p1: docker_init\.sh in container oms_4211 ended in step 3 of 5: 创建 OMS 各组件的配置文件 /,
      );
      backup = wayBack(text);
      assert.deepEqual(
        [await containers("p1"), await containers("p3")],
        ["oms_4211 Up\noms_427 Exited", "oms_427 Exited"],
      );
      assert.notDeepEqual(await server.sql(COLUMNS), columns, "the schema is another one by then");

      await switchOms("p1");
      stack.configure(config("4.2.7", { rollback: { backup } }));
      await stack.up();
      assert.deepEqual(await nodes(), ["4.2.7 healthy", "4.2.7 healthy"]);
      for (const host of both) assert.equal(await containers(host), "oms_427 Up");
      assert.deepEqual(await survivors(), kept);
      assert.deepEqual(await server.sql(COLUMNS), columns);
      assert.deepEqual(await server.sql("SELECT version FROM oms_rm.oms_version"), ["4.2.7-CE"]);
      assert.equal(await isOn(), true, "as before");
      await serves();
      const beating = () =>
        server.sql(
          "SELECT DISTINCT host_ip FROM oms_cm_heartbeat.heart_beat WHERE task_name = 'supervisor' AND gmt_modified > NOW() - INTERVAL 10 SECOND",
        );
      await eventually("both nodes beat", 30, beating, (seen) =>
        both.every((host) => seen.includes(labHosts()[host].address)),
      );
      await noDifference();
      stack.configure(config("4.2.7"));
      await stack.up();
      await noDifference();
    });
  });
