import { z } from "zod";
import { anyTouches } from "../diff";
import { ClusterRestart } from "../dolphin/cluster-restart";
import { DolphinCluster } from "../dolphin/cluster";
import { NodeWork, type NodeLimits } from "../dolphin/node-work";
import { ServerChange, serverUnderWay, tellServerUnderWay, type ServerUnderWay } from "../dolphin/server-change";
import { ServerHosts, type InstalledServer, type WantedServer } from "../dolphin/server-hosts";
import { WrongPassword } from "../dolphin/silence";
import { present } from "../dolphin/site";
import { UnderWay } from "../dolphin/under-way";
import { versionProblems, versionWarnings } from "../resources/dolphin/upgrade-path";
import { removeBackups } from "../scripts/dolphin-metadata";
import { hasUnknown } from "../wire";
import { clusterInputs, limitInputs, noImport, password, withHost, type ClusterInputs } from "./dolphin-fields";
import { versionsOf } from "./dolphin-states";
import { absolutePath, flag } from "./fields";
import type { Context, Kind } from "./kind";

type ServerInputs = ClusterInputs & NodeLimits & WantedServer & { keys: string[]; keepBackups: boolean };

type ServerOutputs = { installed: string; wayBack: string[]; pending: string[] };

const versionRule = "must be a version of DolphinDB, as version() begins; fix: write it like 3.00.4.1";
const packagesRule = "must be directories by host name; fix: give that of the unpacked package for each host";
const keepRule = "must be a whole number from 1 to 1000; fix: write it without quotes";
const backupRule = "must be the name of a backup; fix: take it from the output wayBack";
const keysRule = "must be names of parameters; fix: give those of controller.cfg and cluster.cfg";
const step = "put another server in place";

/** The server that the nodes of a DolphinDB cluster run from; another one is put in place with all nodes stopped and their metadata saved. */
export const dolphinServerKind: Kind<ServerInputs, ServerOutputs> = {
  token: "dbha:index:DolphinServer",
  description:
    "The server that the nodes of a DolphinDB cluster run from, upgraded and taken back with all nodes stopped.",
  inputs: {
    ...clusterInputs,
    password: password(),
    version: z
      .string(versionRule)
      .regex(/^\d+(\.\d+)+\w*$/, versionRule)
      .describe("Version of the package."),
    packages: z
      .record(z.string(), z.string(packagesRule), packagesRule)
      .describe("Directory of the unpacked package, by host."),
    server: absolutePath().describe("Directory that nodes run from on each host; it must exist."),
    directory: absolutePath().describe("The nodes' home."),
    backups: absolutePath().describe("Directory of the backups on each host."),
    mode: z
      .enum(["offline", "rolling"], 'must be "offline" or "rolling"; fix: write it so')
      .default("offline")
      .describe("Whether all nodes are stopped for another package, or those of one host after the other."),
    keep: z.int(keepRule).min(1, keepRule).max(1000, keepRule).default(5).describe("How many backups stay."),
    keepBackups: flag().default(true).describe("Whether they stay when the resource is deleted."),
    keys: z
      .array(z.string(keysRule), keysRule)
      .default([])
      .describe("Parameters that are used, for what versions do to them."),
    rollback: z
      .strictObject(
        {
          backup: z
            .string(backupRule)
            .regex(/^\d{8}T\d{6}Z-[\w.]+$/, backupRule)
            .describe("Name of the backup."),
          loseNewData: flag().default(false).describe("Go back although rows were written."),
        },
        backupRule,
      )
      .meta({ id: "DolphinServerRollback", description: "The way back to a backup." })
      .optional()
      .describe("Go back to a backup of an earlier version."),
    ...limitInputs,
  },
  outputs: {
    installed: z.string().describe("Version that was put in place last."),
    wayBack: z.array(z.string()).describe("Names of the backups that every host has its part of, the latest first."),
    pending: z.array(z.string()).describe("What a run that ended has left to be done."),
  },
  quiet: ["password"],
  replaceOn: ["server"],
  deleteBeforeReplace: false,
  complete: withHost,
  import: noImport("a server", "server"),

  drift: ({ pending }) => (pending.length > 0 ? [{ path: "pending", kind: "delete", input: false }] : []),

  id: ({ host }) => `${host.name}:server`,
  remains: ({ backups, keepBackups }) => (keepBackups ? undefined : `backups ${backups}`),

  async foresee(news, state, changed, context) {
    if (state !== undefined && !anyTouches(changed, "version", "packages", "pending", "rollback", "backups"))
      return { installed: state.installed, wayBack: state.wayBack, pending: state.pending };
    // of a package that is still to be unpacked the version tells
    const isOther = state !== undefined && hasUnknown(news.packages) && news.version !== state.version;
    const known = isOther ? { ...news, packages: {} } : news;
    if (!hasUnknown(known)) await look({ ...known, electionTimeout: 1 }, state, context, (line) => context.note(line));
    return { installed: news.version, pending: [] };
  },

  create: (inputs, context) => apply(inputs, undefined, context),

  async read(state, context) {
    const { hosts, underWay } = parts(state, state, context);
    const installed = await hosts.installed();
    const left = await underWay.read();
    const found = [...installed].map(([name, one]) => [name, one.package] as const);
    return {
      ...state,
      packages: { ...state.packages, ...Object.fromEntries(found) },
      ...toldOf(installed, state.installed),
      pending: left === undefined ? [] : [tellServerUnderWay(left)],
    };
  },

  update: (state, news, _changed, context) => apply(news, state, context),

  async delete({ hosts, backups, keepBackups }, context) {
    if (keepBackups) return;
    const values = { backups };
    await Promise.all(
      present(hosts).map(({ host }) =>
        context.remote(host).run({ name: "remove the backups", script: removeBackups, values }),
      ),
    );
  },
};

