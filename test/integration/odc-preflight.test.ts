import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import { run, sql, type HostName } from "../../lab/src/lab";
import { writeImage } from "../provider/docker-image";
import { engines } from "./engines";
import { emptyMetaDb, eventually, labFolder, labHosts, metaDbPassword, on, snapshot, theLab } from "./hosts";
import { devConfig, type OdcSection } from "./odc-config";
import { TestStack } from "./stack";

const nodes = ["p1", "p2"] as const;
const uname = "/usr/local/bin/uname";
const odcTarball = `${labFolder}/images/odc-4.3.1-amd64.tar.gz`;
const folder = "/opt/dbha-test-images";

/** Makes a host say that it is of another architecture, to everything that asks. */
const disguise = (host: HostName): Promise<string> =>
  on(host, `printf '#!/bin/sh\\necho aarch64\\n' >${uname}; chmod 755 ${uname}`);

/** Where the script for the MetaDB keeps the password while it runs. */
const scratch = (): Promise<string> => on("p1", "ls -d /run/dbha-metadb.* 2>/dev/null || true");

const containers = (): Promise<string[]> =>
  Promise.all(nodes.map((host) => on(host, "docker inspect -f '{{.Id}} {{.State.StartedAt}}' obodc")));

async function assertServing(): Promise<void> {
  for (const host of nodes) {
    const { address } = labHosts()[host];
    const answer = await fetch(`http://${address}:8989/api/v1/heartbeat/isHealthy`);
    assert.equal(((await answer.json()) as { data: boolean }).data, true);
  }
}

