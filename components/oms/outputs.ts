import * as pulumi from "@pulumi/pulumi";
import type { Probe } from "../../provider/resources";
import { bracketed } from "../../provider/resources/host-rules";
import { healthOf, type Host } from "../host";
import { cmUrlOf, parseCmUrl } from "./cm-url";
import type { Member, Region } from "./members";
import type { OmsNode } from "./oms-node";
import { portsOf, regionPorts } from "./ports";
import type { RegionAccess } from "./region-access";
import { addressesOf } from "./region-values";
import { rowsOf } from "./rows";
import type { OmsSettings } from "./schema";
import type { OmsNodeStatus, OmsRegionStatus } from "./status";
import { containerNameOf } from "./versions";

/** What is known of the nodes. */
export const nodeStatus = (
  settings: OmsSettings<Host>,
  members: Member[],
  nodes: Map<Host, OmsNode>,
  consoles: Map<Host, Probe>,
  rows: Probe,
): pulumi.Output<OmsNodeStatus[]> =>
  pulumi.all(
    members.map(({ host, region }) => {
      const { probe } = nodes.get(host) as OmsNode;
      const console = consoles.get(host) as Probe;
      const address = addressesOf(region)[region.nodes.indexOf(host)] as string;
      const known = pulumi.all([probe.healthy, probe.values, console.healthy, rowsOf(rows, address)]);
      return known.apply(([runs, services, answers, metaDb]) => ({
        host: host.hostName,
        location: region.location,
        address,
        endpoint: `${bracketed(host.address)}:${portsOf(settings).console}`,
        container: containerNameOf(settings),
        version: settings.version,
        health: healthOf(host, runs && answers),
        services: runs ? services : {},
        ...metaDb,
      }));
    }),
  );

/** What is known of the regions, in the order of the arguments. */
export const regionStatus = (settings: OmsSettings<Host>, accesses: RegionAccess[]): pulumi.Output<OmsRegionStatus[]> =>
  pulumi.all(
    settings.regions.map((region, i) =>
      ((accesses[i] as RegionAccess).virtualIp?.hosts ?? pulumi.output([])).apply((hosts) => ({
        location: region.location,
        region: region.region ?? "",
        cmUrl: cmUrlOf(settings, region),
        url: consoleUrl(settings, region),
        holder: hosts.find(({ holder }) => holder)?.host ?? "",
      })),
    ),
  );

function consoleUrl(settings: OmsSettings<Host>, region: Region): string {
  const host = parseCmUrl(cmUrlOf(settings, region))?.host ?? "";
  return `${settings.https ? "https" : "http"}://${bracketed(host)}:${regionPorts(settings, region).console.port}/`;
}
