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
  /** Has a node note whether the virtual IP leads to CM and console when its services are stopped. */
  const watchStop = async (host: HostName): Promise<void> => {
    const noting = `#!/bin/bash
if [ "$*" = "stop all" ]; then
  for port in 8088 8089; do
    timeout 1 bash -c "exec 3<>/dev/tcp/${virtualAddress()}/$port" && echo "$port leads" >>/root/at-stop
  done
fi
exec "$0.real" "$@"
`;
    const file = "$(docker exec oms_427 which supervisorctl)";
    await on(
      host,
      `file=${file} && docker exec oms_427 mv $file $file.real && docker exec -i oms_427 tee $file >/dev/null <<'END' && docker exec oms_427 chmod 755 $file
${noting}END`,
    );
  };
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
        `region 1: the CM's address was ${urlOf("p1")} and becomes ${VIP()}: nothing is stopped before that leads to CM and console; then the services of ${addresses("p1", "p3").join(", ")} are stopped, four tables of the MetaDB backed up, `,
      ),
      text,
    );
  });

  /** What is there when nothing was stopped. */
  const untouched = async (): Promise<void> => {
    assert.deepEqual(
      [await running("p1"), await urls(), await configured("p1")],
      [5, [`1\t${urlOf("p1")}`], `cm_url: ${urlOf("p1")}`],
    );
    assert.equal(await on("p3", "docker ps -aq"), "");
    assert.equal(await on("p1", "docker exec oms_427 ls -A /root | grep dbha-plan || true"), "");
  };

  it("stops nothing when another machine has the address, and says so in preview", async () => {
    const other = `${virtualAddress()}/24 dev eth0`;
    const mac = (await on("p2", `ip address add ${other} && cat /sys/class/net/eth0/address`)).trim();
    const { text } = await stack.run("preview");
    const told = await failingUp().finally(() => on("p2", `ip address del ${other}`));
    const expected = `region 1: ${virtualAddress()} is the address of another machine, ${mac} as host p1 sees it, and nothing was stopped; fix: give the virtual IP a free address, or take it from that machine, then run this again`;
    for (const each of [text, told]) assert.ok(each.includes(expected), each);
    await untouched();
    assert.equal(await on("p1", "ls /etc/systemd/system | grep dbha-vip || true"), "");
  });

  it("stops nothing when keepalived does not start", async () => {
    const unit = "/run/systemd/system/dbha-vip-oms-vip-1.service.d";
    await on(
      "p1",
      `mkdir -p ${unit} && printf '[Service]\nExecStartPre=/bin/false\n' >${unit}/broken.conf && systemctl daemon-reload`,
    );
    const text = await failingUp().finally(() => on("p1", `rm -r ${unit} && systemctl daemon-reload`));
    assert.match(
      text,
      /host p1 \(\S+\): start dbha-vip-oms-vip-1\.service: the unit does not start .*; correct what its journal says: /,
    );
    assert.ok(text.includes("nothing is stopped before that leads to CM and console; then the services of"), text);
    await untouched();
  });

  it("stops nothing when the address does not lead to the console from a new node's host", async () => {
    const rule = `OUTPUT -p tcp -d ${virtualAddress()} --dport 8089 -j REJECT`;
    await on("p3", `iptables -I ${rule}`);
    const text = await failingUp().finally(() => on("p3", `iptables -D ${rule}`));
    const expected = `region 1: ${VIP()} does not lead to CM and console from host p3, and nothing was stopped: no connection to ${virtualAddress()} port 8089; fix: see what lies between, such as a firewall, then run this again`;
    assert.ok(text.includes(expected), text);
    await untouched();
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

  it("takes the virtual IP with a second node, though the command is killed when it is bound, and between the row and the initialisation", async () => {
    stack.configure(omsConfig());
    await watchStop("p1");
    const holders = () => on("p1", `ip -o address show to ${virtualAddress()}`);
    await stack.killUpAt(eventually("p1 has the address", 60, holders, (text) => text !== ""));
    await stack.killUpAt(eventually("the region's row is gone", 60, urls, (rows) => rows.length === 0));
    assert.equal(await on("p1", "docker exec oms_427 cat /root/at-stop"), "8088 leads\n8089 leads");
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
