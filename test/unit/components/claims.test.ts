import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  DolphinHaCluster,
  type DolphinHaClusterArgs,
  Host,
  type HostArgs,
  LoadBalancer,
  OdcHaDeployment,
  OdpWithWatchdog,
  OmsMultiNode,
  VirtualIp,
} from "../../../components";
import { mockEngine } from "./mocks";
import { refusalOf } from "./refusal";

const host = (n: number, args: Partial<HostArgs> = {}): Host =>
  new Host(`p${n}`, { address: `10.0.0.${n}`, acceptUnknownHostKey: true, ...args });
const image = { tarballs: { amd64: "image.tar.gz" } };
const metaDb = { host: "10.0.0.9", port: 2883, username: "odc@meta#ob", password: "meta-pass" };

const odc = (nodes: Host[], name = "odc"): OdcHaDeployment =>
  new OdcHaDeployment(name, { nodes, image, metaDb, proxy: { hosts: nodes.slice(0, 1), image } });
const odp = (hosts: Host[], name = "odp", opts?: pulumi.ComponentResourceOptions): OdpWithWatchdog =>
  new OdpWithWatchdog(
    name,
    { hosts, package: { archive: "obproxy.tar.gz" }, cluster: { name: "ob", rsList: ["10.0.0.21:2881"] } },
    opts,
  );
const oms = (nodes: Host[]): OmsMultiNode =>
  new OmsMultiNode("oms", {
    version: "4.2.7",
    image,
    metaDb,
    regions: [{ location: 0, nodes, cmUrl: "http://oms.example.com:8088" }],
  });
const dolphin = (hosts: Host[], change: Partial<DolphinHaClusterArgs> = {}): DolphinHaCluster =>
  new DolphinHaCluster("db", {
    hosts,
    server: { version: "3.00.4.3", archives: { amd64: "dolphindb.zip" } },
    license: "2099.12.31,64,16,12,lab,2,-1,,0\nU2VjcmV0\n",
    ...change,
  });
const balancer = (hosts: Host[], name = "web", port = 80): LoadBalancer =>
  new LoadBalancer(name, { hosts, image, containerName: name, config: "events {}", probe: { tcp: { port } } });
const vip = (hosts: Host[], address: string, name = "web-vip"): VirtualIp =>
  new VirtualIp(name, { hosts, address, checks: [{ tcp: { port: 80 } }] });

const ports = "fix: give one of them another port, or other hosts";

describe("What two deployments of a program would both have on one host", () => {
  beforeEach(async () => {
    // what the components do with their hosts afterwards is not looked at
    await mockEngine({}, {}, {}, undefined, () => new Promise(() => undefined));
  });

  it("is nothing where all four components are on the same hosts", () => {
    const hosts = [host(1), host(2), host(3)];
    odc(hosts);
    odp(hosts);
    oms(hosts);
    dolphin(hosts);
  });

  it("is told of each component at once, with both names", () => {
    const hosts = [host(1), host(2), host(3)];
    odc(hosts);
    odp(hosts);
    assert.deepEqual(
      refusalOf("DolphinHaCluster db", () => dolphin(hosts, { ports: { agent: 8989, dataNode: 2883 } })),
      [
        `ports.agent = 8989: DolphinHaCluster db and OdcHaDeployment odc (port) would both listen on port 8989 on hosts p1, p2, p3; ${ports}`,
        `ports.dataNode = 2883: DolphinHaCluster db and OdpWithWatchdog odp (ports.sql) would both listen on port 2883 on hosts p1, p2, p3; ${ports}`,
      ],
    );
  });

  it("is told of two of one kind: user, unit and directories of one name", () => {
    const [p1, p2] = [host(1), host(2)];
    odp([p1]);
    const parent = new pulumi.ComponentResource("test:index:Part", "part");
    const lines = refusalOf("OdpWithWatchdog odp", () => odp([p1, p2], "odp", { parent }));
    const both = (what: string, fix: string): string =>
      `OdpWithWatchdog odp and OdpWithWatchdog odp (name) would both have the ${what} on host p1; fix: ${fix}`;
    const place = "give each a place of its own";
    assert.deepEqual(lines.slice(3), [
      `name = dbha-odp-odp: ${both("unit dbha-odp-odp", "rename one of them")}`,
      `name = odp-odp: ${both("user odp-odp", "rename one of them")}`,
      `name = /opt/dbha/odp-odp: ${both("directory /opt/dbha/odp-odp", place)}`,
      `name = /etc/dbha/odp-odp: ${both("directory /etc/dbha/odp-odp", place)}`,
      `name = /var/lib/odp-odp: ${both("directory /var/lib/odp-odp", place)}`,
    ]);
  });

  it("is told of load balancers and virtual IPs of the program's own", () => {
    const hosts = [host(1), host(2)];
    odc(hosts);
    assert.deepEqual(
      refusalOf("LoadBalancer web", () => balancer(hosts)),
      [
        `probe.tcp.port = 80: LoadBalancer web and OdcHaDeployment odc (proxy.port) would both listen on port 80 on host p1; ${ports}`,
      ],
    );
    assert.deepEqual(
      refusalOf("LoadBalancer obodc", () => balancer(hosts, "obodc", 81)),
      [
        "containerName = obodc: LoadBalancer obodc and OdcHaDeployment odc (containerName) would both have the container obodc on hosts p1, p2; fix: rename one of them",
      ],
    );
    vip(hosts, "10.0.0.100/24");
    assert.deepEqual(
      refusalOf("VirtualIp other", () => vip([host(3), host(4)], "10.0.0.100/24", "other")),
      [
        "address = 10.0.0.100: VirtualIp other and VirtualIp web-vip (address) would both have the virtual IP 10.0.0.100; fix: give each an address of its own",
      ],
    );
    assert.deepEqual(
      refusalOf("VirtualIp other", () => vip([host(5), host(6)], "10.0.0.2/24", "other")),
      [
        "address = 10.0.0.2: VirtualIp other and OdcHaDeployment odc (hosts) would both use 10.0.0.2, as virtual IP and as the address of host p2; fix: give an address that no host has",
        "address = 10.0.0.2: VirtualIp other and VirtualIp web-vip (hosts) would both use 10.0.0.2, as virtual IP and as the address of host p2; fix: give an address that no host has",
      ],
    );
  });

  it("is told of one machine under two names, and not of two behind one address", () => {
    odp([host(1)]);
    const twin = new Host("twin", { address: "10.0.0.1", acceptUnknownHostKey: true });
    const [line] = refusalOf("OdpWithWatchdog other", () => odp([twin], "other"));
    assert.equal(
      line,
      `ports.sql = 2883: OdpWithWatchdog other and OdpWithWatchdog odp (ports.sql) would both listen on port 2883 on host twin; ${ports}`,
    );
    odp([host(2, { address: "10.0.0.1", port: 2222 })], "other");
    odp([host(3, { address: "10.0.0.1", bastion: { address: "192.0.2.1", acceptUnknownHostKey: true } })], "third");
  });

  it("is forgotten with the program, and nothing is kept of what was refused", async () => {
    const hosts = [host(1), host(2)];
    odc(hosts);
    assert.equal(refusalOf("LoadBalancer web", () => balancer(hosts)).length, 1);
    balancer([host(3)]);
    await mockEngine({}, {}, {}, undefined, () => new Promise(() => undefined));
    balancer([host(1), host(2)]);
  });
});
