import { z } from "zod";
import {
  ConfigChange,
  configUnderWay,
  linesIn,
  tellConfigUnderWay,
  type ConfigUnderWay,
} from "../dolphin/config-change";
import { DolphinCluster } from "../dolphin/cluster";
import { NodeWork, type NodeLimits } from "../dolphin/node-work";
import { UnderWay } from "../dolphin/under-way";
import type { ConfigLine } from "../resources/dolphin/config-lines";
import { planClusterConfig } from "../resources/dolphin/config-plan";
import { isWorker, type NodeRow } from "../resources/dolphin/node-rows";
import { hasUnknown } from "../wire";
import {
  clusterInputs,
  limitInputs,
  nodeRows,
  noImport,
  password,
  rowsThere,
  withHost,
  type ClusterInputs,
} from "./dolphin-fields";
import { absolutePath } from "./fields";
import type { Context, Kind } from "./kind";

type ConfigInputs = ClusterInputs &
  NodeLimits & { parameters: Record<string, string>; nodes: NodeRow[]; directory: string };

type ConfigOutputs = { pending: string[] };

const keyRule =
  "must be names of parameters, with an alias or wildcards and a dot before them or none; fix: write them like maxMemSize or p1-datanode.volumes";
const valueRule =
  "must be a text without line breaks that is not empty; fix: leave the parameter out, or give its value";
const step = "look at cluster.cfg";

/** cluster.cfg of a running cluster, which its controllers own: read and changed through the leader. */
export const dolphinClusterConfigKind: Kind<ConfigInputs, ConfigOutputs> = {
  token: "dbha:index:DolphinClusterConfig",
  description: "cluster.cfg of a running DolphinDB cluster, read and changed through its leader.",
  inputs: {
    ...clusterInputs,
    password: password(),
    parameters: z
      .record(
        z.string().regex(/^([\w%?-]+\.)?[A-Za-z]\w*$/, keyRule),
        z.string(valueRule).regex(/^[^\p{Cc}]+$/u, valueRule),
        keyRule,
      )
      .describe("All of cluster.cfg, by key: a parameter, with an alias or wildcards and a dot before it or none."),
    nodes: nodeRows().describe("The rows of cluster.nodes; data and compute nodes take what differs."),
    directory: absolutePath().describe("The nodes' home, where those without volumes have their data."),
    ...limitInputs,
  },
  outputs: { pending: z.array(z.string()).describe("What a run that ended has left to be done.") },
  quiet: ["password", "parameters"],
  replaceOn: [],
  deleteBeforeReplace: false,
  complete: withHost,
  import: noImport("cluster.cfg", "config"),

  drift: ({ pending }) => (pending.length > 0 ? [{ path: "pending", kind: "delete", input: false }] : []),

  id: ({ host }) => `${host.name}:cluster.cfg`,
  remains: () => undefined,

  foresee(news, state, changed, context) {
    if (state !== undefined && changed.length === 0) return { pending: state.pending };
    if (state !== undefined && !hasUnknown(news)) tellPlan(news, state, context);
    return { pending: [] };
  },

  async create(inputs, context) {
    await apply(inputs, context);
    return { pending: [] };
  },

  async read(state, context) {
    const cluster = new DolphinCluster(state, [state.password], context);
    const look = async (): Promise<typeof state> => {
      await cluster.view();
      const lines = linesIn(await cluster.anyController({ name: "loadClusterNodesConfigs" }));
      const left = await underWayOf(state, context).read();
      return {
        ...state,
        parameters: Object.fromEntries(lines),
        pending: left === undefined ? [] : tellConfigUnderWay(left),
      };
    };
    return cluster.ifUp(step, look(), ({ message }) => {
      context.warn(`${message}: cluster.cfg was not looked at`);
      return state;
    });
  },

  async update(_state, news, _changed, context) {
    await apply(news, context);
    return { pending: [] };
  },

  /** It goes with the cluster. */
  delete: (state, context) => underWayOf(state, context).forget(),
};

const underWayOf = ({ host }: ClusterInputs, context: Context): UnderWay<ConfigUnderWay> =>
  new UnderWay("cluster.cfg of DolphinDB", configUnderWay, host, context);

const linesOf = ({ parameters }: ConfigInputs): ConfigLine[] => Object.entries(parameters);

const workersOf = (inputs: ConfigInputs): NodeRow[] => rowsThere(inputs.nodes, inputs).filter(isWorker);

function apply(inputs: ConfigInputs, context: Context): Promise<void> {
  const cluster = new DolphinCluster(inputs, [inputs.password], context);
  const work = new NodeWork(cluster, inputs, context);
  const underWay = underWayOf(inputs, context);
  return new ConfigChange(cluster, work, underWay, workersOf(inputs), inputs.directory, context).apply(linesOf(inputs));
}

/** Notes what an update would do; what cannot be done is an error in preview, too. */
function tellPlan(news: ConfigInputs, state: ConfigInputs, context: Context): void {
  const known = workersOf(news).filter(({ alias }) => state.nodes.some((row) => row.alias === alias));
  const { told, refused } = planClusterConfig(linesOf(state), linesOf(news), known, news.directory);
  if (refused.length > 0)
    throw context
      .remote(news.host)
      .problem("change cluster.cfg", refused.join("; "), "describe what the nodes can do, and run it again");
  for (const line of told) context.note(line);
}
