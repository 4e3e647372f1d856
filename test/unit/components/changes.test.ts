import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  Certificate,
  Host,
  LoadBalancer,
  OdcHaDeployment,
  OdpWithWatchdog,
  OmsMultiNode,
  VirtualIp,
} from "../../../components";
import { certificateChanges, loadBalancerChanges, virtualIpChanges } from "../../../components/changes/building-blocks";
import type { Changes, Effect } from "../../../components/changes/change";
import { changedPaths } from "../../../components/changes/compare";
import { odcChanges } from "../../../components/odc/changes";
import { odpChanges } from "../../../components/odp/changes";
import { omsChanges } from "../../../components/oms/changes";
import { argumentsOf } from "../../doc-tables";
import { makeCertificate, type Made } from "./certificates";
import { comesAfter, differences, type Deployed, type Difference } from "./differences";
import { mockEngine, unwrap, valueOf } from "./mocks";
import { placing } from "./placing";

const hostKeys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHost1AA"];
const host = (n: number): Host => new Host(`p${n}`, { address: `10.0.0.${n}`, hostKeys });
const facts = Object.fromEntries(
  [1, 2, 3, 4, 5].map((n) => [
    `p${n}`,
    {
      keepalivedVersion: "2.2.7",
      addresses: ["eth0", "eth1"].map((name) => ({ interface: name, address: `10.0.0.${n}`, prefixLength: 24 })),
    },
  ]),
);
const nginx = { reference: "nginx:1.27", pull: false };
const other = { reference: "vendor/other:1.0" };
const virtualIp = { address: "10.0.0.100/24", interface: "eth0" };

type Args = Record<string, unknown>;

/** A component with arguments that make use of all of it, and another value for each of them. */
interface Sample {
  changes: Changes;
  args: string;
  folders: string[];
  base: () => Args;
  /** The same with one nginx at most: enough for arguments of the nodes. */
  part?: (args: Args) => Args;
  deploy: (args: never, opts: pulumi.ComponentResourceOptions) => pulumi.Output<unknown>[];
  others: Record<string, unknown>;
  /** Arguments that only other arguments allow. */
  allowing?: Record<string, Args>;
}

let made: Made;
const provided = () => ({ chain: made.certificate, privateKey: made.key });

