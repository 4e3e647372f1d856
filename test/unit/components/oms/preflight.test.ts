import assert from "node:assert/strict";
import {
  hostWarnings,
  omsProblems,
  zoneProblems,
  type OmsDemands,
  type OmsHost,
} from "../../../../components/oms/preflight";
import { tsdbProblem } from "../../../../components/oms/tsdb-preflight";
import { openDoor, omsWarnings } from "../../../../components/oms/warnings";
import type { HostFacts } from "../../../../provider/resources";
import { fitHost } from "../mocks";
import { everything, oneRegion, schema, withValues, type Args } from "./samples";

const demands: OmsDemands = {
  node: { ports: { "ports.cm": 8088, "ports.console": 8089 }, containerPrefix: "oms", paths: ["/data/oms/oms_logs"] },
  proxies: [{ ports: { "regions[0].proxy.cmPort": 28088 }, containerName: "oms-nginx" }],
  architectures: [{ tarballs: "image.tarballs", covered: ["amd64"] }],
};
const large: Partial<HostFacts> = {
  cores: 8,
  memoryBytes: 16 * 2 ** 30,
  disks: [{ mount: "/", totalBytes: 2 ** 40, freeBytes: 2 ** 39 }],
};
const host = (name: string, facts: Partial<HostFacts> = {}): OmsHost => ({
  name,
  facts: { ...fitHost, ...large, ...facts },
  demands,
});
const listening = (port: number, who: Partial<HostFacts["ports"][number]> = {}): HostFacts["ports"][number] => ({
  port,
  protocol: "tcp",
  address: "127.0.0.1",
  process: "java",
  ...who,
});

describe("preflight of OMS", () => {
  it("finds nothing on fit hosts, nor where a node of any version runs already", () => {
    const ports = [8084, 8088, 7100, 18499].map((port) => listening(port, { container: "oms_426" }));
    assert.deepEqual(
      omsProblems([host("p1"), host("p2", { ports: [...ports, listening(7099), listening(18500)] })]),
      [],
    );
    assert.deepEqual(hostWarnings([host("p1")]), []);
  });

  const cases: [name: string, facts: Partial<HostFacts>, problems: string[]][] = [
    [
      "ports that can be set, and those that cannot",
      { ports: [listening(8088), listening(8084, { container: "other" }), listening(16000), listening(28088)] },
      [
        "host p2: port 8088 is taken by java; fix: stop that, or change ports.cm",
        "host p2: port 8084 is taken by container other, which OMS's supervisord needs; fix: stop that: OMS has no setting for this port",
        "host p2: port 16000 is taken by java, which a component of OMS needs; fix: stop that: OMS has no setting for this port",
        "host p2: port 28088 is taken by java; fix: stop that, or change regions[0].proxy.cmPort",
      ],
    ],
    [
      "a full disk and another architecture",
      { architecture: "arm64", disks: [{ mount: "/", totalBytes: 2 ** 40, freeBytes: 2 ** 30 }] },
      [
        "host p2: is of architecture arm64, and image.tarballs has only amd64; fix: give image.tarballs.arm64",
        "host p2: has 1.0 GiB free on / for /data/oms/oms_logs, and a node needs 5; fix: make room, or choose another directory in mounts",
      ],
    ],
    [
      "clocks apart",
      { clockSkewMs: 6500 },
      ["hosts p1 and p2: their clocks are 6.5 s apart, and heart beats allow 5; fix: synchronise them (chrony, ntpd)"],
    ],
    [
      "another time zone",
      { utcOffsetMinutes: 330 },
      [
        "host p2: its time zone is UTC+05:30, that of host p1 UTC, and OMS compares times of both; fix: set the same one everywhere (timedatectl set-timezone; in the database time_zone)",
      ],
    ],
  ];
  for (const [name, facts, problems] of cases)
    it(`tells ${name}`, () => {
      assert.deepEqual(omsProblems([host("p1"), host("p2", facts)]), problems);
    });

  it("finds what InfluxDB cannot have on its host, which may have no node", () => {
    const influxDb = { port: 8086, containerName: "oms-influxdb" };
    const ofInfluxDb = (ports: HostFacts["ports"]): string[] =>
      omsProblems([{ ...host("p3", { ports, cores: 1 }), demands: { proxies: [], architectures: [], influxDb } }]);
    const own = { container: "oms-influxdb" };
    assert.deepEqual(ofInfluxDb([listening(8086, own), listening(14444, own), listening(8088)]), []);
    assert.deepEqual(ofInfluxDb([listening(8086), listening(14444)]), [
      "host p3: port 8086 is taken by java; fix: stop that, or change tsdb.influxDb.port",
      "host p3: port 14444 is taken by java, which InfluxDB needs for its own backups; fix: stop that, or give tsdb.influxDb another host",
    ]);
  });

  it("tells of a time-series database that refuses the user, or is not reached", () => {
    const access = { service: "INFLUXDB", url: "10.0.0.7:8086", username: "oms", password: "Secret" } as const;
    assert.equal(
      tsdbProblem(access, 'HTTP 401 instead of 200: {"error":"authorization failed"}'),
      "the time-series database at 10.0.0.7:8086 refuses user oms with this password; fix: mend tsdb.username or tsdb.password",
    );
    assert.equal(
      tsdbProblem(access, "connection refused"),
      "does not reach the time-series database at 10.0.0.7:8086: connection refused; fix: start it, or mend tsdb.url, or the network and firewalls between",
    );
  });

  it("leaves out what is not known of a time zone", () => {
    assert.deepEqual(zoneProblems([{ name: "host p1", utcOffsetMinutes: -60 }, { name: "the MetaDB" }]), []);
  });

  it("tells of less than the document asks for, and lets it be", () => {
    const small = host("p2", {
      cores: 2,
      memoryBytes: 4 * 2 ** 30,
      disks: [{ mount: "/", totalBytes: 50 * 2 ** 30, freeBytes: 20 * 2 ** 30 }],
    });
    assert.deepEqual(omsProblems([small]), []);
    assert.deepEqual(hostWarnings([host("p1"), small]), [
      "host p2: has 2 cores, and OMS without any task wants 5",
      "host p2: has 4.0 GiB of memory, and OMS without any task wants 8",
      "host p2: has 50 GiB on /, and OMS without any task wants 200",
    ]);
  });
});

