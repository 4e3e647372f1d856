import { getHealth, type HttpProbe } from "../../provider/resources";
import type * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host";
import { nodePort } from "./node-endpoint";

interface Ports {
  port: number;
  mappingPort?: number;
}

/** The request that a healthy node answers. Container state proves nothing: ODC's supervisor keeps it running while Java restarts. */
export const healthRequest = (ports: Ports): HttpProbe => ({
  port: nodePort(ports),
  path: "/api/v1/heartbeat/isHealthy",
  json: { "/data": true },
});

/** The request that tells a node's version at {@link versionPointer}. */
export const versionRequest = (ports: Ports): HttpProbe => ({ port: nodePort(ports), path: "/api/v2/info" });

/** JSON pointer to the version in the answer. */
export const versionPointer = "/data/version";

/** A node as it is before this run changes anything. */
export interface LiveNode {
  /** Name of its host. */
  host: string;
  healthy: boolean;
  /** What the running server reports; undefined when it does not. */
  version?: string;
}

/** Asks a node, in preview too. @throws pulumi.ResourceError when the host cannot be reached */
export async function askNode(host: Host, ports: Ports, parent: pulumi.Resource): Promise<LiveNode> {
  const { data } = host;
  const [health, version] = await Promise.all([
    host.answered(getHealth({ host: data, http: healthRequest(ports) }, { parent })),
    host.answered(
      getHealth({ host: data, http: versionRequest(ports), extract: { version: versionPointer } }, { parent }),
    ),
  ]);
  return { host: host.hostName, healthy: health.healthy, version: version.values.version };
}