for (const engine of engines())
  describe(`Preflight of ODC, with the ${engine.name}`, function () {
    this.timeout(300_000);
    let stack: TestStack;
    let directory: string;
    let limit: string;
    const allow = (connections: number | string) => sql(theLab(), `SET GLOBAL max_connections = ${connections}`);

    before(async () => {
      await emptyMetaDb();
      [limit = ""] = await sql(theLab(), "SELECT @@max_connections");
      directory = mkdtempSync(join(tmpdir(), "dbha-odc-"));
      stack = new TestStack(engine);
      await stack.init(devConfig());
    });

    after(async () => {
      for (const host of nodes) await on(host, `rm -rf ${uname} ${folder} /var/data /var/log/odc /var/backups/odc`);
      await allow(limit);
      stack.remove();
      rmSync(directory, { recursive: true });
    });

    /** Runs a command that must be refused with exactly these problems, and no secret. */
    async function refused(args: string[], headline: string, problems: string[]): Promise<string> {
      const { code, text } = await stack.run(...args);
      assert.notEqual(code, 0);
      const count = `${problems.length} ${problems.length === 1 ? "problem" : "problems"}`;
      const message = [`${headline} (${count}); nothing was changed:`, ...problems.map((line) => `- ${line}`)];
      const shown = text.split("\n").map((line) => line.trim());
      const start = shown.findLastIndex((line) => line.endsWith(message[0] ?? ""));
      assert.notEqual(start, -1, text);
      assert.deepEqual(shown.slice(start + 1, start + message.length), message.slice(1));
      assert.doesNotMatch(text, /error serializing/);
      assert.ok(!text.includes(metaDbPassword()), "the password is shown");
      return text;
    }
    const refusedInPreview = (what: string, problems: string[]) =>
      refused(["preview"], `OdcHaDeployment odc: its ${what} not ready`, problems);

    describe("before anything is deployed", () => {
      let untouched: string[];
      before(async () => {
        untouched = await snapshot("p1");
      });
      afterEach(async () => {
        stack.configure(devConfig());
        assert.deepEqual(await snapshot("p1"), untouched);
        // a question may be under way when another one's answer ends the preview
        await eventually("no password is left in memory", 10, scratch, (left) => left === "");
      });
      const metaDb = (odc: OdcSection): Record<string, unknown> => odc.metaDb as Record<string, unknown>;

      it("refuses a MetaDB without room for all nodes beside its other clients, and takes one with it", async () => {
        const { address: host, port } = theLab().metadb;
        // those of ODC's own user would not count
        await sql(theLab(), "CREATE USER other IDENTIFIED BY 'others-Pass1'");
        const other = { host, port, user: "other", password: "others-Pass1" };
        const others = await Promise.all([1, 2, 3].map(() => createConnection(other)));
        await allow(232);
        const { code, text } = await stack.run("preview");
        assert.notEqual(code, 0);
        const problem =
          /OdcHaDeployment odc: its MetaDB is not ready \(1 problem\); nothing was changed:\s+- host p1: the MetaDB allows 232 connections, of which others have (\d+), and the 2 nodes take 230; fix: set max_connections there to (\d+) at least/;
        const [, has, needed] = problem.exec(text) ?? assert.fail(text);
        assert.ok(Number(has) >= 3, `${has} others`);
        assert.equal(Number(needed), Number(has) + 230);
        others.forEach((connection) => connection.destroy());
        await sql(theLab(), "DROP USER other");
        await allow(250);
        await stack.succeed("preview");
      });

      it("refuses a password that the MetaDB refuses, and shows neither", async () => {
        const wrong = "not-the-password-1";
        stack.configure(devConfig((odc) => (metaDb(odc).password = wrong)));
        const text = await refusedInPreview("MetaDB is", [
          "host p1: the MetaDB refuses user odc@meta#lab with this password; fix: mend metaDb.username or metaDb.password",
        ]);
        assert.ok(!text.includes(wrong));
      });

      it("refuses hosts that Docker's client cannot log in to, though the plugin can", async () => {
        const { "dbha:privateKeyFile": file, ...config } = devConfig();
        stack.configure({ ...config, "dbha:privateKey": readFileSync(file as string, "utf8") });
        const { code, text } = await stack.run("preview");
        assert.notEqual(code, 0);
        const shown = text.replaceAll(/\s+/g, " ");
        for (const host of nodes)
          assert.ok(
            shown.includes(
              `host ${host} cannot be given containers (1 problem); nothing was changed: - Docker's own client, which runs ssh, cannot use a key that is given as text; fix: put the key into a file of mode 600 and set dbha:privateKeyFile, or load it into ssh-agent and set dbha:agent`,
            ),
            shown,
          );
      });

      it("makes no container in an update that was not previewed", async () => {
        stack.configure(devConfig((odc) => (metaDb(odc).port = 3307)));
        const { code, text } = await stack.run("up", "--yes", "--skip-preview");
        assert.notEqual(code, 0);
        assert.match(text, /its MetaDB is not ready \(2 problems\); nothing that depends on it was changed:/);
        for (const host of nodes) assert.equal(await on(host, "docker ps -aq"), "");
        await stack.destroy();
        for (const host of nodes) await on(host, "rm -rf /var/data /var/log/odc /var/backups/odc");
      });

      it("refuses a MetaDB that nodes do not reach, and names each", async () => {
        stack.configure(devConfig((odc) => (metaDb(odc).port = 3307)));
        const fix = "fix: mend metaDb.host and metaDb.port, or the network and firewalls between";
        await refusedInPreview(
          "MetaDB is",
          nodes.map(
            (host) => `host ${host}: does not reach the MetaDB at metadb port 3307: connection refused; ${fix}`,
          ),
        );
      });

      it("refuses a database that is not there", async () => {
        stack.configure(devConfig((odc) => (metaDb(odc).database = "odc_other")));
        await refusedInPreview("MetaDB is", [
          "host p1: the MetaDB does not let user odc@meta#lab into the database odc_other; fix: grant it all privileges on odc_other",
        ]);
      });

      it("refuses a first node that cannot back up", async () => {
        await on("p1", "for f in /usr/bin/mysqldump /usr/bin/mariadb-dump; do mv $f $f.off; done");
        await refusedInPreview("MetaDB is", [
          "host p1: has neither mysqldump nor mariadb-dump, and the MetaDB is backed up from there before an upgrade; fix: install MySQL's or MariaDB's client tools (Debian: mariadb-client)",
        ]).finally(() => on("p1", "for f in /usr/bin/mysqldump /usr/bin/mariadb-dump; do mv $f.off $f; done"));
      });

      it("refuses a host of an architecture without a tarball, and takes the one that is given", async () => {
        await disguise("p2");
        const tarballs = { amd64: odcTarball };
        stack.configure(devConfig((odc) => (odc.image = { tarballs })));
        await refusedInPreview("hosts are", [
          "host p2: is of architecture arm64, and image.tarballs has only amd64; fix: give image.tarballs.arm64",
        ]);
        const arm = join(directory, "arm.tar.gz");
        await writeImage(arm, "arm", "arm64", "oceanbase/odc:4.3.1");
        stack.configure(devConfig((odc) => (odc.image = { tarballs: { ...tarballs, arm64: arm } })));
        await stack.succeed("preview").finally(() => on("p2", `rm ${uname}`));
      });

      it("hands the password to the client in a file in memory that only root reads, and in no argument", async () => {
        const client = "/usr/local/bin/mysql";
        const script = [
          "#!/bin/sh",
          "cat /proc/[0-9]*/cmdline | tr '\\0' ' ' >/tmp/seen-arguments",
          "stat -c '%a %U' /run/dbha-metadb.*/options >/tmp/seen-mode",
          'exec /usr/bin/mysql "$@"',
        ].join("\n");
        await on(
          "p1",
          `printf %s ${Buffer.from(script).toString("base64")} | base64 -d >${client}; chmod 755 ${client}`,
        );
        await stack.succeed("preview").finally(() => on("p1", `rm ${client}`));
        const seen = await on("p1", "cat /tmp/seen-arguments");
        assert.match(seen, /mysql --defaults-file=\/run\/dbha-metadb\.\d+\.\w+\/options/);
        assert.ok(!seen.includes(metaDbPassword()));
        assert.equal(await on("p1", "sort -u /tmp/seen-mode; rm /tmp/seen-*"), "600 root");
      });
    });

    describe("of images, with files that lie on the hosts and on this machine", () => {
      const path = `${folder}/odc-4.3.1.tar.gz`;
      before(async () => {
        for (const host of nodes) await on(host, `mkdir -p ${folder}`);
      });
      after(() => stack.destroy());

      const onHosts = (file: string) =>
        devConfig((odc) => Object.assign(odc, { image: { hostTarballs: { amd64: file } } }));
      const uploaded = (file: string) => devConfig((odc) => (odc.image = { tarballs: { amd64: file } }));
      /** Puts a file on the nodes' hosts. */
      const put = async (file: string, content: Buffer): Promise<void> => {
        const stdin = content.toString("base64");
        for (const host of nodes) await run(theLab(), host, `base64 -d >${file}`, { stdin });
      };

      it("deploys from a file that lies on the hosts, and can do without it afterwards", async () => {
        await put(path, readFileSync(odcTarball));
        stack.configure(onHosts(path));
        await stack.up();
        await assertServing();
        for (const host of nodes) await on(host, `rm ${path}`);
        await stack.succeed("up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes");
      });

      it("refuses a broken file and one for another architecture while ODC runs, before anything stops", async () => {
        const running = await containers();
        const [broken, arm] = [join(directory, "broken.tar.gz"), join(directory, "other.tar.gz")];
        writeFileSync(broken, readFileSync(odcTarball));
        truncateSync(broken, 1_000_000);
        await writeImage(arm, "arm", "arm64", "oceanbase/odc:4.3.2");
        const [brokenThere, armThere] = [`${folder}/broken.tar.gz`, `${folder}/arm.tar.gz`];
        await put(brokenThere, readFileSync(broken));
        await put(armThere, readFileSync(arm));
        const cut =
          /it is not an image file \(unexpected end of file\); write it by docker save, plain or through gzip/;
        const other = (field: string, file: string) =>
          new RegExp(
            `${field}\\.amd64: ${file} holds an image for arm64; give the file of the amd64 image, or name it ${field}\\.arm64`,
          );
        const cases: [Record<string, unknown>, RegExp][] = [
          [uploaded(broken), cut],
          [uploaded(arm), other("tarballs", arm)],
          [onHosts(brokenThere), cut],
          [onHosts(armThere), other("hostTarballs", armThere)],
        ];
        for (const [config, message] of cases) {
          stack.configure(config);
          for (const args of [["preview"], ["up", "--yes", "--skip-preview"]]) {
            const { code, text } = await stack.run(...args);
            assert.notEqual(code, 0);
            assert.match(text, message);
            assert.deepEqual(await containers(), running);
          }
          await assertServing();
        }
      });
    });
  });
