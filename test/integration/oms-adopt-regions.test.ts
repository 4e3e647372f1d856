import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import type { HostName } from "../../lab/src/lab";
import { makeCertificate } from "../unit/components/certificates";
import { loadByHand, running as runningIn } from "./by-hand";
import { engines } from "./engines";
import { eventually, labHosts, on, snapshots, theLab } from "./hosts";
import type { DatabaseServer } from "./metadb-server";
import {
  configFile,
  deployOmsByHand,
  nodesOf,
  type OmsByHand,
  removeOmsByHand,
  servicesOf,
  writtenOf,
} from "./oms-by-hand";
import { clearOms, emptyOmsMetaDb, endOms, omsConfig, PASSWORD, virtualAddress, type OmsSection } from "./oms-stack";
import { TestStack } from "./stack";

const engine = engines().at(-1);
assert.ok(engine);

const addressOf = (host: HostName): string => labHosts()[host].address;
const urlOf = (host: HostName): string => `http://${addressOf(host)}:8088`;

/** As in the document: a password that YAML takes for a number. */
const TSDB = "123456";
/** What the hosts have below /data in the end. */
const LEFT = ["data", "data/oms", "data/oms/oms_logs", "data/oms/oms_run", "data/oms/oms_store"];

const reference = (image: string): string => theLab().images[image]?.reference ?? "";

/** Two regions of one node, each with its own config.yaml; metrics go to one InfluxDB, and the console is served by HTTPS. */
const byHand = (https: OmsByHand["https"]): OmsByHand => ({
  hosts: ["p1", "p3"],
  config: (host) => `${host === "p1" ? first() : second()}
tsdb_service: 'INFLUXDB'
tsdb_enabled: true
tsdb_url: '${addressOf("p2")}:8086'
tsdb_username: username
tsdb_password: ${TSDB}`,
  https,
});
const first = (): string => `drc_cm_heartbeat_db: oms_cm_heartbeat
cm_url: ${urlOf("p1")}
cm_location: 100
cm_region: cn-anhui
cm_region_cn: Anhui
cm_is_default: true
cm_nodes:
 - ${addressOf("p1")}`;
const second = (): string => `drc_cm_heartbeat_db: oms_cm_heartbeat2
drc_user: drc_user_name
drc_password: 'OceanBase#oms'
cm_url: ${urlOf("p3")}
cm_location: 101
cm_region: cn-jiangsu
cm_region_cn: Jiangsu
cm_is_default: false
cm_nodes:
 - ${addressOf("p3")}`;

/** As its user, once that is there. */
const influx = (query: string): Promise<string> =>
  on("p2", `docker exec tsdb influx -username username -password ${TSDB} -execute "${query}"`);

/** The time-series database, of another team: with its user, and log-in required. */
async function startInfluxDb(): Promise<void> {
  await loadByHand("p2", "influxdb");
  await on(
    "p2",
    `docker run -d --name tsdb --net host -e INFLUXDB_HTTP_AUTH_ENABLED=true ${reference("influxdb")} >/dev/null`,
  );
  const user = `CREATE USER username WITH PASSWORD '${TSDB}' WITH ALL PRIVILEGES`;
  await eventually(
    "InfluxDB's user",
    30,
    () =>
      influx(user).then(
        () => "made",
        () => "",
      ),
    (said) => said === "made",
  );
}
const endInfluxDb = (): Promise<unknown> =>
  on("p2", `docker rm -fv tsdb >/dev/null 2>&1; docker rmi ${reference("influxdb")} >/dev/null 2>&1 || true`);

