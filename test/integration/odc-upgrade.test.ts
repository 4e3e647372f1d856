import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { HostName } from "../../lab/src/lab";
import { HOST_NAMES } from "../../lab/src/name";
import { askAll, ClientsLoop } from "./clients";
import { engines } from "./engines";
import { emptyMetaDb, eventually, labFolder, labHosts, metaDbPassword, on, theLab } from "./hosts";
import { NodeWatch } from "./node-watch";
import { OdcClient } from "./odc-client";
import { devConfig, type Config, type OdcSection } from "./odc-config";
import { TestStack } from "./stack";

interface Backup {
  path: string;
  bytes: number;
  tables: number;
  version: string;
  proof: string;
  provenAt: string;
  views: number;
  rows: number;
  checksum: string;
}

interface OdcOutputs {
  url: string;
  nodes: { host: string; version: string; health: string }[];
  backups: Backup[];
  lastBackup?: Backup;
  adminPassword: string;
}

const nodes = ["p1", "p2"] as const;
const directory = "/var/backups/odc";
const tool = "/usr/local/bin/mysqldump";
const retry = `see ${tool} on this host, then run this again`;

/** The stack with an image of this version, and short patience with nodes that do not start. */
function odcConfig(version: string, change: (odc: OdcSection) => void = () => undefined): Config {
  return devConfig((odc) => {
    for (const architecture of ["amd64", "arm64"])
      odc.image.tarballs[architecture] = `${labFolder}/images/odc-${version}-${architecture}.tar.gz`;
    odc.startTimeout = 25;
    change(odc);
  });
}

/** IDs of the nodes' containers with the time at which they were made. */
const containers = (): Promise<string[]> =>
  Promise.all(nodes.map((host) => on(host, "docker inspect -f '{{.Id}} {{.Created}} {{.State.Running}}' obodc")));

/** Keeps ODC from starting on a host, without a sign of it before: its log cannot be written. One that runs is not disturbed. */
const breakStart = (host: HostName): Promise<string> =>
  on(host, "mv /var/log/odc/odc.log /var/log/odc/earlier.log; mkdir /var/log/odc/odc.log");
const mendStart = (host: HostName): Promise<string> => on(host, "rmdir /var/log/odc/odc.log");

/** Asks the MetaDB from a host, as ODC does. */
const sql = (statement: string): Promise<string> =>
  on(
    "p3",
    `printf '[client]\\nhost=metadb\\nport=${theLab().metadb.port}\\nuser="odc@meta#lab"\\npassword="${metaDbPassword()}"\\n' | mysql --defaults-file=/dev/stdin -N -e "${statement}" odc_metadb`,
  );

