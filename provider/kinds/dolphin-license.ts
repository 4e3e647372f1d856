import { createHash } from "node:crypto";
import { z } from "zod";
import type { Failure } from "../check";
import { anyTouches } from "../diff";
import { DolphinCluster } from "../dolphin/cluster";
import { ClusterRestart } from "../dolphin/cluster-restart";
import {
  FIX_ONLINE,
  LicenseChange,
  licenseUnderWay,
  termsIn,
  writeLicense,
  type LicenseFile,
} from "../dolphin/license-change";
import { LicenseRestart, tellLicensePlan } from "../dolphin/license-restart";
import { NodeWork, type NodeLimits } from "../dolphin/node-work";
import { orNothing } from "../dolphin/silence";
import { present } from "../dolphin/site";
import { UnderWay } from "../dolphin/under-way";
import type { ClusterView } from "../dolphin/view";
import { NoLicense, onlineProblems, parseLicense, type LicenseTerms } from "../resources/dolphin/license";
import { deleteFile, readFile } from "../scripts/file";
import { hasUnknown } from "../wire";
import {
  BUILT_IN,
  clusterInputs,
  limitInputs,
  noImport,
  password,
  withHost,
  type ClusterInputs,
} from "./dolphin-fields";
import { licenseOutputs, told, type ToldLicense } from "./dolphin-states";
import { absolutePath, account, mode } from "./fields";
import type { Context, Kind } from "./kind";

type LicenseInputs = ClusterInputs &
  NodeLimits & {
    license: string;
    path: string;
    copies?: string[] | undefined;
    owner: string;
    group: string;
    mode: string;
    update: "online" | "offline";
  };

type LicenseOutputs = ToldLicense & { sha256: string; pending: string[] };

/** How much of a file that is no licence of ours is read, in bytes. */
const readLimit = 64 * 1024;

const licenseRule = "must be the text of dolphindb.lic; fix: give it whole";

/** The licence of a DolphinDB cluster: the file on each host, and that the nodes which run go by it. */
export const dolphinLicenseKind: Kind<LicenseInputs, LicenseOutputs> = {
  token: "dbha:index:DolphinLicense",
  description: "The licence of a DolphinDB cluster: its file on each host, and that nodes which run go by it.",
  inputs: {
    ...clusterInputs,
    password: password(),
    license: z.string(licenseRule).describe("Text of dolphindb.lic."),
    path: absolutePath().describe("Path of the file on each host."),
    copies: z
      .array(absolutePath(), "must be a list of paths; fix: give absolute ones")
      .optional()
      .describe("Further files that get the text where they are there, and are not removed."),
    owner: account().default("root").describe("User that owns the file."),
    group: account().default("root").describe("Group of the file."),
    mode: mode().default("0600").describe("Permission bits of the file."),
    update: z
      .enum(["online", "offline"], 'must be "online" or "offline"; fix: write it so')
      .default("online")
      .describe("Whether nodes take another one while they run, or by restarts, one after the other."),
    ...limitInputs,
  },
  outputs: {
    ...licenseOutputs,
    sha256: z.string().describe("SHA-256 of the text in hex."),
    pending: z.array(z.string()).describe("Nodes that a run which ended has left with the former one."),
  },
  quiet: ["password", "license"],
  replaceOn: ["path"],
  deleteBeforeReplace: true,
  complete: withHost,
  import: noImport("a licence", "license"),

  rules: ({ license }) => (typeof license === "string" && !hasUnknown(license) ? licenseRules(license) : []),
  drift: ({ pending }) => (pending.length > 0 ? [{ path: "pending", kind: "delete", input: false }] : []),

  id: ({ host }) => `${host.name}:license`,
  remains: ({ path }) => `licence ${path}`,

  async foresee(news, state, changed, context) {
    if (state !== undefined && !anyTouches(changed, "license", "pending")) return outputsOf(state);
    if (state !== undefined && !hasUnknown(news))
      await (news.update === "online" ? refuseInPreview(news, state, context) : tellRestarts(news, state, context));
    return hasUnknown(news.license) ? {} : { sha256: sha256Of(news.license), pending: [] };
  },

  create: (inputs, context) => apply(inputs, [inputs.password, BUILT_IN], context),

  async read(state, context) {
    const { path, sha256 } = state;
    const found = await Promise.all(
      present(state.hosts).map(({ host }) =>
        context.remote(host).run({
          name: `look at ${path}`,
          script: readFile,
          values: { path, salt: "", sha256, limit: readLimit },
        }),
      ),
    );
    const other = found.find(
      (answer) => answer.get("kind") !== "file" || answer.must("sha256", /^[0-9a-f]{64}$/) !== sha256,
    );
    const license =
      other === undefined ? state.license : other.get("text") === undefined ? "" : other.body.toString("utf8");
    const left = await underWayOf(state, context).read();
    const terms = await inForce(new DolphinCluster(state, [state.password], context));
    return { ...state, license, ...(terms && told(terms)), pending: left ?? [] };
  },

  update: (state, news, changed, context) =>
    anyTouches(changed, "license", "path", "owner", "group", "mode", "hosts", "pending")
      ? apply(news, [news.password, state.password], context)
      : Promise.resolve(outputsOf(state)),

  async delete(state, context) {
    const { hosts, path } = state;
    await Promise.all(
      present(hosts).map(({ host }) =>
        context.remote(host).run({ name: `remove ${path}`, script: deleteFile, values: { path } }),
      ),
    );
    await underWayOf(state, context).forget();
  },
};

