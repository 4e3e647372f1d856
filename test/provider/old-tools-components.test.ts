import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { exec, type ExecResult, readLab, run } from "../../lab/src/lab";
import { queryAsRoot } from "../../lab/src/metadb";
import { serverLine } from "../../components/odp/nginx";
import { prologue } from "../../provider/resources/shell";
import { dolphinPackage, type HostText, hostTexts, omsDatabases } from "../old-tools/texts";
import { installOldTools, oldTools, refusals, removeOldTools } from "../old-tools/shims";
import { labName } from "../test-lab";
import { type LabBench, startLabBench } from "./lab-host";
import type { PluginClient } from "./plugin-client";

const database = "dbha_old";
const backups = "/var/backups/odc";
const backup = `${backups}/of-a-test.sql.gz`;
const omsBackups = "/var/backups/oms";
const omsBackup = `${omsBackups}/of-a-test.sql.gz`;
const influxData = "/data/oms-influxdb";
const file = "/run/old-tools-file";

/** How a text is run, and what comes of it. */
interface Case {
  /** What is done first, with the host's own tools. */
  before?: string;
  /** In place of the text, where that is a program or what systemd runs. */
  run?: string;
  /** @default 0 */
  status?: number;
  stdout?: RegExp;
  stderr?: RegExp;
}

