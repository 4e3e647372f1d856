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
  ];
  for (const [name, change, there, absent] of cases)
    it(name, () => {
      const lines = directives(renderOdcNginx({ ...settings, ...change }));
      for (const line of there) assert.ok(lines.includes(line), `${line} is missing in\n${lines.join("\n")}`);
      for (const line of absent) assert.ok(!lines.includes(line), `${line} must not be there`);
    });
});
