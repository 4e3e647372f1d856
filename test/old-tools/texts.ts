import { basename } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { DolphinHaCluster, Host, LoadBalancer, OdcHaDeployment, OdpWithWatchdog, OmsMultiNode } from "../../components";
import { looksForNodes } from "../../components/dolphin/adopt-found";
import { instanceOf } from "../../components/dolphin/instance";
import { looksForPlace } from "../../components/dolphin/place";
import { renderRun } from "../../components/dolphin/run-script";
import type { MetaDbConnection } from "../../components/metadb/types";
import { looksForProxies } from "../../components/odp/adopt-found";
import { portsCommand } from "../../components/oms/cm-lead";
import { ownerCommand } from "../../components/virtual-ip/owner";
import { mockEngine, type Registered, unwrap, valueOf } from "../unit/components/mocks";

/** What a component runs on a host: a command, with what is on its input; or a text in a file. */
export interface HostText {
  /** `ROLE FIELD`, such as `odp-drain create`, with a file's name where a resource has several. */
  key: string;
  command: string;
  stdin?: string;
  /** Of a command about a file: its new text. */
  content?: string;
}

/** Where the mocked deployment stands: on a real host, so that what it would run there can be run. */
export interface Stage {
  host: string;
  interface: string;
  metaDb: MetaDbConnection & { database: string };
  /** A backup that may be restored. */
  backup: string;
}

/** What programs ask hosts at once, by words in the commands. */
const questions = { look: "set -- look", "oms-containers": "label=dbha.oms=" };

/** A package of the mocked DolphinDB, on its host. */
export const dolphinPackage = "/opt/old-dolphindb.tar.gz";

/** Databases of the mocked OMS. */
export const omsDatabases = ["dbha_old_rm", "dbha_old_cm", "dbha_old_hb"] as const;

/** Every shell text by which the components act on hosts or ask them; of each deployment what its first host gets. */
export async function hostTexts({ host: address, interface: device, metaDb, backup }: Stage): Promise<HostText[]> {
  // for hosts that are this one
  const others = ["192.0.2.2", "192.0.2.3"] as const;
  const facts = {
    keepalivedVersion: "1.3.5",
    addresses: [address, ...others].map((one) => ({ interface: device, address: one, prefixLength: 24 })),
  };
  const answers = { healthy: true, values: { server: "10.0.0.21:2882", version: "4.3.1" }, detail: "HTTP 200" };
  const containers = [{ name: "/oms_425", version: "4.2.5", running: true, started: "2026-11-29T12:00:00Z" }];
  const older = { healthy: true, values: { containers: JSON.stringify(containers) }, detail: "status 0" };
  const looks = new Set<string>();
  const names = ["p1", "p2", "p3"];
  const registered = await mockEngine(
    {},
    Object.fromEntries(names.map((name) => [name, facts])),
    Object.fromEntries(names.map((name) => [name, answers])),
    undefined,
    (command) => {
      looks.add(command);
      return command.includes("label=dbha.oms=") ? older : undefined;
    },
    { "oms-backup-p1": "{}" },
    undefined,
    // steps of a move have scripts when there has been one
    '{"made":"2026-11-29T12:00:00Z","stopped":[],"again":[]}',
  );
  const all = names.map((name) => new Host(name, { address, acceptUnknownHostKey: true }));
  const hosts = all.slice(0, 2);
  const [first] = hosts as [Host];
  const image = { reference: "vendor/nginx:1" };
  const cluster = { name: "ob", rsList: ["10.0.0.21:2881"] };
  const virtualIp = { address: `${address.replace(/\d+$/, "199")}/24`, routerId: 199 };
  const tls = {
    chain: "-----BEGIN CERTIFICATE-----\nchain\n-----END CERTIFICATE-----\n",
    privateKey: "-----BEGIN PRIVATE KEY-----\nkey\n-----END PRIVATE KEY-----\n",
  };
  const odp = new OdpWithWatchdog("odp", {
    hosts,
    package: { archive: "obproxy.tar.gz" },
    cluster,
    proxy: { hosts, image, virtualIp },
  });
  const contained = new OdpWithWatchdog("odpc", {
    hosts: [first],
    image: { reference: "vendor/obproxy:1" },
    cluster,
    ports: { sql: 3883, prometheus: 3884, rpc: 3885 },
  });
  const web = new LoadBalancer("web", {
    hosts: [first],
    image,
    containerName: "web-nginx",
    config: "events {}\n",
    tls,
    probe: { tcp: { port: 80 } },
  });
  const odc = new OdcHaDeployment("odc", {
    nodes: [first],
    image: { reference: "vendor/odc:4.3.1" },
    metaDb,
    rollback: { backup },
    proxy: { hosts: [first], image, port: 8188, containerName: "odc-nginx" },
  });
  const { host: server, port, username, password } = metaDb;
  const oms = new OmsMultiNode("oms", {
    version: "4.2.7",
    image: { reference: "vendor/oms:feature_4.2.7_ce" },
    metaDb: { host: server, port, username, password, rmDatabase: omsDatabases[0], cmDatabase: omsDatabases[1] },
    regions: [
      {
        location: 0,
        nodes: [first],
        heartbeatDatabase: omsDatabases[2],
        cmUrl: `http://${address}:8088`,
        singleNode: true,
      },
    ],
    https: { selfSigned: {} },
    tsdb: { influxDb: { host: first, image: { reference: "vendor/influxdb:1.8" } } },
    manageHa: true,
    upgradeFrom: "4.2.5",
    rollback: { backup: backup.replace("/odc/", "/oms/") },
  });
  const dolphin = new DolphinHaCluster("dolphin", {
    hosts: all,
    addresses: { p1: address, p2: others[0], p3: others[1] },
    server: { version: "3.00.4.3", hostArchives: { amd64: dolphinPackage, arm64: dolphinPackage } },
    license: "2099.12.31,64,16,12,lab,2,-1,,0\nc3RhbmQtaW4=\n",
    stopTimeout: 10,
    parameters: { controllers: { maxMemSize: 1 }, agents: { maxMemSize: 1 }, nodes: { maxMemSize: 2 } },
  });
  const done: pulumi.Output<unknown>[] = [
    dolphin.nodes,
    dolphin.clusterConfig,
    oms.nodes,
    oms.backups,
    odp.endpoint,
    odp.nodes,
    odp.proxies,
    contained.nodes,
    web.instances,
    odc.backups,
  ];
  for (const output of done) await valueOf(output);
  const virtual = { address: virtualIp.address.replace(/\/.*$/, ""), prefixLength: 24 };
  return [
    {
      key: "odp-by-hand",
      command: looksForProxies({
        unit: "dbha-odp-odp",
        home: "/opt/dbha/odp-odp/current",
        directory: "/var/lib/odp-odp",
      }),
    },
    ...ofClusterDemo(),
    { key: "oms-address-owner", command: ownerCommand(virtual) },
    { key: "oms-address-ports", command: portsCommand(address, [22, 1]) },
    ...registered.filter(({ name }) => !/-p[23]\b/.test(name)).flatMap(textsOf),
    ...Object.entries(questions).map(([key, words]) => ({
      key,
      command: [...looks].find((command) => command.includes(words)) ?? "",
    })),
  ];
}

