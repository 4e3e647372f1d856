import * as pulumi from "@pulumi/pulumi";
import type { DolphinNodes } from "../../provider/resources";
import { daysLeft } from "../../provider/resources/dolphin/license";
import type { DolphinCluster } from "./cluster";
import { only } from "./layout";
import type { DolphinLicenseStatus, DolphinNodeStatus } from "./status";

/** Where browsers reach the controllers. */
export const urlsOf = ({ nodes, settings, https }: DolphinCluster): string[] =>
  only(nodes, "controller").map(({ host, port, hostName }) => {
    const name = settings.publicNames[hostName] ?? host;
    return `${https ? "https" : "http"}://${name}:${port}`;
  });

/** The nodes as the leader tells of them. */
export const nodeStatus = (cluster: DolphinCluster, { states }: DolphinNodes): pulumi.Output<DolphinNodeStatus[]> =>
  states.apply((told) =>
    cluster.nodes.map(({ alias, mode, host, port, hostName }) => {
      const isLost = cluster.hosts.some((one) => one.hostName === hostName && one.isLost);
      const seen = told.find((one) => one.alias === alias);
      return {
        alias,
        kind: mode,
        host: hostName,
        endpoint: `${host}:${port}`,
        state: isLost ? "lost" : (seen?.state ?? "offline"),
        version: seen?.version ?? "",
      };
    }),
  );

/** The licence in force, as the leader tells of it. */
export const licenseStatus = ({ license }: DolphinNodes): pulumi.Output<DolphinLicenseStatus> =>
  license.apply(({ kind, end, nodes, cores, memory }) => ({
    ...{ kind, end, nodes, cores, memory },
    daysLeft: daysLeft({ end }, new Date().toISOString().slice(0, 10)),
  }));