for (const engine of engines())
  describe(`Upgrade and rollback of ODC, with the ${engine.name}`, function () {
    this.timeout(300_000);
    let stack: TestStack;
    /** The node of each client while all serve. */
    let pinned: Record<string, string>;
    const outputs = async (): Promise<OdcOutputs> => (await stack.outputs()).odc as OdcOutputs;
    const versions = async (): Promise<string[]> =>
      (await outputs()).nodes.map(({ host, version, health }) => `${host} ${version} ${health}`);

    before(async () => {
      await emptyMetaDb();
      for (const host of nodes) await on(host, `rm -rf ${directory} ${tool}`);
      stack = new TestStack(engine);
      await stack.init(odcConfig("4.3.1"));
      await stack.up();
      pinned = await askAll("p3");
    });

    after(async () => {
      for (const host of nodes) await on(host, `rm -rf ${directory} ${tool} /var/data /var/log/odc`);
      stack.remove();
    });

    it("finds nothing to back up at the first deployment", async () => {
      const { backups, lastBackup } = await outputs();
      assert.deepEqual(backups, []);
      assert.equal(lastBackup, undefined);
      assert.equal(await on("p1", `ls -A ${directory}`), "");
    });

    const broken: [what: string, script: string, message: string][] = [
      [
        "fails",
        "echo 'mysqldump: Lost connection' >&2; exit 3",
        `the backup of the MetaDB failed: ${tool} ended with status 3; fix: ${retry}`,
      ],
      ["is empty", "exit 0", `the backup of the MetaDB is empty; fix: ${retry}`],
      [
        "is cut short",
        '/usr/bin/mysqldump "$@" | head -n -5',
        `the backup of the MetaDB is cut short: its last line is not that of a complete dump; fix: ${retry}`,
      ],
      [
        "lacks a table",
        '/usr/bin/mysqldump "$@" --ignore-table=odc_metadb.spring_session',
        `the backup of the MetaDB has 6 tables, the MetaDB has 7; fix: ${retry}`,
      ],
    ];
    for (const [what, script, message] of broken)
      it(`refuses the upgrade when its backup ${what}, and changes nothing`, async () => {
        const running = await containers();
        await on("p1", `printf '#!/bin/sh\\n%s\\n' '${script}' >${tool}; chmod 755 ${tool}`);
        stack.configure(odcConfig("4.3.2"));
        const { code, text } = await stack.run("up", "--yes", "--skip-preview");
        await on("p1", `rm ${tool}`);
        assert.notEqual(code, 0);
        assert.ok(text.includes(message), `${message}\nis not in\n${text}`);
        assert.ok(!text.includes(metaDbPassword()), "the password is shown");
        assert.deepEqual(await containers(), running);
        assert.equal(await on("p1", `ls -A ${directory}; ls -d /run/dbha-metadb.* 2>/dev/null || true`), "");
      });

    it("stops an upgrade at the node that does not come back, while the one before it serves everybody", async () => {
      await breakStart("p2");
      stack.configure(odcConfig("4.3.2"));
      const watch = new NodeWatch(nodes.map((host) => labHosts()[host].address));
      const { code, text } = await stack.run("up", "--yes", "--skip-preview");
      assert.notEqual(code, 0);
      assert.match(text, /host p2 .*: not healthy after \d+ s/);
      assert.deepEqual(await watch.stop(), { withoutAny: [] });
      const { p1 } = labHosts();
      await eventually(
        "p1 serves everybody",
        30,
        () => askAll("p3"),
        (answers) => Object.values(answers).every((node) => node === p1.address),
      );
      assert.match(await on("p1", "curl -s http://127.0.0.1:8989/api/v2/info"), /"version":"4\.3\.2"/);
    });

    it("has made a backup that can be restored before that", async () => {
      const path = await on("p1", `ls ${directory}/*`);
      assert.match(path, /^\/var\/backups\/odc\/odc-\d{8}T\d{6}Z-4\.3\.1\.6\.sql\.gz$/);
      assert.equal(await on("p1", `stat -c '%a %U' ${path} ${directory}`), "600 root\n700 root");
      assert.equal(await on("p1", `gzip -cd ${path} | grep -c '^CREATE TABLE '`), "7");
    });

    it("repairs the node that is down, and does not touch the one that serves, whose clients notice nothing", async () => {
      // ODC's supervisor gives up on a server that ends within a second four times; here it may take longer to end
      await on("p2", "docker exec obodc supervisorctl stop all");
      await mendStart("p2");
      const [p1] = await containers();
      const clients = new ClientsLoop("p3");
      await stack.up();
      const { failed, rounds } = await clients.stop();
      assert.ok(rounds > 3, `clients asked ${rounds} times`);
      assert.deepEqual(
        failed.filter((client) => pinned[client] !== labHosts().p2.address),
        [],
      );
      assert.equal((await containers())[0], p1);
      assert.deepEqual(await versions(), ["p1 4.3.2 healthy", "p2 4.3.2 healthy"]);
      const { backups, lastBackup } = await outputs();
      assert.equal(backups.length, 1);
      assert.deepEqual(backups[0], lastBackup);
      assert.deepEqual([lastBackup?.tables, lastBackup?.version], [7, "4.3.1.6"]);
      assert.deepEqual([lastBackup?.proof, lastBackup?.views], ["restored", 1]);
      assert.ok((lastBackup?.rows ?? 0) > 0);
      assert.match(lastBackup?.checksum ?? "", /^[0-9a-f]{64}$/);
      assert.match(lastBackup?.provenAt ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      assert.equal(lastBackup?.bytes, Number(await on("p1", `stat -c %s ${lastBackup?.path}`)));
      await stack.succeed("preview", "--expect-no-changes");
    });

    it("refuses a downgrade in preview", async () => {
      const running = await containers();
      stack.configure(odcConfig("4.3.1"));
      const { code, text } = await stack.run("preview");
      assert.notEqual(code, 0);
      const message =
        "OdcHaDeployment odc: its image was refused (1 problem); nothing was changed:\n  - image oceanbase/odc:4.3.1: p1 runs 4.3.2, and ODC refuses to start with a MetaDB that a later version has migrated; fix: give rollback.backup, a backup from before the upgrade (output backups), beside the old image";
      assert.ok(text.replaceAll(/\n\s+-/g, "\n  -").includes(message), text);
      assert.doesNotMatch(text, /error serializing/);
      assert.deepEqual(await containers(), running);
    });

    it("refuses a rollback to a backup that is not whole, and changes nothing", async () => {
      const running = await containers();
      const half = `${directory}/half.sql.gz`;
      await on("p1", `gzip -cd ${directory}/odc-*.sql.gz | head -n -5 | gzip >${half}`);
      stack.configure(odcConfig("4.3.1", (odc) => (odc.rollback = { backup: half })));
      const { code, text } = await stack.run("up", "--yes", "--skip-preview");
      assert.notEqual(code, 0);
      assert.match(text, new RegExp(`the backup ${half} is cut short: its last line is not that of a complete dump`));
      assert.deepEqual(await containers(), running);
      await on("p1", `rm ${half}`);
    });

    it("rolls back: stops all nodes, restores the backup, starts the old image node by node", async () => {
      await sql("CREATE TABLE later (id INT); INSERT INTO later VALUES (1)");
      const backup = (await on("p1", `ls ${directory}/odc-*-4.3.1.6.sql.gz`)).trim();
      stack.configure(odcConfig("4.3.1", (odc) => (odc.rollback = { backup })));
      await stack.up();
      assert.deepEqual(await versions(), ["p1 4.3.1 healthy", "p2 4.3.1 healthy"]);
      const tables = (await sql("SHOW TABLES")).toLowerCase().split("\n").sort();
      assert.deepEqual(tables, [
        "config_system_configuration",
        "distributed_lock",
        "iam_user",
        "list_user_table_permission_view",
        "migrate_schema_history",
        "regulation_riskdetect_rule",
        "spring_session",
        "spring_session_attributes",
      ]);
      assert.equal(await sql("SELECT MAX(install_rank), MAX(version) FROM migrate_schema_history"), "8\t4.3.1.6");
      const { url, backups, adminPassword } = await outputs();
      assert.deepEqual(
        backups.map(({ tables, version }) => [tables, version]),
        [
          [7, "4.3.1.6"],
          [8, "4.3.2.12"],
        ],
      );
      assert.equal((await new OdcClient(url).logIn(adminPassword)).status, 200);
      assert.equal(Object.values(await askAll("p3")).filter((node) => node.startsWith("HTTP")).length, 0);
    });

    it("does it once: the same argument changes nothing, its removal takes the step away that tried the backup", async () => {
      await stack.succeed("preview", "--expect-no-changes");
      const running = await containers();
      stack.configure(odcConfig("4.3.1"));
      const text = await stack.up();
      assert.match(text, /~ {2}(update {2})?dbha:index:OdcHaDeployment {1,2}odc .*\[diff: -?rollback\]/);
      assert.match(text, /- {2}(delete {2})?command:remote:Command {1,2}odc-rollback-check\b/);
      assert.match(text, /Resources:\n {4}~ 1 updated\n {4}- 1 deleted\n {4}(2 changes\. )?\d+ unchanged\n/);
      assert.deepEqual(await containers(), running);
      await stack.succeed("preview", "--expect-no-changes");
    });

    it("takes back a change that broke a node: that one first, and nobody else's clients notice before it is back", async () => {
      await breakStart("p2");
      stack.configure(odcConfig("4.3.1", (odc) => (odc.cpus = 3)));
      assert.match((await stack.run("up", "--yes", "--skip-preview")).text, /host p2 .*: not healthy after \d+ s/);
      // left to Docker it would come back by itself, at a time that nobody knows
      await on("p2", "docker stop -t 1 obodc");
      await mendStart("p2");
      stack.configure(odcConfig("4.3.1"));
      const { p1, p2 } = labHosts();
      const watch = new NodeWatch([p1.address, p2.address]);
      const clients = new ClientsLoop("p3");
      await stack.up();
      assert.deepEqual(await watch.stop(), { withoutAny: [] });
      const { failures, rounds } = await clients.stop();
      assert.ok(rounds > 3, `clients asked ${rounds} times`);
      const served = await on("p2", "grep -h 'listens on port' /var/log/odc/odc.log | tail -n 1 | cut -d , -f 1");
      const replaced = (await containers())[0]?.split(" ")[1] ?? "";
      assert.ok(new Date(`${served}Z`) <= new Date(replaced), `p2 served at ${served}, p1 was replaced at ${replaced}`);
      const early = failures.filter(({ at }) => at < new Date(`${served}Z`)).map(({ client }) => client);
      assert.deepEqual(
        early.filter((client) => pinned[client] !== p2.address),
        [],
      );
    });

    it("stops an upgrade in whose midst the MetaDB goes, loses nothing, and goes on when it is back", async () => {
      const users = () => sql("SELECT COUNT(*), (SELECT MAX(version) FROM migrate_schema_history) FROM iam_user");
      const onP2 = () => on("p2", "docker ps -aq --no-trunc --filter name=^obodc$");
      const old = await onP2();
      stack.configure(odcConfig("4.3.2"));
      const running = stack.run("up", "--yes", "--skip-preview");
      await eventually("p2 has its new container", 120, onP2, (now) => now !== "" && now !== old);
      const rule = `OUTPUT -p tcp --dport ${theLab().metadb.port} -j REJECT --reject-with tcp-reset`;
      const everywhere = (action: "-I" | "-D") =>
        Promise.all(HOST_NAMES.map((host) => on(host, `iptables ${action} ${rule}`)));
      await everywhere("-I");
      const { code, text } = await running.finally(() => everywhere("-D"));
      assert.notEqual(code, 0);
      assert.match(text, /host p2 .*: not healthy/);
      const [migrated] = await containers();
      assert.equal(await users(), "1\t4.3.2.12");
      await eventually(
        "p1 serves again by itself",
        60,
        () => on("p1", "curl -s http://127.0.0.1:8989/api/v2/info"),
        (answer) => answer.includes('"version":"4.3.2"'),
      );
      const files = await on("p1", `ls ${directory}`);
      await on("p2", "docker exec obodc supervisorctl stop all || true");
      await stack.up();
      assert.equal((await containers())[0], migrated, "p1 was not touched again");
      assert.deepEqual(await versions(), ["p1 4.3.2 healthy", "p2 4.3.2 healthy"]);
      assert.equal(await users(), "1\t4.3.2.12");
      assert.equal(await on("p1", `ls ${directory}`), files, "no backup of what is half way");
      await stack.succeed("preview", "--expect-no-changes");
    });

    it("keeps the backups when it is destroyed, and no secret in its state", async () => {
      const state = await stack.exported();
      assert.ok(!state.includes(metaDbPassword()), "the password is in the state");
      const kept = await on("p1", `ls ${directory}`);
      await stack.destroy();
      assert.equal(await on("p1", `ls ${directory}`), kept);
      assert.ok(readFileSync("docs/odc-ha.md", "utf8").includes(directory));
    });
  });
