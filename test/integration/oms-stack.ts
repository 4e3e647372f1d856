import type { HostName } from "../../lab/src/lab";
import { labFolder, labHosts, on, theLab } from "./hosts";
import type { Config } from "./odc-config";
import { DatabaseServer } from "./metadb-server";
import type { TestStack } from "./stack";

/** The section of the stack's configuration, to be changed by tests. */
export type OmsSection = {
  version: string;
  regions: Record<string, unknown>[];
  metaDb: Record<string, unknown>;
  image: { tarballs: Record<string, string> };
} & Record<string, unknown>;

/** Every character that a password may have and that shells, YAML, SQL and sed give a meaning to. */
export const PASSWORD = "p#w: 'q\"\\$x`&|%{}[]!~ *?<>;,@/=1";
const USER = "oms@meta#lab";

export const DATABASES = ["oms_rm", "oms_cm", "oms_cm_heartbeat", "oms_cm_heartbeat2"];

/** An address of the lab's network that no host has. */
export const virtualAddress = (last = 120): string => labHosts().p1.address.replace(/\d+$/, String(last));

/** OMS 4.2.7 on p1 and p3, which share an address. */
export function omsConfig(change: (oms: OmsSection) => void = () => undefined): Config {
  const oms: OmsSection = {
    version: "4.2.7",
    image: tarballsOf("oms-4.2.7"),
    metaDb: { host: "metadb", port: 2881, username: USER, password: PASSWORD },
    regions: [{ location: 1, nodes: ["p1", "p3"], virtualIp: { address: `${virtualAddress()}/24` } }],
    startTimeout: 90,
  };
  change(oms);
  return {
    "dbha:privateKeyFile": `${labFolder}/id_ed25519`,
    "dbha-stacks:inventory": `${labFolder}/hosts.yaml`,
    "dbha-stacks:oms": oms,
  };
}

/** Tarballs of one of the lab's images, such as oms-4.2.7. */
export const tarballsOf = (name: string): { tarballs: Record<string, string> } => ({
  tarballs: Object.fromEntries(["amd64", "arm64"].map((one) => [one, `${labFolder}/images/${name}-${one}.tar.gz`])),
});

/** An empty MetaDB whose user may make OMS's databases, and those in which backups are proven. */
export async function emptyOmsMetaDb(password = PASSWORD): Promise<DatabaseServer> {
  const server = await DatabaseServer.ofLab(theLab());
  await dropOmsDatabases(server);
  const all = DATABASES.flatMap((database) => [database, `${database}_dbha_scratch`]);
  await server.sql(
    `CREATE USER IF NOT EXISTS '${USER}'@'%'`,
    `ALTER USER '${USER}'@'%' IDENTIFIED BY '${password.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`,
    ...all.map((database) => `GRANT ALL PRIVILEGES ON ${database}.* TO '${USER}'@'%'`),
  );
  return server;
}

export async function dropOmsDatabases(server: DatabaseServer): Promise<void> {
  for (const database of DATABASES) await server.sql(`DROP DATABASE IF EXISTS ${database}`);
}

/** Removes what outlives a destroyed deployment: the three mounts and backups. */
export async function clearOms(): Promise<void> {
  for (const host of ["p1", "p2", "p3"] as const) await on(host, "rm -rf /data /var/backups/oms");
}

/** What a test of OMS leaves behind goes: its stack, the hosts' directories, the databases. */
export async function endOms(stack: TestStack, server: DatabaseServer): Promise<void> {
  stack.remove();
  await clearOms();
  await dropOmsDatabases(server);
  await server.close();
}

/** Sets switches of the stand-in on a host (lab/README.md); all others go. */
export async function switchOms(host: HostName, values: Record<string, string> = {}): Promise<void> {
  const lines = Object.entries(values).map(([name, value]) => `OMS_STANDIN_${name}=${value}\n`);
  const file = "/data/oms/oms_run/standin.env";
  // a reader must see all lines or none
  await on(host, `mkdir -p /data/oms/oms_run && printf %s '${lines.join("")}' >${file}.new && mv ${file}.new ${file}`);
}
