/** What the nginx configuration of ODC depends on. */
export interface OdcNginxSettings {
  /** ODC nodes, one `server` line each. */
  servers: { address: string; port: number }[];
  /** Port to listen on. */
  port: number;
  /** `server_name`; any name when not given. */
  domain?: string;
  /** Listen on IPv6 too. */
  ipv6: boolean;
  /** Seconds; at most 75. */
  connectTimeout: number;
  /** Seconds. */
  transferTimeout: number;
}

/**
 * The nginx configuration for access over HTTP, after the document's "configuration file that does not contain the
 * self-signed certificate". It differs in one place: the template defines $connection_upgrade and then sends
 * `Connection: upgrade` with every request; here only WebSocket requests carry it.
 */
export function renderOdcNginx(settings: OdcNginxSettings): string {
  return `user nginx;
worker_processes auto;
error_log /var/log/nginx/error.log;
pid /run/nginx.pid;

include /usr/share/nginx/modules/*.conf;

events {
    worker_connections 1024;
}

http {
    log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                      '$status $body_bytes_sent "$http_referer" '
                      '"$http_user_agent" "$http_x_forwarded_for"';

    access_log  /var/log/nginx/access.log  main;

    sendfile            on;
    tcp_nopush          on;
    tcp_nodelay         on;
    keepalive_timeout   65;
    types_hash_max_size 2048;

    # 0: no limit, for the upload of large files
    client_max_body_size 0;

    include             /etc/nginx/mime.types;
    default_type        application/octet-stream;

    map $http_upgrade $connection_upgrade {
        default upgrade;
        '' close;
    }

    # ip_hash keeps a user on the node that holds his files and database sessions.
    # No underscore in the upstream's name: ODC answers 400 Bad Request to it.
    upstream odcbackends {
        ip_hash;
${settings.servers.map((server) => `        server ${socket(server)};`).join("\n")}
    }

    server {
        listen ${settings.port};
${settings.ipv6 ? `        listen [::]:${settings.port};\n` : ""}        server_name  ${settings.domain ?? "_"};

${proxyLocation(settings)}
    }
}
`;
}

function proxyLocation(settings: OdcNginxSettings): string {
  return `        location / {
            proxy_pass http://odcbackends;
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_set_header X-Forwarded-Host $host;
            proxy_set_header X-Forwarded-For  $proxy_add_x_forwarded_for;
            proxy_read_timeout ${settings.transferTimeout};
            proxy_send_timeout ${settings.transferTimeout};
            proxy_connect_timeout ${settings.connectTimeout};
            # another node does not know the user's session
            proxy_next_upstream off;
        }`;
}

const socket = ({ address, port }: { address: string; port: number }): string =>
  `${address.includes(":") ? `[${address}]` : address}:${port}`;
