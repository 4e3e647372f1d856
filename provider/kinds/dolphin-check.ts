import { z } from "zod";
import { ClusterCheck, checkUnderWay, type CheckUnderWay } from "../dolphin/cluster-check";
import { DolphinCluster } from "../dolphin/cluster";
import { UnderWay } from "../dolphin/under-way";
import { anyTouches } from "../diff";
import type { NodeRow } from "../resources/dolphin/node-rows";
import { clusterInputs, nodeRows, noImport, password, rowsThere, withHost, type ClusterInputs } from "./dolphin-fields";
import { triggers } from "./fields";
import type { Context, Kind } from "./kind";

type CheckInputs = ClusterInputs & { nodes: NodeRow[]; database: string; rows: number; triggers: string[] };

type CheckOutputs = { written: string; counted: string; pending: string[] };

const databaseRule =
  "must be a name of letters, digits and _, a letter first; fix: write it without dfs://, like dbha_check";
const rowsRule = "must be a whole number from 1 to 10000000; fix: write it without quotes";

/** That a running cluster takes rows and gives them back; of a check nothing stays but that it was made. */
export const dolphinCheckKind: Kind<CheckInputs, CheckOutputs> = {
  token: "dbha:index:DolphinCheck",
  description: "Rows written through a data node of a DolphinDB cluster and counted through a compute node.",
  inputs: {
    ...clusterInputs,
    password: password(),
    nodes: nodeRows().describe("The rows of cluster.nodes; the first data node that is online writes."),
    database: z
      .string(databaseRule)
      .regex(/^[A-Za-z]\w*$/, databaseRule)
      .default("dbha_check")
      .describe("Name of the database that is made and dropped."),
    rows: z.int(rowsRule).min(1, rowsRule).max(10_000_000, rowsRule).default(1000).describe("Rows that are written."),
    triggers: triggers().describe("Texts; when one changes, it is checked again."),
  },
  outputs: {
    written: z.string().describe("Alias of the data node that rows were written through."),
    counted: z.string().describe("Alias of the node that they were counted through."),
    pending: z.array(z.string()).describe("What a run that ended has left to be done."),
  },
  quiet: ["password"],
  replaceOn: [],
  deleteBeforeReplace: false,
  complete: withHost,
  import: noImport("a check", "check"),

  drift: ({ pending }) => (pending.length > 0 ? [{ path: "pending", kind: "delete", input: false }] : []),

  id: ({ host }) => `${host.name}:check`,
  remains: () => undefined,

  foresee: (_news, state, changed) =>
    state === undefined || isDue(changed)
      ? { pending: [] }
      : { written: state.written, counted: state.counted, pending: state.pending },

  create: apply,

  async read(state, context) {
    const left = await underWayOf(state, context).read();
    return { ...state, pending: left === undefined ? [] : [`drop dfs://${left.database}`] };
  },

  update: (state, news, changed, context) =>
    isDue(changed)
      ? apply(news, context)
      : Promise.resolve({ written: state.written, counted: state.counted, pending: state.pending }),

  async delete(state, context) {
    try {
      await checkOf(state, context).clean();
    } catch (error) {
      // a cluster that goes may not serve any more, and what is left goes with it
      context.warn(`${error instanceof Error ? error.message : String(error)}; dfs://${state.database} stays`);
    }
  },
};

const isDue = (changed: Parameters<typeof anyTouches>[0]): boolean =>
  anyTouches(changed, "nodes", "database", "rows", "triggers", "pending");

const underWayOf = ({ host }: ClusterInputs, context: Context): UnderWay<CheckUnderWay> =>
  new UnderWay("check of DolphinDB", checkUnderWay, host, context);

const checkOf = (inputs: CheckInputs, context: Context): ClusterCheck =>
  new ClusterCheck(
    new DolphinCluster(inputs, [inputs.password], context),
    underWayOf(inputs, context),
    rowsThere(inputs.nodes, inputs),
  );

async function apply(inputs: CheckInputs, context: Context): Promise<CheckOutputs> {
  return { ...(await checkOf(inputs, context).run(inputs.database, inputs.rows)), pending: [] };
}
