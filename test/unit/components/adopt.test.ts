import assert from "node:assert/strict";
import { describe as told, differences } from "../../../components/adopt/differences";
import { nginxDifferences } from "../../../components/adopt/nginx-conf";
import { toldByArguments } from "../../../components/odc/adopt";
import { renderOdcEnvironment } from "../../../components/odc/environment";
import { renderOdcNginx } from "../../../components/odc/nginx";
import type { OdcSettings } from "../../../components/odc/schema";
import type { FoundContainer } from "../../../provider/resources";
import { madeByHand } from "./made-by-hand";
import { readFileSync } from "node:fs";

const id = (digit: string): string => `sha256:${digit.repeat(64)}`;

/** As the document's command makes it. */
const byHand = madeByHand({
  image: id("a"),
  reference: "oceanbase/odc:4.3.1",
  environment: [
    "DATABASE_HOST=10.0.0.9",
    "DATABASE_PORT=2883",
    "DATABASE_USERNAME=odc@meta#ob",
    "DATABASE_PASSWORD=secret-one",
    "DATABASE_NAME=odc_metadb",
    "ODC_PROFILE_MODE=alipay",
    "ODC_ADMIN_INITIAL_PASSWORD=first-secret",
  ],
  imageEnvironment: ["PATH=/bin"],
  memory: 8192,
  cpus: 4,
  mounts: [
    { source: "/var/log/odc", target: "/opt/odc/log", readOnly: false },
    { source: "/var/data/odc", target: "/opt/odc/data", readOnly: false },
  ],
});

const environment = renderOdcEnvironment({
  metaDb: { host: "10.0.0.9", port: 2883, username: "odc@meta#ob", password: "secret-one", database: "odc_metadb" },
  adminPassword: "first-secret",
  profileMode: "alipay",
  address: "10.0.0.11",
  port: 8989,
  mappingPort: 8989,
  logDirectory: "/opt/odc/log",
  jvm: {},
});

const wanted = {
  image: id("a"),
  envs: environment,
  networkMode: "host",
  restart: "unless-stopped",
  logDriver: "json-file",
  logOpts: { "max-size": "50m", "max-file": "3" },
  memory: 8192,
  cpuPeriod: 100_000,
  cpuQuota: 400_000,
  labels: [],
  volumes: [
    { hostPath: "/var/log/odc", containerPath: "/opt/odc/log" },
    { hostPath: "/var/data/odc", containerPath: "/opt/odc/data" },
  ],
};

const settings = { logDirectory: "/opt/odc/log", nodeAddresses: {} } as unknown as OdcSettings<string>;
const odc = toldByArguments(settings, "p1");
const linesOf = (found: Partial<FoundContainer>, more: object = {}): string[] =>
  differences({ ...byHand, ...found }, { ...wanted, ...more }, odc).map(told);

/** What differs of every container that was made as the document says, and stays. */
const always = [
  'ODC_HOST: it has nothing, and the arguments say "10.0.0.11"',
  'ODC_MAPPING_PORT: it has nothing, and the arguments say "8989"',
  "restart: it has no, and the arguments say unless-stopped",
  "log options: it has none, and the arguments say max-file=3, max-size=50m",
];

