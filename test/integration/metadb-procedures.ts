import assert from "node:assert/strict";
import { renderMetaDbScript, type MetaDbProcedure } from "../../components/metadb/script";
import type { MetaDbBackup } from "../../components/metadb/types";
import { METADB_PORT } from "../../lab/src/metadb";
import { exec, run, type ExecResult } from "../../lab/src/lab";
import type { DatabaseServer } from "./metadb-server";
import { eventually } from "./hosts";

/** Stands in rows of the MetaDB, and so nowhere else. */
export const MARKER = "Planted-row-value";
export const PASSWORD = `Bk.pass'"1`;
export const USER = "backup@meta#lab";
export const DIRECTORY = "/var/backups/proven";
const HOLD = "/run/dbha-test";

/** How a procedure ended, and what its users see. */
export interface Said {
  status: number;
  /** What its last line says. */
  answer: string;
  /** Progress, line by line; of a procedure that failed the last one is the error. */
  lines: string[];
}

/** The procedures on a MetaDB of two databases, run as root on a lab host in the product's own way: a script on the input of sh. */
export class Procedures {
  constructor(
    protected readonly server: DatabaseServer,
    readonly databases: string[] = ["bk_one"],
  ) {}

  /** Makes user and databases anew, with rows that nobody may see. */
  async prepare(): Promise<void> {
    const user = `'${USER}'@'%'`;
    await this.server.sql(
      `DROP USER IF EXISTS ${user}`,
      `CREATE USER ${user} IDENTIFIED BY '${PASSWORD.replace("'", "''")}'`,
    );
    await this.fill();
    for (const database of this.databases)
      await this.server.sql(`GRANT ALL PRIVILEGES ON ${database}.* TO ${user}`, this.grant(database));
    await this.on(`rm -rf ${DIRECTORY} && mkdir -m 700 ${DIRECTORY}`);
  }

  /** The right to a scratch database. */
  grant = (database: string): string => `GRANT ALL PRIVILEGES ON ${database}_dbha_scratch.* TO '${USER}'@'%'`;

  /** Makes the databases anew. */
  async fill(): Promise<void> {
    for (const database of this.databases)
      await this.server.sql(
        `DROP DATABASE IF EXISTS ${database}_dbha_scratch`,
        `DROP DATABASE IF EXISTS ${database}`,
        `CREATE DATABASE ${database} CHARACTER SET utf8mb4`,
        `USE ${database}`,
        "CREATE TABLE node (id INT PRIMARY KEY AUTO_INCREMENT, title VARCHAR(99), body LONGBLOB)",
        `INSERT INTO node VALUES (1, '${MARKER} of ${database}', x'00ff0a27'), (2, 'tab\\t, line\\n, \\\\ and "', NULL), (3, '灵', '')`,
        "CREATE TABLE task (id INT PRIMARY KEY, node INT, FOREIGN KEY (node) REFERENCES node (id))",
        "INSERT INTO task VALUES (1, 1), (2, 3)",
        "CREATE TABLE migrations (version VARCHAR(9))",
        "INSERT INTO migrations VALUES ('4.3.9'), ('4.3.10')",
      );
  }

  async clear(): Promise<void> {
    for (const database of this.databases)
      await this.server.sql(`DROP DATABASE IF EXISTS ${database}_dbha_scratch`, `DROP DATABASE IF EXISTS ${database}`);
    await this.server.sql(`DROP USER IF EXISTS '${USER}'@'%'`);
    await this.on(`rm -rf ${DIRECTORY} ${HOLD}* /usr/local/bin/mysql /usr/local/bin/mysqldump /usr/local/bin/gzip`);
  }

  /** Runs a procedure; neither rows nor the password show. */
  async run(name: string, file?: string, within = ""): Promise<Said> {
    return said(await exec(this.server.lab, "p3", `${within} sh -s ${name}`, { stdin: this.script(name, file) }));
  }

  /** Runs a procedure that must end well. */
  async succeed(name: string, file?: string): Promise<Said> {
    const done = await this.run(name, file);
    assert.equal(done.status, 0, done.lines.join("\n"));
    return done;
  }

  /** Makes a backup. */
  async backup(): Promise<MetaDbBackup> {
    return JSON.parse((await this.succeed("backup")).answer) as MetaDbBackup;
  }

  /** Runs a procedure that must be refused, leave the databases as they were, and leave nothing else behind. @returns why */
  async refused(name: string, file?: string): Promise<string> {
    const before = await this.contents();
    const backups = await this.on(`ls -A ${DIRECTORY}`);
    const { status, lines } = await this.run(name, file);
    assert.equal(status, 1, lines.join("\n"));
    assert.deepEqual(await this.contents(), before);
    assert.equal(await this.on(`ls -A ${DIRECTORY}`), backups);
    await this.assertClean();
    return lines.at(-1) ?? "";
  }

  /** Writes what a dumper of the host says of the first database, as a backup made by hand. @returns its path, or what the dumper said */
  async byHand(name: string, filter = "cat"): Promise<string> {
    const file = `${DIRECTORY}/${name}.sql.gz`;
    const { address, password } = this.server;
    const login = `printf '[client]\nhost=${address}\nport=${METADB_PORT}\nuser=root\npassword=${password}\n'`;
    const options = "--defaults-file=/dev/stdin --single-transaction --skip-lock-tables --hex-blob --skip-triggers";
    const command = `${login} | mysqldump ${options} ${this.databases[0]} | ${filter} | gzip >${file}`;
    const { stdout, stderr } = await exec(this.server.lab, "p3", command);
    return `${stdout}${stderr}` || file;
  }

