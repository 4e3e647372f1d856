import { createConnection, type Connection } from "mysql2/promise";
import { DIRECTORY_LABEL, dockerClient, LAB_LABEL } from "../../lab/src/docker";
import { ensureImage, imageTag, MARIADB_IMAGE } from "../../lab/src/images";
import { METADB_PORT, ROOT_PASSWORD_FILE } from "../../lab/src/metadb";
import { objectNames } from "../../lab/src/name";
import { waitFor } from "../../lab/src/wait";
import { run, type Lab } from "../../lab/src/lab";
import { theLab } from "./hosts";

/** A database server as its administrator has it, by one connection, which keeps the limits that it was opened with. */
export class DatabaseServer {
  private constructor(
    readonly lab: Lab,
    readonly address: string,
    /** Of root. */
    readonly password: string,
    private readonly connection: Connection,
    private readonly remove: () => Promise<void>,
  ) {}

  /** The lab's MetaDB. */
  static async ofLab(lab: Lab = theLab()): Promise<DatabaseServer> {
    const { address } = lab.metadb;
    const password = await run(lab, "metadb", `cat ${ROOT_PASSWORD_FILE}`);
    return new DatabaseServer(lab, address, password, await connect(address, password), () => Promise.resolve());
  }

  /** A MariaDB beside the lab's hosts, as the lab has it where there is no OceanBase; `lab/down` removes it with the lab. */
  static async mariaDb(): Promise<DatabaseServer> {
    await ensureImage(MARIADB_IMAGE, () => undefined);
    const lab = theLab();
    const { network } = objectNames(lab.name, lab.directory);
    const password = "Root.pass-1";
    // a line each
    const init = [
      `CREATE USER root@'%' IDENTIFIED BY '${password}';`,
      "GRANT ALL PRIVILEGES ON *.* TO root@'%' WITH GRANT OPTION;",
    ];
    const start = `printf '%s\n' "$@" >/tmp/init.sql && exec mariadbd --init-file=/tmp/init.sql`;
    const container = await dockerClient().createContainer({
      Image: imageTag(MARIADB_IMAGE),
      Cmd: ["sh", "-c", start, "sh", ...init],
      Labels: { [LAB_LABEL]: lab.name, [DIRECTORY_LABEL]: lab.directory },
      HostConfig: { NetworkMode: network },
    });
    await container.start();
    const address = (await container.inspect()).NetworkSettings.Networks[network]?.IPAddress ?? "";
    const remove = (): Promise<void> => container.remove({ force: true, v: true });
    try {
      const connection = await waitFor("MariaDB did not answer", 30, () => connect(address, password));
      return new DatabaseServer(lab, address, password, connection, remove);
    } catch (error) {
      await remove();
      throw error;
    }
  }

  /** Runs statements. @returns the rows of the last one, tab-separated. */
  async sql(...statements: string[]): Promise<string[]> {
    let rows: unknown;
    for (const sql of statements) [rows] = await this.connection.query({ sql, rowsAsArray: true });
    return Array.isArray(rows) ? (rows as unknown[][]).map((row) => row.map(String).join("\t")) : [];
  }

  /** Does something while a variable has another value for all new sessions. */
  async withGlobal(variable: string, value: number, work: () => Promise<void>): Promise<void> {
    const [former = ""] = await this.sql(`SELECT @@GLOBAL.${variable}`);
    await this.sql(`SET GLOBAL ${variable} = ${value}`);
    await work().finally(() => this.sql(`SET GLOBAL ${variable} = ${former}`));
  }

  /** All that is in a database: names with the number of rows, and the rows. */
  async contents(database: string): Promise<Record<string, string[]>> {
    const tables = await this.sql(
      `SELECT table_name FROM information_schema.tables WHERE table_schema = '${database}' ORDER BY 1`,
    );
    const found: Record<string, string[]> = {};
    for (const table of tables)
      found[table] = (await this.sql(`SELECT * FROM \`${database}\`.\`${table.replaceAll("`", "``")}\``)).sort();
    return found;
  }

  /** Names of databases. */
  async databases(like: string): Promise<string[]> {
    return this.sql(`SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE '${like}' ORDER BY 1`);
  }

  async close(): Promise<void> {
    this.connection.destroy();
    await this.remove();
  }
}

const connect = (host: string, password: string): Promise<Connection> =>
  createConnection({ host, port: METADB_PORT, user: "root", password, connectTimeout: 3_000 });
