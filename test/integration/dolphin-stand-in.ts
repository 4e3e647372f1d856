import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parseAnswer, rowsOf, type DolphinScalar, type DolphinValue } from "../../provider/dolphin/answer";
import { NEW_SESSION, renderCall, renderScript, type DolphinArgument } from "../../provider/dolphin/request";
import { run } from "../../lab/src/lab";
import { HOST_NAMES, type HostName } from "../../lab/src/name";
import { waitFor } from "../../lab/src/wait";
import { theLab } from "./hosts";

export const HOME = "/opt/dolphin-stand-in";
export const DEMO = `${HOME}/server/clusterDemo`;
const PORTS = { controller: 8800, agent: 8801, datanode: 8802, computenode: 8803 } as const;
export type NodeKind = keyof typeof PORTS;
const LICENSE = "2099.12.31,64,16,12,lab,commercial,-1,,0\nc3RhbmQtaW4=\n";

/** Where a node is. */
export interface NodeAddress {
  alias: string;
  host: string;
  port: number;
}

export const nodeOf = (name: HostName, kind: NodeKind): NodeAddress => ({
  alias: `${name}-${kind}`,
  host: theLab().hosts[name].address,
  port: PORTS[kind],
});

/** A controller that does not lead. */
export const followerOf = (leader: NodeAddress): NodeAddress =>
  nodeOf(leader.alias.startsWith("p1") ? "p2" : "p1", "controller");

const siteOf = ({ host, port, alias }: NodeAddress): string => `${host}:${port}:${alias}`;

/** All data and compute nodes. */
export const WORKERS = HOST_NAMES.flatMap((name) => [`${name}-datanode`, `${name}-computenode`]);

/** What a cluster is started with; lines are added to those of the vendor's page. */
export interface ClusterFiles {
  version?: "3.00.4.3" | "3.00.5.1" | "2.00.16.2";
  license?: string;
  controllerCfg?: string[];
  agentCfg?: string[];
  clusterCfg?: string[];
}

/** Writes a file of a host. */
export const write = (name: HostName, file: string, text: string): Promise<string> =>
  run(theLab(), name, `mkdir -p "$(dirname '${file}')" && cat >'${file}'`, { stdin: text });

/** Unpacks the server and writes the files of the vendor's page, with times that tests can wait for. */
export async function prepareCluster({
  version = "3.00.4.3",
  license = LICENSE,
  ...more
}: ClusterFiles = {}): Promise<void> {
  await removeCluster();
  const archive = readFileSync(theLab().servers[version]).toString("base64");
  const all = (kind: NodeKind): NodeAddress[] => HOST_NAMES.map((name) => nodeOf(name, kind));
  const controllers = all("controller").map((node) => `${siteOf(node)},controller`);
  const others = HOST_NAMES.flatMap((name) =>
    (["agent", "datanode", "computenode"] as const).map((kind) => `${siteOf(nodeOf(name, kind))},${kind}`),
  );
  await Promise.all(
    HOST_NAMES.map(async (name) => {
      const unpack = `mkdir -p ${HOME} && base64 -d >${HOME}.zip && unzip -q -d ${HOME} ${HOME}.zip && rm ${HOME}.zip`;
      await run(theLab(), name, unpack, { stdin: archive });
      const own = nodeOf(name, "controller");
      const sites = [
        `${siteOf(nodeOf(name, "agent"))}:agent`,
        ...all("controller").map((node) => `${siteOf(node)}:controller`),
      ];
      const files: Record<string, string[]> = {
        "controller.cfg": [
          "mode=controller",
          `localSite=${siteOf(own)}`,
          "dfsHAMode=Raft",
          "dfsReplicationFactor=2",
          "dfsReplicaReliabilityLevel=1",
          "raftElectionTick=100",
          "dfsChunkNodeHeartBeatTimeout=3",
          "lanCluster=0",
          ...(more.controllerCfg ?? []),
        ],
        "agent.cfg": [
          "mode=agent",
          `localSite=${siteOf(nodeOf(name, "agent"))}`,
          `controllerSite=${siteOf(nodeOf("p1", "controller"))}`,
          `sites=${sites.join(",")}`,
          "lanCluster=0",
          ...(more.agentCfg ?? []),
        ],
        "cluster.nodes": ["localSite,mode", ...controllers, ...others],
        "cluster.cfg": ["maxMemSize=4", "workerNum=2", "newValuePartitionPolicy=add", ...(more.clusterCfg ?? [])],
      };
      for (const [file, lines] of Object.entries(files))
        await write(name, `${DEMO}/config/${file}`, lines.map((line) => `${line}\n`).join(""));
      await write(name, `${HOME}/server/dolphindb.lic`, license);
    }),
  );
}

