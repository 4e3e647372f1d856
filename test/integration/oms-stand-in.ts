import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { sql } from "../../lab/src/lab";
import { eventually, theLab } from "./hosts";
import { startLabContainer, type LabContainer } from "./lab-container";

export const DATABASES = ["oms_rm", "oms_cm", "oms_cm_heartbeat"] as const;
export const SERVICES = ["nginx", "oms_console", "oms_drc_cm", "oms_drc_supervisor", "sshd"] as const;
/** OMS's user of the MetaDB, whose password is shown otherwise in Python, YAML and SQL. */
export const USER = { username: "oms@meta#lab", password: `it's "#1": \\x` };

export type OmsConfig = Record<string, unknown>;

/** Address of a container beside the lab's hosts. */
export const nodeAddress = (number: number): string => theLab().subnet.replace(/0\/24$/, String(number));

/** Runs statements as the MetaDB's administrator. @returns rows, columns separated by blanks. */
export const ask = async (statement: string): Promise<string[]> =>
  (await sql(theLab(), statement)).map((row) => row.replaceAll("\t", " "));

/** What works for nodes at these addresses, the first of which is the CM. */
export const omsConfig = (nodes: string[]): OmsConfig => ({
  oms_meta_host: theLab().metadb.address,
  oms_meta_port: theLab().metadb.port,
  oms_meta_user: USER.username,
  oms_meta_password: USER.password,
  drc_rm_db: DATABASES[0],
  drc_cm_db: DATABASES[1],
  drc_cm_heartbeat_db: DATABASES[2],
  cm_url: `http://${nodes[0]}:8088`,
  cm_location: 100,
  cm_nodes: nodes,
});

/** A MetaDB without OMS, and a user who may make its databases. */
export async function newMetaDb(): Promise<void> {
  await dropMetaDb();
  const user = `'${USER.username}'@'%'`;
  const grants = DATABASES.map((database) => `GRANT ALL ON ${database}.* TO ${user}`);
  const password = USER.password.replaceAll("\\", "\\\\").replaceAll("'", "''");
  const statements = [`CREATE USER ${user} IDENTIFIED BY '${password}'`, `GRANT CREATE ON *.* TO ${user}`, ...grants];
  await ask(statements.join("; "));
}

export async function dropMetaDb(): Promise<void> {
  const drops = DATABASES.map((database) => `DROP DATABASE IF EXISTS ${database}`);
  await ask([...drops, `DROP USER IF EXISTS '${USER.username}'@'%'`].join("; "));
}

/** A container of the OMS stand-in beside the lab's hosts. */
export interface OmsContainer extends LabContainer {
  /** Its config.yaml as it is outside. */
  configFile: string;
  /** Sets switches of the stand-in, all others go. */
  switches: (values: Record<string, string>) => void;
  /** Runs docker_init.sh. */
  init: () => Promise<{ status: number; output: string }>;
  /** State of every service. */
  services: () => Promise<Record<string, string>>;
}

/** Containers of the OMS stand-in. */
export class OmsNodes {
  private readonly started: OmsContainer[] = [];
  private readonly directory = mkdtempSync(join(tmpdir(), "dbha-oms-"));

  /** Starts one at that address, with the mounts of the documents. */
  async start(
    version: string,
    address: string,
    config: OmsConfig,
    environment: Record<string, string> = {},
  ): Promise<OmsContainer> {
    const folder = mkdtempSync(join(this.directory, "node-"));
    const configFile = join(folder, "config.yaml");
    writeFileSync(configFile, stringify(config));
    for (const name of ["logs", "store", "run"]) mkdirSync(join(folder, name));
    const binds = [
      `${configFile}:/home/admin/conf/config.yaml`,
      `${folder}/logs:/home/admin/logs`,
      `${folder}/store:/home/ds/store`,
      `${folder}/run:/home/ds/run`,
    ];
    const made = await startLabContainer(theLab(), {
      image: `oms-${version}`,
      environment: { OMS_HOST_IP: address, ...environment },
      address,
      host: { Binds: binds },
    });
    const oms: OmsContainer = {
      ...made,
      configFile,
      switches: (values) => {
        const lines = Object.entries(values).map(([name, value]) => `OMS_STANDIN_${name}=${value}\n`);
        writeFileSync(join(folder, "run/standin.env"), lines.join(""));
      },
      init: async () => {
        const said = await made.sh("bash /root/docker_init.sh 2>&1; echo status $?");
        const [, output = "", status = ""] = /^([^]*)status (\d+)\n$/.exec(said) ?? [];
        return { status: Number(status), output };
      },
      services: async () => {
        const lines = (await made.sh("supervisorctl status")).trim().split("\n");
        return Object.fromEntries(lines.map((line) => line.split(/\s+/, 2) as [string, string]));
      },
    };
    this.started.push(oms);
    // docker_init.sh restarts services by it
    await eventually(
      "supervisord",
      20,
      () => made.sh("supervisorctl pid"),
      (pid) => /^\d+\n$/.test(pid),
    );
    return oms;
  }

  /** Removes one. */
  async remove(oms: OmsContainer): Promise<void> {
    this.started.splice(this.started.indexOf(oms), 1);
    await oms.remove();
  }

  async removeAll(): Promise<void> {
    await Promise.all(this.started.splice(0).map((oms) => oms.remove()));
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** All five services, in that state. */
export const allServices = (state: string): Record<string, string> =>
  Object.fromEntries(SERVICES.map((service) => [service, state]));

export const untilRunning = (oms: OmsContainer): Promise<Record<string, string>> =>
  eventually("services", 30, oms.services, (states) => SERVICES.every((service) => states[service] === "RUNNING"));

/** Answer of the console's health. */
export async function health(url: string): Promise<{ status: number; text: string }> {
  try {
    const answer = await fetch(`${url}/oms/health`, { signal: AbortSignal.timeout(10_000) });
    return { status: answer.status, text: await answer.text() };
  } catch {
    return { status: 0, text: "" };
  }
}

/** Waits until the console at `url` says that it is healthy, or that it is not. */
export const untilHealth = (url: string, healthy: boolean): Promise<{ status: number; text: string }> =>
  eventually(
    `"healthy":${healthy} of ${url}`,
    20,
    () => health(url),
    ({ text }) => text.includes(`"healthy":${healthy}`),
  );

export const configOutside = (oms: OmsContainer): string => readFileSync(oms.configFile, "utf8");
