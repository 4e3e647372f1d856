import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { request } from "node:https";
import { stringify } from "yaml";
import { dockerClient } from "../../lab/src/docker";
import { eventually } from "./hosts";
import {
  allServices,
  ask,
  dropMetaDb,
  health,
  newMetaDb,
  nodeAddress,
  OmsNodes,
  omsConfig,
  SERVICES,
  untilHealth,
  untilRunning,
  USER,
  type OmsContainer,
} from "./oms-stand-in";

/** Whether something takes connections there. */
const listens = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2000 });
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.on("connect", end(true)).on("error", end(false)).on("timeout", end(false));
  });

const KEYS = [
  "success",
  "errorDetail",
  "code",
  "message",
  "advice",
  "requestId",
  "pageNumber",
  "pageSize",
  "totalCount",
  "cost",
  "data",
];

describe("The services of the OMS stand-in", function () {
  this.timeout(120_000);
  const nodes = new OmsNodes();
  const addresses = [nodeAddress(201), nodeAddress(202)] as const;
  const config = omsConfig([...addresses]);
  const [one, two] = addresses.map((address) => `http://${address}:8089`) as [string, string];
  let first: OmsContainer;
  let second: OmsContainer;

  const lastLine = async ({ container }: OmsContainer): Promise<string> => {
    const log = await container.logs({ stdout: true, stderr: true, tail: 1 });
    return log.subarray(8).toString("utf8").trim();
  };
  const initialised = (oms: OmsContainer): Promise<string> =>
    eventually(
      "the last line",
      60,
      () => lastLine(oms),
      (line) => line === "OMS service start successfully",
    );
  const beats = async (): Promise<Record<string, string>> => {
    const rows = await ask(
      "SELECT host_ip, id, gmt_modified FROM oms_cm_heartbeat.heart_beat WHERE task_name = 'supervisor'",
    );
    return Object.fromEntries(rows.map((row) => [row.split(" ")[0] ?? "", row]));
  };
  /** What the console answers to a POST. */
  const post = async (url: string, body: object, user?: string) => {
    const headers: Record<string, string> = user === undefined ? {} : { authorization: `Basic ${btoa(user)}` };
    const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    const { success, code } = (await answer.json()) as { success: boolean; code: string | null };
    return { status: answer.status, success, code };
  };

  before(async () => {
    await newMetaDb();
    first = await nodes.start("4.2.11", addresses[0], config);
    await initialised(first);
    second = await nodes.start("4.2.11", addresses[1], config, { OMS_STANDIN_INIT: "hand", OMS_STANDIN_CROND: "1" });
    const { status, output } = await second.init();
    assert.equal(status, 0, output);
  });
  after(async () => {
    await nodes.removeAll();
    await dropMetaDb();
  });

  it("run: the image of 4.2.11 initialises itself and says so in the last line of its log, with a switch docker_init.sh is called", async () => {
    assert.deepEqual(await first.services(), allServices("RUNNING"));
    assert.deepEqual(await second.services(), { ...allServices("RUNNING"), crond: "RUNNING" });
    assert.match(await first.sh("ps -o args= -p 1"), /supervisord -c \/etc\/supervisor\/supervisord\.conf/);
    assert.doesNotMatch(await lastLine(second), /OMS service start successfully/);
  });

  it("have the documented ports, and supervisord's 8084 is open to all without a password", async () => {
    for (const port of [8088, 8089, 8090, 9000, 2023])
      assert.equal(await listens(addresses[0], port), true, String(port));
    const call = "<methodCall><methodName>supervisor.getAllProcessInfo</methodName></methodCall>";
    const answer = await fetch(`http://${addresses[0]}:8084/RPC2`, { method: "POST", body: call });
    const names = [...(await answer.text()).matchAll(/<name>name<\/name>\s*<value><string>(\w+)/g)].map(
      ([, name]) => name,
    );
    assert.deepEqual(names.sort(), [...SERVICES].sort());
    assert.equal((await fetch(`http://${addresses[0]}:8088/`)).status, 404);
  });

  it("answer health in the documented envelope, compact", async () => {
    const { status, text } = await health(one);
    assert.equal(status, 200);
    assert.match(text, /"data":\{"healthy":true\}/);
    assert.deepEqual(Object.keys(JSON.parse(text) as object), KEYS);
  });

  it("say on their page that they are a stand-in", async () => {
    const page = await (await fetch(one)).text();
    assert.match(page, /<h1>OMS stand-in<\/h1>/);
    assert.match(page, new RegExp(`<dd id="version">4\\.2\\.11</dd>.*<dd id="node">${addresses[0]}</dd>`));
    assert.match(page, /not set: whoever comes first sets it/);
  });

  it("keep a heart beat of every node in the region's database, by the CM at cm_url", async () => {
    const before = await beats();
    assert.deepEqual(Object.keys(before).sort(), [...addresses]);
    const count = async () => Number((await ask("SELECT COUNT(*) FROM oms_cm_heartbeat.heatbeat_sequence"))[0]);
    const sequence = await count();
    await second.sh("supervisorctl stop oms_drc_supervisor");
    const silent = (await beats())[addresses[1]];
    await eventually(
      "two more heart beats of the first node",
      15,
      async () => (await count()) - sequence,
      (more) => more >= 2,
    );
    const now = await beats();
    assert.notEqual(now[addresses[0]], before[addresses[0]]);
    assert.equal(now[addresses[1]], silent);
    await second.sh("supervisorctl start oms_drc_supervisor");
    await eventually("a heart beat", 10, beats, (found) => found[addresses[1]] !== silent);
  });

  it("lose their heart beats with a CM that does not answer, and tell so", async () => {
    writeFileSync(second.configFile, stringify({ ...config, cm_url: "http://10.9.9.9:8088", cm_location: 101 }));
    const again = "python -m omsflow.scripts.units.oms_init_manager --init-config-file && supervisorctl restart";
    await second.sh(`${again} oms_drc_supervisor`);
    await eventually(
      "the error",
      20,
      () => second.sh("cat /home/admin/logs/supervisor/error.log"),
      (log) => log.includes("CM at http://10.9.9.9:8088: "),
    );
    // another region's node
    writeFileSync(second.configFile, stringify({ ...config, cm_location: 101 }));
    await second.sh(`${again} oms_drc_supervisor`);
    await eventually(
      "the refusal",
      20,
      () => first.sh("cat /home/admin/logs/cm/log/service.log"),
      (log) => log.includes(`no heart beat of ${addresses[1]}: location 101 is not 100, that of this CM`),
    );
    writeFileSync(second.configFile, stringify(config));
    await second.sh(`${again} oms_drc_supervisor`);
  });

  it("are not healthy without the CM, nor without the MetaDB, and are again with them", async () => {
    await first.sh("supervisorctl stop oms_drc_cm");
    const { status, text } = await untilHealth(two, false);
    assert.equal(status, 503);
    assert.match(text, new RegExp(`CM at http://${addresses[0]}:8088: `));
    await first.sh("supervisorctl start oms_drc_cm");
    await untilHealth(two, true);
    await ask(`ALTER USER '${USER.username}'@'%' IDENTIFIED BY 'another'`);
    assert.match((await untilHealth(one, false)).text, /MetaDB: Access denied/);
    const password = USER.password.replaceAll("\\", "\\\\").replaceAll("'", "''");
    await ask(`ALTER USER '${USER.username}'@'%' IDENTIFIED BY '${password}'`);
    await untilHealth(one, true);
  });

  it("let the first visitor set the password of admin and root, by the vendor's rule, and nobody after that", async () => {
    const set = (password: string) => post(`${one}/standin/password`, { password });
    const enter = (user: string) => post(`${two}/api/v2?Action=ListProjects`, {}, user);
    for (const bad of ["aaAA1..", "aaA11..", "aAA11..", "aaAA11."])
      assert.deepEqual(await set(bad), { status: 400, success: false, code: "PASSWORD_RULE" });
    assert.deepEqual(await enter("admin:aaAA11.."), { status: 401, success: false, code: "WRONG_PASSWORD" });
    const good = { status: 200, success: true, code: null };
    assert.deepEqual(await set("aaAA11.."), good);
    assert.deepEqual(await set("bbBB22.."), { status: 409, success: false, code: "PASSWORD_IS_SET" });
    assert.deepEqual(await enter("admin:aaAA11.."), good);
    assert.deepEqual(await enter("root:aaAA11.."), good);
    assert.deepEqual(await post(`${two}/standin/login`, { user: "admin", password: "aaAA11.." }), good);
    assert.match(await (await fetch(two)).text(), /<dd id="password">set<\/dd>/);
  });

  it("go FATAL when they are broken, and start when they are not", async () => {
    second.switches({ BROKEN: "oms_console" });
    assert.match(await second.sh("supervisorctl restart oms_console"), /oms_console: ERROR \(spawn error\)/);
    assert.equal((await second.services())["oms_console"], "FATAL");
    assert.equal((await health(two)).status, 502);
    second.switches({});
    await second.sh("supervisorctl start oms_console");
    await untilHealth(two, true);
  });

  it("come back with their container, without another initialisation", async () => {
    await dockerClient().getContainer(first.container.id).restart({ t: 10 });
    await untilRunning(first);
    await untilHealth(one, true);
    await initialised(first);
    assert.equal((await first.sh("ls /home/admin/logs | grep -c docker_init")).trim(), "1");
  });

  it("have the console by HTTPS alone with certificate and key, and the ports of config.yaml", async () => {
    writeFileSync(second.configFile, stringify({ ...config, nginx_server_port: 18089, sshd_server_port: 12023 }));
    await second.sh(
      "cd /etc/pki/nginx && openssl req -x509 -newkey ed25519 -nodes -subj /CN=oms -keyout oms_server.key -out oms_server.crt",
    );
    const said = await second.sh(
      "python -m omsflow.scripts.units.oms_init_manager --init-config-file && supervisorctl restart nginx sshd",
    );
    assert.match(said, /nginx: started\nsshd: started/);
    assert.equal(await listens(addresses[1], 8089), false);
    assert.equal(await listens(addresses[1], 12023), true);
    assert.equal((await fetch(`http://${addresses[1]}:18089/oms/health`)).status, 400);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const url = `https://${addresses[1]}:18089/oms/health`;
      const asked = request(url, { rejectUnauthorized: false }, (answer) => resolve(answer.resume().statusCode));
      asked.on("error", reject).end();
    });
    assert.equal(status, 200);
  });
});
