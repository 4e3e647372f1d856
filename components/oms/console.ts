import type * as pulumi from "@pulumi/pulumi";
import { Probe, ProbeScheme } from "../../provider/resources";
import { parseNetwork } from "../virtual-ip/network";
import type { Host } from "../host";
import { parseCmUrl } from "./cm-url";
import { watched } from "./logs";
import type { Region } from "./members";
import { portsOf } from "./ports";
import { addressesOf } from "./region-values";
import type { OmsSettings } from "./schema";

/** The probe of a node's console: OMS itself says whether it is well. The place of its word in the answer is not documented. */
export const consoleProbe = (
  name: string,
  host: Host,
  settings: OmsSettings<Host>,
  container: pulumi.Output<string>,
  dependsOn: pulumi.Resource[],
  parent: pulumi.Resource,
): Probe =>
  new Probe(
    name,
    {
      host: host.data,
      http: {
        port: portsOf(settings).console,
        path: "/oms/health",
        contains: '"healthy":true',
        ...(settings.https && { scheme: ProbeScheme.Https }),
      },
      timeout: settings.startTimeout,
      triggers: [container],
      watched: watched(settings),
    },
    { parent, dependsOn },
  );

/** All under which users may open a region's console, the best one first. */
export function consoleNames(region: Region): string[] {
  const { cmUrl, virtualIp, nodes, proxy } = region;
  const names = [
    parseCmUrl(cmUrl)?.host,
    virtualIp && parseNetwork(virtualIp.address).address,
    ...(proxy?.hosts ?? []).map((host) => host.address),
    ...addressesOf(region),
    ...nodes.map((host) => host.address),
  ];
  return [...new Set(names.filter((name) => name !== undefined))];
}
