import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Host, OdcHaDeployment } from "../../../components";
import { metaDbProblems, type MetaDbLook, type Reach } from "../../../components/odc/metadb-room";
import { odcProblems, type OdcDemands, type OdcHost } from "../../../components/odc/preflight";
import type { HostFacts } from "../../../provider/resources";
import { fitHost, mockEngine } from "./mocks";

const demands: OdcDemands = {
  node: { port: 8989, containerName: "obodc", memory: 8192, mounts: ["/var/log/odc", "/var/data/odc"] },
  proxy: { ports: [80, 443], containerName: "odc-nginx" },
  architectures: [{ tarballs: "image.tarballs", covered: ["amd64"] }],
};
const host = (name: string, facts: Partial<HostFacts> = {}): OdcHost => ({
  name,
  facts: { ...fitHost, ...facts },
  demands,
});
const listening = (port: number, who: Partial<HostFacts["ports"][number]>): HostFacts["ports"][number] => ({
  port,
  protocol: "tcp",
  address: "0.0.0.0",
  process: "",
  ...who,
});

describe("preflight of ODC", () => {
  it("finds nothing on hosts that are fit, nor where the deployment runs already", () => {
    const running = [
      listening(8989, { process: "java", container: "obodc" }),
      listening(80, { process: "nginx", container: "odc-nginx" }),
      listening(443, { protocol: "udp", process: "quic" }),
      listening(22, { process: "sshd" }),
    ];
    assert.deepEqual(odcProblems([host("p1"), host("p2", { ports: running, clockSkewMs: 5000 })]), []);
  });

  const cases: [name: string, facts: Partial<HostFacts>, expected: string[]][] = [
    [
      "no Docker",
      { dockerVersion: undefined },
      ["no Docker Engine answers, and everything runs in containers; fix: install Docker and start it"],
    ],
    [
      "an old Docker",
      { dockerVersion: "18.06.3-ce" },
      ["has Docker 18.06.3-ce, and 18.09 is the oldest that is reached over SSH; fix: update Docker"],
    ],
    [
      "Podman in Docker's place",
      { dockerVersion: undefined, podmanVersion: "4.9.4" },
      [
        "what answers to the name docker is Podman 4.9.4, and everything runs in containers of Docker Engine; fix: install Docker Engine in place of podman-docker",
      ],
    ],
    [
      "Docker Engine without its client",
      { dockerVersion: "26.1.5", dockerClient: false },
      [
        "has Docker Engine 26.1.5 without the command docker, by which it is reached over SSH; fix: install it: it is in docker-cli (Debian 13 and later) or docker-ce-cli (Docker's own packages)",
      ],
    ],
    [
      "users of containers' own",
      { dockerUserNamespaces: true },
      [
        "its Docker Engine gives containers users of their own (userns-remap), and forbids such containers the host's network, and everything runs in containers there; fix: take userns-remap out of /etc/docker/daemon.json and restart Docker, or choose another host",
      ],
    ],
    ["the oldest Docker", { dockerVersion: "18.09.0" }, []],
    [
      "another architecture",
      { architecture: "arm64" },
      ["is of architecture arm64, and image.tarballs has only amd64; fix: give image.tarballs.arm64"],
    ],
    [
      "too little memory",
      { memoryBytes: 4 * 2 ** 30 },
      ["has 4096 MiB of memory, and a node may use 8192; fix: lower memory, or take a larger host"],
    ],
    [
      "a full disk, told for the directory on it",
      {
        disks: [
          { mount: "/", totalBytes: 2 ** 40, freeBytes: 2 ** 39 },
          { mount: "/var/data", totalBytes: 2 ** 40, freeBytes: 2 ** 30 },
          { mount: "/var/dat", totalBytes: 2 ** 40, freeBytes: 0 },
        ],
      },
      [
        "has 1.0 GiB free on /var/data for /var/data/odc, and a node needs 5; fix: make room, or choose another directory in mounts",
      ],
    ],
    [
      "taken ports, all at once and by whom",
      {
        ports: [
          listening(8989, { process: "java", container: "other" }),
          listening(80, { process: "apache2" }),
          listening(443, {}),
        ],
      },
      [
        "port 8989 is taken by container other; fix: stop that, or change port",
        "port 80 is taken by apache2; fix: stop that, or change proxy.port",
        "port 443 is taken by a process that the kernel does not name; fix: stop that, or change proxy.port",
      ],
    ],
  ];
  for (const [name, facts, expected] of cases)
    it(`tells ${name}`, () => {
      assert.deepEqual(
        odcProblems([host("p1"), host("p2", facts)]),
        expected.map((line) => `host p2: ${line}`),
      );
    });

  it("compares the clocks of the nodes, not those of hosts that run nginx only", () => {
    const nginx = { ...host("p3", { clockSkewMs: -60_000 }), demands: { ...demands, node: undefined } };
    const nodes = [host("p1", { clockSkewMs: 4000 }), host("p2", { clockSkewMs: -2500 })];
    assert.deepEqual(odcProblems([...nodes, nginx]), [
      "hosts p2 and p1: their clocks are 6.5 s apart, and sessions allow 5; fix: synchronise them (chrony, ntpd)",
    ]);
  });
});