describe(`OMS of two regions with HTTPS and InfluxDB that was deployed by hand as its document says, with the ${engine.name}`, function () {
  this.timeout(300_000);
  let stack: TestStack;
  let server: DatabaseServer;
  let deployed: OmsByHand;
  let provided: Record<string, string>;
  let found: [string[], string[], string[]];

  /** All of it, and the hosts; one after the other, as commands in containers leave files for a moment. */
  const seen = async (): Promise<[string[], string[], string[]]> => [
    await running(),
    await writtenOf(deployed),
    await snapshots(),
  ];
  const running = async (): Promise<string[]> => [
    ...(await runningIn([...nodesOf(deployed), ["p2", "tsdb"]])),
    ...(await servicesOf(deployed)),
  ];

  /** The stack of what was made by hand, as its settings tell it. */
  const adopting = (change: (oms: OmsSection) => void = () => undefined) =>
    omsConfig((oms) => {
      Object.assign(oms, {
        adopt: true,
        image: { reference: reference("oms-4.2.7"), pull: false },
        configFile,
        https: { provided, directory: "/data/oms" },
        tsdb: { url: `${addressOf("p2")}:8086`, username: "username", password: TSDB },
        regions: [
          {
            ...{ location: 100, region: "cn-anhui", regionCn: "Anhui", default: true },
            ...{ nodes: ["p1"], cmUrl: urlOf("p1"), singleNode: true },
          },
          {
            ...{ location: 101, region: "cn-jiangsu", regionCn: "Jiangsu", default: false },
            ...{ nodes: ["p3"], cmUrl: urlOf("p3"), singleNode: true, heartbeatDatabase: "oms_cm_heartbeat2" },
          },
        ],
      });
      change(oms);
    });

  /** Inode of config.yaml, and the logs of initialisations. */
  const ends = (text = ""): unknown[] => [text.split("\n")[0], text.split("\n").at(-1)];

  /** SHA-256 of the certificate that a node's console shows. */
  async function shownBy(host: HostName): Promise<string> {
    const text = await on(host, "openssl s_client -connect 127.0.0.1:8089 </dev/null 2>/dev/null | openssl x509");
    return new X509Certificate(text).fingerprint256;
  }
  const certificate = () =>
    makeCertificate({
      commonName: "oms.example.com",
      names: ["oms.example.com"],
      addresses: [addressOf("p1"), addressOf("p3")],
    });

  before(async () => {
    const { certificate: chain, key: privateKey } = await certificate();
    provided = { chain, privateKey };
    deployed = byHand({ crt: chain, key: privateKey });
    await removeOmsByHand(deployed);
    await endInfluxDb();
    server = await emptyOmsMetaDb();
    await startInfluxDb();
    await deployOmsByHand(deployed);
    found = await seen();
    stack = new TestStack(engine);
    await stack.init(adopting());
  });
  after(async () => {
    await removeOmsByHand(deployed);
    await endInfluxDb();
    await endOms(stack, server);
  });

  const noDifference = (): Promise<string> => stack.succeed("preview", "--refresh", "--expect-no-changes");

  it("is not taken over where regions, HTTPS or the time-series database are not what the arguments say", async () => {
    stack.configure(
      adopting((oms) => {
        delete oms.https;
        Object.assign(oms.tsdb as object, { username: "other" });
        oms.regions[1] = {
          ...{ location: 101, region: "cn-henan", regionCn: "Jiangsu", default: false, nodes: ["p3"] },
          ...{ cmUrl: `http://${virtualAddress(131)}:8088`, heartbeatDatabase: "oms_cm_heartbeat2" },
        };
      }),
    );
    const user = await stack.run("preview");
    assert.notEqual(user.code, 0);
    assert.ok(
      user.text.includes(
        `the time-series database at ${addressOf("p2")}:8086 refuses user other with this password; fix: mend tsdb.username or tsdb.password`,
      ),
      user.text,
    );
    await influx(`CREATE USER other WITH PASSWORD '${TSDB}' WITH ALL PRIVILEGES`);
    const { code, text } = await stack.run("preview");
    await influx("DROP USER other");
    assert.notEqual(code, 0);
    const lines = {
      p1: [
        "mount /etc/pki/nginx/oms_server.crt: it has /data/oms/https_crt, and the arguments say nothing; fix: give https as it has it",
        "mount /etc/pki/nginx/oms_server.key: it has /data/oms/https_key, and the arguments say nothing; fix: give https as it has it",
        "tsdb_username of config.yaml: it has username, and the arguments say other; fix: give tsdb.username as it has it",
      ],
      p3: [
        `cm_url of config.yaml: it has ${urlOf("p3")}, and the arguments say http://${virtualAddress(131)}:8088; fix: give regions.cmUrl as it has it`,
        "cm_region of config.yaml: it has cn-jiangsu, and the arguments say cn-henan; fix: give regions.region as it has it",
        `cm_url in the MetaDB: it has ${urlOf("p3")}, and the arguments say http://${virtualAddress(131)}:8088; fix: give regions.cmUrl as it has it`,
      ],
    };
    for (const line of [...lines.p1, ...lines.p3]) assert.ok(text.includes(line), `${line}\nis not in\n${text}`);
    for (const [host, count] of [
      ["p1", lines.p1.length],
      ["p3", lines.p1.length + lines.p3.length],
    ] as const)
      assert.ok(
        text.includes(
          `container oms_427 on host ${host} cannot be taken over (${count} problems); nothing was changed:`,
        ),
        text,
      );
    assert.ok(!text.includes(PASSWORD.slice(4, 20)) && !text.includes(TSDB), "it shows a password");
    assert.deepEqual(await seen(), found);
  });

  it("is taken over without a restart, and then nothing is to be changed", async () => {
    stack.configure(adopting());
    const text = await stack.succeed("preview");
    assert.match(text, /= 2 to import/);
    assert.ok(!text.includes("mount /etc/pki/nginx"), text);
    await stack.up();
    assert.deepEqual(await running(), found[0]);
    const [first, second] = await writtenOf(deployed);
    assert.equal(first, found[1][0], "what means the same is not written");
    // this version has no drc_user: it was there in vain, and the file is written in its place
    assert.doesNotMatch(second ?? "", /drc_user/);
    assert.deepEqual(ends(second), ends(found[1][1]), "the same file, initialised once");
    await noDifference();
    const { nodes, url } = (await stack.outputs()).oms as {
      nodes: { host: string; container: string; health: string; heartBeats: string }[];
      url: string;
    };
    assert.deepEqual(
      nodes.map(({ host, container, health, heartBeats }) => [host, container, health, heartBeats]),
      deployed.hosts.map((host) => [host, "oms_427", "healthy", "alive"]),
    );
    assert.equal(url, `https://${addressOf("p1")}:8089/`);
  });

  it("has its certificate renewed by the stack, without a restart", async () => {
    const { certificate: chain, key: privateKey } = await certificate();
    stack.configure(
      adopting((oms) => {
        delete oms.adopt;
        Object.assign(oms.https as object, { provided: { chain, privateKey } });
      }),
    );
    const { fingerprint256 } = new X509Certificate(chain);
    assert.notEqual(await shownBy("p1"), fingerprint256);
    await stack.up();
    for (const host of deployed.hosts)
      await eventually(
        `${host} shows the new certificate`,
        20,
        () => shownBy(host),
        (shown) => shown === fingerprint256,
      );
    assert.deepEqual(await running(), found[0]);
    await noDifference();
  });

  it("is destroyed with nothing left; InfluxDB and the data stay", async () => {
    await stack.destroy();
    for (const host of deployed.hosts) {
      const left = await on(
        host,
        "docker ps -aq; ls -d /var/lib/dbha /etc/dbha 2>/dev/null; cd / && find data -maxdepth 2",
      );
      assert.deepEqual(left.trim().split("\n").sort(), LEFT);
    }
    assert.deepEqual(await runningIn([["p2", "tsdb"]]), found[0].slice(2, 3));
    await clearOms();
  });
});
