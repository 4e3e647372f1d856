/**
 * The nginx.conf of a host that forwards TCP connections.
 * @param servers what the `stream` block holds beside its log: upstreams and servers, indented by four.
 * @param peer what is behind it, like "node".
 */
export const streamConfig = (servers: string, peer: string): string => `user nginx;
worker_processes auto;
# a connection takes two: one to the client, one to the ${peer}
worker_rlimit_nofile 16384;
error_log /var/log/nginx/error.log;
pid /run/nginx.pid;

include /usr/share/nginx/modules/*.conf;

events {
    worker_connections 8192;
}

stream {
    log_format  main  '$remote_addr [$time_local] $status $bytes_received $bytes_sent '
                      '$session_time $upstream_addr';
    access_log  /var/log/nginx/access.log  main;

${servers}}
`;
