import { z } from "zod";
import { DolphinCluster } from "../dolphin/cluster";
import { orNothing } from "../dolphin/silence";
import { controllersOf } from "../dolphin/site";
import { nodeState, statesOf, versionOf, type NodeState } from "./dolphin-states";
import { BUILT_IN, clusterInputs, withHost, type ClusterInputs } from "./dolphin-fields";
import type { Context } from "./kind";
import type { Query } from "./query";

type ClusterQuestion = ClusterInputs & { password: string };
type ClusterAnswer = { leader: string; version: string; nodes: NodeState[] };

const none: ClusterAnswer = { leader: "", version: "", nodes: [] };

const { hosts, https, electionTimeout } = clusterInputs;

/** One look at a cluster: who leads, and which nodes are online. One that is down is no error. */
export const dolphinClusterQuery: Query<ClusterQuestion, ClusterAnswer> = {
  token: "dbha:index:getDolphinCluster",
  description: "Looks once at a DolphinDB cluster: who leads, and which nodes are online.",
  inputs: {
    ...{ hosts, https, electionTimeout },
    password: z
      .string("must be a text; fix: leave it out to ask as a guest")
      .default("")
      .describe("Password of the user admin; without one a guest asks."),
  },
  outputs: {
    leader: z.string().describe("Alias of the controller that leads; empty where none does, or none answers."),
    version: z.string().describe("Version of its server; empty where there is none."),
    nodes: z.array(nodeState()).describe("All nodes; none where no controller answers."),
  },
  quiet: ["password"],

  answer: (question, context) => look(withHost(question), context),
};

async function look(question: ClusterQuestion, context: Context): Promise<ClusterAnswer> {
  if (controllersOf(question.hosts).length === 0) return none;
  const passwords: [string, ...string[]] = question.password === "" ? [""] : [question.password, BUILT_IN];
  const cluster = new DolphinCluster(question, passwords, context);
  return (await orNothing(seen(cluster))) ?? none;
}

async function seen(cluster: DolphinCluster): Promise<ClusterAnswer> {
  const view = await cluster.view();
  const { leader } = view;
  const version = leader === undefined ? "" : await versionOf(cluster, leader);
  return { leader: leader?.alias ?? "", version, nodes: statesOf(view, new Map([[leader?.alias ?? "", version]])) };
}
