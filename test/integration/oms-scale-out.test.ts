import assert from "node:assert/strict";
import type { HostName } from "../../lab/src/lab";
import { engines } from "./engines";
import { eventually, labHosts, on } from "./hosts";
import type { DatabaseServer } from "./metadb-server";
import { emptyOmsMetaDb, endOms, omsConfig, virtualAddress } from "./oms-stack";
import { TestStack } from "./stack";

const engine = engines().at(-1);
assert.ok(engine);

const urlOf = (host: HostName): string => `http://${labHosts()[host].address}:8088`;
const VIP = (): string => `http://${virtualAddress()}:8088`;

/** One node whose own address is the CM's. */
const alone = () =>
  omsConfig((oms) => {
    oms.regions = [{ location: 1, nodes: ["p1"], cmUrl: urlOf("p1"), singleNode: true }];
  });

/** A second region, with one node, beside that of two nodes. */
const regions = () =>
  omsConfig((oms) => {
    Object.assign(oms.regions[0] as object, { region: "cn-one", default: true });
    oms.regions.push({
      ...{ location: 2, region: "cn-two", default: false, heartbeatDatabase: "oms_cm_heartbeat2", nodes: ["p2"] },
      ...{ cmUrl: urlOf("p2"), singleNode: true },
    });
  });

interface NodeOutput {
  host: string;
  health: string;
  server: string;
  heartBeats: string;
}

