import { createConnection, type RowDataPacket } from "mysql2/promise";
import type { ContainerSpec } from "./container";
import { DIRECTORY_LABEL, LAB_LABEL } from "./docker";
import { endpoint, type LabContext } from "./hosts";
import { imageTag, METADB_IMAGE } from "./images";
import { memberAddresses } from "./subnet";

export const METADB_PORT = 3306;
/** A user name in OceanBase's form user@tenant#cluster, as the real MetaDB has it. */
export const METADB_USER = "odc@meta#lab";
export const METADB_DATABASE = "odc_metadb";

/** The number of the user mysql is not fixed; only that user may enter the directory, so the file in it may be open. */
const OWNER = { uid: 0, gid: 0 };

/** Statements that MariaDB runs at every start; they can be repeated. */
export function initSql(password: string): string {
  const user = `'${METADB_USER}'@'%'`;
  return [
    `CREATE DATABASE IF NOT EXISTS ${METADB_DATABASE} CHARACTER SET utf8mb4;`,
    `CREATE USER IF NOT EXISTS ${user};`,
    `ALTER USER ${user} IDENTIFIED BY '${password}';`,
    `GRANT ALL PRIVILEGES ON ${METADB_DATABASE}.* TO ${user};`,
    "",
  ].join("\n");
}

/** The MetaDB: a real MariaDB with its data in a volume of the lab. */
export function metadbSpec(lab: LabContext): ContainerSpec {
  return {
    name: lab.names.container("metadb"),
    lab,
    options: {
      Image: imageTag(METADB_IMAGE),
      Hostname: "metadb",
      HostConfig: {
        NetworkMode: lab.names.network,
        Mounts: [
          {
            Type: "volume",
            Source: lab.names.volume,
            Target: "/var/lib/mysql",
            VolumeOptions: {
              NoCopy: false,
              Labels: { [LAB_LABEL]: lab.name, [DIRECTORY_LABEL]: lab.directory },
              DriverConfig: { Name: "local", Options: {} },
            },
          },
        ],
      },
      ...endpoint(lab, memberAddresses(lab.subnet).metadb),
    },
    files: [{ path: "/etc/metadb/init.sql", content: initSql(lab.secrets.metadbPassword), mode: 0o444, owner: OWNER }],
  };
}

/** Runs a query as ODC's user; returns the server's version. */
export async function queryMetadb(address: string, password: string): Promise<string> {
  const connection = await createConnection({
    host: address,
    port: METADB_PORT,
    user: METADB_USER,
    password,
    database: METADB_DATABASE,
    connectTimeout: 3000,
  });
  try {
    const [rows] = await connection.query<(RowDataPacket & { version: string })[]>("SELECT VERSION() AS version");
    return rows[0]?.version ?? "unknown";
  } finally {
    connection.destroy();
  }
}