/** Starts a host's controller or agent, as the vendor's scripts do. */
export const startNode = (name: HostName, kind: "controller" | "agent"): Promise<string> =>
  run(theLab(), name, `cd ${DEMO} && setsid sh start${kind === "agent" ? "Agent" : "Controller"}.sh`);

/** Starts the controllers and agents of a cluster that was prepared, and waits for its leader. */
export async function startCluster(): Promise<NodeAddress> {
  for (const kind of ["controller", "agent"] as const)
    await Promise.all(HOST_NAMES.map((name) => startNode(name, kind)));
  return untilLed();
}

/** The leader, once there is one that serves. */
export async function untilLed(names: readonly HostName[] = HOST_NAMES, without?: string): Promise<NodeAddress> {
  return waitFor("the controllers did not elect a leader", 30, async () => {
    const told = await Promise.any(names.map((name) => call(nodeOf(name, "controller"), "getActiveMaster")));
    const found = HOST_NAMES.map((name) => nodeOf(name, "controller")).find(
      ({ alias }) => told.form === "scalar" && told.value === alias,
    );
    assert.ok(found !== undefined && found.alias !== without, `they told ${JSON.stringify(told)}`);
    assert.deepEqual(await call(found, "isControllerInitialized"), { form: "scalar", value: true });
    return found;
  });
}

/** What a node's JSON interface answers, read by the plugin's own functions. @throws DolphinRefused */
export async function post(
  { host, port }: Pick<NodeAddress, "host" | "port">,
  request: { path: string; body: string },
): Promise<ReturnType<typeof parseAnswer>> {
  const { path, body } = request;
  const answer = await fetch(`http://${host}:${port}${path}`, { method: "POST", body });
  return parseAnswer(await answer.text());
}

/** Calls a function for admin, in a session of its own. */
export async function call(
  node: NodeAddress,
  name: string,
  params: Record<string, DolphinArgument> = {},
  password = "123456",
): Promise<DolphinValue> {
  const { session } = await post(node, renderCall(NEW_SESSION, "login", { user: "admin", password }));
  return (await post(node, renderCall(session, name, params))).value;
}

/** Runs a script for admin. */
export async function script(node: NodeAddress, text: string, password = "123456"): Promise<DolphinValue> {
  const { session } = await post(node, renderCall(NEW_SESSION, "login", { user: "admin", password }));
  return (await post(node, renderScript(session, text))).value;
}

/** State of every node by alias, as a controller sees it. */
export async function states(controller: NodeAddress, password?: string): Promise<Record<string, DolphinScalar>> {
  const rows = rowsOf(await script(controller, "getClusterPerf(true)", password)) ?? [];
  return Object.fromEntries(rows.map((row) => [String(row["name"]), row["state"] ?? null]));
}

/** Starts data and compute nodes and waits until they serve. */
export async function startWorkers(controller: NodeAddress, aliases: readonly string[] = WORKERS): Promise<void> {
  await call(controller, "startDataNode", { nodes: aliases });
  await untilStates(controller, Object.fromEntries(aliases.map((alias) => [alias, 1])));
}

/** Waits until a controller sees nodes in these states. */
export const untilStates = (
  controller: NodeAddress,
  wanted: Record<string, number>,
  password?: string,
): Promise<void> =>
  waitFor("the nodes did not change their states", 20, async () => {
    const found = await states(controller, password);
    assert.deepEqual(Object.fromEntries(Object.keys(wanted).map((alias) => [alias, found[alias]])), wanted);
  });

/** The process of a node. */
export const pidOf = (name: HostName, kind: NodeKind): Promise<string> =>
  run(
    theLab(),
    name,
    `for process in /proc/[0-9]*; do
      case $(readlink $process/exe) in ${HOME}/*) ;; *) continue ;; esac
      if tr '\\0' ' ' <$process/cmdline | grep -q -- '-mode ${kind} '; then echo \${process#/proc/}; fi
    done`,
  );

/** Ends the process of a node by a signal, without telling anybody. */
export const signalNode = (name: HostName, kind: NodeKind, signal = "KILL"): Promise<string> =>
  run(
    theLab(),
    name,
    `for process in /proc/[0-9]*; do
      case $(readlink $process/exe) in ${HOME}/*) ;; *) continue ;; esac
      if tr '\\0' ' ' <$process/cmdline | grep -q -- '-mode ${kind} '; then kill -${signal} \${process#/proc/}; fi
    done`,
  );

/** Ends all of the cluster and removes its files. */
export async function removeCluster(): Promise<void> {
  const end = `for process in /proc/[0-9]*; do
      case $(readlink $process/exe) in ${HOME}/*) kill -KILL \${process#/proc/} ;; esac
    done
    rm -rf ${HOME}`;
  await Promise.all(HOST_NAMES.map((name) => run(theLab(), name, end)));
}