const underWayOf = ({ host }: ClusterInputs, context: Context): UnderWay<string[]> =>
  new UnderWay("licence of DolphinDB", licenseUnderWay, host, context);

const sha256Of = (text: string): string => createHash("sha256").update(text).digest("hex");

const outputsOf = ({ end, kind, nodes, cores, memory, sha256, pending }: LicenseOutputs): LicenseOutputs => ({
  ...{ end, kind, nodes, cores, memory, sha256, pending },
});

function licenseRules(license: string): Failure[] {
  try {
    parseLicense(license);
    return [];
  } catch (error) {
    if (!(error instanceof NoLicense)) throw error;
    return [{ property: "license", reason: `license: ${error.message}; fix: give the text of dolphindb.lic whole` }];
  }
}

const fileOf = ({ license, path, copies = [], owner, group, mode }: LicenseInputs): LicenseFile => ({
  ...{ path, copies, owner, group, mode, text: license },
  sha256: sha256Of(license),
  terms: parseLicense(license),
});

async function apply(
  inputs: LicenseInputs,
  passwords: [string, ...string[]],
  context: Context,
): Promise<LicenseOutputs> {
  const file = fileOf(inputs);
  const cluster = new DolphinCluster(inputs, passwords, context);
  const view = await viewOrNone(cluster);
  if (view === undefined) {
    const hosts = present(inputs.hosts).map(({ host }) => host);
    await writeLicense(hosts, file, context);
    return { ...told(file.terms), sha256: file.sha256, pending: [] };
  }
  const online = inputs.update === "online";
  await (online
    ? new LicenseChange(cluster, underWayOf(inputs, context), file, context).apply(view)
    : restartOf(inputs, passwords, context).apply(view));
  const terms = termsIn(await cluster.anyController({ name: "license" }));
  return { ...told(terms), sha256: file.sha256, pending: [] };
}

function restartOf(inputs: LicenseInputs, passwords: [string, ...string[]], context: Context): LicenseRestart {
  const { electionTimeout, startTimeout, stopTimeout } = inputs;
  // controllers read their metadata before one of them can lead
  const cluster = new DolphinCluster(
    { ...inputs, electionTimeout: electionTimeout + startTimeout },
    passwords,
    context,
  );
  const work = new NodeWork(cluster, inputs, context);
  const restart = new ClusterRestart(cluster, stopTimeout, context);
  return new LicenseRestart(cluster, work, restart, underWayOf(inputs, context), fileOf(inputs), startTimeout, context);
}

/** What a controller sees; undefined where none runs yet, or not any more. */
const viewOrNone = (cluster: DolphinCluster): Promise<ClusterView | undefined> =>
  cluster.ifUp("change the licence", cluster.view(), () => undefined);

/** What a controller goes by; undefined where none answers. */
const inForce = (cluster: DolphinCluster): Promise<LicenseTerms | undefined> =>
  orNothing(cluster.anyController({ name: "license" }).then(termsIn));

/** What the engine would not take is told before anything is changed. */
async function refuseInPreview(news: LicenseInputs, state: LicenseInputs, context: Context): Promise<void> {
  const cluster = new DolphinCluster(news, [state.password, news.password], context);
  const terms = await inForce(cluster);
  if (terms === undefined) return;
  const next = parseLicense(news.license);
  const problems = next.end === terms.end ? [] : onlineProblems(terms, next);
  if (problems.length > 0)
    throw cluster.problem(
      undefined,
      "change the licence",
      `nodes would not take it while they run: ${problems.join("; ")}`,
      FIX_ONLINE,
    );
}

/** Which nodes restart; a cluster that does not answer tells nothing. */
async function tellRestarts(news: LicenseInputs, state: LicenseInputs, context: Context): Promise<void> {
  const passwords: [string, ...string[]] = [state.password, news.password];
  const view = await viewOrNone(new DolphinCluster(news, passwords, context));
  if (view === undefined) return;
  for (const line of tellLicensePlan(await restartOf(news, passwords, context).plan(view))) context.note(line);
}
