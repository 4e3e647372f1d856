import assert from "node:assert/strict";
import { statSync, writeFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import { eventually } from "./hosts";
import {
  allServices,
  ask,
  configOutside,
  DATABASES,
  dropMetaDb,
  newMetaDb,
  nodeAddress,
  OmsNodes,
  omsConfig,
  USER,
  type OmsConfig,
  type OmsContainer,
} from "./oms-stand-in";

const MARKER = "cat /root/init_flag.txt 2>/dev/null";
const headings = (output: string): string[] => output.split("\n").filter((line) => line.startsWith("# "));
const tables = (): Promise<string[]> =>
  ask(
    `SELECT CONCAT(table_schema, '.', table_name) FROM information_schema.tables WHERE table_schema LIKE 'oms\\_%' ORDER BY 1`,
  );

describe("docker_init.sh of the OMS stand-in", function () {
  this.timeout(120_000);
  const nodes = new OmsNodes();
  const address = nodeAddress(201);
  const good = omsConfig([address]);
  let oms: OmsContainer;

  before(async () => {
    await newMetaDb();
    oms = await nodes.start("4.2.7", address, good);
  });
  after(async () => {
    await nodes.removeAll();
    await dropMetaDb();
  });

  /** Writes config.yaml as an operator would, in place. */
  const configure = (config: OmsConfig): void => writeFileSync(oms.configFile, stringify(config));
  /** What a unit of the vendor's says, with its status. */
  const unit = async (call: string): Promise<string> =>
    (await oms.sh(`python -m omsflow.scripts.units.${call} 2>&1; echo "status $?"`)).trim();
  const CHECK = "oms_cluster_config --check /home/admin/conf/config.yaml";

  it("refuses a config.yaml that cannot work, with all its problems, and leaves it as it is", async () => {
    const problems: [changes: OmsConfig, said: string][] = [
      [{ oms_meta_host: "", cm_nodes: [] }, "oms_meta_host is missing|cm_nodes is missing"],
      [{ cm_location: 128 }, "cm_location 128 is not in [0,127]"],
      [{ cm_location: "-1" }, "cm_location -1 is not in [0,127]"],
      [{ oms_meta_user: "root@sys#ob" }, "oms_meta_user root@sys#ob: the tenant sys cannot hold the MetaDB"],
      [{ oms_meta_port: 70000 }, "oms_meta_port 70000 is no port"],
      [{ cm_url: "10.0.0.1:8088" }, "cm_url 10.0.0.1:8088 is not http://HOST:PORT"],
      [{ cm_nodes: ["node-1"] }, "cm_nodes ['node-1'] is no list of IP addresses"],
      [{ nginx_server_port: 443 }, "nginx_server_port 443 is not in [1025,65535]"],
      [{ cm_is_default: "maybe" }, "cm_is_default maybe is neither true nor false"],
      [
        { tsdb_enabled: true, tsdb_service: "PROMETHEUS", tsdb_url: "a:1", tsdb_username: "u" },
        "tsdb_service PROMETHEUS is neither INFLUXDB nor CERESDB|tsdb_password is missing, as tsdb_enabled is true",
      ],
      [
        { apsara_audit_sls_access_key: "k" },
        "apsara_audit_sls_access_secret, apsara_audit_sls_endpoint, apsara_audit_sls_ops_site_topic, apsara_audit_sls_user_site_topic missing beside apsara_audit_sls_access_key",
      ],
    ];
    for (const [changes, said] of problems) {
      const config = { ...good, ...changes };
      configure(config);
      const lines = said.split("|").map((problem) => `ERROR /home/admin/conf/config.yaml: ${problem}`);
      assert.equal(await unit(CHECK), [...lines, "status 1"].join("\n"));
      assert.equal(configOutside(oms), stringify(config));
    }
    writeFileSync(oms.configFile, "a: 'b\n");
    assert.equal(await unit(CHECK), "ERROR /home/admin/conf/config.yaml: no YAML, line 2\nstatus 1");
  });

  it("takes quoted numbers and booleans, and keys that it does not know", async () => {
    const quoted = { cm_location: "0", cm_is_default: "false", oms_meta_port: "2881", ssh_server_port: 2023 };
    configure({ ...good, ...quoted });
    assert.match(await unit(CHECK), /cm_location 0, .*\nstatus 0$/);
  });

  it("has no service before it but sshd", async () => {
    // nginx is tried six times
    const states = await eventually(
      "the end of all attempts but nginx's",
      20,
      () => oms.services(),
      (found) => Object.values(found).filter((state) => state === "FATAL").length >= 3,
    );
    assert.match(states["nginx"] ?? "", /^(STARTING|BACKOFF|FATAL)$/);
    assert.deepEqual({ ...states, nginx: "FATAL" }, { ...allServices("FATAL"), sshd: "RUNNING" });
    const log = await oms.sh("cat /home/admin/logs/oms_console_stderr.log");
    assert.match(log, /application-oms\.properties cannot be read \(No such file or directory\)/);
  });

  it("fails in step 2 when the MetaDB cannot be had, in the client's words, and without the right to make databases", async () => {
    const init = "oms_init_manager --init-db";
    configure({ ...good, oms_meta_port: 1 });
    assert.match(await unit(init), /pymysql\.err\.OperationalError: \(2003, .*Connection refused.*\nstatus 1$/);
    configure({ ...good, oms_meta_password: "wrong" });
    assert.match(await unit(init), /pymysql\.err\.OperationalError: \(1045, .*\nstatus 1$/);
    configure(good);
    await ask(`REVOKE CREATE ON *.* FROM '${USER.username}'@'%'; REVOKE ALL ON oms_rm.* FROM '${USER.username}'@'%'`);
    assert.match(await unit(init), /pymysql\.err\.OperationalError: \(1044, .*\nstatus 1$/);
    await newMetaDb();
    assert.deepEqual(await tables(), []);
  });

  it("stops at a step that fails, with status 1 and no marker", async () => {
    const said = [
      "# [Step 1] Verify the config.yaml configuration file.",
      "# [Step 2] Create the OMS MetaDB.",
      "# [Step 3] Create the configuration files for OMS components.",
      "# [Step 4] Restart all OMS components. This step takes about two minutes to complete.",
      "# [Step 5] Initialize OMS resource tags and resource groups.",
    ];
    for (const step of [1, 2, 3, 4]) {
      oms.switches({ LANGUAGE: "en", FAIL_STEP: String(step), LOG_WITHOUT_PASSWORD: "1" });
      const { status, output } = await oms.init();
      assert.deepEqual([status, headings(output)], [1, said.slice(0, step)]);
      assert.match(output, new RegExp(`stand-in: step ${step} fails, as OMS_STANDIN_FAIL_STEP says\n$`));
      assert.equal(await oms.sh(MARKER), "");
      if (step < 3) assert.deepEqual(await tables(), []);
    }
    assert.match(await oms.sh("cat /home/admin/logs/docker_init.log.*"), /^# \[Step 4\]/m);
    assert.equal(await oms.sh("grep -c password_original /home/admin/logs/docker_init.log.* | grep -v :0"), "");
    await ask(DATABASES.map((database) => `DROP DATABASE ${database}`).join("; "));
  });

  it("can be killed within step 2, which then counts as not done", async () => {
    oms.switches({ PAUSE_STEP: "2.5" });
    const running = oms.init();
    await eventually(
      "the pause",
      20,
      () => oms.sh("cat /home/admin/logs/docker_init.log.*"),
      (log) => log.includes("stand-in: paused at step 2.5"),
    );
    await oms.sh("pkill -9 -f docker_init.sh; pkill -9 -f oms_init_manager");
    await running;
    assert.deepEqual(await ask("SELECT * FROM oms_rm.oms_version"), []);
    assert.deepEqual(
      (await tables()).filter((table) => !table.startsWith("oms_rm.")),
      [],
    );
    assert.equal(await oms.sh(MARKER), "");
  });

  it("does its five steps, in Chinese unless told otherwise, and leaves a marker and a dated log", async () => {
    configure(good);
    const inode = statSync(oms.configFile).ino;
    oms.switches({ ERROR_1235: "1" });
    const { status, output } = await oms.init();
    assert.equal(status, 0, output);
    assert.deepEqual(headings(output), [
      "# 【步骤一】校验 config.yaml 配置文件",
      "# 【步骤二】创建 OMS 元信息库",
      "# 【步骤三】创建 OMS 各组件的配置文件",
      "# 【步骤四】重启 OMS 所有组件（大约需要 2 分钟）",
      "# 【步骤五】初始化 OMS 资源标签和资源组",
      "# 【结束】全部初始化步骤执行成功",
    ]);
    assert.deepEqual(
      output.split("\n").filter((line) => /^(python|supervisorctl) /.test(line)),
      [
        "python -m omsflow.scripts.units.oms_cluster_config --check /home/admin/conf/config.yaml",
        "python -m omsflow.scripts.units.oms_init_manager --init-db",
        "python -m omsflow.scripts.units.oms_init_manager --init-config-file",
        "supervisorctl restart crond nginx oms_console oms_drc_cm oms_drc_supervisor sshd",
        "supervisorctl status crond nginx oms_console oms_drc_cm oms_drc_supervisor sshd",
        "supervisorctl status crond nginx oms_console oms_drc_cm oms_drc_supervisor sshd",
        "python -m omsflow.scripts.units.oms_cluster_manager add_resource",
      ],
    );
    assert.match(output, /^ERROR 1235 \(0A000\): Modify large text\/lob column not supported$/m);
    assert.match(output, /^crond: ERROR \(no such process\)$/m);
    assert.notEqual(await oms.sh(MARKER), "");
    const log = await oms.sh("cat $(ls -t /home/admin/logs/docker_init.log.* | head -n 1)");
    assert.equal(log, output);
    assert.match(await oms.sh("ls /home/admin/logs"), /^docker_init\.log\.\d{4}-\d\d-\d\d\.\d\d:\d\d:\d\d$/m);
    assert.deepEqual(await oms.services(), allServices("RUNNING"));
    assert.equal(statSync(oms.configFile).ino, inode, "config.yaml is another file");
  });

  it("shows the MetaDB's password, as Python writes it, on its output and in its log", async () => {
    const shown = String.raw`'password_original': 'it\'s "#1": \\x'`;
    const log = await oms.sh("cat $(ls -t /home/admin/logs/docker_init.log.* | head -n 1)");
    assert.equal(log.split(shown).length - 1, 3, log);
  });

  it("writes config.yaml again with everything in double quotes, and the same meaning", () => {
    const text = configOutside(oms);
    assert.match(text, /^"oms_meta_port": "2881"$/m);
    assert.match(text, /^"cm_location": "100"$/m);
    assert.match(text, new RegExp(`^- "${address}"$`, "m"));
    const numbers = { oms_meta_port: "2881", cm_location: "100" };
    assert.deepEqual(parse(text), { ...good, ...numbers });
  });

  it("makes and fills the documented tables", async () => {
    const own = await tables();
    assert.deepEqual(own, [
      "oms_cm.config_job",
      "oms_cm.host",
      "oms_cm.location_cm",
      "oms_cm.resource_group",
      "oms_cm_heartbeat.heart_beat",
      "oms_cm_heartbeat.heatbeat_sequence",
      "oms_rm.cluster_info",
      "oms_rm.ocp_info",
      "oms_rm.oms_normal_config",
      "oms_rm.oms_project",
      "oms_rm.oms_sync_project",
      "oms_rm.oms_version",
      "oms_rm.standin_user",
    ]);
    assert.deepEqual(await ask("SELECT version FROM oms_rm.oms_version"), ["4.2.7-CE"]);
    const [config = ""] = await ask("SELECT cfg_value FROM oms_rm.oms_normal_config WHERE cfg_name = 'ha.config'");
    const { enable, enableStore, refetchStoreIntervalMin } = JSON.parse(config) as Record<string, unknown>;
    assert.deepEqual([enable, enableStore, refetchStoreIntervalMin], [false, true, 30]);
    assert.deepEqual(await regionRows(), {
      cluster_info: [`100 http://${address}:8088 1`],
      resource_group: ["100"],
      host: [`100 ${address} ONLINE`],
      location_cm: [`100 http://${address}:8088`],
    });
    assert.deepEqual(await ask("SELECT `key`, `value` FROM oms_cm.config_job"), ["sourceFile.blackRegionNo 100"]);
  });

  const regionRows = async (): Promise<Record<string, string[]>> => ({
    cluster_info: await ask("SELECT code, cm_url, is_default_cm FROM oms_rm.cluster_info"),
    resource_group: await ask("SELECT name FROM oms_cm.resource_group"),
    host: await ask(
      "SELECT g.name, h.ip, h.host_status FROM oms_cm.host h JOIN oms_cm.resource_group g ON g.id = h.resource_group_id ORDER BY h.id",
    ),
    location_cm: await ask("SELECT location, cm_url FROM oms_cm.location_cm"),
  });

  it("leaves a row of cluster_info with the URL that it has until somebody deletes it; nodes are added and never removed", async () => {
    const other = nodeAddress(202);
    configure({ ...good, cm_url: "http://10.9.9.9:8088", cm_nodes: [other] });
    const add = "oms_cluster_manager add_resource";
    oms.switches({ KEEP_LOCATION_CM: "1" });
    assert.match(await unit(add), /status 0$/);
    const before = await regionRows();
    assert.deepEqual(before["location_cm"], [`100 http://${address}:8088`]);
    oms.switches({});
    await unit(add);
    const hosts = [`100 ${address} ONLINE`, `100 ${other} ONLINE`];
    const kept = {
      cluster_info: [`100 http://${address}:8088 1`],
      resource_group: ["100"],
      host: hosts,
      location_cm: ["100 http://10.9.9.9:8088"],
    };
    assert.deepEqual(await regionRows(), kept);
    await ask("DELETE FROM oms_rm.cluster_info");
    await unit(add);
    assert.deepEqual(await regionRows(), { ...kept, cluster_info: ["100 http://10.9.9.9:8088 1"] });
  });
});