const samples: Record<string, Sample> = {
  OdcHaDeployment: {
    changes: odcChanges,
    args: "OdcHaDeploymentArgs",
    folders: ["components/odc", "components/certificate", "components/virtual-ip"],
    base: () => ({
      nodes: [host(1), host(2)],
      image: { reference: "vendor/odc:1.0", pull: false },
      metaDb: { host: "10.0.0.9", port: 2883, username: "odc@meta#ob", password: "pass", database: "odc" },
      proxy: {
        hosts: [host(3), host(4)],
        image: nginx,
        virtualIp,
        https: { privateCa: {} },
        domain: "odc.example.com",
      },
    }),
    part: (args) => ({ ...args, proxy: { hosts: [host(3)], image: nginx } }),
    deploy: (args, opts) => {
      const odc = new OdcHaDeployment("odc", args, opts);
      return [odc.nodes, odc.proxies, odc.backups];
    },
    others: {
      nodes: () => [host(1), host(2), host(5)],
      image: other,
      "metaDb.host": "10.0.0.8",
      "metaDb.port": 2881,
      "metaDb.username": "odc2@meta#ob",
      "metaDb.password": "changed",
      "metaDb.database": "odc2",
      "proxy.hosts": () => [host(3), host(4), host(5)],
      "proxy.virtualIp.address": "10.0.0.101/24",
      "proxy.virtualIp.interface": "eth1",
      "proxy.virtualIp.routerId": 7,
      "proxy.image": other,
      "proxy.port": 8080,
      "proxy.https.selfSigned": (https: Args) => (delete https.privateCa, {}),
      "proxy.https.privateCa": { days: 100 },
      "proxy.https.provided": (https: Args) => (delete https.privateCa, provided()),
      "proxy.https.port": 8443,
      "proxy.https.hsts": false,
      "proxy.https.alternativeNames": ["odc"],
      "proxy.domain": "other.example.com",
      "proxy.containerName": "web",
      "proxy.ipv6": true,
      "proxy.connectTimeout": 5,
      "proxy.transferTimeout": 60,
      adminPassword: "aaAA11..",
      port: 18989,
      mappingPort: 18989,
      nodeAddresses: { p1: "10.1.0.1", p2: "10.1.0.2" },
      "jvm.heap": "-Xmx1g",
      "jvm.gc": "-XX:+UseG1GC",
      "jvm.outOfMemory": "-XX:+ExitOnOutOfMemoryError",
      "jvm.extra": "-Da=b",
      extraArgs: "--a=b",
      logDirectory: "/opt/odc/logs",
      containerName: "odc2",
      profileMode: "other",
      cpus: 2,
      memory: 4096,
      "mounts.log": "/srv/log",
      "mounts.data": "/srv/data",
      keepData: false,
      startTimeout: 700,
      "backup.directory": "/srv/backups",
      "backup.keep": 3,
      "backup.keepOnDestroy": false,
      rollback: { backup: "/var/backups/odc/a.sql.gz" },
      adopt: true,
    },
  },
  OdpWithWatchdog: {
    changes: odpChanges,
    args: "OdpWithWatchdogArgs",
    folders: ["components/odp", "components/virtual-ip"],
    base: () => ({
      hosts: [host(1), host(2)],
      package: { archive: "obproxy.tar.gz" },
      cluster: { name: "ob", configServerUrl: "http://10.0.0.8:8080/?ObCluster=ob" },
      proxy: { hosts: [host(3), host(4)], image: nginx, virtualIp },
    }),
    part: (args) => ({ ...args, proxy: { hosts: [host(3)], image: nginx } }),
    deploy: (args, opts) => {
      const odp = new OdpWithWatchdog("odp", args, opts);
      return [odp.nodes, odp.proxies, odp.endpoint];
    },
    others: {
      hosts: () => [host(1), host(2), host(5)],
      "package.archive": "other.tar.gz",
      "package.directory": (from: Args) => (delete from.archive, "/opt/obproxy"),
      "package.stripComponents": 2,
      "package.keep": 3,
      "package.user": "admin",
      "package.dataDirectory": "/home/admin/obproxy",
      image: (args: Args) => (delete args.package, other),
      programDirectory: (args: Args) => ((args.image = other), delete args.package, "/opt/obproxy"),
      "cluster.name": "ob2",
      "cluster.rsList": (cluster: Args) => (delete cluster.configServerUrl, ["10.0.0.22:2881"]),
      "cluster.configServerUrl": "http://10.0.0.7:8080/?ObCluster=ob",
      "proxy.hosts": () => [host(3), host(4), host(5)],
      "proxy.virtualIp.address": "10.0.0.101/24",
      "proxy.virtualIp.interface": "eth1",
      "proxy.virtualIp.routerId": 7,
      "proxy.image": other,
      "proxy.port": 3307,
      "proxy.containerName": "web",
      "proxy.connectTimeout": 2,
      "proxy.idleTimeout": 60,
      "ports.sql": 3883,
      "ports.prometheus": 3884,
      "ports.rpc": 3885,
      appName: "app",
      proxysysPassword: "changed",
      observerSysPassword: "changed",
      parameters: { proxy_mem_limited: "4G" },
      ignoreLocalConfig: false,
      firstProxyId: 7,
      proxyIds: { p1: 47 },
      clientSessionIdVersion: 1,
      hangTimeout: 9,
      startTimeout: 31,
      drainTimeout: 11,
      keepData: true,
      adopt: true,
    },
    allowing: {
      ...Object.fromEntries(
        ["user", "dataDirectory"].map((name) => [
          `package.${name}`,
          { package: { archive: "obproxy.tar.gz", user: "odp", dataDirectory: "/srv/odp" } },
        ]),
      ),
      adopt: {
        package: { directory: "/opt/obproxy", user: "admin", dataDirectory: "/home/admin/obproxy" },
        observerSysPassword: "known",
      },
    },
  },
  OmsMultiNode: {
    changes: omsChanges,
    args: "OmsMultiNodeArgs",
    folders: ["components/oms", "components/certificate", "components/virtual-ip"],
    base: () => ({
      version: "4.2.7",
      image: { reference: "vendor/oms:feature_4.2.7_ce" },
      metaDb: { host: "10.0.0.9", port: 2883, username: "root@oms#ob", password: "pass" },
      regions: [
        { location: 0, nodes: [host(1), host(2)], proxy: { hosts: [host(3), host(4)], image: nginx }, virtualIp },
      ],
      https: { privateCa: {} },
    }),
    deploy: (args, opts) => {
      const oms = new OmsMultiNode("oms", args, opts);
      return [oms.nodes, oms.regions, oms.backups];
    },
    others: {
      version: (args: Args) => ((args.image = { reference: "vendor/oms:feature_4.2.10_ce" }), "4.2.10"),
      image: { reference: "other/oms:feature_4.2.7_ce" },
      "metaDb.host": "10.0.0.8",
      "metaDb.port": 2881,
      "metaDb.username": "oms@oms#ob",
      "metaDb.password": "changed",
      "metaDb.rmDatabase": "rm2",
      "metaDb.cmDatabase": "cm2",
      "regions.location": 2,
      "regions.region": "cn-jiangsu",
      "regions.regionCn": "Jiangsu",
      "regions.default": false,
      "regions.heartbeatDatabase": "hb2",
      "regions.nodes": () => [host(1), host(2), host(5)],
      "regions.nodeAddresses": { p1: "10.1.0.1", p2: "10.1.0.2" },
      "regions.cmUrl": "http://oms.example.com:8088",
      "regions.mappedPorts": { console: 18089 },
      "regions.singleNode": true,
      "regions.virtualIp.address": "10.0.0.101/24",
      "regions.virtualIp.interface": "eth1",
      "regions.virtualIp.routerId": 7,
      "regions.proxy.hosts": () => [host(3), host(4), host(5)],
      "regions.proxy.image": other,
      "regions.proxy.containerName": "web",
      "regions.proxy.cmPort": 28088,
      "regions.proxy.consolePort": 28089,
      ports: { console: 28100 },
      drc: { user: "drc", password: "changed" },
      "tsdb.service": "CERESDB",
      "tsdb.url": "10.0.0.7:18086",
      "tsdb.username": "other",
      "tsdb.password": "changed",
      "tsdb.influxDb.host": () => host(5),
      "tsdb.influxDb.image": other,
      "tsdb.influxDb.containerName": "other",
      "tsdb.influxDb.dataDirectory": "/srv/influxdb",
      "tsdb.influxDb.port": 18086,
      "tsdb.influxDb.address": "10.1.0.3",
      slsAudit: { accessKey: "k", accessSecret: "s", endpoint: "e", opsSiteTopic: "o", userSiteTopic: "u" },
      settings: { another: "x" },
      "https.selfSigned": (https: Args) => (delete https.privateCa, {}),
      "https.privateCa": { days: 100 },
      "https.provided": (https: Args) => (delete https.privateCa, provided()),
      "https.alternativeNames": ["oms"],
      "https.directory": "/srv/tls",
      containerPrefix: "dms",
      configFile: "/srv/oms/config.yaml",
      mounts: { logs: "/srv/logs" },
      keepData: false,
      initTimeout: 901,
      startTimeout: 301,
      guardSupervisor: false,
      manageHa: true,
      upgradeFrom: "4.2.5",
      "backup.directory": "/srv/backups",
      "backup.keep": 3,
      "backup.keepOnDestroy": false,
      rollback: { backup: "/var/backups/oms/a.sql.gz" },
      adopt: true,
    },
    allowing: {
      adopt: { image: { reference: "vendor/oms:feature_4.2.7_ce", pull: false } },
      ...Object.fromEntries(
        ["service", "url", "username", "password"].map((name) => [
          `tsdb.${name}`,
          { tsdb: { url: "10.0.0.7:8086", username: "oms", password: "pass" } },
        ]),
      ),
      ...Object.fromEntries(
        ["host", "image", "containerName", "dataDirectory", "port", "address"].map((name) => [
          `tsdb.influxDb.${name}`,
          { tsdb: { influxDb: { host: host(3), image: nginx }, password: "pass" } },
        ]),
      ),
      "regions.mappedPorts": {
        regions: [{ location: 0, nodes: [host(1), host(2)], cmUrl: "http://oms.example.com:8088" }],
      },
      "regions.singleNode": { regions: [{ location: 0, nodes: [host(1)], cmUrl: "http://oms.example.com:8088" }] },
      drc: {
        version: "4.1.0",
        image: { reference: "vendor/oms:feature_4.1.0-ce" },
        drc: { user: "drc", password: "drc" },
      },
    },
  },
  LoadBalancer: {
    changes: loadBalancerChanges,
    args: "LoadBalancerArgs",
    folders: ["components/load-balancer"],
    base: () => ({
      hosts: [host(3), host(4)],
      image: nginx,
      containerName: "web",
      config: "events {}",
      tls: provided(),
      probe: { tcp: { port: 80 } },
    }),
    deploy: (args, opts) => [new LoadBalancer("lb", args, opts).instances],
    others: {
      hosts: () => [host(3), host(4), host(5)],
      image: other,
      containerName: "web2",
      config: "events { }",
      tls: () => ({ ...provided(), chain: `${made.certificate}\n${made.certificate}` }),
      probe: { tcp: { port: 81 } },
      virtualAddress: "10.0.0.100",
      after: () => [host(6)],
      adopt: true,
    },
  },
  VirtualIp: {
    changes: virtualIpChanges,
    args: "VirtualIpArgs",
    folders: ["components/virtual-ip"],
    base: () => ({ hosts: [host(3), host(4)], ...virtualIp, checks: [{ tcp: { port: 80 } }] }),
    deploy: (args, opts) => [new VirtualIp("vip", args, opts).hosts],
    others: {
      hosts: () => [host(3), host(4), host(5)],
      address: "10.0.0.101/24",
      interface: "eth1",
      routerId: 7,
      checks: [{ tcp: { port: 81 } }],
      after: () => [host(6)],
    },
  },
  Certificate: {
    changes: certificateChanges,
    args: "CertificateArgs",
    folders: ["components/certificate"],
    base: () => ({ names: ["odc.example.com"], privateCa: {} }),
    deploy: (args, opts) => {
      const { chain, privateKey } = new Certificate("c", args, opts);
      return [chain, privateKey];
    },
    others: {
      selfSigned: (args: Args) => (delete args.privateCa, {}),
      privateCa: { days: 100 },
      provided: (args: Args) => (delete args.privateCa, provided()),
      names: ["odc.example.org"],
    },
  },
};

