import { posix } from "node:path";
import type { DolphinCluster } from "./cluster";
import { present } from "./site";
import type { SeenNode } from "./view";

const step = "ask nodes for the directories of their metadata";

/**
 * The directories of metadata by host, as controllers and data nodes tell them; with ? before those that need not be there.
 * @param directory the nodes' home
 */
export async function metadataOf(cluster: DolphinCluster, directory: string): Promise<Record<string, string[]>> {
  const { nodes } = await cluster.led(step);
  const found: Record<string, string[]> = {};
  for (const { host, address } of present(cluster.access.hosts)) {
    const holders = nodes.filter((node) => node.host === address && ["controller", "datanode"].includes(node.mode));
    const paths: string[] = [];
    for (const node of holders) paths.push(...(await pathsOf(cluster, directory, node)));
    found[host.name] = paths;
  }
  return found;
}

async function pathsOf(cluster: DolphinCluster, directory: string, node: SeenNode): Promise<string[]> {
  if (!node.isOnline)
    throw cluster.problem(
      node,
      step,
      `${node.alias} is offline, and nothing is stopped before all metadata are known`,
      "start it, or mark its host as lost, and run it again",
    );
  const home = `${directory}/${node.alias}`;
  const told = async (key: string): Promise<string | undefined> => {
    const value = await cluster.onNode(step, node, { name: "getConfig", params: { key } });
    const text = value.form === "scalar" ? String(value.value ?? "") : "";
    return text === "" ? undefined : posix.resolve(home, text);
  };
  if (node.mode === "controller")
    return [`${home}/raft`, `?${home}/sysmgmt`, `?${(await told("dfsMetaDir")) ?? `${home}/dfsMeta`}`];
  return [(await told("chunkMetaDir")) ?? `${home}/storage/CHUNK_METADATA`];
}
