import type { KnownHost } from "../conflicts";
import { compareVersions } from "../../provider/resources/version";
import { changeOf, type ConfigFile, filesOf, isKnownKey, nearestKey } from "./known-keys";
import { layoutOf, only, type PlacedNode } from "./layout";
import { partsOf } from "./parameter-conflicts";
import { valueOf } from "./parameters";
import type { DolphinSettings } from "./schema";

/** What is to be known of arguments that are taken: a line each. */
export const dolphinWarnings = <H>(args: DolphinSettings<H>, known: KnownHost<H>): string[] => {
  const nodes = layoutOf(args, known);
  return [...keyWarnings(args), ...aliasWarnings(nodes), ...controllerWarnings(args), ...nodeWarnings(args, nodes)];
};

const fileOf = (part: PropertyKey | undefined): ConfigFile =>
  part === "controllers" ? "controller.cfg" : part === "agents" ? "agent.cfg" : "cluster.cfg";

/** The engine passes over what it does not know, and says nothing. */
function keyWarnings<H>(args: DolphinSettings<H>): string[] {
  const { version } = args.server;
  return partsOf(args).flatMap(({ path, values: { settings } }) =>
    Object.keys(settings).flatMap((key) => {
      const file = fileOf(path[1]);
      const at = [...path, "settings", key].join(".");
      const change = changeOf(key);
      if (change !== undefined && compareVersions(version, change.from) >= 0)
        return [
          `${at}: does nothing since ${change.from}${change.now === undefined ? "" : `; it is ${change.now} now`}`,
        ];
      if (isKnownKey(file, key)) return [];
      const elsewhere = filesOf(key);
      if (elsewhere.length > 0) return [`${at}: counts in ${elsewhere.join(" and ")}, and does nothing in ${file}`];
      const nearest = nearestKey(file, key);
      const meant = nearest === undefined ? "" : `; is ${nearest} meant?`;
      return [`${at}: no parameter of ${file} is known by this name, and the engine ignores such in silence${meant}`];
    }),
  );
}

function aliasWarnings(nodes: PlacedNode[]): string[] {
  return nodes.flatMap(({ alias }, i) => {
    const twin = nodes
      .slice(0, i)
      .find((one) => one.alias !== alias && one.alias.toLowerCase() === alias.toLowerCase());
    return twin === undefined ? [] : [`${twin.alias} and ${alias} are two nodes whose names differ in case alone`];
  });
}

function controllerWarnings<H>({ parameters }: DolphinSettings<H>): string[] {
  const { dfsReplicaReliabilityLevel: level, datanodeRestartInterval: restart } = parameters.controllers;
  return [
    ...(level === 1
      ? []
      : [
          `parameters.controllers.dfsReplicaReliabilityLevel: with ${level} all replicas of a chunk may be on one host, and are gone with it`,
        ]),
    ...(restart === 0
      ? [
          "parameters.controllers.datanodeRestartInterval: with 0 nobody starts a node again that ended, or after a start of the hosts",
        ]
      : []),
  ];
}

function nodeWarnings<H>({ parameters }: DolphinSettings<H>, nodes: PlacedNode[]): string[] {
  const workers = only(nodes, "datanode", "computenode");
  const unlimited = workers.filter((node) => valueOf(parameters, node, "maxMemSize") === "0");
  const cut = only(nodes, "computenode").filter((node) => {
    const cache = Number(valueOf(parameters, node, "computeNodeMemCacheSize") ?? 0);
    const memory = Number(valueOf(parameters, node, "maxMemSize"));
    return memory > 0 && cache > memory / 2;
  });
  return [
    ...(unlimited.length === 0
      ? []
      : [`maxMemSize: ${namesOf(unlimited)} may use all memory of their hosts, as 0 is no limit`]),
    ...(cut.length === 0
      ? []
      : [`computeNodeMemCacheSize: the engine takes half of maxMemSize for more than that, for ${namesOf(cut)}`]),
  ];
}

const namesOf = (nodes: PlacedNode[]): string => nodes.map(({ alias }) => alias).join(", ");
