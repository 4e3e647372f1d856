import { z } from "zod";
import { DolphinCluster, leaderless } from "../dolphin/cluster";
import { ClusterRestart } from "../dolphin/cluster-restart";
import { NodeWork, type NodeLimits } from "../dolphin/node-work";
import {
  NodesChange,
  nodesUnderWay,
  rowsIn,
  tellUnderWay,
  type NodesUnderWay,
  type WantedNodes,
} from "../dolphin/nodes-change";
import { termsIn } from "../dolphin/license-change";
import { orNothing } from "../dolphin/silence";
import { UnderWay } from "../dolphin/under-way";
import { anyTouches } from "../diff";
import { isWorker, type NodeRow } from "../resources/dolphin/node-rows";
import { planNodes } from "../resources/dolphin/nodes-plan";
import { hasUnknown } from "../wire";
import {
  clusterInputs,
  limitInputs,
  nodeRows,
  noImport,
  password,
  rowsThere,
  seconds,
  withHost,
  type ClusterInputs,
} from "./dolphin-fields";
import { nodeState, statesOf, told, toldLicense, versionsOf, type NodeState, type ToldLicense } from "./dolphin-states";
import { flag, triggers } from "./fields";
import type { Context, Kind } from "./kind";

type NodesInputs = ClusterInputs &
  NodeLimits &
  WantedNodes & { rebalance: boolean; triggers: string[]; restartTriggers: string[] };

type NodesOutputs = { leader: string; states: NodeState[]; license: ToldLicense; pending: string[] };

const step = "look at the nodes of the cluster";

/** The nodes of a running cluster: the rows of cluster.nodes, read and changed through the leader, and that they are online. */
export const dolphinNodesKind: Kind<NodesInputs, NodesOutputs> = {
  token: "dbha:index:DolphinNodes",
  description: "The nodes of a running DolphinDB cluster: the rows of cluster.nodes, and that they are online.",
  inputs: {
    ...clusterInputs,
    password: password(),
    nodes: nodeRows().describe("All rows of cluster.nodes."),
    ...limitInputs,
    agentsOnline: flag().default(true).describe("Whether an agent that is added knows its nodes before a restart."),
    moveTimeout: seconds(60, 604_800)
      .default(86_400)
      .describe("Seconds that replicas of a data node that goes may take."),
    rebalance: flag().default(false).describe("Spread chunks over all data nodes when one has come."),
    triggers: triggers().describe(
      "Texts; when one changes, the nodes are looked at and started where they are offline.",
    ),
    restartTriggers: triggers().describe(
      "Texts; when one changes, data and compute nodes restart one after the other.",
    ),
  },
  outputs: {
    leader: z.string().describe("Alias of the controller that leads; empty when none did at a refresh."),
    states: z.array(nodeState()).describe("All nodes as they were seen last."),
    license: toldLicense().describe("The licence that the leader goes by."),
    pending: z.array(z.string()).describe("What a run that ended has left to be done."),
  },
  quiet: ["password"],
  replaceOn: [],
  deleteBeforeReplace: false,
  complete: withHost,
  import: noImport("the nodes of a cluster", "nodes"),

  drift(state, news) {
    const there = rowsThere(state.nodes, news).map(({ alias }) => alias);
    const offline = state.states.some((node) => node.state === "offline" && there.includes(node.alias));
    return [
      ...(offline ? [{ path: "states", kind: "update" as const, input: false }] : []),
      ...(state.pending.length > 0 ? [{ path: "pending", kind: "delete" as const, input: false }] : []),
    ];
  },

  id: ({ host }) => `${host.name}:nodes`,
  remains: () => undefined,

  async foresee(news, state, changed, context) {
    if (state !== undefined && changed.length === 0)
      return { leader: state.leader, states: state.states, license: state.license, pending: state.pending };
    if (!hasUnknown(news)) await tellPlan(news, state, context);
    return { pending: [] };
  },

  create: (inputs, context) => apply(inputs, false, context),

  async read(state, context) {
    const cluster = new DolphinCluster(state, [state.password], context, state.leader);
    const look = async (): Promise<typeof state> => {
      const view = await cluster.view();
      const rows = rowsIn(await cluster.anyController({ name: "getClusterNodesCfg" }));
      if (view.leader === undefined) context.warn(`no controller leads: ${leaderless(view)}`);
      const left = await underWayOf(state, context).read();
      return {
        ...state,
        nodes: inOrderOf(state.nodes, rows),
        leader: view.leader?.alias ?? "",
        states: statesOf(view, new Map(state.states.map(({ alias, version }) => [alias, version]))),
        license: told(termsIn(await cluster.anyController({ name: "license" }))),
        pending: left === undefined ? [] : [tellUnderWay(left)],
      };
    };
    return cluster.ifUp(step, look(), ({ message }) => {
      context.warn(`${message}: the nodes of the cluster were not looked at`);
      return { ...state, leader: "" };
    });
  },

  update: (state, news, changed, context) => apply(news, anyTouches(changed, "restartTriggers"), context, state),

  /** Units of systemd end the nodes. */
  delete: (state, context) => underWayOf(state, context).forget(),
};