function parts(inputs: ServerInputs, state: ServerInputs | undefined, context: Context) {
  // metadata are read at the start, too
  const access = { ...inputs, electionTimeout: inputs.electionTimeout + inputs.startTimeout };
  const cluster = new DolphinCluster(access, [inputs.password, state?.password ?? inputs.password], context);
  const work = new NodeWork(cluster, inputs, context);
  const restart = new ClusterRestart(cluster, inputs.stopTimeout, context);
  const underWay = new UnderWay("server of DolphinDB", serverUnderWay, inputs.host, context);
  const hosts = new ServerHosts(access, inputs, context);
  return {
    cluster,
    underWay,
    hosts,
    change: new ServerChange(cluster, work, restart, underWay, hosts, inputs, context),
  };
}

/** What a change would start from; undefined where none is due. @throws HostError with why it cannot be made */
async function look(
  inputs: ServerInputs,
  state: ServerInputs | undefined,
  context: Context,
  tell: (line: string) => void,
): Promise<string | undefined> {
  const { change, cluster, hosts, underWay } = parts(inputs, state, context);
  const due = change.dueFrom(await hosts.installed());
  const left = await underWay.read();
  const begun = left?.phase === "stop" || left?.phase === "switch" ? left : undefined;
  const from = begun?.from ?? due;
  if (from === undefined) return due;
  const { version: to, mode, rollback, keys } = inputs;
  const asked = { from, to, mode, keys };
  const problems = versionProblems({
    ...asked,
    ...(rollback && { rollback }),
    ...(rollback && { isWritten: await written(change, rollback.backup, begun, cluster) }),
  });
  if (problems.length > 0) throw cluster.problem(undefined, step, problems.join("; "), "nothing was changed");
  tell(
    rollback === undefined && mode === "rolling"
      ? `host by host nodes stop, their metadata are saved, and they start with ${to} in the place of ${from}, while the others serve`
      : rollback === undefined
        ? `all nodes stop, their metadata are saved, and they start with ${to} in the place of ${from}`
        : `all nodes stop, their metadata go back to ${rollback.backup}, and they start with ${to} in the place of ${from}`,
  );
  for (const line of versionWarnings(asked)) context.warn(line);
  return due;
}

/** A way back that was begun was allowed. */
async function written(
  change: ServerChange,
  backup: string,
  begun: ServerUnderWay | undefined,
  cluster: DolphinCluster,
): Promise<boolean | undefined> {
  if (begun?.isRollback === true) return false;
  try {
    return await change.isWritten(backup);
  } catch (error) {
    if (error instanceof WrongPassword) throw cluster.explained("look whether rows were written", error);
    throw error;
  }
}

async function apply(inputs: ServerInputs, state: ServerInputs | undefined, context: Context): Promise<ServerOutputs> {
  const { change, cluster, hosts } = parts(inputs, state, context);
  const from = await look(inputs, state, context, (line) => context.status(line));
  await change.apply(from);
  if (from !== undefined) {
    const versions = await versionsOf(cluster, await cluster.led(step));
    const others = [...versions].filter(([, version]) => version !== inputs.version);
    const [alias, version] = others[0] ?? [];
    if (version !== undefined)
      context.warn(
        `${alias ?? ""} says that it is ${version}, and ${inputs.version} is described: correct server.version`,
      );
  }
  return { ...toldOf(await hosts.installed(), inputs.version), pending: [] };
}

/** Of hosts that run, the version, where it is one, and the backups that all of them have. */
function toldOf(installed: Map<string, InstalledServer>, known: string): Pick<ServerOutputs, "installed" | "wayBack"> {
  const all = [...installed.values()];
  const wayBack = (all[0]?.backups ?? []).filter((name) => all.every(({ backups }) => backups.includes(name)));
  return { installed: all[0]?.version ?? known, wayBack: wayBack.sort().reverse() };
}
