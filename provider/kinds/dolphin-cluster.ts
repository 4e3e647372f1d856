import { z } from "zod";
import { linesIn } from "../dolphin/config-change";
import { DolphinCluster } from "../dolphin/cluster";
import { rowsIn } from "../dolphin/nodes-change";
import { NoLeader, WrongPassword } from "../dolphin/silence";
import { controllersOf } from "../dolphin/site";
import type { NodeRow } from "../resources/dolphin/node-rows";
import { nodeState, statesOf, versionOf, type NodeState } from "./dolphin-states";
import { BUILT_IN, clusterInputs, nodeRows, withHost, type ClusterInputs } from "./dolphin-fields";
import type { Context } from "./kind";
import type { Query } from "./query";

type ClusterQuestion = ClusterInputs & { password: string };
type ClusterAnswer = {
  leader: string;
  version: string;
  nodes: NodeState[];
  login: "given" | "builtIn" | "guest" | "refused" | "silent";
  rows: NodeRow[];
  parameters: Record<string, string>;
};

const none: ClusterAnswer = { leader: "", version: "", nodes: [], login: "silent", rows: [], parameters: {} };

const { hosts, https, electionTimeout } = clusterInputs;

/** One look at a cluster: who leads, which nodes are online, what its group has of cluster.nodes and cluster.cfg. One that is down is no error. */
export const dolphinClusterQuery: Query<ClusterQuestion, ClusterAnswer> = {
  token: "dbha:index:getDolphinCluster",
  description: "Looks once at a DolphinDB cluster: who leads, which nodes are online, how they are configured.",
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
    login: z
      .string()
      .describe(
        "As whom it was asked: `given` and `builtIn` by which password of admin, `guest` without one; `refused` where admin has another one, `silent` where no controller answers.",
      ),
    rows: nodeRows().describe("The rows of cluster.nodes as the controllers have them; none for a guest."),
    parameters: z
      .record(z.string(), z.string())
      .describe("cluster.cfg as the controllers have it, by key; nothing for a guest."),
  },
  quiet: ["password"],

  answer: (question, context) => look(withHost(question), context),
};

async function look(question: ClusterQuestion, context: Context): Promise<ClusterAnswer> {
  if (controllersOf(question.hosts).length === 0) return none;
  const passwords: [string, ...string[]] = question.password === "" ? [""] : [question.password, BUILT_IN];
  const cluster = new DolphinCluster(question, passwords, context);
  try {
    return await seen(cluster, question.password);
  } catch (error) {
    if (error instanceof WrongPassword) return { ...none, login: "refused" };
    if (error instanceof NoLeader) return none;
    throw error;
  }
}

async function seen(cluster: DolphinCluster, password: string): Promise<ClusterAnswer> {
  const view = await cluster.view();
  const { leader } = view;
  const version = leader === undefined ? "" : await versionOf(cluster, leader);
  const states = statesOf(view, new Map([[leader?.alias ?? "", version]]));
  const found = { leader: leader?.alias ?? "", version, nodes: states };
  if (password === "") return { ...none, ...found, login: "guest" };
  return {
    ...found,
    login: cluster.sessions.accepted === password ? "given" : "builtIn",
    rows: rowsIn(await cluster.anyController({ name: "getClusterNodesCfg" })),
    parameters: Object.fromEntries(linesIn(await cluster.anyController({ name: "loadClusterNodesConfigs" }))),
  };
}
