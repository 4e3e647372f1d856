import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as yaml from "yaml";
import { parseConfig } from "../../../stacks/config";

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHost1AA";
const inventory = [1, 2, 3, 4].map((n) => ({ name: `p${n}`, address: `10.0.0.${n}`, hostKeys: [key] }));
const metaDb = { host: "10.0.0.9", port: 2883, username: "odc@meta#ob", password: "secret-db" };
const image = { reference: "nginx:1.28" };

/** Each component as its defaults have it, all four on the same hosts. */
const sections = () => ({
  odc: {
    nodes: ["p1", "p2"],
    image,
    metaDb,
    mounts: {},
    backup: {},
    proxy: { hosts: ["p1", "p2"], image, virtualIp: { address: "10.0.0.100/24" } },
  } as Record<string, unknown>,
  odp: {
    hosts: ["p1", "p2"],
    package: { archive: "obproxy.tar.gz" },
    cluster: { name: "ob", rsList: ["10.0.0.21:2881"] },
    proxy: { hosts: ["p1", "p2"], image, virtualIp: { address: "10.0.0.101/24" } as object },
  } as Record<string, unknown>,
  oms: {
    version: "4.2.7",
    image,
    metaDb,
    regions: [{ location: 0, nodes: ["p1", "p2"], virtualIp: { address: "10.0.0.102/24" } }],
  } as Record<string, unknown>,
  dolphin: {
    hosts: ["p1", "p2", "p3"],
    server: { version: "3.00.4.3", archives: { amd64: "dolphindb.zip" } },
    license: "2099.12.31,64,16,12,lab,2,-1,,0\nU2VjcmV0\n",
  } as Record<string, unknown>,
});

