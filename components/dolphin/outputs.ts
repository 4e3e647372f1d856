import * as pulumi from "@pulumi/pulumi";
import type { DolphinNodes } from "../../provider/resources";
import { daysLeft, parseLicense } from "../../provider/resources/dolphin/license";
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

/** What the text of the licence says, without the client. */
export const licenseStatus = (license: pulumi.Output<string>): pulumi.Output<DolphinLicenseStatus> =>
  pulumi.unsecret(license).apply((text) => {
    const { end, nodes, cores, memory } = parseLicense(text);
    return { end, daysLeft: daysLeft({ end }, new Date().toISOString().slice(0, 10)), nodes, cores, memory };
  });
