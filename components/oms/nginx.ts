import { bracketed } from "../../provider/resources/host-rules";
import { streamConfig } from "../load-balancer/stream";

/** One port that nginx forwards. */
export interface Forwarded {
  /** Name of the upstream. */
  name: string;
  /** Port that nginx listens on. */
  listen: number;
  /** Nodes, one `server` line each. */
  servers: { address: string; port: number }[];
}

const upstream = ({ name, listen, servers }: Forwarded): string => `    upstream ${name} {
        hash $remote_addr consistent;
${servers.map(({ address, port }) => `        server ${bracketed(address)}:${port} max_fails=1 fail_timeout=1s;`).join("\n")}
    }

    server {
        listen ${listen} so_keepalive=on;
        proxy_pass ${name};
        proxy_connect_timeout 1s;
        proxy_timeout 1h;
        proxy_socket_keepalive on;
    }
`;

/**
 * The nginx configuration that forwards TCP connections to OMS's nodes, a client's to the same node as long as that lives: nobody
 * says whether the console's sessions may change their node.
 */
export const renderOmsNginx = (ports: Forwarded[]): string => streamConfig(ports.map(upstream).join("\n"), "node");
