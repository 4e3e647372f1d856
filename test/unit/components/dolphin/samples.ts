import { z } from "zod";
import type { KnownHost } from "../../../../components/conflicts";
import { layoutOf, type PlacedNode } from "../../../../components/dolphin/layout";
import { dolphinSchema, type DolphinSettings } from "../../../../components/dolphin/schema";
import { problems, setting } from "../../../../components/validation";
import { withValues, type Args } from "../oms/samples";

/** Hosts by name, as a stack has them, at the addresses of the vendor's page; `named` has a DNS name, and `gone` is lost. */
const addresses: Record<string, string> = {
  p1: "10.0.0.80",
  p2: "10.0.0.81",
  p3: "10.0.0.82",
  p4: "10.0.0.83",
  p5: "10.0.0.84",
  twin: "10.0.0.80",
  "p.6": "10.0.0.85",
  named: "db7.example.com",
  gone: "10.0.0.87",
};

const host = setting(
  z.string().refine((name) => name in addresses),
  "the inventory knows others",
  "mend the name",
);

export const known: KnownHost<string> = {
  // what is refused as a host may be anything, or nothing
  nameOf: (name) => (typeof name === "string" ? name : ""),
  addressOf: (name) => addresses[name],
  isLost: (name) => name === "gone",
};

export const schema = dolphinSchema(host, known);

export const least = (values: Args = {}): Args =>
  withValues(
    {
      hosts: ["p1", "p2", "p3"],
      server: { version: "3.00.4", archives: { amd64: "packages/DolphinDB_Linux64_V3.00.4.zip" } },
      license: "2042.01.01,128,16,12,Secret-of-client,0,-1,,0\nU2VjcmV0\n",
    },
    values,
  );

const of = (hosts: string[], kind: string) => hosts.map((name, i) => ({ host: name, alias: `${kind}${i + 1}` }));

/** The cluster of the vendor's page. */
export const vendors = (values: Args = {}): Args => {
  const hosts = ["p1", "p2", "p3"];
  return withValues(
    least({
      controllers: of(hosts, "controller"),
      agents: of(hosts, "agent"),
      dataNodes: of(hosts, "datanode"),
      computeNodes: of(hosts, "computenode"),
      publicNames: { p1: "19.56.128.21", p2: "19.56.128.22", p3: "19.56.128.23" },
      parameters: {
        controllers: { workerNum: 4, maxConnections: 512 },
        agents: { workerNum: 4 },
        nodes: {
          maxConnections: 512,
          workerNum: 4,
          OLAPCacheEngineSize: 2,
          TSDBCacheEngineSize: 2,
          newValuePartitionPolicy: "add",
          maxPubConnections: 64,
          subExecutors: 4,
          enableChunkGranularityConfig: true,
          settings: { maxBatchJobWorker: 4 },
        },
      },
    }),
    values,
  );
};

/** Everything that arguments can say. */
export const everything = (): Args =>
  vendors({
    addresses: { p1: "10.1.0.80" },
    publicNames: { p1: "db1.example.com" },
    "dataNodes.0.zone": "zone1",
    "dataNodes.1.zone": "zone1",
    "dataNodes.2.zone": "zone2",
    "computeNodes.0.zone": "zone1",
    "computeNodes.1": { host: "p2", group: "orca", zone: "zone1" },
    "computeNodes.2": { host: "p3", alias: "orca3", port: 8903, group: "orca", zone: "zone2" },
    ports: { controller: 8900, agent: 8901, dataNode: 8902, computeNode: 8904 },
    zones: { zone1: { replicationFactor: 2 }, zone2: { replicationFactor: 1 } },
    "parameters.controllers": {
      maxMemSize: 16,
      lanCluster: true,
      enableHTTPS: true,
      logLevel: "WARNING",
      dfsReplicationFactor: 2,
      dfsReplicaReliabilityLevel: 2,
      dfsRecoveryWaitTime: 60000,
      datanodeRestartInterval: 60,
      datanodeRestartLevel: "CRASH",
      raftElectionTick: 400,
      dfsMetaDir: "/ssd0/dfsMeta",
      enableClientAuth: true,
      strictPermissionMode: true,
      dfsChunkNodeHeartBeatTimeout: 10,
      clusterName: "prod",
      settings: { passwordMinLength: 8 },
    },
    "parameters.agents": { enableHTTPS: true },
    "parameters.nodes.enableHTTPS": true,
    "parameters.nodes.volumes": ["/ssd1/<ALIAS>", "/ssd2/<ALIAS>"],
    "parameters.nodes.settings": { maxBatchJobWorker: 4, s3SecretAccessKey: "Secret-of-settings" },
    "parameters.dataNodes": { TSDBRedoLogDir: "/ssd3/<ALIAS>/redo", persistenceDir: "/ssd3/<ALIAS>/streams" },
    "parameters.computeNodes": { computeNodeCacheDir: ["/ssd4/<ALIAS>"], computeNodeMemCacheSize: 8 },
    "parameters.aliases": { datanode1: { maxMemSize: 64 }, "orca%": { workerNum: 8 } },
    licenseUpdate: "offline",
    adminPassword: "Secret-of-admin",
    directory: "/data/dolphin",
    keepData: false,
    electionTimeout: 60,
    backup: { directory: "/var/backups/dolphin", keep: 3 },
    upgrade: { mode: "rolling", recoveryTimeout: 600 },
    scale: { rebalance: true },
    check: { rows: 10 },
  });

/** Arguments with defaults filled in. */
export const settled = (args: Args): DolphinSettings<string> => schema.parse(args);

export const nodesOf = (args: Args): PlacedNode[] => layoutOf(settled(args), known);

/** The lines of the refusal; none where nothing is refused. */
export function refused(args: unknown): string[] {
  const result = schema.safeParse(args);
  return result.success ? [] : problems(result.error, args);
}