  /** Nothing is left of a run but its backup. */
  async assertClean(): Promise<void> {
    assert.deepEqual(await this.server.databases("bk%scratch"), []);
    assert.equal(await this.on(`ls -d /run/dbha-metadb.* ${DIRECTORY}/.??* 2>/dev/null || true`), "");
  }

  /** What is in the databases. */
  contents = (): Promise<Record<string, string[]>[]> =>
    Promise.all(this.databases.map((database) => this.server.contents(database)));

  /**
   * Starts a procedure whose client stops after a line of its input (or, of the dumper, its output), waits until it has come so far,
   * and kills it with SIGKILL.
   * @param client with whose name the stand-in for it stands before it
   * @param whom all processes, as where a host loses its power, or the script alone
   * @returns lets go on what lives
   */
  async killAt(
    name: string,
    { client, database, line }: { client: "mysql" | "mysqldump"; database: string; line: string },
    file?: string,
    whom: "all" | "script" = "all",
  ): Promise<() => Promise<void>> {
    await this.on(`cat >/usr/local/bin/${client} <<'END'\n${holding(client)}END\nchmod 755 /usr/local/bin/${client}`);
    await this.on(`echo '${database}' >${HOLD}.database; echo '${line}' >${HOLD}.line`);
    const running = exec(this.server.lab, "p3", `sh -s ${name}`, { stdin: this.script(name, file) });
    const held = (): Promise<string> => this.on(`cat ${HOLD}.held 2>/dev/null || true`);
    await eventually(`${name} at ${line}`, 20, held, (text) => text !== "");
    // neither rows nor the password are in argument lists, and the password in no file but root's own
    const seen = await this.on("ps -eo args; find /run -name options -path '*dbha-metadb*' -printf '%m %U\\n'");
    assert.ok(!seen.includes(MARKER) && !seen.includes(PASSWORD), seen);
    assert.match(seen, /^600 0$/m);
    const [, pid] = /dbha-metadb\.(\d+)\./.exec(await this.on("ls -d /run/dbha-metadb.*")) ?? assert.fail("none runs");
    const victims = whom === "all" ? `-$(ps -o pgid= -p ${pid} | tr -d ' ')` : pid;
    await this.on(`kill -9 ${victims}; rm -f /usr/local/bin/${client}`);
    return async () => {
      await this.on(`rm -f ${HOLD}.held`);
      assert.equal(said(await running).status, 137);
    };
  }

  /** Runs a command as root on the host. @throws Error when it fails */
  protected on(command: string): Promise<string> {
    return run(this.server.lab, "p3", command);
  }

  /** The script that has a procedure. */
  protected script(name: string, file?: string): string {
    const procedure: MetaDbProcedure = {
      metaDb: { host: this.server.address, port: METADB_PORT, username: USER, password: PASSWORD },
      databases: this.databases,
      version: { table: "migrations", query: "SELECT version FROM migrations" },
      directory: DIRECTORY,
      name: "bk",
      keep: 9,
      file,
    };
    return renderMetaDbScript(procedure, [name]);
  }
}

/** What a suite on the procedures works with. */
interface Bench {
  server: DatabaseServer;
  metaDb: Procedures;
}

/** The hooks of a suite on the procedures: a server with user and databases, which are made anew for each test. */
export function onServer(start: () => Promise<DatabaseServer>, take: (bench: Bench) => void): void {
  let bench: Bench;
  before(async () => {
    const server = await start();
    bench = { server, metaDb: new Procedures(server) };
    take(bench);
    await bench.metaDb.prepare();
  });
  beforeEach(() => bench.metaDb.fill());
  after(async () => {
    await bench.metaDb.clear();
    await bench.server.close();
  });
}

/** What users see of a run, in which neither rows nor the password may be. */
function said({ exitCode, stdout, stderr }: ExecResult): Said {
  for (const secret of [MARKER, PASSWORD, Buffer.from(MARKER).toString("hex")])
    assert.ok(!`${stdout}${stderr}`.toLowerCase().includes(secret.toLowerCase()), `${secret} is in ${stdout}${stderr}`);
  return { status: exitCode, answer: stdout.trim().split("\n").at(-1) ?? "", lines: stderr.trim().split("\n") };
}

/** A client that goes on after a line only when it is allowed to. */
const holding = (client: "mysql" | "mysqldump"): string => `#!/bin/sh
hold() {
  awk -v line="$(cat ${HOLD}.line)" '{ print; fflush() } index($0, line) == 1 {
    print "held" >"${HOLD}.held"; close("${HOLD}.held"); system("while [ -e ${HOLD}.held ]; do sleep 0.1; done") }'
}
for last in "$@"; do :; done
[ "$last" = "$(cat ${HOLD}.database)" ] || exec /usr/bin/${client} "$@"
${client === "mysql" ? `hold | /usr/bin/mysql "$@"` : `/usr/bin/mysqldump "$@" | hold`}
`;