/** Arguments with another value at a path, of a list in its first item; a function gets the object that it stands in. */
function changed(args: Args, path: string, value: unknown): Args {
  const keys = path.split(".");
  const last = keys.pop() as string;
  const parent = keys.reduce<Args>((at, key) => {
    const found = at[key] as Args | [Args];
    const copy = { ...(Array.isArray(found) ? found[0] : found) };
    at[key] = Array.isArray(found) ? [copy] : copy;
    return copy;
  }, args);
  parent[last] = typeof value === "function" ? (value as (parent: Args) => unknown)(parent) : value;
  return args;
}

async function deployed({ deploy }: Sample, args: () => Args): Promise<Deployed> {
  const up = { healthy: true, values: { server: "10.0.0.21:2882" }, detail: "" };
  // a deployment of OBProxy that is there already
  const known = (command: string) => (command.includes("obproxyd") ? { ...up, values: { known: "1" } } : undefined);
  const looks = [() => undefined, known] as const;
  const registered = await mockEngine({}, facts, { p1: up, p2: up, p5: up }, ...looks, { "oms-backup-p1": "{}" });
  const { transformations, placed } = placing();
  await valueOf(pulumi.all(deploy(args() as never, { transformations })));
  return { registered, placed: await placed() };
}

/** The resource that interrupts what runs on a host: a container, or a systemd service that is more than a rule of a firewall. */
const isRunning = ({ type, name }: Difference): boolean =>
  type.endsWith(":Container") || (type === "dbha:index:Service" && !name.includes("-port-guard-"));