describe("A container that was made by hand", () => {
  it("may differ in what the document leaves to Docker and to ODC's defaults", () => {
    assert.deepEqual(linesOf({}), always);
  });

  it("has to be mended, or the arguments, where it does something else than they say", () => {
    const variables = byHand.environment.map((one) => one.replace("10.0.0.9", "10.0.0.8"));
    const found = linesOf({
      image: id("b"),
      memory: 4096,
      cpus: 2,
      networkMode: "bridge",
      ports: ["18989:8989/tcp"],
      mounts: [{ source: "/data/log", target: "/opt/odc/log", readOnly: false }],
      environment: [...variables, "ODC_HOST=10.0.0.12", "ODC_APP_EXTRA_ARGS=--a=b"],
    });
    assert.deepEqual(
      found.filter((line) => line.includes("fix:")),
      [
        "image: it has oceanbase/odc:4.3.1 (sha256:bbbbbbbbbbbb), and the arguments say sha256:aaaaaaaaaaaa; fix: give image as the one that it runs; take another one afterwards",
        "memory: it has 4096 MiB, and the arguments say 8192 MiB; fix: give memory as it has it",
        "cpus: it has 2 cores, and the arguments say 4 cores; fix: give cpus as it has it",
        "network: it has 18989:8989/tcp, bridge, and the arguments say host; fix: give port and mappingPort as it has it",
        "mount /opt/odc/log: it has /data/log, and the arguments say /var/log/odc; fix: give mounts.log as it has it",
        "mount /opt/odc/data: it has nothing, and the arguments say /var/data/odc; fix: give mounts.data as it has it",
        'DATABASE_HOST: it has "10.0.0.8", and the arguments say "10.0.0.9"; fix: give metaDb.host as it has it',
        'ODC_HOST: it has "10.0.0.12", and the arguments say "10.0.0.11"; fix: give nodeAddresses with p1 as it has it',
        'ODC_APP_EXTRA_ARGS: it has "--a=b", and the arguments say nothing; fix: give extraArgs as it has it',
      ],
    );
  });

  it("has secrets told without their values", () => {
    const variables = byHand.environment.map((one) =>
      one.replace("secret-one", "secret-two").replace("first-secret", "other-secret"),
    );
    const lines = linesOf({ environment: variables });
    assert.deepEqual(lines.slice(0, 2), [
      "DATABASE_PASSWORD: it has [secret], and the arguments say another [secret]; fix: give metaDb.password as it has it",
      "ODC_ADMIN_INITIAL_PASSWORD: it has [secret], and the arguments say another [secret]",
    ]);
    assert.doesNotMatch(lines.join("\n"), /secret-one|secret-two|first-secret|other-secret/);
  });

  it("is told with what has no argument, and goes when it is replaced", () => {
    const lines = linesOf({
      environment: [...byHand.environment, "TZ=Asia/Shanghai"],
      mounts: [...byHand.mounts, { source: "/etc/localtime", target: "/etc/localtime", readOnly: true }],
      labels: ["team=dba"],
      privileged: true,
    });
    assert.deepEqual(
      lines.filter((line) => !always.includes(line)),
      [
        "mount /etc/localtime: it has /etc/localtime, read-only, and the arguments say nothing",
        'TZ: it has "Asia/Shanghai", and the arguments say nothing',
        "privileged: it has true, and the arguments say false",
        "labels: it has team=dba, and the arguments say none",
      ],
    );
  });
});

describe("nginx.conf that was written by hand", () => {
  const servers = [
    { address: "10.0.0.11", port: 8989 },
    { address: "10.0.0.12", port: 8989 },
  ];
  const ours = renderOdcNginx({ servers, port: 80, ipv6: false, connectTimeout: 75, transferTimeout: 1800 });
  const template = readFileSync("test/fixtures/odc-nginx.conf.template", "utf8");
  const theirs = (lines: string): string => template.replace("server xxx.x.x.x:8989;", lines);
  const both = "server 10.0.0.12:8989 weight=2;\n      server 10.0.0.11:8989;";

  it("must pass requests to the same servers, in any order", () => {
    assert.deepEqual(nginxDifferences(theirs("server 10.0.0.11:8989;"), ours), [
      {
        what: "servers of nginx.conf",
        found: "10.0.0.11:8989",
        wanted: "10.0.0.11:8989, 10.0.0.12:8989",
        fix: "name in both the same hosts and ports: edit its file and reload it, or change the arguments",
      },
    ]);
    assert.deepEqual(
      nginxDifferences(theirs(both), ours).map(({ fix }) => fix),
      [undefined],
    );
  });

  it("must listen on the same ports, on any address", () => {
    const [problem] = nginxDifferences(theirs(both).replace("listen 80;", "listen 10.0.0.13:8080;"), ours);
    assert.deepEqual([problem?.what, problem?.found, problem?.wanted], ["ports of nginx.conf", "8080", "80"]);
    const same = nginxDifferences(theirs(both).replace("listen 80;", "listen 10.0.0.13:80;"), ours);
    assert.deepEqual(
      same.map(({ fix }) => fix),
      [undefined],
    );
  });

  it("may differ in other lines, which are told", () => {
    const [difference] = nginxDifferences(theirs(both), ours);
    const lines = difference?.lines ?? [];
    for (const line of [
      '- proxy_set_header Connection "upgrade";',
      "+ proxy_set_header Connection $connection_upgrade;",
    ])
      assert.ok(lines.includes(line), lines.join("\n"));
    assert.equal(
      told({ what: "nginx.conf", found: "lines (-)", wanted: "others (+)", lines: ["- a", "+ b"] }),
      "nginx.conf: it has lines (-), and the arguments say others (+)\n      - a\n      + b",
    );
    assert.deepEqual(nginxDifferences(ours, ours.replaceAll("    ", "\t")), []);
  });
});
