import assert from "node:assert/strict";
import {
  ask,
  dropMetaDb,
  health,
  newMetaDb,
  nodeAddress,
  OmsNodes,
  omsConfig,
  untilHealth,
  untilRunning,
  type OmsContainer,
} from "./oms-stand-in";

const INIT_DB = "python -m omsflow.scripts.units.oms_init_manager --init-db 2>&1 | tail -n 1";
const columns = (): Promise<string[]> =>
  ask(
    "SELECT column_name FROM information_schema.columns WHERE table_schema = 'oms_rm' AND table_name = 'oms_project' AND column_name = 'labels'",
  );
const versions = (): Promise<string[]> => ask("SELECT version FROM oms_rm.oms_version ORDER BY gmt_modified, version");

describe("The upgrade of the OMS stand-in", function () {
  this.timeout(120_000);
  const nodes = new OmsNodes();
  const address = nodeAddress(203);
  const config = omsConfig([address]);
  const url = `http://${address}:8089`;
  let old: OmsContainer;
  let next: OmsContainer;

  before(newMetaDb);
  after(async () => {
    await nodes.removeAll();
    await dropMetaDb();
  });

  const logIn = async (password: string): Promise<string | null> => {
    const body = JSON.stringify({ user: "admin", password });
    const answer = await fetch(`${url}/standin/login`, { method: "POST", body });
    return ((await answer.json()) as { code: string | null }).code;
  };

  it("has nothing to upgrade in an empty MetaDB", async () => {
    const lost = await nodes.start("4.2.10", address, config, { IS_UPGRADE: "true" });
    assert.equal(await lost.sh(INIT_DB), "ERROR IS_UPGRADE=true, but the MetaDB has no OMS that could be upgraded\n");
    await nodes.remove(lost);
  });

  it("begins with a version that has a known password, which must be changed at the first log-in", async () => {
    old = await nodes.start("4.2.7", address, config, { OMS_STANDIN_VERSION: "4.2.0" });
    assert.equal((await old.init()).status, 0);
    await untilHealth(url, true);
    assert.deepEqual(await versions(), ["4.2.0-CE"]);
    assert.equal(await logIn("aaAA11__"), "PASSWORD_MUST_BE_CHANGED");
    const body = JSON.stringify({ password: "ccCC33.." });
    const headers = { authorization: `Basic ${btoa("admin:aaAA11__")}` };
    assert.equal((await fetch(`${url}/standin/password`, { method: "POST", body, headers })).status, 200);
    assert.equal(await logIn("ccCC33.."), null);
    await old.container.stop({ t: 10 });
  });

  it("is refused without IS_UPGRADE, with nothing changed", async () => {
    const forgotten = await nodes.start("4.2.10", address, config);
    const said = await forgotten.sh(INIT_DB);
    assert.equal(
      said,
      "ERROR MetaDB schema mismatch: the MetaDB has the schema of 4.2.0-CE, this is 4.2.10-CE; the container of an upgrade needs IS_UPGRADE=true\n",
    );
    assert.deepEqual([await versions(), await columns()], [["4.2.0-CE"], []]);
    await nodes.remove(forgotten);
  });

  it("has its services running before docker_init.sh, and is not healthy", async () => {
    next = await nodes.start("4.2.10", address, config, { IS_UPGRADE: "true" });
    const { status, text } = await untilHealth(url, false);
    assert.equal(status, 503);
    assert.match(text, /MetaDB schema mismatch: the MetaDB has the schema of 4\.2\.0-CE, this is 4\.2\.10-CE/);
    await untilRunning(next);
    assert.match(
      await next.sh("cat /home/admin/logs/ghana/Ghana/common-error.log"),
      /\[ERROR\] MetaDB schema mismatch/,
    );
  });

  it("changes the schema by docker_init.sh, notes the version and keeps what was there", async () => {
    const { status, output } = await next.init();
    assert.equal(status, 0, output);
    assert.match(output, /^alter table oms_project add column labels$/m);
    assert.deepEqual([await versions(), await columns()], [["4.2.0-CE", "4.2.10-CE"], ["labels"]]);
    await untilHealth(url, true);
    assert.equal(await logIn("ccCC33.."), null);
    await next.container.stop({ t: 10 });
  });

  it("cannot be taken back: the old version does not work with the new schema", async () => {
    await old.container.start();
    await untilHealth(url, false);
    assert.match((await health(url)).text, /the MetaDB has the schema of 4\.2\.10-CE, this is 4\.2\.0-CE/);
    assert.equal(
      await old.sh(INIT_DB),
      "ERROR MetaDB schema mismatch: the MetaDB has the schema of 4.2.10-CE, this is 4.2.0-CE; a later version cannot be taken back\n",
    );
    await ask(
      "ALTER TABLE oms_rm.oms_project DROP COLUMN labels; DELETE FROM oms_rm.oms_version WHERE version = '4.2.10-CE'",
    );
    await untilHealth(url, true);
  });
});