/** What a DolphinDB that was started by hand is looked at and run by. */
function ofClusterDemo(): HostText[] {
  const directory = "/opt/old-dolphin/server/clusterDemo";
  const instance = instanceOf("dolphin", { clusterDemo: { directory, user: "root" } });
  const run = renderRun({ instance, stopTimeout: 10 });
  return [
    { key: "dolphin-by-hand", command: looksForNodes(instance, [instance.units.agent]) },
    { key: "dolphin-place", command: looksForPlace("root", ["/var/lib", "/nowhere"]) },
    { key: "dolphin-run content", command: run, content: run },
  ];
}

function plain(input: unknown): string {
  const value = unwrap(input);
  return typeof value === "string" ? value : "";
}

function textsOf({ type, name, inputs }: Registered): HostText[] {
  const role = name.replace(/(-p1)+$/, "");
  const text = (field: string): string => {
    const input = unwrap(inputs[field]);
    return plain(field === "repair" ? (input as { command?: string } | undefined)?.command : input);
  };
  const file = (key: string, entry: Record<string, unknown>): HostText[] => {
    const content = plain(entry.content);
    const fields = ["validate", "onChange", ...(content.startsWith("#!") ? ["content"] : [])];
    return fields.flatMap((field) =>
      plain(entry[field]) === "" ? [] : [{ key: `${key} ${field}`, command: plain(entry[field]), content }],
    );
  };
  const all = (fields: string[]): HostText[] =>
    fields.flatMap((field) => (text(field) === "" ? [] : [{ key: `${role} ${field}`, command: text(field) }]));
  switch (type) {
    case "command:remote:Command":
      return all(["create", "update", "delete"]).map((one) => ({ ...one, stdin: text("stdin") }));
    case "dbha:index:File":
      return file(role, inputs);
    case "dbha:index:Files":
      return Object.entries(unwrap(inputs.files ?? {}) as Record<string, Record<string, unknown>>).flatMap(
        ([path, entry]) => file(`${role} ${basename(path)}`, entry),
      );
    case "dbha:index:Probe":
      return all(["command", "repair"]);
    case "dbha:index:ObproxyConfig":
      return all(["restart"]);
    case "dbha:index:Service":
      return [...text("unit").matchAll(/^(Exec\w+)=(.*)$/gm)].map(([, field, command], i) => ({
        key: `${role} ${field} ${i}`,
        command: command ?? "",
      }));
    default:
      return [];
  }
}