describe("warnings of OMS's arguments", () => {
  const warned = (args: Args): string[] => omsWarnings(schema.parse(args));

  it("are none for what is ordinary", () => {
    assert.deepEqual(warned(oneRegion()), []);
  });

  it("tell of keys, addresses and databases that nobody vouches for", () => {
    assert.deepEqual(
      warned(withValues(everything(), { "tsdb.service": "CERESDB", "regions.1.region": "cn-hangzhou" })),
      [
        "tsdb.service: OMS's own tools set up InfluxDB alone; nobody is known to run it with CERESDB",
        "settings.a_new_key: no document known here has this key of config.yaml; OMS may ignore it, or refuse the file",
        "settings.a_password: no document known here has this key of config.yaml; OMS may ignore it, or refuse the file",
        "regions[1].cmUrl: nothing here moves oms.example.com between the 2 nodes; it must lead to those that live, with its ports for CM and console",
        "regions[1].region: regions[0] has the same name, and the console shows regions by their names",
      ],
    );
  });

  it("tell of versions that are not known, TLS and IPv6", () => {
    const other = (version: string, more: Args = {}): string[] =>
      warned(withValues(oneRegion(), { version, image: { reference: "oms:latest" }, ...more }));
    assert.deepEqual(other("4.2.15"), [
      "version: 4.2.15 is later than 4.2.14, the newest known here; see whether its config.yaml has other keys",
    ]);
    assert.deepEqual(other("3.1.0", { drc: { user: "drc", password: "p" } }), [
      "version: 3.1.0 is older than 3.2.2, the oldest whose documents are known here",
    ]);
    assert.deepEqual(other("4.2.7", { "regions.0.cmUrl": "https://10.0.0.101:8088" }), [
      "regions[0].cmUrl: the virtual IP leads to the CM as it is, and no document says that it speaks TLS",
    ]);
    assert.deepEqual(other("4.2.7", { "regions.0.virtualIp.address": "fd00::100/64" }), [
      "regions[0]: no document says that OMS works with IPv6 addresses, like fd00::100",
    ]);
  });

  it("say loudly that the door is open", () => {
    assert.match(
      openDoor("http://10.0.0.101:8089"),
      /^http:\/\/10\.0\.0\.101:8089 has no password yet: who opens it first/,
    );
  });
});
