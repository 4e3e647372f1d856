import assert from "node:assert/strict";
import { renderOdcNginx, type OdcNginxSettings } from "../../../components/odc/nginx";

const settings: OdcNginxSettings = {
  servers: [
    { address: "10.0.0.1", port: 8989 },
    { address: "fd00::2", port: 8989 },
  ],
  port: 80,
  ipv6: false,
  connectTimeout: 75,
  transferTimeout: 1800,
};

const directives = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim().replace(/\s+/g, " "))
    .filter((line) => line && !line.startsWith("#"));

describe("nginx configuration of ODC", () => {
  it("has one server line for each node, in order, under ip_hash and a name without underscore", () => {
    const lines = directives(renderOdcNginx(settings));
    const start = lines.indexOf("upstream odcbackends {");
    assert.deepEqual(lines.slice(start, start + 5), [
      "upstream odcbackends {",
      "ip_hash;",
      "server 10.0.0.1:8989;",
      "server [fd00::2]:8989;",
      "}",
    ]);
  });

  it("proxies everything as the document says", () => {
    const lines = directives(renderOdcNginx(settings));
    const start = lines.indexOf("location / {");
    assert.deepEqual(lines.slice(start + 1, lines.indexOf("}", start)), [
      "proxy_pass http://odcbackends;",
      "proxy_http_version 1.1;",
      "proxy_set_header Upgrade $http_upgrade;",
      "proxy_set_header Connection $connection_upgrade;",
      "proxy_set_header X-Forwarded-Host $host;",
      "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
      "proxy_read_timeout 1800;",
      "proxy_send_timeout 1800;",
      "proxy_connect_timeout 75;",
      "proxy_next_upstream off;",
    ]);
  });

  const cases: [name: string, change: Partial<OdcNginxSettings>, there: string[], absent: string[]][] = [
    ["listens on port 80 for any name by default", {}, ["listen 80;", "server_name _;"], ["listen [::]:80;"]],
    ["takes another port", { port: 8080 }, ["listen 8080;"], ["listen 80;"]],
    ["names the domain", { domain: "odc.example.com" }, ["server_name odc.example.com;"], ["server_name _;"]],
    ["listens on IPv6 when asked", { ipv6: true, port: 81 }, ["listen 81;", "listen [::]:81;"], []],
    [
      "takes another connect time-out",
      { connectTimeout: 5 },
      ["proxy_connect_timeout 5;"],
      ["proxy_connect_timeout 75;"],
    ],
    [
      "takes another transfer time-out",
      { transferTimeout: 60 },
      ["proxy_read_timeout 60;", "proxy_send_timeout 60;"],
      [],
    ],
    ["sets no limit on uploads", {}, ["client_max_body_size 0;"], []],
    ["does not tell its version", {}, ["server_tokens off;"], []],
  ];
  for (const [name, change, there, absent] of cases)
    it(name, () => {
      const lines = directives(renderOdcNginx({ ...settings, ...change }));
      for (const line of there) assert.ok(lines.includes(line), `${line} is missing in\n${lines.join("\n")}`);
      for (const line of absent) assert.ok(!lines.includes(line), `${line} must not be there`);
    });

  const https = { port: 443, hsts: true, certificate: "/tls/chain.crt", key: "/tls/server.key" };
  const servers = (change: Partial<OdcNginxSettings>): string[][] => {
    const lines = directives(renderOdcNginx({ ...settings, ...change }));
    const starts = lines.flatMap((line, i) => (line === "server {" ? [i] : []));
    return starts.map((start) => lines.slice(start + 1, lines.indexOf("location / {", start)));
  };

  it("sends users of HTTP to HTTPS, with the document's settings of TLS", () => {
    assert.deepEqual(servers({ https, domain: "odc.example.com" }), [
      ["listen 80 default_server;", "server_name odc.example.com;"],
      [
        "listen 443 ssl http2;",
        "server_name odc.example.com;",
        "ssl_certificate /tls/chain.crt;",
        "ssl_certificate_key /tls/server.key;",
        "ssl_session_timeout 1d;",
        "ssl_session_cache shared:MozSSL:10m; # about 40000 sessions",
        "ssl_session_tickets off;",
        "ssl_protocols TLSv1.2 TLSv1.3;",
        "ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384;",
        "ssl_prefer_server_ciphers on;",
        "ssl_conf_command Options PrioritizeChaCha;",
        "proxy_cookie_flags ~ secure;",
        "add_header X-Content-Type-Options nosniff always;",
        'add_header Strict-Transport-Security "max-age=63072000" always;',
      ],
    ]);
    assert.ok(directives(renderOdcNginx({ ...settings, https })).includes("return 301 https://$host$request_uri;"));
  });

  it("redirects to another HTTPS port, on IPv6 too, and leaves HSTS out when asked", () => {
    const change = { https: { ...https, port: 8443, hsts: false }, port: 8080, ipv6: true };
    const [plain, tls] = servers(change);
    assert.deepEqual(plain?.slice(0, 2), ["listen 8080 default_server;", "listen [::]:8080 default_server;"]);
    assert.deepEqual(tls?.slice(0, 2), ["listen 8443 ssl http2;", "listen [::]:8443 ssl http2;"]);
    const text = renderOdcNginx({ ...settings, ...change });
    assert.ok(directives(text).includes("return 301 https://$host:8443$request_uri;"));
    assert.doesNotMatch(text, /Strict-Transport/);
    assert.ok(!directives(renderOdcNginx(settings)).some((line) => line.startsWith("proxy_cookie_flags")));
  });
});
