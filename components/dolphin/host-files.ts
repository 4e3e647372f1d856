import * as pulumi from "@pulumi/pulumi";
import { type FilesArgs, type FilesFile, OnDelete } from "../../provider/resources";
import { renderClusterNodes } from "../../provider/resources/dolphin/node-rows";
import type { Host } from "../host";
import { type AgentCfg, renderAgentCfg } from "./agent-cfg";
import type { DolphinCluster } from "./cluster";
import { renderClusterCfg } from "./cluster-cfg";
import { type ControllerCfg, renderControllerCfg } from "./controller-cfg";
import type { Instance } from "./instance";
import { homeOf, only, type PlacedNode } from "./layout";
import { renderRun } from "./run-script";
import { withSecrets } from "./secrets";
import { renderStopNodes } from "./stop-nodes";

/** Where a node's own .cfg file is. */
export const cfgPath = ({ config }: Instance, mode: "controller" | "agent"): string => `${config}/${mode}.cfg`;

/** What nodes have on a host besides the server: their user, home, logs and configuration, and the script that ends them. */
export function hostFiles(cluster: DolphinCluster, host: Host): Omit<FilesArgs, "host"> {
  const { name, instance, settings } = cluster;
  const { user, directory, config, logs, scripts, stopNodes, byHand } = instance;
  const onDelete = settings.keepData ? OnDelete.Keep : OnDelete.Purge;
  const own = { mode: "0750", owner: user, group: user, onDelete };
  const controller = cluster.controllerOn(host);
  const agent = cluster.agentOn(host);
  const content = renderStopNodes({ instance, stopTimeout: settings.stopTimeout });
  const runner = renderRun({ instance, stopTimeout: settings.stopTimeout });
  const script = { mode: "0755", validate: 'bash -n "$DBHA_FILE"' };
  // user and directories that were there before are not touched
  const made = { [directory]: own, [config]: own, [logs]: own };
  return {
    ...(byHand === undefined && { user: { name: user, home: directory, comment: `dolphin-${name}` } }),
    directories: { ...(byHand === undefined && made), [scripts]: {} },
    files: {
      [stopNodes]: { content, ...script },
      ...(byHand && { [byHand.run]: { content: runner, ...script } }),
      ...(controller && controllerFiles(cluster, controller)),
      ...(agent && { [cfgPath(instance, "agent")]: cfgFile(instance, renderAgentCfg(agentCfg(cluster, agent))) }),
    },
  };
}

/**
 * A node's own .cfg file, which may hold secrets. One that was written by hand stays as it is where it says the same, and is not removed:
 * the vendor's scripts start nothing without it.
 */
const cfgFile = ({ user, byHand }: Instance, text: string): FilesFile => ({
  content: withSecrets(text),
  owner: user,
  ...(byHand === undefined
    ? { mode: "0640", group: user }
    : { mode: "0600", group: "root", format: "parameters", keep: true }),
});

function controllerFiles(cluster: DolphinCluster, controller: PlacedNode): Record<string, FilesFile> {
  const { instance, nodes, rows, settings } = cluster;
  const { parameters, publicNames } = settings;
  const { config, user, directory, byHand } = instance;
  const group = byHand === undefined ? user : "root";
  // once a controller has started they are the Raft group's, which writes them again on each controller
  const first = { mode: "0600", owner: user, group, once: true, unless: `${homeOf(directory, controller)}/raft` };
  const clusterCfg = renderClusterCfg({ nodes, parameters, publicNames });
  return {
    [cfgPath(instance, "controller")]: cfgFile(instance, renderControllerCfg(controllerCfg(cluster, controller))),
    [`${config}/cluster.nodes`]: { content: renderClusterNodes(rows), ...first },
    // the state keeps the first text, with secrets that later arguments may have no more
    [`${config}/cluster.cfg`]: { content: pulumi.secret(clusterCfg), ...first },
  };
}

/** What a controller's own file is made of. */
export function controllerCfg({ settings }: DolphinCluster, controller: PlacedNode): ControllerCfg {
  const { parameters, server, zones, publicNames } = settings;
  const publicName = publicNames[controller.hostName];
  return {
    controller,
    parameters: parameters.controllers,
    version: server.version,
    zones,
    ...(publicName !== undefined && { publicName }),
  };
}

/** What an agent's own file is made of. */
export function agentCfg({ nodes, settings }: DolphinCluster, agent: PlacedNode): AgentCfg {
  const controllers = only(nodes, "controller") as [PlacedNode, ...PlacedNode[]];
  return { agent, controllers, parameters: settings.parameters.agents };
}
