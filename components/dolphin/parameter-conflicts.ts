import { isPattern, standsFor } from "../../provider/resources/dolphin/config-lines";
import type { Conflict } from "../conflicts";
import { only, type PlacedNode } from "./layout";
import { AGENT_KEYS, CONTROLLER_KEYS, NODE_KEYS } from "./parameters";
import type { DolphinSettings } from "./schema";

/** Keys that other arguments write, and those. */
const WRITTEN: Record<string, string> = {
  mode: "the kind of node",
  localSite: "addresses, ports and aliases",
  controllerSite: "controllers",
  sites: "controllers",
  dfsHAMode: "the deployment itself, as Raft",
  publicName: "publicNames",
  computeGroup: "group of a compute node",
};

/** Keys that the engine reads on its command line alone. */
const COMMAND_LINE = new Set(["home", "config", "clusterConfig", "nodesFile", "logFile", "console"]);

/** The engine's own words, before a controller ends. */
const MACRO =
  'the engine refuses it and no controller starts: "The node aliases and macro variables <ALIAS> cannot be specified at the same time."';

interface Part {
  path: PropertyKey[];
  keys: readonly string[];
  values: Record<string, unknown> & { settings: Record<string, unknown> };
}

/** What is wrong with parameters that is more than one value. */
export const parameterConflicts = <H>(args: DolphinSettings<H>, nodes: PlacedNode[]): Conflict[] => [
  ...partsOf(args).flatMap(settingConflicts),
  ...aliasConflicts(args, nodes),
  ...overlaps(args, nodes),
  ...httpsConflicts(args),
];

/** Names of the parameters that are used. */
export const usedKeys = <H>(args: DolphinSettings<H>): string[] => [
  ...new Set(
    partsOf(args).flatMap(({ values: { settings, ...own } }) => [
      ...Object.keys(own).filter((key) => own[key] !== undefined),
      ...Object.keys(settings),
    ]),
  ),
];

/** All parameters, part by part. */
export function partsOf<H>({ parameters }: DolphinSettings<H>): Part[] {
  const { controllers, agents, aliases, ...ofNodes } = parameters;
  const part = (path: PropertyKey[], keys: readonly string[], values: object): Part => ({
    path: ["parameters", ...path],
    keys,
    values: values as Part["values"],
  });
  return [
    part(["controllers"], CONTROLLER_KEYS, controllers),
    part(["agents"], AGENT_KEYS, agents),
    ...Object.entries(ofNodes).map(([name, values]) => part([name], NODE_KEYS, values)),
    ...Object.entries(aliases).map(([name, values]) => part(["aliases", name], NODE_KEYS, values)),
  ];
}

function settingConflicts({ path: at, keys, values }: Part): Conflict[] {
  return Object.keys(values.settings).flatMap((key): Conflict[] => {
    const path = [...at, "settings", key];
    if (keys.includes(key)) return [{ path, rule: `is ${[...at, key].join(".")}`, fix: "give it there" }];
    if (Object.hasOwn(WRITTEN, key)) return [{ path, rule: `is written by ${String(WRITTEN[key])}`, fix: "remove it" }];
    if (COMMAND_LINE.has(key))
      return [{ path, rule: "counts on the command line alone, which the deployment writes", fix: "remove it" }];
    if (/^[A-Za-z][A-Za-z0-9_]{0,127}$/.test(key)) return [];
    return [
      {
        path,
        rule: "must be a parameter's name, letters, digits and _, without an alias before it",
        fix: "mend the name; parameters of one node stand in parameters.aliases",
      },
    ];
  });
}

function aliasConflicts<H>({ parameters }: DolphinSettings<H>, nodes: PlacedNode[]): Conflict[] {
  const workers = only(nodes, "datanode", "computenode").map(({ alias }) => alias);
  return Object.entries(parameters.aliases).flatMap(([name, values]): Conflict[] => {
    const path = ["parameters", "aliases", name];
    if (!/^[A-Za-z0-9_%?-]+$/.test(name))
      return [{ path, rule: "must be an alias, or one with % and ?", fix: "mend the name" }];
    if (!workers.some((alias) => standsFor(name, alias))) {
      const other = nodes.find(({ alias }) => alias === name);
      const rule =
        other === undefined
          ? `no data or compute node is called so; they are ${workers.join(", ")}`
          : `is the ${other.mode} of ${other.hostName}, whose parameters are not in cluster.cfg`;
      return [{ path, rule, fix: other ? `give parameters.${other.mode}s` : "mend the name; case counts" }];
    }
    if (isPattern(name)) return [];
    const { settings, ...typed } = values;
    return [
      ...Object.entries(typed).map(([key, value]) => ({ path: [...path, key], value: value })),
      ...Object.entries(settings).map(([key, value]) => ({ path: [...path, "settings", key], value })),
    ].flatMap((one) =>
      JSON.stringify(one.value ?? "").includes("<ALIAS>")
        ? [{ path: one.path, rule: MACRO, fix: `write ${name} in place of <ALIAS>` }]
        : [],
    );
  });
}

/** Two names with wildcards, or one and a kind, that tell a node the same parameter: nothing says which one counts. */
function overlaps<H>({ parameters }: DolphinSettings<H>, nodes: PlacedNode[]): Conflict[] {
  const given = (values: object | undefined): string[] =>
    Object.entries(values ?? {}).flatMap(([key, value]) =>
      key === "settings" ? Object.keys(value as object) : value === undefined ? [] : [key],
    );
  const patterns = Object.entries(parameters.aliases).filter(([name]) => isPattern(name));
  const found = new Map<string, Conflict>();
  for (const node of only(nodes, "datanode", "computenode")) {
    const kind = node.mode === "datanode" ? "dataNodes" : "computeNodes";
    const told = new Map(given(parameters[kind]).map((key) => [key, `parameters.${kind}`]));
    for (const [name, values] of patterns.filter(([name]) => standsFor(name, node.alias)))
      for (const key of given(values)) {
        const other = told.get(key);
        const path = ["parameters", "aliases", name, key];
        if (other !== undefined)
          found.set(path.join(), {
            path,
            rule: `${other} tells ${node.alias} ${key}, too, and nothing says which one counts`,
            fix: "give it in one place, or by the alias itself",
          });
        told.set(key, other ?? `parameters.aliases.${name}`);
      }
  }
  return [...found.values()];
}

function httpsConflicts<H>(args: DolphinSettings<H>): Conflict[] {
  const { controllers, agents, nodes } = args.parameters;
  const others = partsOf(args).filter(({ values }) => values.enableHTTPS !== undefined);
  const wanted = controllers.enableHTTPS ?? false;
  const rule = `parameters.controllers.enableHTTPS is ${wanted}, and nodes with and without HTTPS do not reach each other`;
  const differing = others.filter(({ values }) => values.enableHTTPS !== wanted).map(({ path }) => path);
  const silent = [
    { path: ["parameters", "agents"], one: agents },
    { path: ["parameters", "nodes"], one: nodes },
  ];
  const missing = wanted ? silent.filter(({ one }) => one.enableHTTPS === undefined).map(({ path }) => path) : [];
  return [...differing, ...missing].map((path) => ({
    path: [...path, "enableHTTPS"],
    rule,
    fix: "give the same to controllers, agents and nodes",
  }));
}