const underWayOf = ({ host }: ClusterInputs, context: Context): UnderWay<NodesUnderWay> =>
  new UnderWay("nodes of DolphinDB", nodesUnderWay, host, context);

async function apply(
  inputs: NodesInputs,
  restarts: boolean,
  context: Context,
  state?: NodesInputs & NodesOutputs,
): Promise<NodesOutputs> {
  const cluster = new DolphinCluster(inputs, [inputs.password], context);
  const work = new NodeWork(cluster, inputs, context);
  const restart = new ClusterRestart(cluster, inputs.stopTimeout, context);
  const change = new NodesChange(cluster, work, restart, underWayOf(inputs, context), inputs, context);
  await change.apply();
  const there = rowsThere(inputs.nodes, inputs);
  await change.untilAgentsOnline(there.filter(({ mode }) => mode === "agent"));
  const { nodes } = await cluster.led(step);
  const isOnline = (alias: string): boolean => nodes.some((node) => node.alias === alias && node.isOnline);
  const workers = there.filter(isWorker).map(({ alias }) => alias);
  await work.start(workers.filter((alias) => !isOnline(alias)));
  await change.untilReported();
  if (restarts) await change.restartNodes(workers);
  const isNew = ({ alias, mode }: NodeRow): boolean =>
    mode === "datanode" && state?.nodes.some((row) => row.alias === alias) === false;
  if (inputs.rebalance && inputs.nodes.some(isNew))
    await cluster.onLeader("rebalance chunks", {
      name: "executeCode",
      params: { script: "rebalanceChunksAmongDataNodes(true)" },
      once: true,
    });
  const view = await cluster.led(step);
  const license = told(termsIn(await cluster.onLeader(step, { name: "license" })));
  return { leader: view.leader.alias, states: statesOf(view, await versionsOf(cluster, view)), license, pending: [] };
}

/** Notes what an update would do; what the engine cannot do is an error in preview, too. A cluster that does not answer tells nothing. */
async function tellPlan(news: NodesInputs, state: NodesInputs | undefined, context: Context): Promise<void> {
  if (state === undefined) return;
  const cluster = new DolphinCluster({ ...news, electionTimeout: 1 }, [news.password, state.password], context);
  const rows = await orNothing(
    cluster.view().then(async () => rowsIn(await cluster.anyController({ name: "getClusterNodesCfg" }))),
  );
  if (rows === undefined) return;
  const { told, refused } = planNodes(rows, news.nodes, news);
  if (refused.length > 0)
    throw cluster.problem(
      undefined,
      "change the nodes of the cluster",
      refused.join("; "),
      "describe what can be done",
    );
  for (const line of told) context.note(line);
}

/** Rows in the order in which they are described, so that another order is no difference. */
function inOrderOf(described: readonly NodeRow[], found: readonly NodeRow[]): NodeRow[] {
  const place = ({ alias }: NodeRow): number => {
    const at = described.findIndex((row) => row.alias === alias);
    return at < 0 ? described.length : at;
  };
  return [...found].sort((a, b) => place(a) - place(b));
}
