import { daysLeft, type LicenseTerms } from "../../provider/resources/dolphin/license";
import { sentence } from "../validation";
import { compareVersions } from "../../provider/resources/version";
import { only, type PlacedNode } from "./layout";
import { valueOf } from "./parameters";
import type { DolphinSettings } from "./schema";

/** From how many days before its end a licence is warned of. */
const WARNED_DAYS = 30;

/** For how many days a running node goes on without one. */
const GRACE_DAYS = 15;

type Described = Pick<DolphinSettings<unknown>, "parameters" | "server">;

/**
 * Why a licence is not enough for what is described, a line each.
 * @param today as 2026-11-29
 */
export function licenseProblems(
  license: LicenseTerms,
  { parameters, server }: Described,
  nodes: PlacedNode[],
  today: string,
): string[] {
  const found: [rule: string, fix: string][] = [];
  if (daysLeft(license, today) < 0)
    found.push([
      `it ended on ${license.end}: no node starts, and those that run stop ${GRACE_DAYS} days after it`,
      "give one that is in force",
    ]);
  if (license.version !== "" && compareVersions(server.version, license.version) > 0)
    found.push([
      `it is for servers up to ${license.version}, and server.version is ${server.version}`,
      "take an earlier server, or ask for another licence",
    ]);
  const workers = only(nodes, "datanode", "computenode");
  if (workers.length > license.nodes)
    found.push([
      `it has ${license.nodes} nodes, and ${workers.length} data and compute nodes are described`,
      "describe fewer, or ask for more",
    ]);
  const { controllers, agents } = parameters;
  const asked: { what: string; memory: number; threads: number }[] = [
    { what: "controllers", memory: controllers.maxMemSize ?? 0, threads: controllers.workerNum ?? 0 },
    { what: "agents", memory: agents.maxMemSize ?? 0, threads: agents.workerNum ?? 0 },
    ...workers.map((node) => ({
      what: node.alias,
      memory: Number(valueOf(parameters, node, "maxMemSize") ?? 0),
      threads: Number(valueOf(parameters, node, "workerNum") ?? 0),
    })),
  ];
  const more = (of: (one: (typeof asked)[number]) => number, most: number): string =>
    asked
      .filter((one) => of(one) > most)
      .map((one) => `${one.what} ${of(one)}`)
      .join(", ");
  const memory = more((one) => one.memory, license.memory);
  if (memory !== "")
    found.push([
      `it has ${license.memory} GB for a node, and maxMemSize is more: ${memory}`,
      "lower it, or ask for more",
    ]);
  const threads = more((one) => one.threads, license.cores);
  if (threads !== "")
    found.push([
      `it has ${license.cores} cores for a node, and workerNum is more: ${threads}`,
      "lower it, or ask for more",
    ]);
  return found.map(([rule, fix]) => `license: ${sentence(rule, fix)}`);
}

/** What is to be known of a licence that is enough: a line each. */
export function licenseWarnings(license: LicenseTerms, today: string): string[] {
  const days = daysLeft(license, today);
  if (days < 0 || days > WARNED_DAYS) return [];
  return [
    `license: ends on ${license.end}, in ${days} ${days === 1 ? "day" : "days"}; ${GRACE_DAYS} days after it nodes stop, and none starts`,
  ];
}
