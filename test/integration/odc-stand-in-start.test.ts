import assert from "node:assert/strict";
import { sql as ask } from "../../lab/src/lab";
import { emptyMetaDb, eventually, theLab } from "./hosts";
import { OdcClient } from "./odc-client";
import { isHealthy, untilHealthy, untilLogged, type OdcContainer } from "./odc-container";
import { StandIns } from "./odc-stand-in";

const sql = (statement: string): Promise<string[]> => ask(theLab(), statement);
const history = (columns: string): Promise<string[]> =>
  sql(`SELECT CONCAT_WS(' ', ${columns}) FROM odc_metadb.migrate_schema_history ORDER BY install_rank`);
/** Connections of ODC's user. */
const connections = async (): Promise<number> =>
  Number((await sql("SELECT COUNT(*) FROM information_schema.processlist WHERE user LIKE 'odc%'"))[0]);
/** What supervisord says of the server's ends. */
const untilEnded = (odc: OdcContainer, status: number): Promise<string> =>
  eventually(
    `the end with ${status}`,
    30,
    () => odc.sh("cat /tmp/supervisord.log"),
    (log) => log.includes(`(exit status ${status}; not expected)`),
  );

describe("The start of the ODC stand-in", function () {
  this.timeout(120_000);
  const nodes = new StandIns();

  beforeEach(emptyMetaDb);
  afterEach(() => nodes.removeAll());
  after(emptyMetaDb);

  for (const name of ["DATABASE_HOST", "DATABASE_PORT", "DATABASE_USERNAME", "DATABASE_NAME"]) {
    it(`ends with 1 without ${name}, while its container goes on running`, async () => {
      const odc = await nodes.start("4.3.1", { [name]: undefined });
      await untilLogged(odc, `environment variable <${name}> not set, cannot start odc-server`);
      await untilEnded(odc, 1);
      assert.equal(await odc.running(), true);
      assert.equal(await isHealthy(odc.url), false);
    });
  }

  it("says that it is a stand-in, and shows node and version", async () => {
    const odc = await nodes.start("4.3.1", {
      ODC_HOST: "10.0.0.1",
      ODC_SERVER_PORT: "9000",
      ODC_APP_EXTRA_ARGS: "--some.thing=10m",
    });
    await untilHealthy(odc);
    const page = await (await fetch(`${odc.url}/login`)).text();
    assert.match(page, /<h1>ODC stand-in<\/h1>/);
    assert.match(page, /<dd id="node">10\.0\.0\.1<\/dd>.*<dd id="version">4\.3\.1<\/dd>/);
    const log = await odc.log();
    assert.match(log, /stand-in for OceanBase Developer Center 4\.3\.1/);
    assert.match(log, /cmd=.* --server\.port=9000 .*--some\.thing=10m/);
    assert.ok(!log.includes(theLab().metadb.password), "the MetaDB's password is in the log");
    assert.match(await odc.sh("ps -o args= -p 1"), /supervisord -c \/etc\/supervisor\/supervisord\.conf/);
  });

  it("takes the time that STANDIN_START_DELAY says", async () => {
    const began = Date.now();
    await untilHealthy(await nodes.start("4.3.1", { STANDIN_START_DELAY: "4" }));
    assert.ok(Date.now() - began >= 4000, `${Date.now() - began} ms`);
  });

  it("takes the real one's time behind a switch: a wrong password of the MetaDB is noticed after 11 s", async () => {
    const began = Date.now();
    const odc = await nodes.start("4.3.1", { STANDIN_REAL_TIMES: "1", DATABASE_PASSWORD: "not-the-password" });
    const log = await untilLogged(odc, "odc-server cannot start: the MetaDB at");
    assert.ok(Date.now() - began >= 11_000, `${Date.now() - began} ms`);
    assert.match(log, /cannot be used as odc@meta#lab: Access denied/);
    assert.ok(!log.includes("not-the-password"));
    await untilEnded(odc, 1);
  });

  it("holds 113 connections to the MetaDB at its first start and 110 from then on", async () => {
    const odc = await nodes.start("4.3.1", { STANDIN_START_DELAY: "4" });
    await eventually("113 connections", 20, connections, (count) => count === 113);
    await untilHealthy(odc);
    await eventually("110 connections", 20, connections, (count) => count === 110);
  });

  it("does not start when the MetaDB has no room for its connections", async () => {
    const [limit] = await sql("SELECT @@max_connections");
    await sql("SET GLOBAL max_connections = 100");
    try {
      const odc = await nodes.start("4.3.1");
      await untilLogged(odc, "cannot be used as odc@meta#lab: Too many connections");
      await untilEnded(odc, 1);
    } finally {
      await nodes.removeAll();
      await sql(`SET GLOBAL max_connections = ${limit}`);
    }
  });

  it("ends at SIGINT, with status 130", async () => {
    const odc = await nodes.start("4.3.1");
    await untilHealthy(odc);
    await odc.sh("kill -INT $(pgrep -f 'm odc_standin')");
    await eventually(
      "the end",
      10,
      () => odc.sh("cat /tmp/supervisord.log"),
      (log) => log.includes("(exit status 130; not expected)"),
    );
  });

  it("keeps a row of every script that it ran, and refuses a MetaDB of a later version", async () => {
    const old = await nodes.start("4.3.1");
    await untilHealthy(old);
    await nodes.removeAll();
    assert.deepEqual(await history("version, script, success, installed_by"), [
      "3.2.0 V_3_2_0__enterprise_console_schema.sql 1 odc@meta#lab@%",
      "3.2.0.9 V_3_2_0_9__iam_user.yaml 1 odc@meta#lab@%",
      "3.3.2.1 V_3_3_2_1__alter_connection_user.sql 1 odc@meta#lab@%",
      "3.4.0.11 V_3_4_0_11__add_spring_session.sql 1 odc@meta#lab@%",
      "4.1.3.1 com.oceanbase.odc.migrate.jdbc.web.V4131InitialPasswordMigrate 1 odc@meta#lab@%",
      "4.2.0.12 V_4_2_0_12__add_extra_info_to_iam_user.sql 1 odc@meta#lab@%",
      "4.3.1.2 V_4_3_1_2__add_list_user_table_permission_view.sql 1 odc@meta#lab@%",
      "4.3.1.6 V_4_3_1_6__init_max_login_record_time.sql 1 odc@meta#lab@%",
    ]);
    const newer = await nodes.start("4.3.2");
    await untilHealthy(newer);
    assert.deepEqual((await history("version, success")).slice(8), ["4.3.2.11 1", "4.3.2.12 1"]);
    const back = await nodes.start("4.3.1");
    const refusal =
      "Software degrade is not allowed, please check your ODC version which should be greater than or equal to 4.3.2.12";
    await untilLogged(back, refusal);
    await untilEnded(back, 1);
    assert.equal(await isHealthy(newer.url), true);
  });

  it("stops in mid-migration for a bad password of admin, without showing it, and goes on with a good one", async () => {
    const odc = await nodes.start("4.3.1", { ODC_ADMIN_INITIAL_PASSWORD: "onlytwo1" });
    const log = await untilLogged(odc, "Please correct value of environment variable 'ODC_ADMIN_INITIAL_PASSWORD'");
    await untilEnded(odc, 1);
    assert.ok(!log.includes("onlytwo1"));
    await nodes.removeAll();
    const before = await history("version, success");
    assert.deepEqual(before.slice(0, 5), ["3.2.0 1", "3.2.0.9 1", "3.3.2.1 1", "3.4.0.11 1", "4.1.3.1 0"]);
    const good = await nodes.start("4.3.1");
    await untilHealthy(good);
    assert.deepEqual((await history("version, success")).slice(before.length), [
      "4.1.3.1 1",
      "4.2.0.12 1",
      "4.3.1.2 1",
      "4.3.1.6 1",
    ]);
    assert.equal((await new OdcClient(good.url).logIn("aaBB11..")).status, 200);
  });

  it("takes the password of admin over once and ignores it from then on, even a bad one", async () => {
    await untilHealthy(await nodes.start("4.3.1"));
    const second = await nodes.start("4.3.1", { ODC_ADMIN_INITIAL_PASSWORD: "bad" });
    await untilHealthy(second);
    assert.equal((await new OdcClient(second.url).logIn("bad")).status, 401);
    assert.equal((await new OdcClient(second.url).logIn("aaBB11..")).status, 200);
    const [stored = ""] = await sql("SELECT password FROM odc_metadb.iam_user WHERE account_name = 'admin'");
    assert.match(stored, /^[0-9a-f]{32}:[0-9a-f]{128}$/);
  });

  it("holds the password of admin to ODC's rule, which is wider than the document's", async () => {
    const odc = await nodes.start("4.3.1");
    const passwords: [password: string, allowed: boolean][] = [
      ["aaBB11..", true],
      ["aaBBcc11", true],
      ["aaaaaaa1.", true],
      ["AAAAAAA1.", true],
      ["~!@#%^&*_-+=|(){}[]:;,.?/$`'\"<>\\", false],
      ["aA~!@#%^&*_-+=|(){}[]:;,.?/$`'\"<>", false],
      ["aA1~!@#%^&*_-+=|(){}[]:;,.?/$`", true],
      ["aA1'\"<>\\", true],
      [`aaBB11..${"x".repeat(24)}`, true],
      [`aaBB11..${"x".repeat(25)}`, false],
      ["aaBB11.", false],
      ["aaaaBBBB", false],
      ["aaaa1111", false],
      ["aaBB11. .", false],
      ["aaBB11..€", false],
      ["ääBB1111", true],
    ];
    const script =
      "import sys,json; from odc_standin.admin import follows_rule as f; print(json.dumps([f(p) for p in json.load(sys.stdin)]))";
    const given = Buffer.from(JSON.stringify(passwords.map(([password]) => password))).toString("base64");
    const output = await odc.sh(`echo ${given} | base64 -d | PYTHONPATH=/opt/odc/lib python3 -c '${script}'`);
    assert.deepEqual(
      (JSON.parse(output) as boolean[]).map((allowed, i) => [passwords[i]?.[0], allowed]),
      passwords,
    );
  });

  it("gives ODC_APP_EXTRA_ARGS no life beyond the start in 4.3.1", async () => {
    await untilHealthy(await nodes.start("4.3.1", { ODC_APP_EXTRA_ARGS: "--server.servlet.session.timeout=1h" }));
    assert.deepEqual(await sessionTimeout(), []);
  });

  const sessionTimeout = (): Promise<string[]> =>
    sql("SELECT `value` FROM odc_metadb.config_system_configuration WHERE `key` = 'server.servlet.session.timeout'");

  it("keeps ODC_APP_EXTRA_ARGS in the MetaDB from 4.3.2 on: only another value undoes one, at the second start", async () => {
    const secure = async (odc: OdcContainer): Promise<boolean> => {
      await untilHealthy(odc);
      const { status, setCookies } = await new OdcClient(odc.url).logIn("aaBB11..");
      assert.equal(status, 200);
      await nodes.removeAll();
      return / Secure;/.test(setCookies.join());
    };
    const timeout = "--server.servlet.session.timeout=1h";
    const set = (value: boolean) => ({
      ODC_APP_EXTRA_ARGS: `${timeout} --server.servlet.session.cookie.secure=${value}`,
    });
    const seen: [what: string, secure: boolean][] = [];
    for (const [what, changes] of [
      ["first start with it", set(true)],
      ["second start with it", set(true)],
      ["without the argument", {}],
      ["first start with the old value", set(false)],
      ["second start with the old value", set(false)],
    ] as const)
      seen.push([what, await secure(await nodes.start("4.3.2", changes))]);
    assert.deepEqual(seen, [
      ["first start with it", false],
      ["second start with it", true],
      ["without the argument", true],
      ["first start with the old value", true],
      ["second start with the old value", false],
    ]);
    assert.deepEqual(await sessionTimeout(), ["1h"]);
  });
});
