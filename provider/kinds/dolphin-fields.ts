import { z } from "zod";
import type { ClusterAccess } from "../dolphin/site";
import type { NodeRow } from "../resources/dolphin/node-rows";
import { UNKNOWN } from "../resources/protocol-marks";
import { absolutePath, flag, host, port, text, type Host } from "./fields";
import type { Import } from "./kind";

/** What every kind of a DolphinDB cluster is given. */
export type ClusterInputs = ClusterAccess & {
  /** The host that keeps notes, and stands for the cluster in the plugin's own ways: the first with a controller that is not lost. */
  host: Host;
  password: string;
};

const aliasRule = "must be an alias of letters, digits, _ and -, a letter first; fix: write it like p1-controller";
const alias = () => z.string(aliasRule).regex(/^[A-Za-z][\w-]*$/, aliasRule);
const addressRule = "must be an IPv4 address; fix: write it as the nodes' sites have it, like 10.0.0.11";
const address = () => z.ipv4(addressRule);
const hostsRule = "must be a list of hosts; fix: give { host, address, controller?, units? } for each";

const unit = (does: string) => text("a unit").describe(`Unit that ${does}.`).optional();

/** What admin has in a cluster that was just made, and everybody knows. */
export const BUILT_IN = "123456";

/** Seconds, with their limits. */
export function seconds(least: number, most: number) {
  const rule = `must be a whole number of seconds from ${least} to ${most}; fix: write it without quotes`;
  return z.int(rule).min(least, rule).max(most, rule);
}

/** One schema, as a shape has one of a name. */
const hostData = host();

const oneHost = z
  .strictObject(
    {
      host: hostData,
      address: address().describe("As the sites of its nodes have it."),
      controller: z
        .strictObject(
          { alias: alias().describe("Its alias."), port: port().describe("Its port.") },
          "must be { alias, port }",
        )
        .meta({ id: "DolphinControllerData", description: "A controller of DolphinDB." })
        .optional()
        .describe("The host's controller."),
      units: z
        .strictObject(
          {
            controller: unit("systemd runs the host's controller by"),
            agent: unit("systemd runs the host's agent by"),
            nodes: unit("ends the host's data and compute nodes when it is stopped"),
          },
          "must be { controller?, agent?, nodes? }",
        )
        .meta({ id: "DolphinUnits", description: "Units that systemd runs a host's nodes by." })
        .optional()
        .describe("Units that systemd runs the host's nodes by."),
    },
    hostsRule,
  )
  .meta({ id: "DolphinHostData", description: "A host of a DolphinDB cluster." });

/** Inputs by which a cluster is reached. */
export const clusterInputs = {
  host: hostData
    .optional()
    .meta({ computed: true, description: "The first host with a controller that is not lost; made up." }),
  hosts: z
    .array(oneHost, hostsRule)
    .min(1, hostsRule)
    .describe("All hosts of the cluster, those with a controller in the order in which they are asked."),
  https: flag().default(false).describe("Whether the nodes have enableHTTPS."),
  electionTimeout: seconds(1, 3600).default(120).describe("Seconds that an election may take."),
};

export const password = () => text("a password").describe("Password of the user admin.");

const nodesRule = "must be the rows of cluster.nodes; fix: give { host, port, alias, mode, group, zone } for each";

/** The rows of cluster.nodes. */
export const nodeRows = () =>
  z.array(
    z
      .strictObject(
        {
          host: address().describe("Address, the first part of its site."),
          port: port().describe("Its port."),
          alias: alias().describe("Its alias, unique in the cluster."),
          mode: z.enum(["controller", "agent", "datanode", "computenode"], nodesRule).describe("What it is."),
          group: z.string(nodesRule).default("").describe("Its compute group."),
          zone: z.string(nodesRule).default("").describe("Its zone."),
        },
        nodesRule,
      )
      .meta({ id: "DolphinNodeRow", description: "A row of cluster.nodes." }),
    nodesRule,
  );

const replicasRule = "must be a whole number from 1 to 10; fix: give dfsReplicationFactor";

/** What is kept to when nodes are stopped and started. */
export const limitInputs = {
  replicas: z
    .int(replicasRule)
    .min(1, replicasRule)
    .max(10, replicasRule)
    .describe("Replicas of each chunk: a node is stopped when all are there."),
  logs: absolutePath().describe("Directory of the nodes' logs on each host."),
  startTimeout: seconds(10, 86_400).default(600).describe("Seconds from a node's start until it is online."),
  stopTimeout: seconds(10, 86_400).default(600).describe("Seconds that a node may take to stop."),
  recoveryTimeout: seconds(10, 86_400)
    .default(1800)
    .describe("Seconds that chunks may take to be complete before a node is stopped."),
};

/** Adds the host that stands for the cluster. */
export function withHost<I extends ClusterInputs>(inputs: I): I {
  const hosts = inputs.hosts as ClusterInputs["hosts"] | string;
  if (typeof hosts === "string" || hosts.some((one) => typeof one === "string" || typeof one.host === "string"))
    return { ...inputs, host: UNKNOWN as unknown as Host };
  const order = [
    ...hosts.filter(({ controller, host }) => controller !== undefined && host.lost !== true),
    ...hosts.filter(({ host }) => host.lost !== true),
    ...hosts,
  ];
  return { ...inputs, host: order[0]?.host ?? (UNKNOWN as unknown as Host) };
}

/** Not to be imported: admin's password cannot be read, and there is nothing to take over that an update does not find by itself. */
export const noImport = (what: string, word: string): Import => ({
  form: `${word} with the port of a controller`,
  example: `p1:${word}:8800`,
  look: (rest) =>
    new RegExp(`^${word}:\\d{1,5}$`).test(rest)
      ? (target, context) => {
          const fix = "declare it without import: up changes what differs and nothing else";
          return Promise.reject(
            context.remote(target).problem(`import ${what}`, "admin's password cannot be read", fix),
          );
        }
      : undefined,
});

/** Rows on hosts that are not lost. */
export const rowsThere = (rows: readonly NodeRow[], { hosts }: Pick<ClusterAccess, "hosts">): NodeRow[] =>
  rows.filter((row) => !hosts.some(({ address, host }) => address === row.host && host.lost === true));
