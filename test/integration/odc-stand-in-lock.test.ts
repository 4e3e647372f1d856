import assert from "node:assert/strict";
import { sql as ask } from "../../lab/src/lab";
import { emptyMetaDb, theLab } from "./hosts";
import { isHealthy, untilHealthy, untilLogged, type OdcContainer } from "./odc-container";
import { StandIns } from "./odc-stand-in";

const sql = (statement: string): Promise<string[]> => ask(theLab(), statement);
/** A MetaDB of its own for a node that waits for a minute, beside the other tests. */
const WAITERS = "odc_waiters";
/** Java's UUID.nameUUIDFromBytes of ODC_METADB_MIGRATE. */
const KEY = "5cd72562-5ff7-3ae1-8d2a-b93c5e7446d6";

/** A MetaDB with another node's lock, which is so many seconds old. */
async function lockedSince(seconds: number, database = "odc_metadb"): Promise<void> {
  const table = `${database}.DISTRIBUTED_LOCK`;
  await sql(
    `CREATE TABLE ${table} (LOCK_KEY CHAR(36) NOT NULL, REGION VARCHAR(100) NOT NULL, CLIENT_ID CHAR(36), CREATED_DATE DATETIME(6) NOT NULL, PRIMARY KEY (LOCK_KEY, REGION));
     INSERT INTO ${table} VALUES ('${KEY}', 'DEFAULT', '10.0.0.9:8989', UTC_TIMESTAMP(6) - INTERVAL ${seconds} SECOND);`,
  );
}

const locks = (): Promise<string[]> =>
  sql("SELECT CONCAT_WS(' ', LOCK_KEY, REGION, CLIENT_ID) FROM odc_metadb.DISTRIBUTED_LOCK");

/** When a node wrote a line into its log. */
function loggedAt(log: string, what: string): number {
  const line = log.split("\n").find((one) => one.includes(what)) ?? "";
  assert.notEqual(line, "", `${what} is not in\n${log}`);
  return Date.parse(`${line.slice(0, 23).replace(" ", "T").replace(",", ".")}Z`);
}

describe("The migration lock of the ODC stand-in", function () {
  this.timeout(150_000);
  const nodes = new StandIns();
  const waiters = new StandIns();
  let waiter: OdcContainer;

  before(async () => {
    const { username } = theLab().metadb;
    await sql(`CREATE DATABASE ${WAITERS}; GRANT ALL ON ${WAITERS}.* TO '${username}'@'%';`);
    await lockedSince(-60, WAITERS);
    waiter = await waiters.start("4.3.1", { DATABASE_NAME: WAITERS });
  });
  beforeEach(emptyMetaDb);
  afterEach(() => nodes.removeAll());
  after(async () => {
    await waiters.removeAll();
    const { username } = theLab().metadb;
    await sql(`REVOKE ALL ON ${WAITERS}.* FROM '${username}'@'%'; DROP DATABASE ${WAITERS};`);
    await emptyMetaDb();
  });

  it("is a row with its owner, which goes when the migration has ended", async () => {
    const odc = await nodes.start("4.3.1", { STANDIN_START_DELAY: "4", ODC_HOST: "10.9.9.9" });
    await untilLogged(odc, "get lock success");
    const { hostname } = new URL(odc.url);
    assert.deepEqual(await locks(), [`${KEY} DEFAULT ${hostname}:8989`]);
    await untilHealthy(odc);
    assert.deepEqual(await locks(), []);
  });

  it("keeps a node waiting, which takes it over when it is a minute old", async () => {
    await lockedSince(50);
    const began = Date.now();
    const odc = await nodes.start("4.3.1");
    await untilLogged(odc, "try lock...");
    assert.equal(await isHealthy(odc.url), false);
    await untilHealthy(odc);
    assert.ok(Date.now() - began >= 9000, `${Date.now() - began} ms`);
  });

  it("is no protection for nodes with the same owner: two that start at once break the migration, and one dies", async () => {
    const both = await Promise.all(
      ["10.9.9.1", "10.9.9.2"].map((host) => nodes.start("4.3.1", { ODC_HOST: host, STANDIN_START_DELAY: "6" }, true)),
    );
    const all = async (look: (odc: OdcContainer) => Promise<unknown>): Promise<void> => {
      await Promise.all(both.map(look));
    };
    // Docker's bridge, which all Debian hosts have alike, comes before eth0
    await all((odc) => untilLogged(odc, "localIpAddress=172.17.0.1, listenPort=8989"));
    await all((odc) => untilLogged(odc, "get lock success"));
    await all(untilHealthy);
    const logs = await Promise.all(both.map((odc) => odc.log()));
    const dead = logs.filter((log) => /cannot start: migrate V_\S+ failed: Duplicate column name/.test(log));
    assert.equal(dead.length, 1, logs.join("\n\n"));
    const failed = await sql("SELECT script FROM odc_metadb.migrate_schema_history WHERE success = 0");
    const names = dead.map((log) => /migrate (V_\S+) failed: Duplicate/.exec(log)?.[1]);
    assert.deepEqual(failed, names);
  });

  it("is given up after a minute when it looks younger, as by a clock that is ahead", async () => {
    const log = await untilLogged(waiter, "failed to start migrate due try lock timeout", 75);
    assert.ok(loggedAt(log, "try lock timeout") - loggedAt(log, "try lock...") >= 60_000);
    assert.equal(await isHealthy(waiter.url), false);
  });
});