describe("What two deployments of a stack would both have on one host", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "dbha-collisions-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** The lines of the refusal; none where nothing is refused. */
  function refused(change: (stack: ReturnType<typeof sections>) => void): string[] {
    const stack = sections();
    change(stack);
    const file = join(folder, "hosts.yaml");
    writeFileSync(file, yaml.stringify({ hosts: inventory }));
    const raw = Object.entries(stack).map(([name, section]) => [`dbha-stacks:${name}`, JSON.stringify(section)]);
    try {
      parseConfig({ "dbha-stacks:inventory": file, ...(Object.fromEntries(raw) as Record<string, string>) });
    } catch (error) {
      const [, ...lines] = (error as Error).message.split("\n");
      return lines.map((line) => line.replace(/^ {2}- /, ""));
    }
    return [];
  }

  it("is nothing with the defaults of all four on the same hosts", () => {
    assert.deepEqual(
      refused(() => undefined),
      [],
    );
  });

  it("are ports: of nodes, of nginx, those of OMS that cannot be changed, in one line for all hosts", () => {
    const port = "give one of them another port, or other hosts";
    assert.deepEqual(
      refused(({ odc, odp, dolphin }) => {
        Object.assign(odc, { port: 2883 });
        Object.assign(odp.proxy as object, { port: 80 });
        Object.assign(dolphin, { ports: { agent: 8084, dataNode: 7200, computeNode: 8088 } });
      }),
      [
        `dolphin.ports.agent = 8084: DolphinHaCluster dolphin and OmsMultiNode oms (regions[0].nodes) would both listen on port 8084, that of OMS's supervisord, on hosts p1, p2; fix: ${port}`,
        `dolphin.ports.computeNode = 8088: DolphinHaCluster dolphin and OmsMultiNode oms (ports.cm) would both listen on port 8088 on hosts p1, p2; fix: ${port}`,
        `dolphin.ports.dataNode = 7200: DolphinHaCluster dolphin and OmsMultiNode oms (regions[0].nodes) would both listen on port 7200, that of a component of OMS, on hosts p1, p2; fix: ${port}`,
        `odp.ports.sql = 2883: OdpWithWatchdog odp and OdcHaDeployment odc (port) would both listen on port 2883 on hosts p1, p2; fix: ${port}`,
        `odp.proxy.port = 80: OdpWithWatchdog odp and OdcHaDeployment odc (proxy.port) would both listen on port 80 on hosts p1, p2; fix: ${port}`,
      ],
    );
  });

  it("are told as docs/hosts.md shows it", () => {
    const lines = refused(({ odp }) => {
      Object.assign(odp.proxy as object, { port: 80 });
    });
    assert.ok(
      readFileSync("docs/hosts.md", "utf8").includes(`\n\`\`\`text\n  - ${lines.join()}\n\`\`\`\n`),
      lines.join(),
    );
  });

  it("are no ports of other hosts", () => {
    const moved = ({ odc, odp }: ReturnType<typeof sections>): void => {
      Object.assign(odc.proxy as object, { hosts: ["p3", "p4"] });
      Object.assign(odp.proxy as object, { port: 80 });
    };
    assert.deepEqual(refused(moved), []);
  });

  it("are names of containers, with the files that are called after them", () => {
    const lines = refused(({ odc }) => {
      Object.assign(odc, { containerName: "oms_427" });
      Object.assign(odc.proxy as object, { containerName: "odp-nginx" });
    });
    assert.deepEqual(lines, [
      "odp.proxy.containerName = /etc/dbha/odp-nginx: OdpWithWatchdog odp and OdcHaDeployment odc (proxy.containerName) would both have the directory /etc/dbha/odp-nginx on hosts p1, p2; fix: give each a place of its own",
      "odp.proxy.containerName = odp-nginx: OdpWithWatchdog odp and OdcHaDeployment odc (proxy.containerName) would both have the container odp-nginx on hosts p1, p2; fix: rename one of them",
      "oms.containerPrefix = oms_427: OmsMultiNode oms and OdcHaDeployment odc (containerName) would both have the container oms_427 on hosts p1, p2; fix: rename one of them",
    ]);
  });

  it("are directories: the same, or one within another that is a deployment's own", () => {
    const own = "fix: give each a place of its own";
    assert.deepEqual(
      refused(({ odc, oms, dolphin }) => {
        Object.assign(odc, { mounts: { log: "/data/logs", data: "/data/odc" } });
        Object.assign(oms, {
          mounts: { logs: "/data/logs/", store: "/data/odc/store", run: "/data/run" },
          keepData: false,
        });
        Object.assign(dolphin, { directory: "/data/run/dolphin" });
      }),
      [
        `dolphin.directory = /data/run/dolphin: DolphinHaCluster dolphin and OmsMultiNode oms (mounts.run) would have /data/run/dolphin within /data/run, which is removed with all that is in it when the other one goes, on hosts p1, p2; ${own}`,
        `oms.mounts.logs = /data/logs: OmsMultiNode oms and OdcHaDeployment odc (mounts.log) would both have the directory /data/logs on hosts p1, p2; ${own}`,
        `oms.mounts.store = /data/odc/store: OmsMultiNode oms and OdcHaDeployment odc (mounts.data) would have /data/odc/store within /data/odc on hosts p1, p2; ${own}`,
      ],
    );
  });

  it("is no directory of backups, unless one of them goes with all that is in it", () => {
    const shared = ({ odc, oms }: ReturnType<typeof sections>, keepOnDestroy: boolean): void => {
      Object.assign(odc, { backup: { directory: "/backups", keepOnDestroy } });
      Object.assign(oms, { backup: { directory: "/backups/oms" } });
    };
    assert.deepEqual(
      refused((stack) => shared(stack, true)),
      [],
    );
    assert.deepEqual(
      refused((stack) => shared(stack, false)),
      [
        "oms.backup.directory = /backups/oms: OmsMultiNode oms and OdcHaDeployment odc (backup.directory) would have /backups/oms within /backups, which is removed with all that is in it when the other one goes, on host p1; fix: give each a place of its own",
      ],
    );
  });

  it("are virtual IPs: addresses, VRRP routers of one network, and addresses of hosts", () => {
    const ip = (stack: ReturnType<typeof sections>, address: object): void => {
      Object.assign(stack.odp.proxy as object, { virtualIp: address });
    };
    const at = "odp.proxy.virtualIp.address";
    assert.deepEqual(
      refused((stack) => ip(stack, { address: "10.0.0.100/16" })),
      [
        `${at} = 10.0.0.100: OdpWithWatchdog odp and OdcHaDeployment odc (proxy.virtualIp.address) would both have the virtual IP 10.0.0.100; fix: give each an address of its own`,
      ],
    );
    assert.deepEqual(
      refused((stack) => ip(stack, { address: "10.0.0.99/24", routerId: 100 })),
      [
        `${at} = 10.0.0.99: OdpWithWatchdog odp and OdcHaDeployment odc (proxy.virtualIp.address) would both be the VRRP router 100 of one network on hosts p1, p2; fix: give one of them another routerId, 1 to 255`,
      ],
    );
    assert.deepEqual(
      refused((stack) => ip(stack, { address: "10.0.0.3/24" })),
      [
        `dolphin.hosts = 10.0.0.3: DolphinHaCluster dolphin and OdpWithWatchdog odp (proxy.virtualIp.address) would both use 10.0.0.3, as virtual IP and as the address of host p3; fix: give an address that no host has`,
      ],
    );
  });

  it("is nothing where hosts, or networks, are others", () => {
    const apart = (stack: ReturnType<typeof sections>): void => {
      Object.assign(stack.odp.proxy as object, { hosts: ["p3", "p4"], virtualIp: { address: "10.9.0.100/24" } });
    };
    assert.deepEqual(refused(apart), []);
  });

  it("are told with what is wrong with arguments of others", () => {
    const ports = "give one of them another port, or other hosts";
    assert.deepEqual(
      refused(({ odc, odp }) => {
        Object.assign(odc, { cpus: -1 });
        Object.assign(odp, { hosts: ["p1"], ports: { sql: 8089 } });
      }),
      [
        "odc.cpus = -1: must be a number of cores from 0.01 to 1024; fix: give the cores that a node may use, like 4",
        `oms.ports.console = 8089: OmsMultiNode oms and OdpWithWatchdog odp (ports.sql) would both listen on port 8089 on host p1; fix: ${ports}`,
      ],
    );
  });
});
