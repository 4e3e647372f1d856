import assert from "node:assert/strict";
import { renderOmsMetaDbScript, type OmsMetaDbProcedure, type OmsMetaDbRegion } from "../../components/oms/metadb";
import type { OmsLook } from "../../components/oms/metadb-answers";
import { METADB_PORT } from "../../lab/src/metadb";
import { DIRECTORY, MARKER, PASSWORD, Procedures, USER } from "./metadb-procedures";
import type { DatabaseServer } from "./metadb-server";

export const VIP = "http://10.1.0.101:8088";
export const PHYSICAL = "http://10.1.0.11:8088";

/** A region with two nodes behind the VIP, and one with a single node. */
export const regions: OmsMetaDbRegion[] = [
  { location: 0, heartbeatDatabase: "bk_hb0", cmUrl: VIP, isDefault: true, nodes: ["10.1.0.11", "10.1.0.12"] },
  { location: 7, heartbeatDatabase: "bk_hb7", cmUrl: "http://10.2.0.21:8088", isDefault: false, nodes: ["10.2.0.21"] },
];

/** The factory's, as the console writes it, and something that is nobody's business. */
export const HA = `{"enable":false,"enableHost":false,"perceiveStoreClientCheckpoint":false,"refetchStoreIntervalMin":30,"note":"${MARKER} 灵 \\\\ it's"}`;

/** OMS's procedures on tables as far as they have become known. The real ones have more columns. */
export class OmsProcedures extends Procedures {
  /** What a run is about. */
  about: Pick<OmsMetaDbProcedure, "location" | "node"> & { regions: OmsMetaDbRegion[] } = { regions };

  constructor(server: DatabaseServer) {
    super(server, ["bk_rm", "bk_cm", "bk_hb0", "bk_hb7"]);
  }

  override async fill(): Promise<void> {
    this.about = { regions };
    await this.on(`rm -rf ${DIRECTORY} && mkdir -m 700 ${DIRECTORY}`);
    for (const database of this.databases)
      await this.server.sql(
        `DROP DATABASE IF EXISTS ${database}_dbha_scratch`,
        `DROP DATABASE IF EXISTS ${database}`,
        `CREATE DATABASE ${database} CHARACTER SET utf8mb4`,
      );
    await this.server.sql(
      "USE bk_rm",
      "CREATE TABLE cluster_info (id BIGINT PRIMARY KEY AUTO_INCREMENT, region VARCHAR(64), region_cn VARCHAR(64), cm_url VARCHAR(255), code INT, is_default_cm TINYINT)",
      `INSERT INTO cluster_info VALUES (1, 'cn-hangzhou', '杭州', '${PHYSICAL}', 0, 1), (2, 'cn-jiangsu', 'cn-jiangsu', 'http://10.2.0.21:8088', 7, 0)`,
      "CREATE TABLE oms_normal_config (id BIGINT PRIMARY KEY AUTO_INCREMENT, cfg_name VARCHAR(128), cfg_value LONGTEXT)",
      `INSERT INTO oms_normal_config VALUES (1, 'other.config', '{"enable":true}'), (2, 'ha.config', '${HA.replaceAll("\\", "\\\\").replaceAll("'", "''")}')`,
      "CREATE TABLE oms_version (version VARCHAR(64) PRIMARY KEY, gmt_modified DATETIME)",
      "INSERT INTO oms_version VALUES ('4.2.10-CE', NOW()), ('4.2.9-CE_BP2', NOW())",
      "USE bk_cm",
      "CREATE TABLE resource_group (id BIGINT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(64))",
      "INSERT INTO resource_group VALUES (11, '0'), (12, '7'), (13, 'default')",
      "CREATE TABLE host (id BIGINT PRIMARY KEY AUTO_INCREMENT, resource_group_id BIGINT, ip VARCHAR(64), host_status VARCHAR(32), FOREIGN KEY (resource_group_id) REFERENCES resource_group (id))",
      "INSERT INTO host VALUES (1, 11, '10.1.0.11', 'ONLINE'), (2, 11, '10.1.0.12', 'ONLINE'), (3, 12, '10.2.0.21', 'ONLINE'), (4, 11, '10.1.0.13', 'OFFLINE')",
      "CREATE TABLE location_cm (id INT PRIMARY KEY, `key` VARCHAR(64), address VARCHAR(255), note VARCHAR(64))",
      `INSERT INTO location_cm VALUES (1, '0', '${VIP}', '${MARKER}'), (2, '7', 'http://10.2.0.21:8088', NULL)`,
    );
    for (const database of ["bk_hb0", "bk_hb7"])
      await this.server.sql(
        `USE ${database}`,
        "CREATE TABLE heart_beat (id BIGINT PRIMARY KEY AUTO_INCREMENT, task_name VARCHAR(128), task_type VARCHAR(32), host_ip VARCHAR(64), gmt_created DATETIME, gmt_modified DATETIME)",
        "CREATE TABLE heatbeat_sequence (id BIGINT PRIMARY KEY AUTO_INCREMENT, gmt_created DATETIME NOT NULL, gmt_modified DATETIME NOT NULL)",
      );
  }

  /** Heart beats of tasks on hosts, so many seconds ago by the server's own clock and zone. */
  async beat(database: string, ...all: [task: string, ip: string, ago: number][]): Promise<void> {
    for (const [task, ip, ago] of all)
      await this.server.sql(
        `INSERT INTO ${database}.heart_beat (task_name, host_ip, gmt_created, gmt_modified) VALUES ('${task}', '${ip}', NOW(), NOW() - INTERVAL ${ago} SECOND)`,
      );
  }

  /** Runs a procedure about something that must end well. @returns its answer */
  async answer(name: string, about: Partial<OmsProcedures["about"]> = {}): Promise<unknown> {
    Object.assign(this.about, about);
    return JSON.parse((await this.succeed(name)).answer) as unknown;
  }

  /** What a look at the start of a run tells of regions and nodes. */
  async seen(): Promise<OmsLook> {
    return (await this.answer("look")) as OmsLook;
  }

  /** What must be in a row. */
  async assertRow(query: string, expected: string[]): Promise<void> {
    assert.deepEqual(await this.server.sql(query), expected);
  }

  protected override script(name: string, file?: string): string {
    const metaDb = { host: this.server.address, port: METADB_PORT, username: USER, password: PASSWORD };
    const databases = { rm: "bk_rm", cm: "bk_cm" };
    const procedure = { metaDb, databases, directory: DIRECTORY, name: "bk", keep: 2, file, ...this.about };
    return renderOmsMetaDbScript(procedure, [name]);
  }
}
