import * as pulumi from "@pulumi/pulumi";
import { factsOf, living, type Host } from "../host";
import { clockProblems } from "../metadb/clock";
import { askMetaDb, databasesToMake, metaDbProblems, unlikely } from "../metadb/preflight";
import { checkedOutput, refusal } from "../validation";
import type { CmFound } from "./cm-plan";
import { renderOmsMetaDbScript } from "./metadb";
import type { OmsLook } from "./metadb-answers";
import { demandsOf } from "./metadb-demands";
import { hostWarnings, LARGEST_SKEW_MS, omsDemands, omsProblems } from "./preflight";
import { omsMetaDb, type OmsMetaDbValues } from "./region-values";
import { metaDbFields, type OmsSettings } from "./schema";
import { leavingProblems, strangerLines, strangersOf, unseenLine } from "./strangers";

/** Asks all hosts at once, in preview too. @throws pulumi.ResourceError that lists what every host lacks */
export function fitHosts(
  name: string,
  settings: OmsSettings<Host>,
  nodes: Host[],
  parent: pulumi.Resource,
): pulumi.Output<void> {
  const proxies = settings.regions.flatMap(({ proxy }) => proxy?.hosts ?? []);
  const { host: ofInfluxDb } = settings.tsdb?.influxDb ?? {};
  const hosts = living([...new Set([...nodes, ...proxies, ...(ofInfluxDb ? [ofInfluxDb] : [])])]);
  return pulumi.output(
    factsOf(hosts).then((known) => {
      const asked = known.map(({ host, facts }) => ({
        name: host.hostName,
        facts,
        demands: omsDemands(settings, host),
      }));
      for (const warning of hostWarnings(asked)) void pulumi.log.warn(warning, parent);
      const found = omsProblems(asked);
      if (found.length > 0) throw refusal(`OmsMultiNode ${name}: its hosts are not ready`, found, parent);
    }),
  );
}

/** A MetaDB that was found fit, and what it has of regions and nodes as of the start of this run. */
export interface FitMetaDb {
  values: OmsMetaDbValues;
  cm: CmFound;
}

/** The MetaDB, when it is known and was found fit. @throws pulumi.ResourceError that lists what it lacks */
export function fitMetaDb(
  name: string,
  settings: OmsSettings<Host>,
  nodes: Host[],
  parent: pulumi.Resource,
): pulumi.Output<FitMetaDb> {
  const { metaDb } = settings;
  const given: pulumi.Output<OmsMetaDbValues> = pulumi.output({
    host: checkedOutput(metaDb.host, metaDbFields.host, "metaDb.host", parent),
    port: checkedOutput(metaDb.port, metaDbFields.port, "metaDb.port", parent),
    username: checkedOutput(metaDb.username, metaDbFields.username, "metaDb.username", parent),
    password: pulumi.secret(checkedOutput(metaDb.password, metaDbFields.password, "metaDb.password", parent)),
    rmDatabase: checkedOutput(metaDb.rmDatabase, metaDbFields.rmDatabase, "metaDb.rmDatabase", parent),
    cmDatabase: checkedOutput(metaDb.cmDatabase, metaDbFields.cmDatabase, "metaDb.cmDatabase", parent),
  });
  return given.apply(async (known) => {
    const demands = demandsOf(settings, known);
    const hosts = living(nodes);
    const oms = omsMetaDb(settings, known);
    const script = renderOmsMetaDbScript({ ...oms, directory: settings.backup.directory, name }, ["look"]);
    const [{ reach, look }, facts] = await Promise.all([askMetaDb(hosts, demands, parent, script), factsOf(hosts)]);
    const { cm, unasked, unseen, ...seen }: OmsLook = look;
    const clocks = facts.map(({ host, facts: { clockSkewMs, utcOffsetMinutes } }) => ({
      host: host.hostName,
      clockSkewMs,
      utcOffsetMinutes,
    }));
    const reason = "OMS takes a node for dead by the times that both write";
    const found = [
      ...metaDbProblems(reach, look, demands),
      ...(unasked === undefined ? [] : [`host ${hosts[0]?.hostName}: ${unlikely(unasked)}`]),
      ...clockProblems(look, clocks, { largestSkewMs: LARGEST_SKEW_MS, reason }),
    ];
    const strangers = strangersOf(seen, oms);
    const leaving = leavingProblems(strangers);
    if (found.length > 0)
      throw refusal(`OmsMultiNode ${name}: its MetaDB is not ready`, [...found, ...leaving], parent);
    if (leaving.length > 0) throw refusal(`OmsMultiNode ${name}: nodes cannot be removed now`, leaving, parent);
    for (const line of strangerLines(strangers, oms)) void pulumi.log.warn(line, parent);
    if (unseen) void pulumi.log.warn(unseenLine(unseen), parent);
    const missing = databasesToMake(look);
    if (missing.length > 0) void pulumi.log.info(`databases that will be made: ${missing.join(", ")}`, parent);
    return { values: known, cm: cm as CmFound };
  });
}
