import assert from "node:assert/strict";
import { odcProblems, type OdcDemands, type OdcHost } from "../../../components/odc/preflight";
import type { HostFacts } from "../../../provider/resources";
import { fitHost } from "./mocks";

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
