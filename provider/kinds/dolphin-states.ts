import { z } from "zod";
import type { DolphinCluster } from "../dolphin/cluster";
import { DolphinRefused } from "../dolphin/refusal";
import { Silent } from "../dolphin/silence";
import type { Site } from "../dolphin/site";
import type { ClusterView } from "../dolphin/view";
import type { LicenseTerms } from "../resources/dolphin/license";
import type { NodeRow } from "../resources/dolphin/node-rows";

/** A node as it was seen last. */
export interface NodeState {
  alias: string;
  mode: NodeRow["mode"];
  host: string;
  port: number;
  state: "online" | "offline";
  /** Empty where it was not told. */
  version: string;
}

/** A node as the plugin's schema has it. */
export const nodeState = () =>
  z
    .strictObject({
      alias: z.string().describe("Its alias."),
      mode: z.string().describe("What it is."),
      host: z.string().describe("Its address."),
      port: z.number().describe("Its port."),
      state: z.string().describe("online or offline."),
      version: z.string().describe("Version of its server; empty where it was not told."),
    })
    .meta({ id: "DolphinNodeState", description: "A node as it was seen last." });

/** @param versions by alias */
export const statesOf = ({ nodes }: ClusterView, versions: ReadonlyMap<string, string>): NodeState[] =>
  nodes.map(({ alias, mode, host, port, isOnline }) => ({
    ...{ alias, mode, host, port },
    state: isOnline ? "online" : "offline",
    version: versions.get(alias) ?? "",
  }));

/** The version of a node's server; empty where it does not tell. */
export async function versionOf(cluster: DolphinCluster, site: Site): Promise<string> {
  try {
    const said = await cluster.sessions.ask(site, { name: "version" });
    return said.form === "scalar" && typeof said.value === "string" ? (said.value.split(" ")[0] ?? "") : "";
  } catch (error) {
    if (error instanceof Silent || error instanceof DolphinRefused) return "";
    throw error;
  }
}

/** Asks each node that is online, one after the other. */
export async function versionsOf(cluster: DolphinCluster, { nodes }: ClusterView): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const node of nodes.filter(({ isOnline }) => isOnline)) found.set(node.alias, await versionOf(cluster, node));
  return found;
}

/** A licence as outputs tell it: without the client's name. */
export type ToldLicense = { end: string; kind: string; nodes: number; cores: number; memory: number };

/** A licence as the plugin's schema has it. */
export const licenseOutputs = {
  end: z.string().describe("Its last day; of the one in force where a node says."),
  kind: z.string().describe("What kind it is; empty where no node runs, since the file does not name it."),
  nodes: z.number().describe("Nodes that it allows."),
  cores: z.number().describe("Cores of a node that it allows."),
  memory: z.number().describe("GB of a node that it allows."),
};

export const toldLicense = () =>
  z
    .strictObject(licenseOutputs)
    .meta({ id: "DolphinLicenseTerms", description: "What a licence of DolphinDB allows." });

export const told = ({ end, kind = "", nodes, cores, memory }: LicenseTerms): ToldLicense => ({
  ...{ end, kind, nodes, cores, memory },
});
