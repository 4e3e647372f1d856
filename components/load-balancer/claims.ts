import { nginxClaims } from "../claims/blocks";
import { type Claims, ports } from "../claims/claim";
import type { Host } from "../host";
import type { LoadBalancerSettings } from "./schema";

/** What nginx has of its hosts; of its ports that which the probe asks, as the others stand in nginx.conf alone. */
export function loadBalancerClaims(name: string, { hosts, containerName, probe }: LoadBalancerSettings): Claims<Host> {
  const asked = Object.entries(probe).flatMap(([kind, one]) => {
    const { port } = one as { port?: unknown };
    return typeof port === "number" ? ports(hosts, `probe.${kind}.port`, port) : [];
  });
  return {
    owner: `LoadBalancer ${name}`,
    claims: [...asked, ...nginxClaims(hosts, "containerName", containerName)],
  };
}