const reloads = ({ type, name, does, inputs, before }: Difference): boolean =>
  type.startsWith("tls:") ||
  (type === "dbha:index:File" && inputs.onChange !== undefined) ||
  (type === "dbha:index:Files" && actingFiles(inputs).some((text) => !actingFiles(before).includes(text))) ||
  initialises({ type, name, does });
/** Paths and texts of the files whose change sets something off. */
const actingFiles = ({ files }: Record<string, unknown>): string[] =>
  Object.entries((unwrap(files) ?? {}) as Record<string, { content: unknown; onChange?: unknown }>)
    .filter(([, { onChange }]) => onChange !== undefined)
    .map(([path, { content }]) => JSON.stringify([path, content]));
/** Of OMS: it makes the services' files anew, and restarts who reads them. */
const initialises = ({ type, name, does }: Pick<Difference, "type" | "name" | "does">): boolean =>
  type === "command:remote:Command" && name.includes("-init-") && does === "replace";

const judge: Record<Exclude<Effect, "refused">, (found: Difference[], second: Deployed) => void> = {
  live: (found) => {
    assert.deepEqual(found.filter(isRunning), []);
    assert.deepEqual(found.filter(reloads), []);
  },
  reload: (found) => {
    assert.deepEqual(
      found.filter((one) => isRunning(one) && one.does !== "create" && one.does !== "delete"),
      [],
    );
    assert.ok(
      found.some((one) => reloads(one) || (isRunning(one) && one.does === "create")),
      "something reloads",
    );
  },
  "node by node": (found, second) => {
    const running = found.filter(isRunning);
    const isAlone = running.length === 1 && running[0]?.name.includes("-influxdb-");
    assert.ok(running.length >= 2 || isAlone, "each host is concerned");
    // Docker changes limits of containers that run at once, without the deployment's order
    for (const { type, name, does } of running)
      assert.ok(does !== "update" || type === "dbha:index:Service", `${name}: ${does}`);
    if (isAlone) return;
    const [first, last] = running.filter(({ does }) => does !== "delete").map(({ name }) => name) as [string, string];
    const probes = [...second.placed.keys()].filter((name) => /-(health|probe|services)-/.test(name));
    const of = probes.find((name) => comesAfter(second, name, first)) ?? "";
    assert.ok(comesAfter(second, last, of), `${last} waits for ${of}`);
  },
  "data step": (found, second) => {
    // its replacement takes the containers with it, which have a label by it
    const restored = found.find(({ name, does }) => /^(odc|oms)-restore$/.test(name) && does === "replace");
    if (restored !== undefined) return;
    // another address of OMS's CM leaves the containers as they are: the services in them are stopped, and initialised anew
    const inContainers = found.some(initialises) && !found.some(({ type }) => type.endsWith(":Container"));
    if (!inContainers) judge["node by node"](found, second);
  },
};

