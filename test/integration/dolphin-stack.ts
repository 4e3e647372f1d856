import { HOST_NAMES, type HostName } from "../../lab/src/name";
import { architecture } from "../../lab/src/docker";
import type { DolphinLicenseStatus, DolphinNodeStatus } from "../../components";
import { labFolder, labHosts, on, theLab } from "./hosts";
import type { Config } from "./odc-config";
import type { TestStack } from "./stack";

/** The section of the stack's configuration, to be changed by tests. */
export type DolphinSection = {
  hosts: string[];
  server: { version: string; archives: Record<string, string> };
  parameters: Record<string, Record<string, unknown>>;
} & Record<string, unknown>;

/** What a deployment tells. */
export interface DolphinOutputs {
  urls: string[];
  leader: string;
  nodes: DolphinNodeStatus[];
  license: DolphinLicenseStatus;
  clusterConfig: Record<string, string>;
  backups: string[];
  adminPassword: string;
}

export const LICENSE = "2099.12.31,64,16,12,lab,2,-1,,0\nc3RhbmQtaW4=\n";

export type ServerVersion = keyof ReturnType<typeof theLab>["servers"];

/** A server package of the stand-in. */
export const serverOf = (version: ServerVersion): DolphinSection["server"] => ({
  version,
  archives: { [architecture()]: theLab().servers[version] },
});

/** Twelve nodes on three hosts, with times that tests can wait for. */
export function dolphinConfig(change: (dolphin: DolphinSection) => void = () => undefined): Config {
  const dolphin: DolphinSection = {
    hosts: [...HOST_NAMES],
    server: serverOf("3.00.4.3"),
    license: LICENSE,
    electionTimeout: 60,
    startTimeout: 60,
    stopTimeout: 30,
    parameters: {
      controllers: {
        maxMemSize: 1,
        raftElectionTick: 200,
        dfsChunkNodeHeartBeatTimeout: 3,
        datanodeRestartInterval: 5,
      },
      agents: { maxMemSize: 1 },
      nodes: { maxMemSize: 2, workerNum: 2, newValuePartitionPolicy: "add" },
    },
  };
  change(dolphin);
  return {
    "dbha:privateKeyFile": `${labFolder}/id_ed25519`,
    "dbha-stacks:inventory": `${labFolder}/hosts.yaml`,
    "dbha-stacks:dolphin": dolphin,
  };
}

export const dolphinOutputs = async (stack: TestStack): Promise<DolphinOutputs> =>
  (await stack.outputs()).dolphin as DolphinOutputs;

/** A node of the deployment, for clients. */
export const dolphinNode = (
  host: HostName,
  kind: "controller" | "agent" | "datanode" | "computenode",
): { alias: string; host: string; port: number } => ({
  alias: `${host}-${kind}`,
  host: labHosts()[host].address,
  port: { controller: 8800, agent: 8801, datanode: 8802, computenode: 8803 }[kind],
});

/** Process ID of a host's controller or agent. */
export const pidOf = async (host: HostName, unit: "controller" | "agent"): Promise<string> =>
  (await on(host, `systemctl show --property=MainPID --value dbha-dolphin-dolphin-${unit}`)).trim();

/** What of a deployment is there on a host: processes, units, user, directories. */
export const dolphinTraces = async (host: HostName): Promise<string[]> =>
  (
    await on(
      host,
      `pgrep -a dolphindb
       ls -d /etc/systemd/system/*dolphin* /etc/systemd/system/*/*dolphin* /etc/dbha/*dolphin* /opt/dbha/*dolphin* /var/lib/dolphin-* /var/backups/dolphin-* 2>/dev/null
       getent passwd | grep ^dolphin- | cut -d: -f1
       true`,
    )
  )
    .split("\n")
    .filter((line) => line !== "");

/** What a test leaves behind goes: its stack, and what is kept of the nodes. */
export async function endDolphin(stack: TestStack): Promise<void> {
  await stack.destroy();
  stack.remove();
  for (const host of HOST_NAMES) await on(host, "rm -rf /var/lib/dolphin-dolphin /var/backups/dolphin-dolphin");
}
