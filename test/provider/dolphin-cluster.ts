import { run } from "../../lab/src/lab";
import { HOST_NAMES } from "../../lab/src/name";
import {
  DEMO,
  HOME,
  nodeOf,
  prepareCluster,
  removeCluster,
  startNode,
  write,
  type ClusterFiles,
} from "../integration/dolphin-stand-in";
import { theLab } from "../integration/hosts";
import { PluginClient, type Properties } from "./plugin-client";

/** A cluster on the lab that nobody has logged in to yet, and a plugin that is spoken to about it. */
export interface DolphinBench {
  plugin: PluginClient;
  /** Alias of the controller that leads, once a test has learned it. */
  leader: string;
  /** The inputs that all kinds of a cluster have. */
  access: Properties;
  /** The rows of cluster.nodes. */
  rows: Properties[];
  /** What the limits of nodes are where a test has none of its own. */
  limits: Properties;
  stop(): Promise<void>;
}

export const PASSWORD = "Dolphin-Test-1";

const ROLES = ["controller", "agent"] as const;
const unitOf = (role: (typeof ROLES)[number]): string => `dolphin-test-${role}.service`;

/** A unit that runs what the vendor's script starts, in the foreground. */
const renderUnit = (role: (typeof ROLES)[number]): string => {
  const files = role === "agent" ? "" : " -nodesFile config/cluster.nodes -clusterConfig config/cluster.cfg";
  return `[Service]
WorkingDirectory=${DEMO}
ExecStart=${HOME}/server/dolphindb -console 0 -mode ${role} -home data -config config/${role}.cfg -logFile log/${role}.log${files}
KillMode=process
TimeoutStopSec=20
`;
};

/**
 * Starts controllers and agents; which of the first leads is told by nobody.
 * @param units whether systemd runs them
 */
export async function startDolphinBench(files: ClusterFiles = {}, { units = false } = {}): Promise<DolphinBench> {
  const lab = theLab();
  await prepareCluster(files);
  for (const role of ROLES)
    await Promise.all(
      HOST_NAMES.map(async (name) => {
        if (!units) return startNode(name, role);
        await write(name, `/etc/systemd/system/${unitOf(role)}`, renderUnit(role));
        return run(lab, name, `systemctl daemon-reload && systemctl start ${unitOf(role)}`);
      }),
    );
  const plugin = await PluginClient.start({ config: { privateKeyFile: lab.privateKeyFile } });
  const row = (name: (typeof HOST_NAMES)[number], mode: "controller" | "agent" | "datanode" | "computenode") => ({
    ...nodeOf(name, mode),
    mode,
  });
  return {
    plugin,
    leader: "",
    access: {
      hosts: HOST_NAMES.map((name) => ({
        host: { ...lab.hosts[name] },
        address: lab.hosts[name].address,
        controller: { alias: `${name}-controller`, port: nodeOf(name, "controller").port },
        units: units ? { controller: unitOf("controller"), agent: unitOf("agent") } : {},
      })),
      password: PASSWORD,
      electionTimeout: 60,
    },
    rows: [
      ...HOST_NAMES.map((name) => row(name, "controller")),
      ...HOST_NAMES.flatMap((name) => [row(name, "agent"), row(name, "datanode"), row(name, "computenode")]),
    ],
    limits: {
      replicas: 2,
      logs: `${HOME}/server/clusterDemo/log`,
      startTimeout: 30,
      stopTimeout: 30,
      recoveryTimeout: 30,
    },
    stop: async () => {
      await plugin.stop();
      if (units)
        await Promise.all(
          HOST_NAMES.map((name) => {
            const all = ROLES.map(unitOf).join(" ");
            return run(
              lab,
              name,
              `systemctl stop ${all}; cd /etc/systemd/system && rm -f ${all}; systemctl daemon-reload`,
            );
          }),
        );
      await removeCluster();
    },
  };
}