for (const [kind, sample] of Object.entries(samples))
  describe(`Changes of ${kind}'s arguments`, function () {
    // up to three deployments each, which a busy machine takes its time for
    this.timeout(60_000);
    const first = new Map<string, Promise<Deployed>>();
    const paths = (wanted: (effect: Effect) => boolean): string[] =>
      Object.entries(sample.changes).flatMap(([path, { effect }]) => (wanted(effect) ? [path] : []));
    const base = (path: string): Args => ({ ...sample.base(), ...sample.allowing?.[path] });
    const other = (path: string): Args => changed(base(path), path, sample.others[path]);

    /** Both programs, without what stands in front of the nodes where that is not the matter. */
    async function both(args: () => Args, path = ""): Promise<[Difference[], Deployed]> {
      const whole = path === "" || path.includes("proxy.");
      const part = (all: Args): Args => (whole ? all : (sample.part?.(all) ?? all));
      const key = sample.allowing?.[path] ? path : String(whole);
      if (!first.has(key))
        first.set(
          key,
          deployed(sample, () => part(base(path))),
        );
      const before = await (first.get(key) as Promise<Deployed>);
      const second = await deployed(sample, () => part(args()));
      return [differences(before, second), second];
    }

    before(async () => {
      const addresses = [1, 2, 3, 4, 100].map((n) => `10.0.0.${n}`);
      made = await makeCertificate({ commonName: "x", names: ["odc.example.com"], addresses });
    });

    it("are told of every argument, and of nothing else", () => {
      const all = argumentsOf(sample.args, sample.folders);
      const keys = Object.keys(sample.changes);
      const isBelow = (path: string, key: string): boolean => path === key || path.startsWith(`${key}.`);
      assert.ok(all.length > 3);
      for (const path of all) {
        const classes = keys.filter((key) => isBelow(path, key));
        assert.equal(classes.length, 1, `${path} has one class, and not ${classes.join(" and ") || "none"}`);
      }
      for (const key of keys)
        assert.ok(
          all.some((path) => isBelow(path, key)),
          `${key} is no argument`,
        );
      assert.deepEqual(Object.keys(sample.others).sort(), keys.sort(), "each is tried here");
    });

    it("that are refused are found", () => {
      const plain = (args: Args): Args => JSON.parse(JSON.stringify(args)) as Args;
      for (const path of paths((effect) => effect === "refused"))
        assert.deepEqual(changedPaths(sample.changes, plain(base(path)), plain(other(path))), [path]);
    });

    const lives = paths((effect) => effect === "live");
    const isAlone = (path: string): boolean => path in (sample.allowing ?? {});
    const together = lives.filter((path) => !isAlone(path));
    it(`touch nothing that runs: ${together.join(", ") || "none"}`, async () => {
      const all = () => together.reduce((args, path) => changed(args, path, sample.others[path]), sample.base());
      judge.live(...(await both(all)));
    });
    for (const path of lives.filter(isAlone))
      it(`${path}: touches nothing that runs`, async () => judge.live(...(await both(() => other(path), path))));

    for (const path of paths((effect) => effect !== "live" && effect !== "refused")) {
      const { effect } = sample.changes[path] as { effect: keyof typeof judge };
      it(`${path}: ${effect}`, async () => {
        judge[effect](...(await both(() => other(path), path)));
      });
    }
  });
