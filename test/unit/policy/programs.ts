import * as pulumi from "@pulumi/pulumi";
import {
  DolphinHaCluster,
  type DolphinHaClusterArgs,
  Host,
  type HostArgs,
  OdcHaDeployment,
  type OdcHaDeploymentArgs,
  OdpWithWatchdog,
  type OdpWithWatchdogArgs,
  OmsMultiNode,
  type OmsMultiNodeArgs,
} from "../../../components";
import { mockEngine, type Registered, valueOf } from "../components/mocks";
import { type Placed, placing } from "../components/placing";

/** What a program registered, and where its resources stand. */
export interface Program {
  resources: Registered[];
  placed: Map<string, Placed>;
}

const hostKeys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHost1AA"];
const digest = "a".repeat(64);
const nginx = { reference: `nginx:1.28@sha256:${digest}` };
const metaDb = { host: "10.0.0.9", port: 2883, username: "odc@meta#ob", password: "Meta.Pass+12" };

/** Hosts of a network whose addresses can move. */
const facts = Object.fromEntries(
  [1, 2, 3, 4].map((n) => [
    `p${n}`,
    { keepalivedVersion: "2.2.7", addresses: [{ interface: "eth0", address: `10.0.0.${n}`, prefixLength: 24 }] },
  ]),
);

export const host = (n: number, more: Partial<HostArgs> = {}): Host =>
  new Host(`p${n}`, { address: `10.0.0.${n}`, hostKeys, ...more });

export const odcArgs = (change: Partial<OdcHaDeploymentArgs> = {}): OdcHaDeploymentArgs => ({
  nodes: [host(1), host(2)],
  image: { tarballs: { amd64: "odc.tar.gz" } },
  metaDb,
  proxy: { hosts: [host(3), host(4)], image: nginx, https: {}, virtualIp: { address: "10.0.0.100/24" } },
  ...change,
});

export const odpArgs = (change: Partial<OdpWithWatchdogArgs> = {}): OdpWithWatchdogArgs => ({
  hosts: [host(1), host(2)],
  image: { reference: `oceanbase/obproxy-ce:4.3.0@sha256:${digest}` },
  cluster: { name: "ob", rsList: ["10.0.0.21:2881"] },
  proxy: { hosts: [host(3), host(4)], image: nginx, virtualIp: { address: "10.0.0.102/24" } },
  ...change,
});

export const omsArgs = (change: Partial<OmsMultiNodeArgs> = {}): OmsMultiNodeArgs => ({
  version: "4.2.7",
  image: { tarballs: { amd64: "oms-4.2.7.tar.gz" } },
  metaDb,
  regions: [{ location: 0, nodes: [host(1), host(2)], virtualIp: { address: "10.0.0.101/24" } }],
  tsdb: { influxDb: { host: host(3), image: { reference: `influxdb:1.8@sha256:${digest}` } } },
  https: {},
  ...change,
});

const parameters = (memory: number) => ({ maxMemSize: memory, enableHTTPS: true });

export const dolphinArgs = (change: Partial<DolphinHaClusterArgs> = {}): DolphinHaClusterArgs => ({
  hosts: [host(1), host(2), host(3)],
  server: { version: "3.00.4.3", archives: { amd64: "dolphindb.zip" } },
  license: "2099.12.31,64,16,12,lab,2,-1,,0\nU2VjcmV0\n",
  publicNames: { p1: "db1.example.com", p2: "db2.example.com", p3: "db3.example.com" },
  parameters: { controllers: parameters(1), agents: parameters(1), nodes: parameters(2) },
  ...change,
});

/**
 * What a program registers.
 * @param make makes its components, and tells their outputs.
 * @param asked answers commands by which programs ask hosts.
 */
export async function registeredBy(
  make: (opts: pulumi.ComponentResourceOptions) => pulumi.Output<unknown>,
  asked?: () => unknown,
): Promise<Program> {
  const said = { "oms-backup-p1": "{}" };
  const resources = await mockEngine({}, facts, {}, undefined, asked, said);
  const { transformations, placed } = placing();
  await valueOf(make({ transformations }));
  return { resources, placed: await placed() };
}

/** The program, but for one resource that is given otherwise. */
export const altered = ({ resources, placed }: Program, name: string, change: object): Program => {
  if (!resources.some((one) => one.name === name)) throw new Error(`${name} is not registered`);
  return {
    resources: resources.map((one) => (one.name === name ? { ...one, inputs: { ...one.inputs, ...change } } : one)),
    placed,
  };
};

export const odc = (change?: Partial<OdcHaDeploymentArgs>): Promise<Program> =>
  registeredBy((opts) => {
    const { nodes, proxies } = new OdcHaDeployment("odc", odcArgs(change), opts);
    return pulumi.all([nodes, proxies]);
  });

export const odp = (change?: Partial<OdpWithWatchdogArgs>): Promise<Program> =>
  registeredBy((opts) => {
    const { nodes, proxies, endpoint } = new OdpWithWatchdog("odp", odpArgs(change), opts);
    return pulumi.all([nodes, proxies, endpoint]);
  });

export const oms = (change?: Partial<OmsMultiNodeArgs>): Promise<Program> =>
  registeredBy((opts) => {
    const { nodes, backups, influxDb } = new OmsMultiNode("oms", omsArgs(change), opts);
    return pulumi.all([nodes, backups, influxDb]);
  });

const noLeader = () => ({ healthy: false, values: {}, detail: "" });

export const dolphin = (change?: Partial<DolphinHaClusterArgs>): Promise<Program> =>
  registeredBy((opts) => {
    const { nodes, clusterConfig } = new DolphinHaCluster("db", dolphinArgs(change), opts);
    return pulumi.all([nodes, clusterConfig]);
  }, noLeader);