describe("preflight of ODC's MetaDB", () => {
  const metaDb = {
    host: "10.0.0.9",
    port: 2883,
    username: "odc@meta#ob",
    password: "secret-db",
    database: "odc_metadb",
  };
  const all: Reach[] = [{ host: "p1" }, { host: "p2" }];
  const refused = "connection refused";
  const unreached = (host: string): string =>
    `host ${host}: does not reach the MetaDB at 10.0.0.9 port 2883: connection refused; fix: mend metaDb.host and metaDb.port, or the network and firewalls between`;
  const cases: [name: string, reach: Reach[], look: MetaDbLook, expected: string[]][] = [
    ["nothing where there is room", all, { max_connections: 241, Threads_connected: 61, own: 50 }, []],
    ["nothing where three nodes just fit", [...all, { host: "p3" }], { max_connections: 345 }, []],
    ["nothing of OceanBase's default", all, { max_connections: 4294967295, max_user_connections: 0 }, []],
    ["nothing of a database that tells no limit", all, {}, []],
    [
      "too little room beside other clients",
      all,
      { max_connections: 240, Threads_connected: 61, own: 50 },
      [
        "host p1: the MetaDB allows 240 connections, of which others have 11, and the 2 nodes take 230; fix: set max_connections there to 241 at least",
      ],
    ],
    [
      "too little room for three nodes",
      [...all, { host: "p3" }],
      { max_connections: 344 },
      [
        "host p1: the MetaDB allows 344 connections, of which others have 0, and the 3 nodes take 345; fix: set max_connections there to 345 at least",
      ],
    ],
    [
      "too little room for one node",
      all.slice(0, 1),
      { max_connections: 114 },
      [
        "host p1: the MetaDB allows 114 connections, of which others have 0, and the node takes 115; fix: set max_connections there to 115 at least",
      ],
    ],
    [
      "a limit of the user's own",
      all,
      { max_connections: 1000, max_user_connections: 229 },
      [
        "host p1: the MetaDB allows 229 connections of one user, and the 2 nodes take 230; fix: set max_user_connections there to 230 at least",
      ],
    ],
    [
      "a host without tools to back up",
      all,
      { lacks: "neither mysqldump nor mariadb-dump", max_connections: 1000 },
      [
        "host p1: has neither mysqldump nor mariadb-dump, and the MetaDB is backed up from there before an upgrade; fix: install MySQL's or MariaDB's client tools (Debian: mariadb-client)",
      ],
    ],
    [
      "a wrong password",
      all,
      { error: "ERROR 1045 (28000): Access denied for user" },
      ["host p1: the MetaDB refuses user odc@meta#ob with this password; fix: mend metaDb.username or metaDb.password"],
    ],
    [
      "a database that the user may not use",
      all,
      { error: "ERROR 1044 (42000): Access denied" },
      [
        "host p1: the MetaDB does not let user odc@meta#ob into the database odc_metadb; fix: grant it all privileges on odc_metadb",
      ],
    ],
    [
      "a missing database",
      all,
      { error: "ERROR 1049 (42000): Unknown database" },
      ["host p1: the MetaDB has no database odc_metadb; fix: create it, or mend metaDb.database"],
    ],
    [
      "whatever else the client says",
      all,
      { error: "ERROR 2026 (HY000): TLS/SSL error" },
      [
        "host p1: the MetaDB cannot be asked (ERROR 2026 (HY000): TLS/SSL error); fix: see the client's message, and mend metaDb or the database",
      ],
    ],
    [
      "every node that does not reach it, once",
      all.map(({ host }) => ({ host, problem: refused })),
      { error: "ERROR 2002 (HY000): Can't connect" },
      [unreached("p1"), unreached("p2")],
    ],
    ["a node that alone does not reach it", [{ host: "p1" }, { host: "p2", problem: refused }], {}, [unreached("p2")]],
  ];
  for (const [name, reach, look, expected] of cases)
    it(`tells ${name}`, () => assert.deepEqual(metaDbProblems(reach, look, metaDb), expected));

  const asked = async (password: pulumi.Input<string>): Promise<number> => {
    let looks = 0;
    await mockEngine();
    await pulumi.runtime.setMocks(
      {
        newResource: ({ name, inputs }) => ({ id: name, state: inputs as Record<string, unknown> }),
        call: ({ inputs }) => {
          const { tcp, command } = inputs as { tcp?: unknown; command?: string };
          if (tcp ?? command) looks += 1;
          return { ...fitHost, healthy: true, values: { facts: '{"max_connections":1000}' }, detail: "" };
        },
      },
      "project",
      "stack",
      true,
    );
    const [one, two] = ["p1", "p2"].map(
      (name, i) => new Host(name, { address: `10.0.0.${i}`, acceptUnknownHostKey: true }),
    ) as [Host, Host];
    const odc = new OdcHaDeployment("odc", {
      nodes: [one, two],
      image: { reference: "vendor/odc:4.3.2" },
      metaDb: { ...metaDb, password },
      proxy: { hosts: [one], image: { reference: "nginx:1.27" } },
    });
    await pulumi.runtime.disconnect();
    assert.ok(odc);
    return looks;
  };

  it("asks in preview, when the MetaDB is known by then", async () => {
    assert.equal(await asked("secret-db"), 3);
    assert.equal(await asked(pulumi.output(pulumi.unknown) as pulumi.Output<string>), 0);
  });
});
