import * as pulumi from "@pulumi/pulumi";
import { DolphinHaCluster, Host, OdcHaDeployment, OdpWithWatchdog, OmsMultiNode } from "../components";
import { parseConfig, type StackConfig } from "./config";

function readConfig(): StackConfig {
  try {
    return parseConfig(pulumi.runtime.allConfig());
  } catch (error) {
    // A RunError is shown without a stack trace.
    throw new pulumi.RunError((error as Error).message);
  }
}

const config = readConfig();
const hosts = new Map(config.hosts.map(({ name, ...args }) => [name, new Host(name, args)]));
const named = (name: string): Host => hosts.get(name) as Host;

function deployOdc({ nodes, proxy, ...settings }: NonNullable<StackConfig["odc"]>): OdcHaDeployment {
  return new OdcHaDeployment("odc", {
    ...settings,
    nodes: nodes.map(named),
    proxy: { ...proxy, hosts: proxy.hosts.map(named) },
  });
}

/** The ODC deployment, when the stack has one: url, nodes, proxies, backups, lastBackup, certificate, adminUser, adminPassword. */
export const odc = config.odc && summary(deployOdc(config.odc));

function summary({ url, nodes, proxies, backups, lastBackup, certificate, adminPassword }: OdcHaDeployment) {
  return { url, nodes, proxies, backups, lastBackup, certificate, adminUser: "admin", adminPassword };
}

function deployOdp({ hosts: names, proxy, ...settings }: NonNullable<StackConfig["odp"]>): OdpWithWatchdog {
  return new OdpWithWatchdog("odp", {
    ...settings,
    hosts: names.map(named),
    proxy: proxy && { ...proxy, hosts: proxy.hosts.map(named) },
  });
}

/** The ODP deployment, when the stack has one: endpoint, nodes, proxies, proxysysPassword, observerSysPassword. */
export const odp = config.odp && odpSummary(deployOdp(config.odp));

function odpSummary({ endpoint, nodes, proxies, proxysysPassword, observerSysPassword }: OdpWithWatchdog) {
  return { endpoint, nodes, proxies, proxysysPassword, observerSysPassword };
}

function deployOms({ regions, tsdb, ...settings }: NonNullable<StackConfig["oms"]>): OmsMultiNode {
  return new OmsMultiNode("oms", {
    ...settings,
    regions: regions.map(({ nodes, proxy, ...region }) => ({
      ...region,
      nodes: nodes.map(named),
      proxy: proxy && { ...proxy, hosts: proxy.hosts.map(named) },
    })),
    ...(tsdb && {
      tsdb: { ...tsdb, influxDb: tsdb.influxDb && { ...tsdb.influxDb, host: named(tsdb.influxDb.host) } },
    }),
  });
}

/** The OMS deployment, when the stack has one: url, regions, nodes, backups, lastBackup, firstLogin, influxDb, tsdbPassword, certificate. */
export const oms = config.oms && omsSummary(deployOms(config.oms));

function omsSummary({ url, regions, nodes, backups, lastBackup, firstLogin, certificate, ...tsdb }: OmsMultiNode) {
  const { influxDb, tsdbPassword } = tsdb;
  return { url, regions, nodes, backups, lastBackup, firstLogin, influxDb, tsdbPassword, certificate };
}

function deployDolphin({ hosts: names, ...settings }: NonNullable<StackConfig["dolphin"]>): DolphinHaCluster {
  const placed = <T extends { host: string }>(nodes: T[] | undefined) =>
    nodes?.map(({ host, ...node }) => ({ ...node, host: named(host) }));
  return new DolphinHaCluster("dolphin", {
    ...settings,
    hosts: names.map(named),
    controllers: placed(settings.controllers),
    agents: placed(settings.agents),
    dataNodes: placed(settings.dataNodes),
    computeNodes: placed(settings.computeNodes),
  });
}

/** The DolphinDB cluster, when the stack has one: urls, leader, nodes, license, clusterConfig, backups, adminPassword. */
export const dolphin = config.dolphin && dolphinSummary(deployDolphin(config.dolphin));

function dolphinSummary(cluster: DolphinHaCluster) {
  const { urls, leader, nodes, license, clusterConfig, backups, adminPassword } = cluster;
  return { urls, leader, nodes, license, clusterConfig, backups, adminPassword };
}