describe(`Scale-out of OMS, with the ${engine.name}`, function () {
  this.timeout(300_000);
  let stack: TestStack;
  let server: DatabaseServer;

  before(async () => {
    server = await emptyOmsMetaDb();
    stack = new TestStack(engine);
    await stack.init(alone());
    await stack.up();
    // it must be there to the end
    await server.sql("INSERT INTO oms_rm.oms_project (project_name, project_status) VALUES ('kept', 'RUNNING')");
  });
  after(async () => {
    await stack.destroy();
    await endOms(stack, server);
  });

  const nodes = async (): Promise<string[]> => {
    const { nodes } = (await stack.outputs()).oms as { nodes: NodeOutput[] };
    return nodes.map(({ host, health, server, heartBeats }) => `${host} ${health} ${server} ${heartBeats}`);
  };
  const WELL = "healthy ONLINE alive";
  const urls = (): Promise<string[]> => server.sql("SELECT code, cm_url FROM oms_rm.cluster_info ORDER BY code");
  const hosts = (): Promise<string[]> => server.sql("SELECT ip FROM oms_cm.host ORDER BY ip");
  const addresses = (...names: HostName[]): string[] => names.map((name) => labHosts()[name].address).sort();
  const running = async (host: HostName): Promise<number> =>
    Number(await on(host, "docker exec oms_427 supervisorctl status | grep -c ' RUNNING ' || true"));
  const configured = async (host: HostName): Promise<string> =>
    (await on(host, "grep cm_url /data/oms/config.yaml")).replaceAll('"', "").trim();
  const notes = (): Promise<string> => on("p1", "cd /var/backups/oms && ls | grep -v 'sql.gz$'");
  const noDifference = (): Promise<string> => stack.succeed("preview", "--refresh", "--expect-no-changes");
  const failingUp = async (): Promise<string> => {
    const { code, text } = await stack.run("up", "--yes", "--skip-preview");
    assert.notEqual(code, 0);
    return text;
  };

  it("begins with one node, whose address is the CM's", async () => {
    assert.deepEqual(await nodes(), [`p1 ${WELL}`]);
    assert.deepEqual(await urls(), [`1\t${urlOf("p1")}`]);
    await noDifference();
  });

  it("previews a virtual IP in its place as what it is, and names what is stopped", async () => {
    stack.configure(omsConfig());
    const text = await stack.succeed("preview");
    assert.match(text, /regions\[?.*cmUrl: data step: the region's services are stopped/);
    assert.ok(
      text.includes(
        `region 1: the CM's address was ${urlOf("p1")} and becomes ${VIP()}: the services of ${addresses("p1", "p3").join(", ")} are stopped, four tables of the MetaDB backed up, `,
      ),
      text,
    );
  });

  it("has its services running again, with everything as it was, when no backup can be made", async () => {
    const dumper = "/usr/local/bin/mysqldump";
    await on("p1", `printf '#!/bin/sh\\nexit 1\\n' >${dumper} && chmod 755 ${dumper}`);
    const text = await failingUp();
    await on("p1", `rm ${dumper}`);
    assert.match(
      text,
      /the CM keeps its address, and the services run again, as the tables that have it were not backed up or not changed: region 1: .*; fix: /,
    );
    assert.deepEqual(
      [await running("p1"), await urls(), await configured("p1")],
      [5, [`1\t${urlOf("p1")}`], `cm_url: ${urlOf("p1")}`],
    );
    assert.equal(await on("p3", "docker ps -aq"), "");
  });

  it("has its tables back when its initialisation fails and the former address is wanted again", async () => {
    // the row itself, not one that was made in its place
    const rows = () => server.sql("SELECT id, code, cm_url, is_default_cm FROM oms_rm.cluster_info");
    const before = await rows();
    const env = "/data/oms/oms_run/standin.env";
    await on("p1", `echo OMS_STANDIN_FAIL_STEP=4 >${env}`);
    assert.match(await failingUp(), /docker_init\.sh in container oms_427 ended with status 1 in step 4 of 5/);
    await on("p1", `rm ${env}`);
    assert.deepEqual(await urls(), []);
    assert.equal(await on("p3", "docker ps -aq"), "");
    stack.configure(alone());
    await stack.up();
    assert.deepEqual(await rows(), before);
    assert.deepEqual(await nodes(), [`p1 ${WELL}`]);
    assert.equal(await notes(), "oms-cm-plan.txt\noms-upgrade.txt");
    await noDifference();
  });

  it("takes the virtual IP with a second node, though the command is killed between the row and the initialisation", async () => {
    stack.configure(omsConfig());
    await stack.killUpAt(eventually("the region's row is gone", 60, urls, (rows) => rows.length === 0));
    await stack.up();
    assert.deepEqual(await urls(), [`1\t${VIP()}`]);
    assert.deepEqual(await nodes(), [`p1 ${WELL}`, `p3 ${WELL}`]);
    assert.deepEqual(await hosts(), addresses("p1", "p3"));
    assert.deepEqual(await server.sql("SELECT location, cm_url FROM oms_cm.location_cm"), [`1\t${VIP()}`]);
    assert.deepEqual(await server.sql("SELECT project_name FROM oms_rm.oms_project"), ["kept"]);
    assert.match(await on("p1", "ls /var/backups/oms"), /^oms-cm-\d+T\d+Z-4\.2\.7\.sql\.gz$/m);
    assert.equal(await notes(), "oms-cm-plan.txt\noms-upgrade.txt");
    await noDifference();
  });

  it("has a second region beside it, with a heartbeat database of its own", async () => {
    stack.configure(regions());
    await stack.up();
    assert.deepEqual(await urls(), [`1\t${VIP()}`, `2\t${urlOf("p2")}`]);
    assert.deepEqual(await nodes(), [`p1 ${WELL}`, `p3 ${WELL}`, `p2 ${WELL}`]);
    assert.deepEqual(await server.sql("SELECT DISTINCT host_ip FROM oms_cm_heartbeat2.heart_beat"), addresses("p2"));
    await noDifference();
  });

  it("has rows put right that somebody changed", async () => {
    await server.sql(
      "UPDATE oms_rm.cluster_info SET cm_url = 'http://10.9.9.9:8088' WHERE code = 2",
      `DELETE FROM oms_cm.host WHERE ip = '${labHosts().p3.address}'`,
    );
    const text = await stack.succeed("preview", "--refresh");
    assert.ok(text.includes("region 2: the CM's address was http://10.9.9.9:8088 and becomes"), text);
    assert.ok(text.includes(`node ${labHosts().p3.address}: the MetaDB lacks rows of it`), text);
    await stack.up("--refresh");
    assert.deepEqual(await urls(), [`1\t${VIP()}`, `2\t${urlOf("p2")}`]);
    assert.deepEqual(await hosts(), addresses("p1", "p2", "p3"));
    assert.deepEqual(await nodes(), [`p1 ${WELL}`, `p3 ${WELL}`, `p2 ${WELL}`]);
    await noDifference();
  });

  it("shows what only OMS or its operator can put right, while it is so", async () => {
    const of = `WHERE ip = '${labHosts().p3.address}'`;
    await server.sql(`UPDATE oms_cm.host SET host_status = 'OFFLINE' ${of}`);
    const { code, text } = await stack.run("preview", "--refresh", "--expect-no-changes");
    assert.notEqual(code, 0);
    assert.match(text, /oms-rows .*healthy/);
    await server.sql(`UPDATE oms_cm.host SET host_status = 'ONLINE' ${of}`);
    await noDifference();
  });
});
