import { createConnection, type Connection, type ConnectionOptions, type RowDataPacket } from "mysql2/promise";
import { run, type LabIdentity } from "./inside";

/** OceanBase's own. */
export const METADB_PORT = 2881;
/** A user name in OceanBase's form user@tenant#cluster, as the real MetaDB has it. */
export const METADB_USER = "odc@meta#lab";
export const METADB_DATABASE = "odc_metadb";
/** Those that OMS makes for itself, by its component's defaults. */
const OMS_DATABASES = ["oms_rm", "oms_cm", "oms_cm_heartbeat"];

/** Where the containers of all servers have the password of the database's root. */
export const ROOT_PASSWORD_FILE = "/etc/metadb/root.password";

/** The server's answers when a user or database is not there, or the password is another one. */
const REFUSALS: readonly unknown[] = [1044, 1045, 1049];

/** Statements that make database and user; they can be repeated. */
export function initStatements(password: string): string[] {
  const user = `'${METADB_USER}'@'%'`;
  const databases = [METADB_DATABASE, ...OMS_DATABASES];
  return [
    `CREATE DATABASE IF NOT EXISTS ${METADB_DATABASE} CHARACTER SET utf8mb4`,
    `CREATE USER IF NOT EXISTS ${user}`,
    `ALTER USER ${user} IDENTIFIED BY '${password}'`,
    // backups are proven in the second ones
    ...databases
      .flatMap((name) => [name, `${name}_dbha_scratch`])
      .map((name) => `GRANT ALL PRIVILEGES ON ${name}.* TO ${user}`),
  ];
}

/** Runs a query as ODC's user; returns the server's version. */
export async function queryMetadb(address: string, password: string): Promise<string> {
  return using(connect(address, METADB_USER, password, { database: METADB_DATABASE }), async (connection) => {
    const [rows] = await connection.query<(RowDataPacket & { version: string })[]>("SELECT VERSION() AS version");
    return rows[0]?.version ?? "unknown";
  });
}

/** Makes database and user with its rights, what is there of them as well; returns the server's version. */
export async function ensureUser(lab: LabIdentity, address: string, password: string): Promise<string> {
  await using(asRoot(lab, address), async (connection) => {
    for (const statement of initStatements(password)) await connection.query(statement);
  });
  return queryMetadb(address, password);
}

/** Runs statements as root; returns rows with tab-separated columns. */
export async function queryAsRoot(lab: LabIdentity, address: string, statements: string): Promise<string[]> {
  return using(asRoot(lab, address), async (connection) => {
    const [results] = await connection.query({
      sql: statements,
      rowsAsArray: true,
      typeCast: (field) => field.string() ?? "NULL",
    });
    return rowsIn(results);
  });
}

/** The rows of one statement or several: arrays of texts, at any depth. */
function rowsIn(results: unknown): string[] {
  if (!Array.isArray(results)) return [];
  const cells = results.filter((cell) => typeof cell === "string");
  return cells.length === results.length && cells.length > 0 ? [cells.join("\t")] : results.flatMap(rowsIn);
}

/** A new OceanBase has no password for root, and gets the one that its container made. */
async function asRoot(lab: LabIdentity, address: string): Promise<Connection> {
  const password = await run(lab, "metadb", `cat ${ROOT_PASSWORD_FILE}`);
  const options = { multipleStatements: true };
  try {
    return await connect(address, "root", password, options);
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  await using(connect(address, "root", ""), (connection) =>
    connection.query("ALTER USER root IDENTIFIED BY ?", password),
  );
  return connect(address, "root", password, options);
}

function connect(host: string, user: string, password: string, options: ConnectionOptions = {}): Promise<Connection> {
  return createConnection({ host, port: METADB_PORT, user, password, connectTimeout: 3000, ...options });
}

async function using<T>(opening: Promise<Connection>, use: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await opening;
  try {
    return await use(connection);
  } finally {
    connection.destroy();
  }
}

/** True for a server's answer that user, password or database are not as they should be. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof Error && "errno" in error && REFUSALS.includes(error.errno);
