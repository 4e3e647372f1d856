import { bracketed } from "../../provider/resources/host-rules";

/** What the nginx configuration of ODC depends on. */
export interface OdcNginxSettings {
  /** ODC nodes, one `server` line each. */
  servers: { address: string; port: number }[];
  /** Port of HTTP. */
  port: number;
  /** Serve over TLS, and send users of HTTP there. */
  https?: OdcNginxHttps;
  /** `server_name`; any name when not given. */
  domain?: string;
  /** Listen on IPv6 too. */
  ipv6: boolean;
  /** Seconds; at most 75. */
  connectTimeout: number;
  /** Seconds. */
  transferTimeout: number;
}

/** Of TLS. */
export interface OdcNginxHttps {
  /** Port of HTTPS. */
  port: number;
  /** Tell browsers to come back over HTTPS only, for two years. */
  hsts: boolean;
  /** Files of certificate chain and key, as nginx sees them. */
  certificate: string;
  key: string;
}

/**
 * The nginx configuration after the document's templates with and without certificate. It differs from them in four places:
 * they define $connection_upgrade and then send `Connection: upgrade` with every request, here only WebSocket requests carry
 * it; a worker may open as many files as it has connections; nginx does not tell its version; and the log has the node and
 * the time of an answer, which an operator looks for first.
 */
export function renderOdcNginx(settings: OdcNginxSettings): string {
  return `user nginx;
worker_processes auto;
# a request takes two: one to the user, one to the node
worker_rlimit_nofile 4096;
error_log /var/log/nginx/error.log;
pid /run/nginx.pid;

include /usr/share/nginx/modules/*.conf;

events {
    worker_connections 1024;
}

http {
    log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                      '$status $body_bytes_sent "$http_referer" '
                      '"$http_user_agent" "$http_x_forwarded_for" '
                      '$upstream_addr $upstream_response_time';

    access_log  /var/log/nginx/access.log  main;

    sendfile            on;
    tcp_nopush          on;
    tcp_nodelay         on;
    keepalive_timeout   65;
    types_hash_max_size 2048;
    server_tokens       off;

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

${servers(settings)}
}
`;
}

function servers(settings: OdcNginxSettings): string {
  const { https } = settings;
  if (!https)
    return `    server {
${listen(settings, settings.port, "")}
        server_name  ${settings.domain ?? "_"};

${proxyLocation(settings)}
    }`;
  return `    # redirect http to https
    server {
${listen(settings, settings.port, " default_server")}
        server_name  ${settings.domain ?? "_"};

        location / {
            return 301 https://$host${https.port === 443 ? "" : `:${https.port}`}$request_uri;
        }
    }

    server {
${listen(settings, https.port, " ssl http2")}
        server_name  ${settings.domain ?? "_"};

${tls(https)}

${proxyLocation(settings)}
    }`;
}

/** Mozilla's "intermediate" configuration as in the document, but with the server's order of ciphers and one more header. */
function tls(https: OdcNginxHttps): string {
  return `        ssl_certificate ${https.certificate};
        ssl_certificate_key ${https.key};
        ssl_session_timeout 1d;
        ssl_session_cache shared:MozSSL:10m;  # about 40000 sessions
        ssl_session_tickets off;

        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384;
        # the server's order, but ChaCha20 for clients without AES in hardware
        ssl_prefer_server_ciphers on;
        ssl_conf_command Options PrioritizeChaCha;

        # ODC's cookies say nothing of HTTPS by themselves (nginx 1.19.3 or later)
        proxy_cookie_flags ~ secure;

        # a file that someone uploaded is never run as a page
        add_header X-Content-Type-Options nosniff always;${
          https.hsts
            ? `

        # 63072000 seconds are two years
        add_header Strict-Transport-Security "max-age=63072000" always;`
            : ""
        }`;
}

function listen({ ipv6 }: OdcNginxSettings, port: number, options: string): string {
  return `        listen ${port}${options};${ipv6 ? `\n        listen [::]:${port}${options};` : ""}`;
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

const socket = ({ address, port }: { address: string; port: number }): string => `${bracketed(address)}:${port}`;
