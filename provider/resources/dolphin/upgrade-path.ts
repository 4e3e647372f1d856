import { atLeast, compareVersions } from "../version";

/** A change of the server package. */
export interface VersionChange {
  /** What version() tells of the nodes, the first word. */
  from: string;
  to: string;
  mode: "offline" | "rolling";
  /** The backup to go back to, if any. */
  rollback?: { backup: string; loseNewData: boolean };
  /** Keys of cluster.cfg and controller.cfg, without what stands before a dot. */
  keys: readonly string[];
  /** Whether rows were written since the upgrade; undefined where nobody can tell. */
  isWritten?: boolean;
}

/** Why a change of the package is not made, a line each. */
export function versionProblems({ from, to, mode, rollback, keys, isWritten }: VersionChange): string[] {
  const order = compareVersions(from, to);
  const found: string[] = [];
  if (order > 0 && rollback === undefined)
    found.push(
      sentence(
        `${from} runs, and ${to} does not read its metadata`,
        `give the package of ${from} or later, or rollback with the backup that was made of ${to}`,
      ),
    );
  if (rollback !== undefined && order < 0)
    found.push(
      sentence(
        `${to} is later than ${from}, and rollback leads to the version before`,
        "leave rollback out, or give the former package",
      ),
    );
  if (rollback !== undefined && order > 0 && !rollback.backup.endsWith(`-${to}`))
    found.push(
      sentence(
        `the backup ${rollback.backup} is not one of ${to}`,
        "give the package and a backup of the same version",
      ),
    );
  if (rollback !== undefined && order > 0 && isWritten !== false && !rollback.loseNewData)
    found.push(
      sentence(
        isWritten === undefined
          ? "nobody can tell whether rows were written since the upgrade, and the vendor allows a rollback only when none were"
          : "rows were written since the upgrade, and the vendor allows a rollback only when none were",
        "stay with the later version, or set rollback.loseNewData: what was written is lost",
      ),
    );
  if (order < 0 && mode === "rolling" && seriesOf(from) !== seriesOf(to))
    found.push(
      sentence(
        `${from} and ${to} are of different series, whose nodes need not understand each other`,
        'set upgrade.mode to "offline"',
      ),
    );
  if (order < 0 && atLeast(to, "3.00.5")) {
    if (keys.includes("streamingHAMode") && !keys.includes("clusterName"))
      found.push(
        sentence(
          "from 3.00.5 on streaming in high availability needs a name of the cluster",
          "give parameters.controllers.clusterName and clusterName in the settings of parameters.nodes",
        ),
      );
    if (keys.includes("streamingHADir"))
      found.push(
        sentence(
          "streamingHADir is called streamingHALogDir from 3.00.5 on, and the engine ignores the former name in silence",
          "rename it together with the upgrade",
        ),
      );
  }
  return found;
}

/** What is to be known of a change that is made: a line each. */
export function versionWarnings({
  from,
  to,
  mode,
  keys,
}: Pick<VersionChange, "from" | "to" | "mode" | "keys">): string[] {
  if (compareVersions(from, to) === 0) return [];
  const plugins = keys.filter((key) => ["preloadModules", "pluginDir", "dolphinModulePath"].includes(key));
  const variant = (version: string): string => version.replace(/^[\d.]+/, "");
  return [
    ...(seriesOf(from) === seriesOf(to)
      ? []
      : [
          `from the series ${seriesOf(from)} to ${seriesOf(to)} functions may have gone, and plugins and clients may need other versions`,
        ]),
    ...(mode === "rolling"
      ? [
          `within a series most versions work beside each other, and a few do not: see the compatibility level in the release notes from ${from} to ${to}, which is 4 or 5 for a rolling upgrade`,
        ]
      : []),
    ...(plugins.length === 0
      ? []
      : [
          `${plugins.join(", ")}: plugins are for one version of the server; with others nodes may not start ("Can't recognize function")`,
        ]),
    ...(variant(from) === variant(to)
      ? []
      : [
          `the package changes from ${variant(from) || "the plain one"} to ${variant(to) || "the plain one"}, which compile scripts differently`,
        ]),
  ];
}

const sentence = (rule: string, fix: string): string => `${rule}; fix: ${fix}`;

/** The first two numbers, within which versions are compatible as a rule: `3.00`. */
export const seriesOf = (version: string): string => version.split(".").slice(0, 2).join(".");
