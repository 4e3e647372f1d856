import { createHash } from "node:crypto";
import type { DolphinClusterSeen } from "../../provider/resources";
import type { NodeRow } from "../../provider/resources/dolphin/node-rows";
import { asItHasIt, type Difference } from "../adopt/differences";
import { letUnitGo } from "../adopt/process-shell";
import { sentence } from "../validation";
import { type FoundNode, type FoundOnHost, meant } from "./adopt-found";
import { type OwnFile, ownFileDifferences } from "./adopt-cfg";
import type { Instance } from "./instance";

/** What a host's nodes are to be. */
export interface WantedOnHost {
  instance: Instance;
  /** Its controller and its agent, each with its file. */
  own: OwnFile[];
  /** Its data and compute nodes. */
  workers: NodeRow[];
  /** Text of the licence; undefined where it is not known yet. */
  license: string | undefined;
  dfsMetaDir: string | undefined;
}

/** What is said of a host on which no controller or agent, or more than one, could be meant. */
export function notOne({ nodes }: FoundOnHost, mode: "controller" | "agent", instance: Instance): string {
  const all = nodes.filter((one) => one.mode === mode);
  const told = all.map(({ pid, user, directory }) => `process ${pid} of ${user} in ${directory}`).join(", ");
  if (all.length === 0)
    return sentence(`no ${mode} runs there`, "start it, or leave adopt out, and it is deployed there");
  return sentence(
    `several processes with -mode ${mode} run there, and not one of them alone in ${instance.work} (${told})`,
    asItHasIt("clusterDemo.directory"),
  );
}

/** In what the nodes of a host are not those that the arguments tell; what has no fix stays until they are started again. */
export function hostDifferences(there: FoundOnHost, wanted: WantedOnHost): Difference[] {
  const { own, workers, instance } = wanted;
  return [
    ...own.flatMap(({ mode }) => {
      const one = meant(there, mode);
      return one === undefined ? [] : processDifferences(one, there, mode, instance);
    }),
    ...workers.flatMap((row) => workerDifferences(row, there, instance)),
    ...there.units.map((unit) => unitDifference(unit, "unit of systemd")),
    ...metadataDifferences(there, wanted),
    ...licenseDifferences(there, wanted),
    ...own.flatMap((file) => ownFileDifferences(file, there.files[file.mode])),
  ];
}

const LAYOUT = "only the layout of the vendor's package is taken over: start it by the script in clusterDemo";

function processDifferences(
  one: FoundNode,
  there: FoundOnHost,
  mode: "controller" | "agent",
  { work, user }: Instance,
): Difference[] {
  const directory = there.directory || work;
  const paths = {
    home: `${directory}/data`,
    config: `${directory}/config/${mode}.cfg`,
    logFile: `${directory}/log/${mode}.log`,
    ...(mode === "controller" && {
      nodesFile: `${directory}/config/cluster.nodes`,
      clusterConfig: `${directory}/config/cluster.cfg`,
    }),
  };
  const found: Difference[] = [];
  const tell = (what: string, has: string, wanted: string, fix: string): void => {
    if (has !== wanted) found.push({ what: `${what} of the ${mode}`, found: has || "nothing", wanted, fix });
  };
  tell("user", one.user, user, asItHasIt("clusterDemo.user"));
  tell("working directory", one.directory, directory, asItHasIt("clusterDemo.directory"));
  if (found.some(({ what }) => what.startsWith("working directory"))) return found;
  tell("program", one.program, programIn(directory), programFix(one));
  for (const [option, path] of Object.entries(paths))
    tell(`-${option}`, one[option as keyof typeof paths], path, LAYOUT);
  const fix = `write it in ${mode}.cfg, and start it without; give parameters.${mode}s as that has it`;
  tell("further options", one.more.join(", "), "", fix);
  if (one.unit !== "") found.push(unitDifference(one.unit, `unit of the ${mode}`));
  return found.map((each) => (each.wanted === "" ? { ...each, wanted: "nothing" } : each));
}

const programIn = (directory: string): string => `${directory.replace(/\/[^/]*$/, "")}/dolphindb`;

const programFix = ({ program }: FoundNode): string =>
  program.endsWith(" (deleted)")
    ? "restart the nodes there: who goes on with a program that is gone starts no other by it"
    : LAYOUT;

const unitDifference = (unit: string, what: string): Difference => ({
  what,
  found: unit,
  wanted: "none, as two would start it",
  fix: letUnitGo(unit),
});

function workerDifferences(row: NodeRow, there: FoundOnHost, { work, user }: Instance): Difference[] {
  const directory = there.directory || work;
  const home = `${directory}/data/${row.alias}`;
  const one = there.nodes.find((node) => node.home === home);
  if (one === undefined)
    return [
      {
        what: `process of ${row.alias}`,
        found: "none",
        wanted: `one with its home in ${home}`,
        fix: "start it in the web interface, through the agent in clusterDemo",
      },
    ];
  const found: Difference[] = [];
  const tell = (what: string, has: string, wanted: string, fix: string): void => {
    if (has !== wanted) found.push({ what: `${what} of ${row.alias}`, found: has || "nothing", wanted, fix });
  };
  tell("user", one.user, user, asItHasIt("clusterDemo.user"));
  tell("program", one.program, programIn(directory), programFix(one));
  return found;
}

/** The vendor's page has them beside the nodes' home, where a backup would not look for them. */
function metadataDifferences({ dfsMeta }: FoundOnHost, { dfsMetaDir, instance: { work } }: WantedOnHost): Difference[] {
  if (!dfsMeta || dfsMetaDir !== undefined) return [];
  return [
    {
      what: "directory of metadata",
      found: `${work}/dfsMeta`,
      wanted: "the engine's default",
      fix: `write dfsMetaDir=${work}/dfsMeta in controller.cfg, which says what is in force, and give parameters.controllers.dfsMetaDir so`,
    },
  ];
}

function licenseDifferences({ license: found }: FoundOnHost, { license, instance }: WantedOnHost): Difference[] {
  if (license === undefined) return [];
  const sha256 = createHash("sha256").update(license.replace(/\n+$/, "")).digest("hex");
  if (found === sha256) return [];
  return [
    {
      what: instance.byHand?.license ?? "",
      found: found === "" ? "nothing" : "another licence",
      wanted: "that of license",
      fix: `${asItHasIt("license")}; another one is taken afterwards`,
    },
  ];
}

/** In what the cluster is not what the arguments tell, but for its files. @param version of the arguments */
export function clusterDifferences(seen: DolphinClusterSeen, version: string): Difference[] {
  if (seen.login === "silent")
    return [{ what: "controllers", found: "no answer", wanted: "one", fix: "see their logs; they must serve" }];
  if (seen.login === "refused")
    return [
      {
        what: "password of admin",
        found: "[secret]",
        wanted: "another [secret]",
        fix: asItHasIt("adminPassword"),
      },
    ];
  const found: Difference[] = [];
  if (seen.leader === "")
    found.push({ what: "leader", found: "none", wanted: "one", fix: "see the controllers' logs; one must lead" });
  else if (seen.version !== version)
    found.push({
      what: "version",
      found: seen.version,
      wanted: version,
      fix: `give server.version and its package as it has it; an upgrade is made afterwards`,
    });
  const offline = seen.nodes.filter(({ state }) => state === "offline").map(({ alias }) => alias);
  if (offline.length > 0)
    found.push({
      what: "nodes",
      found: `${offline.join(", ")} offline`,
      wanted: "all online",
      fix: "start them in the web interface",
    });
  return found;
}