const well: Case = {};
const silent: Case = { stdout: /^\n*$/ };
const proven: Case = {
  stdout: /^\{"path":"\/var\/backups\/odc\/odc-[^"]*-unknown\.sql\.gz",.*"proof":"restored",.*"rows":2,.*\}$/m,
};
const listed: Case = { stdout: /^\[\{"path":"[^"]*","bytes":\d+,"tables":1,.*\}\]$/m };
const restored: Case = { stdout: new RegExp(`^${backup}$`, "m") };

/** The unit with the watchdog, as far as it matters here. */
const unit = `[Service]
User=odp-odp
ExecStart=/etc/dbha/odp-odp/watchdog /run/dbha-odp-odp
RuntimeDirectory=dbha-odp-odp
KillMode=process
`;

/** What a node of OMS needs to be initialised, as far as its host meets it. */
const oms = `cat >/usr/local/bin/supervisorctl <<'END'
#!/bin/bash
[ "$1" = pid ] && echo 1
for each in nginx oms_console oms_drc_cm oms_drc_supervisor sshd; do echo "$each RUNNING pid 7, uptime 0:01:00"; done
END
cat >/root/docker_init.sh <<'END'
echo '# [Step 1] Verify the configuration'
echo '# [Completed] All steps'
echo made >/root/init_flag.txt
END
chmod +x /usr/local/bin/supervisorctl`;

const dolphin = "/opt/dbha/dolphin-dolphin";

/** Its processes that a text is to end, and to leave alone. */
const dolphinPids = "/run/old-dolphin.pids";

/** A package whose program tells how it was called. */
const packDolphin = `mkdir -p /run/old-dolphin/server && cd /run/old-dolphin
printf '#!/bin/sh\\necho "$*"\\n' >server/dolphindb && chmod +x server/dolphindb && tar -czf ${dolphinPackage} server && rm -r /run/old-dolphin`;

/** All that components run on hosts, by what `hostTexts` calls it, in the order in which it is run. */
const cases: Record<string, Case> = {
  look: { stdout: /^\{"clockSkewMs":0,"account":"[^"]+@%","utcOffsetMinutes":0,"max_connections":\d+,.*"own":\d+\}$/m },
  "odc-backup create": proven,
  "odc-backup update": proven,
  "odc-backups create": listed,
  "odc-backups update": listed,
  "odc-rollback-check create": { ...silent, before: `cp ${backups}/odc-2*.sql.gz ${backup}` },
  "odc-rollback-check update": restored,
  "odc-restore create": restored,
  "odc-restore update": restored,

  "odc-proxy-files nginx.conf validate": well,
  "odc-proxy-files nginx.conf onChange": well,
  "odp-proxy-files nginx.conf validate": well,
  "odp-proxy-files nginx.conf onChange": well,
  "web-files nginx.conf validate": well,
  "web-files nginx.conf onChange": well,
  "web-files cert.pem validate": well,
  "web-files cert.pem onChange": well,
  "odc-health repair": silent,
  "odp-drain create": { stdout: /^$/ },
  "odp-drain update": { before: "grep -q ' down;' /etc/dbha/old-nginx/nginx.conf" },
  "odp-return create": { stdout: /^$/ },
  "odp-return update": { before: "! grep -q ' down;' /etc/dbha/old-nginx/nginx.conf" },

  "odp-files watchdog validate": well,
  "odp-files watchdog content": {
    before: "mkdir -p /var/lib/odp-odp",
    run: `timeout 2 bash ${file} /run`,
    status: 124,
    stdout: /^started: process (\d+), \/opt\/dbha\/odp-odp\/obproxy-4\.2\.3\nstopping: process \1, told to stop\n$/,
  },
  "odpc-files watchdog validate": well,
  "odpc-files watchdog content": {
    run: `timeout 1 bash ${file} /run`,
    status: 124,
    stdout: /^(started|not started): /,
  },
  "odp-service ExecStart 0": { run: `timeout 1 bash ${file} /run`, status: 124, stdout: /^started: / },
  "odp-probe command": {
    before: `useradd --system --user-group odp-odp; cp ${file}.watchdog /etc/dbha/odp-odp/watchdog; chmod 755 /etc/dbha/odp-odp/watchdog; chown -R odp-odp: /var/lib/odp-odp;
printf '%s' '${unit}' >/run/systemd/system/dbha-odp-odp.service; systemctl daemon-reload; systemctl start dbha-odp-odp;
for i in $(seq 100); do [ -s /run/dbha-odp-odp/obproxy.pid ] && exit 0; sleep 0.1; done; exit 1`,
    // its cluster is nowhere
    status: 1,
    stderr: /^port 2883 does not answer\n[^]*started: process /,
  },
  "odp-probe repair": silent,
  "odp-config restart": silent,
  "odp-by-hand": {
    stdout:
      /^\{"known":"","program":"\/opt\/dbha\/odp-odp\/obproxy-4\.2\.3\/bin\/obproxy","directory":"\/var\/lib\/odp-odp","watchdogs":"","proxies":\[(\{"pid":"\d+",.*"user":"odp-odp",.*\})?\]\}$/m,
  },
  "odpc-probe command": { status: 1, stderr: /^port 3883 does not answer\n/ },
  "odpc-config restart": { stdout: /^dbha-odp-odpc$/m },

  "odp-vip-files check validate": well,
  "odp-vip-files check content": {
    run: `bash ${file}`,
    status: 1,
    stdout: /^127\.0\.0\.1 port \d+ accepts no connection$/m,
  },
  "odp-vip-files keepalived.conf validate": well,
  "odp-vip-files keepalived.conf onChange": silent,
  "odp-vip-probe command": { status: 3, stdout: /^inactive$/m },
  "odp-vip-service ExecStartPre 0": silent,
  "odp-vip-service ExecStartPre 1": silent,
  "odp-vip-service ExecStart 2": {
    before: `cp ${file}.keepalived /etc/dbha/vip-odp-vip/keepalived.conf; mkdir -p /run/dbha-vip-odp-vip`,
    status: 124,
  },
  "odp-vip-service ExecReload 3": silent,
  "odp-vip-service ExecStopPost 4": silent,

  "oms-address-owner": { stdout: /^\{"owner":""\}$/m },
  "oms-address-ports": { stdout: /^\{"missing":"1"\}$/m },
  "oms-influxdb-user create": { before: `mkdir -p ${influxData}`, stdout: /^\{"did":"made"\}$/m },
  "oms-influxdb-user update": {
    before: "docker rename old-influxdb oms-influxdb && docker start oms-influxdb",
    stdout: /^\{"did":"nothing"\}$/m,
  },
  "oms-influxdb-login repair": {
    before: `docker stop oms-influxdb && rm -rf ${influxData}/* && docker start oms-influxdb`,
    stdout: /^\{"did":"made"\}$/m,
  },
  "oms-containers": {
    stdout:
      /^\{"containers":\[\{"name":"\/old-oms","running":true,"started":"[^"]+","version":"","isUpgrade":false\}\],"cmUrl":""\}$/,
  },
  "oms-databases create": { stdout: /^\{.*"dbha_old_hb".*\}$/m },
  "oms-databases update": well,
  "oms-ha-off create": { stdout: /^\{"enabled":false,"switchedOff":false\}$/m },
  "oms-ha-off update": silent,
  "oms-stop create": { stdout: /^stopped$/m },
  "oms-stop update": silent,
  "oms-stop delete": silent,
  "oms-trim create": { stdout: /^\{"rows":0\}$/m },
  "oms-trim update": silent,
  "oms-backup create": {
    stdout: /^\{"path":"\/var\/backups\/oms\/oms-[^"]*-unknown\.sql\.gz",.*"proof":"restored".*\}$/m,
  },
  "oms-backup update": { stdout: /^\{"path":"\/var\/backups\/oms\//m },
  "oms-backups create": { stdout: /^\[\{"path":.*\}\]$/m },
  "oms-backups update": { stdout: /^\[\{"path":.*\}\]$/m },
  "oms-go create": silent,
  "oms-go update": silent,
  "oms-rollback-check create": { ...silent, before: `cp ${omsBackups}/oms-2*.sql.gz ${omsBackup}` },
  "oms-rollback-check update": { stdout: new RegExp(`^${omsBackup}$`, "m") },
  "oms-restore create": { stdout: new RegExp(`^${omsBackup}$`, "m") },
  "oms-restore update": { stdout: new RegExp(`^${omsBackup}$`, "m") },
  "oms-again create": { stdout: /^started$/m },
  "oms-again update": silent,
  // nothing has filled the MetaDB
  "oms-cm-check create": { status: 1, stderr: /dbha_old_rm\.cluster_info has 0 rows with code 0/ },
  "oms-cm-check update": { stdout: /^\{\}$/m },
  "oms-cm-stop create": { stdout: /^stopped$/m },
  "oms-cm-stop update": silent,
  "oms-cm-move-0 create": { stdout: /^\{"moved":false,"to":"http:[^"]+:8088"\}$/m },
  "oms-cm-move-0 update": { stdout: /^\{\}$/m },
  "oms-cm-go create": silent,
  "oms-cm-go update": silent,
  "oms-cm-settled create": { stdout: /^\[\]$/m },
  "oms-cm-settled update": { stdout: /^\{\}$/m },
  "oms-cm-stop delete": silent,
  "oms-rows command": { status: 1, stderr: /^(MetaDB \S+: table dbha_old_[^\n]*\n){4}$/ },
  "oms-port-guard ExecStart 0": silent,
  "oms-port-closed command": well,
  "oms-port-closed repair": {
    before: `printf '[Service]\\nExecStart=/bin/true\\n' >/run/systemd/system/dbha-oms-port-guard.service; systemctl daemon-reload`,
  },
  "oms-port-guard ExecStop 1": silent,
  "oms-row create": silent,
  "oms-row update": silent,
  "oms-row delete": { stdout: /^\{"node":"[^"]+","hosts":0,"heartBeats":0\}$/m },
  "oms-files https_crt onChange": silent,
  "oms-files https_key onChange": silent,
  "oms-init create": { stdout: /^\{"did":"initialised","marker":"made"\}$/m, stderr: /^1 of 5: /m },
  "oms-init update": { stdout: /^\{"did":"nothing","marker":"made"\}$/m },
  "oms-services command": { stdout: /^\{"nginx":"RUNNING",.*"sshd":"RUNNING"\}$/m },
  "oms-services repair": silent,
  "oms-ha-on create": { stdout: /^\{"enabled":false,"switchedOn":false\}$/m },
  "oms-ha-on update": silent,

  "dolphin-package create": { before: packDolphin, stdout: /^\/opt\/dbha\/dolphin-dolphin\/[0-9a-f]{12}$/m },
  "dolphin-package update": { stdout: /^\/opt\/dbha\/dolphin-dolphin\/[0-9a-f]{12}$/m },
  "dolphin-controller ExecStart 0": {
    before: `mkdir -p ${dolphin}/server; cp ${dolphin}/current/dolphindb ${dolphin}/server`,
    stdout: /^-console 0 -mode controller -home \/var\/lib\/dolphin-dolphin .*controller\.log$/m,
  },
  "dolphin-agent ExecStart 0": { stdout: /^-console 0 -mode agent -home \/var\/lib\/dolphin-dolphin .*agent\.log$/m },
  "dolphin-controller-probe command": { status: 1, stderr: /Connection refused/ },
  "dolphin-nodes ExecStart 0": silent,
  "dolphin-files stop-nodes validate": well,
  "dolphin-files stop-nodes content": {
    before: `mkdir -p ${dolphin}/1; cp /bin/bash ${dolphin}/1/dolphindb
setsid ${dolphin}/1/dolphindb -c 'trap "exit 3" TERM; while :; do sleep 0.1; done' -home /var/lib/dolphin-dolphin/d1 >/dev/null 2>&1 &
echo $! >${dolphinPids}
setsid ${dolphin}/1/dolphindb -c 'while :; do sleep 0.1; done' -home /var/lib/dolphin-dolphin >/dev/null 2>&1 &
echo $! >>${dolphinPids}
for i in $(seq 100); do [ $(pgrep -c dolphindb) = 2 ] && exit 0; sleep 0.1; done; exit 1`,
    run: `bash ${file}`,
    ...silent,
  },
  // its controller has been left alone
  "dolphin-nodes ExecStop 1": {
    ...silent,
    before: `[ $(pgrep -c dolphindb) = 1 ] || exit 1; mkdir -p /etc/dbha/dolphin-dolphin; install -m 0755 ${file} /etc/dbha/dolphin-dolphin/stop-nodes`,
  },
  "dolphin-by-hand": {
    stdout:
      /^\{"known":"","directory":"","license":"","dfsMeta":"","units":"","controller":"","agent":"","nodes":\[\{"pid":"\d+","program":"\/opt\/dbha\/dolphin-dolphin\/1\/dolphindb","directory":"\/.*","user":"root","mode":"","more":"c","unit":"","home":"\/var\/lib\/dolphin-dolphin",.*"logFile":""\}\]\}$/m,
  },
  "dolphin-place": { stdout: /^\{"missing":"\/nowhere"\}$/m },
  "dolphin-run content": {
    run: `bash ${file} agent`,
    stdout: /^-console 0 -mode agent -home \/opt\/old-dolphin\/server\/clusterDemo\/data .*log\/agent\.log$/m,
  },
  "dolphin-package delete": { ...silent, before: `kill $(cat ${dolphinPids}) 2>/dev/null; true` },
};

describe("Among the tools of CentOS 7", function () {
  this.timeout(60_000);
  const lab = readLab(labName);
  let bench: LabBench;
  let texts: HostText[];
  let nginx: Awaited<ReturnType<PluginClient["make"]>>;
  let influxDb: typeof nginx;
  const on = (command: string, stdin?: string) => run(lab, "p3", command, { stdin });
  const asRoot = (statements: string[]) => queryAsRoot(lab, lab.metadb.address, statements.join("; "));
  const databases = [database, ...omsDatabases].flatMap((one) => [one, `${one}_dbha_scratch`]);
  const clear = () =>
    on(
      `docker rm -f old-nginx old-other old-oms old-influxdb oms-influxdb dbha-odp-odpc 2>/dev/null; systemctl stop dbha-odp-odp 2>/dev/null; kill $(cat ${dolphinPids}) 2>/dev/null; for user in odp-odp dolphin-dolphin; do userdel $user 2>/dev/null; done; ` +
        `rm -rf /etc/dbha /opt/dbha /var/lib/odp-odp /var/lib/dolphin-dolphin ${dolphinPackage} ${dolphinPids} ${backups} ${omsBackups} ${influxData} ${file}* /run/systemd/system/dbha-o*.service; systemctl daemon-reload`,
    );

  before(async () => {
    bench = await startLabBench();
    const { address } = lab.hosts.p3;
    const { address: server, port, username, password } = lab.metadb;
    const addresses = await on("ip -o address show");
    const device = new RegExp(`^\\d+: (\\S+) +inet ${address}/`, "m").exec(addresses)?.[1] ?? "";
    await asRoot([
      ...databases.map((one) => `DROP DATABASE IF EXISTS ${one}`),
      `CREATE DATABASE ${database}`,
      `CREATE TABLE ${database}.t (id INT PRIMARY KEY, a VARCHAR(9))`,
      `INSERT INTO ${database}.t VALUES (1, 'a'), (2, 'b')`,
      `CREATE DATABASE ${omsDatabases[0]}`,
      `CREATE TABLE ${omsDatabases[0]}.t (id INT PRIMARY KEY)`,
      ...databases.map((one) => `GRANT ALL PRIVILEGES ON ${one}.* TO '${username}'@'%'`),
    ]);
    texts = await hostTexts({
      host: address,
      interface: device,
      metaDb: { host: server, port, username, password, database },
      backup,
    });
    await clear();
    await installOldTools(lab, "p3");
    const load = (name: string) =>
      bench.plugin.make("dbha:index:Image", { host: bench.host, tarballs: { amd64: lab.images[name]?.tarball } });
    nginx = await load("nginx");
    influxDb = await load("influxdb");
    await on(
      `mkdir -p ${backups} ${omsBackups} /etc/dbha/old-nginx /etc/dbha/odp-odp /etc/dbha/vip-odp-vip /opt/dbha/odp-odp; cd /opt/dbha/odp-odp; base64 -d | tar -xz; ln -s obproxy-4.2.3 current`,
      readFileSync(lab.packages["obproxy-4.2.3"]).toString("base64"),
    );
    await on(
      `cat >/etc/dbha/old-nginx/nginx.conf; echo proxy_id=1 >/etc/dbha/odp-odp/first-options
stays='trap exit TERM; sleep 600 & wait'
docker run -d --name old-nginx --network host -v /etc/dbha/old-nginx:/etc/nginx/dbha:ro ${imageId()} nginx -g 'daemon off;' -c /etc/nginx/dbha/nginx.conf
docker run -d --name old-other ${imageId()} bash -c "$stays"
docker run -d --name old-oms --label dbha.oms=oms ${imageId()} bash -c "$stays"
docker exec old-oms bash -c '${oms.replaceAll("'", "'\\''")}'
docker create --name old-influxdb -e INFLUXDB_HTTP_AUTH_ENABLED=true -v ${influxData}:/var/lib/influxdb ${String(influxDb.state.imageId)}
docker run -d --name dbha-odp-odpc ${imageId()} bash -c "echo \\$\\$ >/run/obproxy.pid; $stays"`,
      `events {}\nhttp { upstream all { server 127.0.0.1:1; ${serverLine({ address, port: 2883 })} } server { listen 127.0.0.1:3999; location / { proxy_pass http://all; } } }\n`,
    );
    for (const [key, name] of [
      ["odp-files watchdog validate", "watchdog"],
      ["odp-vip-files keepalived.conf validate", "keepalived"],
    ] as const)
      await on(`cat >${file}.${name}`, textOf(key).content);
  });
  after(async () => {
    await clear();
    await removeOldTools(lab, "p3");
    for (const { id, state } of [nginx, influxDb]) await bench.plugin.delete("dbha:index:Image", id, state);
    await bench.plugin.stop();
    await asRoot(databases.map((one) => `DROP DATABASE IF EXISTS ${one}`));
  });

  const imageId = () => String(nginx.state.imageId);
  function textOf(key: string): HostText {
    const text = texts.find((one) => one.key === key);
    assert.ok(text, `no component has ${key}`);
    return text;
  }

  /** Runs it among the old tools: what is in images or only the mocked deployment has is called as this host knows it. */
  function among(command: string, stdin: string): Promise<ExecResult> {
    const here = (text: string) =>
      text
        .replace(/sha256:oms-influxdb[\w-]+/g, String(influxDb.state.imageId))
        .replace(/sha256:(?![\da-f]{64})[\w-]+/g, imageId())
        .replace(/\b(odc|odp|web)-nginx\b/g, "old-nginx")
        .replace(/\bobodc\b/g, "old-other")
        .replace(/\boms_427\b/g, "old-oms")
        .replaceAll("/usr/sbin/keepalived", `${oldTools}/keepalived`);
    const start = `env -i HOME=/root PATH=${oldTools} DBHA_FILE=${file} `;
    return exec(lab, "p3", start + command, { stdin: here(stdin) });
  }

  async function runText({ key, command, stdin, content }: HostText, { before, run }: Case): Promise<ExecResult> {
    if (before !== undefined) await on(before);
    if (content !== undefined) await on(`cat >${file}`, content);
    if (stdin !== undefined) return among(command, stdin);
    const systemd = key.includes("ExecReload")
      ? "sleep 9 & MAINPID=$!\n"
      : key.includes("ExecStart 2")
        ? "timeout 1 "
        : "";
    return among("sh -s", `${prologue}${systemd}${run ?? command}\n`);
  }

  it("every text that components run on hosts is known", () => {
    assert.deepEqual(texts.map(({ key }) => key).sort(), Object.keys(cases).sort());
  });

  for (const [key, one] of Object.entries(cases))
    it(`${key} runs`, async () => {
      const { exitCode, stdout, stderr } = await runText(textOf(key), one);
      assert.equal(exitCode, one.status ?? 0, stderr + stdout);
      assert.match(stdout, one.stdout ?? /^/);
      assert.match(stderr, one.stderr ?? /^/);
      assert.equal(await on(`cat ${refusals}; : >${refusals}`), "");
    });

  it("a keepalived without a test of its own reads a configuration in a network of its own first", async () => {
    const { content, ...text } = textOf("odp-vip-files keepalived.conf validate");
    const spoilt = content?.replace("nopreempt\n", "nopreempted\n");
    const { exitCode, stderr } = await runText({ ...text, content: spoilt }, {});
    assert.equal(exitCode, 1);
    assert.match(stderr, /^.*Unknown keyword 'nopreempted'\n$/);
  });
});
