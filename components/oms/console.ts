import type * as pulumi from "@pulumi/pulumi";
import { Probe, ProbeScheme, type HttpProbe } from "../../provider/resources";
import { parseNetwork } from "../virtual-ip/network";
import type { Host } from "../host";
import { cmUrlOf, parseCmUrl } from "./cm-url";
import { watched } from "./logs";
import type { Region } from "./members";
import { portsOf, regionPorts } from "./ports";
import { addressesOf } from "./region-values";
import type { OmsSettings } from "./schema";

/** What the probe of a node's console is about. */
export interface ConsoleProbeArgs {
  host: Host;
  region: Region;
  settings: OmsSettings<Host>;
  /** ID of the node's container. */
  container: pulumi.Output<string>;
  /** What must be there before. */
  after: pulumi.Resource[];
}

/**
 * The probe of a node's console: the node reaches CM and console by its region's address, and OMS itself says whether it is well. The
 * place of its word in the answer is not documented.
 */
export function consoleProbe(
  name: string,
  { host, region, settings, container, after }: ConsoleProbeArgs,
  parent: pulumi.Resource,
): Probe {
  const address = parseCmUrl(cmUrlOf(settings, region))?.host ?? "";
  const { cm, console } = regionPorts(settings, region);
  const health: HttpProbe = {
    port: portsOf(settings).console,
    path: "/oms/health",
    contains: '"healthy":true',
    ...(settings.https && { scheme: ProbeScheme.Https }),
  };
  return new Probe(
    name,
    {
      host: host.data,
      tcp: { address, port: cm.port },
      also: [{ tcp: { address, port: console.port } }, { http: health }],
      timeout: settings.startTimeout,
      triggers: [container],
      watched: watched(settings),
    },
    { parent, dependsOn: after },
  );
}

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
