import { bracketed } from "../../provider/resources/host-rules";
import { streamConfig } from "../load-balancer/stream";

/** What the nginx configuration of ODP depends on. */
export interface OdpNginxSettings {
  /** Proxies, one `server` line each. */
  servers: { address: string; port: number }[];
  /** Port that clients connect to. */
  port: number;
  /** Seconds. */
  connectTimeout: number;
  /** Seconds. */
  idleTimeout: number;
}

/** The line of one proxy; `down` takes it out for new connections, and lets those that it has go on. */
export const serverLine = ({ address, port }: { address: string; port: number }, state: "" | " down" = ""): string =>
  `server ${bracketed(address)}:${port} max_fails=1 fail_timeout=1s${state};`;

/**
 * The nginx configuration that spreads TCP connections over the proxies. A proxy that does not accept one is passed over, for a second;
 * which server of the cluster it talks to is the proxy's own matter.
 */
export const renderOdpNginx = (settings: OdpNginxSettings): string =>
  streamConfig(
    `    upstream odp {
${settings.servers.map((server) => `        ${serverLine(server)}`).join("\n")}
    }

    server {
        listen ${settings.port} so_keepalive=on;
        proxy_pass odp;
        proxy_connect_timeout ${settings.connectTimeout}s;
        proxy_timeout ${settings.idleTimeout}s;
        proxy_socket_keepalive on;
    }
`,
    "proxy",
  );
