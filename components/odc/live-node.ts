import { getHealth, type HttpProbe } from "../../provider/resources";
import type * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host";
import { nodePort } from "./node-endpoint";

interface Ports {
  port: number;
  mappingPort?: number;
}

/** A session that nobody has, in ODC's form: base64 of a UUID. */
const noSession = Buffer.from("00000000-0000-0000-0000-000000000000").toString("base64");

/**
 * The request that a node answers as it should when it can serve users: for a session that it looks for in the MetaDB, and does
 * not find. Container state proves nothing, as ODC's supervisor keeps it running while Java restarts; nor does ODC's own
 * isHealthy, which stays true while users get 400 since the MetaDB is gone.
 */
export const healthRequest = (ports: Ports): HttpProbe => ({
  port: nodePort(ports),
  path: "/api/v2/iam/users/me",
  headers: { Cookie: `JSESSIONID=${noSession}` },
  status: 401,
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
