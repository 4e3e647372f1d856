import { type ConfigLine, parseConfigLines } from "../../provider/resources/dolphin/config-lines";
import { effective, isReadBy } from "../../provider/resources/dolphin/config-plan";
import { isWorker, type NodeRow, siteOf } from "../../provider/resources/dolphin/node-rows";
import { asItHasIt, type Difference } from "../adopt/differences";
import { isSecretField } from "../secret-fields";
import { AGENT_KEYS, CONTROLLER_KEYS, NODE_KEYS } from "./parameters";

const NOTHING = "nothing";
const SECRET = "[secret]";

/** A value as messages have it. */
const shown = (key: string, value: string | undefined): string =>
  value === undefined ? NOTHING : isSecretField(key) ? SECRET : JSON.stringify(value);

/** A node's own file. */
export interface OwnFile {
  mode: "controller" | "agent";
  wanted: ConfigLine[];
  /** What it is without any argument: these lines may be missing, and come at the next start. */
  defaults: ConfigLine[];
  /** Name of its host, by which arguments have it. */
  host: string;
}

/**
 * In what controller.cfg or agent.cfg is not what the arguments make of it.
 * @param text of the file, with `[secret]` for values of secrets
 */
export function ownFileDifferences({ mode, wanted, defaults, host }: OwnFile, text: string): Difference[] {
  const file = `${mode}.cfg`;
  let lines: ConfigLine[];
  try {
    lines = parseConfigLines(text.split("\n"));
  } catch (error) {
    return [{ what: file, found: (error as Error).message, wanted: "key=value", fix: "correct that line there" }];
  }
  const [has, becomes, usual] = [new Map(lines), new Map(wanted), new Map(defaults)];
  return [...new Set([...has.keys(), ...becomes.keys()])].flatMap((key): Difference[] => {
    const [found, value] = [has.get(key), becomes.get(key)];
    if (found === value || (found !== undefined && value !== undefined && saysTheSame(key, found, value))) return [];
    const told = { what: `${key} of ${file}`, found: shown(key, found), wanted: shown(key, value) };
    if (key === "controllerSite" && found !== undefined && isIn(becomes.get("sites"), found)) return [told];
    // both ends of the heart beats must say the same, so it is not left to the next start
    if (found === undefined && value === usual.get(key) && key !== "lanCluster")
      return [key === "datanodeRestartInterval" && value !== "0" ? { ...told, lines: restartLines(value) } : told];
    return [{ ...told, fix: fixOf(mode, key, host, found === undefined ? value : undefined) }];
  });
}

/** Without it a node that ends stays away, also after a start of its host. The engine takes it while it runs, each controller for itself. */
const restartLines = (seconds = ""): string[] => [
  "until then nobody starts a data or compute node that ended, or whose host was started again, but pulumi up --refresh;",
  `at once, by admin on each controller: setDatanodeRestartInterval(${seconds})`,
];

const isIn = (sites: string | undefined, site: string): boolean =>
  (sites ?? "").split(",").includes(`${site}:controller`);

/** The order of controllers says nothing, and so does how a switch or a number is written; secrets are not known here. */
function saysTheSame(key: string, found: string, wanted: string): boolean {
  if (isSecretField(key)) return found === SECRET;
  if (key === "sites") return inOrder(found) === inOrder(wanted);
  return plain(found) === plain(wanted);
}

function inOrder(sites: string): string {
  const [own, ...controllers] = sites.split(",").map((site) => site.trim());
  return [own, ...controllers.sort()].join(",");
}

function plain(value: string): string {
  const text = value.toLowerCase();
  if (text === "true" || text === "false") return text === "true" ? "1" : "0";
  return text !== "" && Number.isFinite(Number(text)) ? String(Number(text)) : value;
}

/** @param missing the value that it lacks, where it has none */
function fixOf(mode: OwnFile["mode"], key: string, host: string, missing: string | undefined): string {
  if (key === "localSite") return `give alias and port in ${mode}s, and addresses.${host}, as it has them`;
  if (key === "sites" || key === "controllerSite") return "describe all controllers in controllers, as it has them";
  if (key === "mode" || key === "dfsHAMode")
    return "this one is not taken over: deploy beside it, and copy the databases";
  if (key === "publicName") return asItHasIt(`publicNames.${host}`);
  if (key.includes(".")) return asItHasIt("zones");
  const keys: readonly string[] = mode === "controller" ? CONTROLLER_KEYS : AGENT_KEYS;
  const argument = `parameters.${mode}s.${keys.includes(key) ? key : `settings.${key}`}`;
  if (missing === undefined) return asItHasIt(argument);
  if (key === "lanCluster") return `write lanCluster there as it is in force, and give ${argument} so`;
  return `leave ${argument} out, and give it afterwards`;
}

/** In what cluster.cfg is not what the arguments make of it, for the data and compute nodes: each of them would restart, or change. */
export function clusterCfgDifferences(
  found: readonly ConfigLine[],
  wanted: readonly ConfigLine[],
  rows: readonly NodeRow[],
): Difference[] {
  const told = new Map<string, { key: string; found: string; wanted: string; aliases: string[] }>();
  for (const { alias, mode } of rows.filter(isWorker)) {
    const [has, becomes] = [effective(found, alias), effective(wanted, alias)];
    for (const key of new Set([...has.keys(), ...becomes.keys()])) {
      const [one, other] = [has.get(key), becomes.get(key)];
      if (one === other || !isReadBy(mode, key)) continue;
      const known = told.get(JSON.stringify([key, one, other]));
      if (known) known.aliases.push(alias);
      else
        told.set(JSON.stringify([key, one, other]), {
          key,
          found: shown(key, one),
          wanted: shown(key, other),
          aliases: [alias],
        });
    }
  }
  return [...told.values()].map(({ key, found: has, wanted: becomes, aliases }) => {
    const keys: readonly string[] = NODE_KEYS;
    const argument =
      key === "publicName" ? "publicNames" : `parameters.nodes.${keys.includes(key) ? key : `settings.${key}`}`;
    return {
      what: `${key} of ${aliases.join(", ")} in cluster.cfg`,
      ...{ found: has, wanted: becomes },
      fix: `${asItHasIt(argument)}, or where it is told for these nodes, or set it there in the web interface (Nodes Config)`,
    };
  });
}

/** In what cluster.nodes is not what the arguments make of it. */
export function rowDifferences(found: readonly NodeRow[], wanted: readonly NodeRow[]): Difference[] {
  const text = (row: NodeRow | undefined): string =>
    row === undefined
      ? "no such row"
      : [siteOf(row), row.mode, ...[row.group, row.zone].filter((part) => part !== "")].join(",");
  const aliases = [...new Set([...wanted, ...found].map(({ alias }) => alias))];
  return aliases.flatMap((alias) => {
    const [has, becomes] = [found, wanted].map((rows) => text(rows.find((row) => row.alias === alias)));
    if (has === becomes) return [];
    return [
      {
        what: `${alias} of cluster.nodes`,
        ...{ found: has as string, wanted: becomes as string },
        fix: "describe all nodes as it has them (controllers, agents, dataNodes, computeNodes, ports, addresses)",
      },
    ];
  });
}
