import type { Conflict } from "../conflicts";
import { byHost, only, type PlacedNode } from "./layout";
import type { DolphinSettings } from "./schema";
import { isVersion, restartsShortly } from "./versions";

const at = (key: string): PropertyKey[] => ["parameters", "controllers", key];

/** The engine's own words, before it ends. */
const FACTOR_1 =
  'the engine refuses 1: "When controller is in high availability (HA) mode, data node must be in HA mode too, i.e. dfsReplicationFactor should be 2 or greater."';

/** What is wrong with replicas, and with what controllers do when nodes or controllers are away. */
export const replicaConflicts = <H>(args: DolphinSettings<H>, nodes: PlacedNode[]): Conflict[] => [
  ...factorConflicts(args, only(nodes, "datanode")),
  ...timeConflicts(args),
];

/** Replicas of every chunk, in all zones together. */
export const replicasOf = <H>({ zones, parameters }: Pick<DolphinSettings<H>, "zones" | "parameters">): number => {
  const ofZones = Object.values(zones).map(({ replicationFactor }) => replicationFactor);
  return ofZones.length === 0
    ? parameters.controllers.dfsReplicationFactor
    : ofZones.reduce((sum, factor) => sum + factor, 0);
};

function factorConflicts<H>(args: DolphinSettings<H>, dataNodes: PlacedNode[]): Conflict[] {
  const { dfsReplicationFactor: factor, dfsReplicaReliabilityLevel: level } = args.parameters.controllers;
  const hosts = byHost(dataNodes).size;
  const found: Conflict[] = [];
  if (factor < 2) found.push({ path: at("dfsReplicationFactor"), rule: FACTOR_1, fix: "give 2 or more" });
  const zones = Object.entries(args.zones);
  for (const [zone, { replicationFactor }] of zones) {
    const path = ["zones", zone, "replicationFactor"];
    const count = dataNodes.filter((node) => node.zone === zone).length;
    if (replicationFactor > count)
      found.push({
        path,
        rule: `the zone has ${nodesText(count)} for ${replicationFactor} replicas`,
        fix: "lower it, or add data nodes to the zone",
      });
  }
  if (zones.length > 0) return found;
  if (factor > dataNodes.length)
    found.push({
      path: at("dfsReplicationFactor"),
      rule: `there ${dataNodes.length === 1 ? "is" : "are"} ${nodesText(dataNodes.length)} for ${factor} replicas, and nothing can be written`,
      fix: "lower it, or add data nodes",
    });
  else if (level === 1 && factor > hosts)
    found.push({
      path: at("dfsReplicaReliabilityLevel"),
      rule: `1 keeps the ${factor} replicas of a chunk on different hosts, and data nodes are on ${hosts}`,
      fix: "add a host with a data node, or lower dfsReplicationFactor",
    });
  return found;
}

const nodesText = (count: number): string => `${count} data ${count === 1 ? "node" : "nodes"}`;

function timeConflicts<H>({ parameters, server, electionTimeout }: DolphinSettings<H>): Conflict[] {
  const { dfsRecoveryWaitTime: recovery, datanodeRestartInterval: restart, ...given } = parameters.controllers;
  const found: Conflict[] = [];
  if (recovery !== undefined && recovery > 0 && recovery < 60_000)
    found.push({
      path: at("dfsRecoveryWaitTime"),
      rule: "is 0 for never, or 60000 milliseconds and more; the engine takes less for 60000",
      fix: "give 0, or 60000 or more",
    });
  const isOld = typeof server.version === "string" && isVersion(server.version) && !restartsShortly(server.version);
  if (isOld && restart !== undefined && restart > 0 && restart < 100)
    found.push({
      path: at("datanodeRestartInterval"),
      rule: `below 2.00.9.4 it is 0, or 100 seconds and more: with ${restart} nodes that were stopped come back`,
      fix: "give 0, or 100 and the seconds that are meant",
    });
  if (given.datanodeRestartLevel === "OFFLINE")
    found.push({
      path: at("datanodeRestartLevel"),
      rule: "OFFLINE starts nodes again that were stopped on purpose, as for an upgrade",
      fix: "give CRASH, or leave it out",
    });
  const longest = ((given.raftElectionTick ?? 800) * 2 * 10) / 1000;
  if (electionTimeout <= longest)
    found.push({
      path: ["electionTimeout"],
      rule: `with raftElectionTick ${given.raftElectionTick ?? 800} a first election takes up to ${longest} seconds`,
      fix: `give ${Math.ceil(longest * 2)} or more`,
    });
  return found;
}
