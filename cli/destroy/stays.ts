import type { Change, Changes } from "../report/changes";
import { COMPONENTS, type Deployment } from "../report/deployments";
import { dataLeft } from "../report/notices/data";
import { own } from "../report/notices/notice";
import { valueAt } from "../report/property-path";
import { parseUrn, typeOf } from "../report/urn";

/** Something that outlives a destroy. */
export interface Stay {
  /** Host, or the MetaDB's address. */
  where: string;
  /** Paths or databases; none where they are secret. */
  things: string[];
  /** What it is, and by which argument, as a part of a sentence. */
  why: string;
}

/** What stays of a stack that is destroyed: data, backups, databases. */
export const staysOf = (all: Changes): Stay[] =>
  merged(
    all.changes.flatMap((change): Stay[] =>
      change.step.oldState?.retainOnDelete === true ? [] : [...data(change), ...backups(change), ...databases(change)],
    ),
  );

const at = ({ hosts }: Change, things: string[], why: string): Stay[] =>
  things.length === 0 ? [] : hosts.map((where) => ({ where, things, why }));

const called = ({ type, name }: Deployment): string => (COMPONENTS[type] === undefined ? name : COMPONENTS[type]);

const data = (change: Change): Stay[] =>
  change.type === own("DolphinServer")
    ? []
    : at(change, dataLeft(change).kept, `data and logs of ${called(change.deployment)}, unless keepData is false`);

/** Directories of backups, which go only when nothing is in them. */
function backups(change: Change): Stay[] {
  const { type, deployment, step } = change;
  const inputs = step.oldState?.inputs;
  const why = `backups of ${called(deployment)} if there are any, unless backup.keepOnDestroy is false`;
  if (type === own("Directory") && inputs?.onDelete === "removeIfEmpty" && change.role === "backup-dir")
    return at(change, [String(inputs.path)], why);
  return type === own("DolphinServer") ? at(change, dataLeft(change).kept, why) : [];
}

/** Databases of a MetaDB; no destroy deletes one. */
function databases({ urn, step }: Change): Stay[] {
  const type = typeOf(urn);
  const inputs = step.oldState?.inputs;
  const text = (...path: string[]): string[] => {
    const value = valueAt(inputs, path);
    return typeof value === "string" ? [value] : [];
  };
  const port = valueAt(inputs, ["metaDb", "port"]);
  // a secret stays one, and so does what is asked for by an Output
  const address = text("metaDb", "host").map((host) => (typeof port === "number" ? `${host}:${port}` : host));
  const where = ["MetaDB", ...address].join(" ");
  const drop = "drop them there where nobody needs them";
  if (type === own("OdcHaDeployment"))
    return [{ where, things: text("metaDb", "database"), why: `the database of ODC; ${drop}` }];
  if (type !== own("OmsMultiNode")) return [];
  const regions = valueAt(inputs, ["regions"]);
  const heartbeats = (Array.isArray(regions) ? regions : []).map((one: unknown) => {
    const name = valueAt(one, ["heartbeatDatabase"]);
    return typeof name === "string" ? name : "oms_cm_heartbeat";
  });
  const things = [...text("metaDb", "rmDatabase"), ...text("metaDb", "cmDatabase"), ...heartbeats];
  return [{ where, things, why: `the databases of OMS; ${drop}` }];
}

/** The same of several resources once. */
function merged(stays: Stay[]): Stay[] {
  const byPlace = new Map<string, Stay>();
  for (const one of stays) {
    const key = `${one.where} ${one.why}`;
    const things = [...new Set([...(byPlace.get(key)?.things ?? []), ...one.things])].sort();
    byPlace.set(key, { ...one, things });
  }
  return [...byPlace.values()].sort((a, b) => a.where.localeCompare(b.where));
}

/** Resources that Pulumi forgets, as their program asked for it. */
export const forgotten = ({ changes }: Changes): string[] =>
  changes.filter(({ step }) => step.oldState?.retainOnDelete === true).map(({ step }) => parseUrn(step.urn).name);
