import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Host, OdcHaDeployment } from "../../../components";
import { demandsOf } from "../../../components/odc/metadb";
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

  it("reckons with 115 connections a node, and names ODC's arguments", () => {
    assert.deepEqual(demandsOf(metaDb), {
      metaDb,
      databases: { "metaDb.database": "odc_metadb" },
      connectionsPerNode: 115,
    });
  });

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
