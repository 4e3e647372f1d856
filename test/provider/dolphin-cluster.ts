import { HOST_NAMES } from "../../lab/src/name";
import {
  HOME,
  nodeOf,
  prepareCluster,
  removeCluster,
  startNode,
  type ClusterFiles,
} from "../integration/dolphin-stand-in";
import { theLab } from "../integration/hosts";
import { PluginClient, type Properties } from "./plugin-client";

/** A cluster on the lab that nobody has logged in to yet, and a plugin that is spoken to about it. */
export interface DolphinBench {
  plugin: PluginClient;
  /** The inputs that all kinds of a cluster have. */
  access: Properties;
  /** The rows of cluster.nodes. */
  rows: Properties[];
  /** What the limits of nodes are where a test has none of its own. */
  limits: Properties;
  stop(): Promise<void>;
}

export const PASSWORD = "Dolphin-Test-1";

/** Starts controllers and agents; which of the first leads is told by nobody. */
export async function startDolphinBench(files: ClusterFiles = {}): Promise<DolphinBench> {
  const lab = theLab();
  await prepareCluster(files);
  for (const kind of ["controller", "agent"] as const)
    await Promise.all(HOST_NAMES.map((name) => startNode(name, kind)));
  const plugin = await PluginClient.start({ config: { privateKeyFile: lab.privateKeyFile } });
  const row = (name: (typeof HOST_NAMES)[number], mode: "controller" | "agent" | "datanode" | "computenode") => ({
    ...nodeOf(name, mode),
    mode,
  });
  return {
    plugin,
    access: {
      hosts: HOST_NAMES.map((name) => ({
        host: { ...lab.hosts[name] },
        address: lab.hosts[name].address,
        controller: { alias: `${name}-controller`, port: nodeOf(name, "controller").port },
        units: {},
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
      await removeCluster();
    },
  };
}
