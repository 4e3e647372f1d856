import assert from "node:assert/strict";
import { components } from "../../provider/components-schema";
import {
  OUTPUT_SIGNATURE,
  RESOURCE_SIGNATURE,
  SECRET_SIGNATURE,
  SIGNATURE,
} from "../../provider/resources/protocol-marks";
import { FakeMonitor } from "./fake-monitor";
import { PluginClient } from "./plugin-client";

const secret = (value: unknown) => ({ [SIGNATURE]: SECRET_SIGNATURE, value });
const pem = (kind: string, text: string) => `-----BEGIN ${kind}-----\n${text}\n-----END ${kind}-----\n`;
const output = (value: unknown, more: { secret?: boolean; dependencies?: string[] } = {}) => ({
  [SIGNATURE]: OUTPUT_SIGNATURE,
  ...(value !== undefined && { value }),
  ...more,
});
const reference = (urn: string) => ({ [SIGNATURE]: RESOURCE_SIGNATURE, urn, packageVersion: "" });

/** What the state shows of them. */
const withoutSecrets = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  if ((value as Record<string, unknown>)[SIGNATURE] === SECRET_SIGNATURE) return "[secret]";
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner)]));
};

const stack = "urn:pulumi:test::test::pulumi:pulumi:Stack::test-test";
const host = {
  address: "10.0.0.11",
  hostKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPVZ5Yy7c3vTiBnR1xVQ4ZHTjF3rCnJ0Jq0Zk8Z1v0k"],
};

const facts = {
  adopted: [],
  architecture: "amd64",
  cores: 4,
  memoryBytes: 16e9,
  os: "Debian",
  kernel: "6.1",
  dockerVersion: "27.0.0",
  dockerClient: true,
  dockerUserNamespaces: false,
  addresses: [],
  disks: [],
  ports: [],
  services: [],
  containers: [],
  clockSkewMs: 0,
  utcOffsetMinutes: 0,
};

describe("Components made for programs of other languages", function () {
  this.timeout(60_000);
  let plugin: PluginClient;
  let monitor: FakeMonitor;

  const start = async (answers?: ConstructorParameters<typeof FakeMonitor>[0]) => {
    monitor = await new FakeMonitor(answers).listen();
    plugin = await PluginClient.start();
  };
  const config = { "dbha:agent": "true" };
  const make = (type: string, name: string, inputs: Record<string, unknown>, more: object = {}) =>
    plugin.construct({ type, name, inputs, parent: stack, monitor: monitor.address, config, ...more });
  const made = (...asked: Parameters<typeof make>) =>
    make(...asked).catch((error: unknown) => assert.fail([String(error), ...errors()].join("\n")));
  const errors = () => plugin.log.filter(({ severity }) => severity === "error").map(({ message }) => message);

  /** A LoadBalancer on one host, in a run whose resources are all made. */
  async function balancerMade(more: Record<string, unknown>): Promise<void> {
    await start({
      functions: { "dbha:index:getHostFacts": () => facts },
      outputs: () => ({ imageId: "sha256:1", loadedReference: "nginx:1.27", healthy: true, values: {} }),
    });
    const { urn } = await made("dbha:index:Host", "p1", host);
    const image = { reference: "nginx:1.27" };
    const common = { hosts: [reference(urn)], image, containerName: "front", config: "events {}" };
    await made("dbha:index:LoadBalancer", "balancer", { ...common, ...more });
  }

  afterEach(async () => {
    await plugin.stop();
    monitor.stop();
  });

  it("are registered with the run's engine, with their options, and answer with outputs that keep what is secret", async () => {
    await start({
      outputs: ({ type }) =>
        type === "tls:index/privateKey:PrivateKey"
          ? { privateKeyPem: secret("KEY") }
          : { certPem: "CERT", validityEndTime: "2036-01-01T00:00:00Z" },
    });
    const component = await made(
      "dbha:index:Certificate",
      "cert",
      { names: ["odc.example.com"], selfSigned: { days: 100 } },
      {
        protect: true,
        dependencies: ["urn:pulumi:test::test::a:b:C::first"],
        providers: { tls: "urn:pulumi:test::test::pulumi:providers:tls::mine::id-1" },
        aliases: ["urn:pulumi:test::test::dbha:index:Certificate::former"],
      },
    );
    assert.equal(component.urn, "urn:pulumi:test::test::dbha:index:Certificate::cert");
    assert.deepEqual(component.state.chain, "CERT");
    assert.equal((component.state.privateKey as Record<string, unknown>)[SIGNATURE], SECRET_SIGNATURE);
    const registered = monitor.only("dbha:index:Certificate");
    assert.deepEqual(
      [registered.parent, registered.protect, registered.dependencies, registered.aliases],
      [stack, true, ["urn:pulumi:test::test::a:b:C::first"], ["urn:pulumi:test::test::dbha:index:Certificate::former"]],
    );
    const certificate = monitor.only("tls:index/selfSignedCert:SelfSignedCert");
    assert.deepEqual(
      [certificate.parent, certificate.protect, certificate.inputs.validityPeriodHours, certificate.provider],
      [component.urn, true, 2400, "urn:pulumi:test::test::pulumi:providers:tls::mine::id-1"],
    );
    assert.deepEqual(errors(), []);
  });

  it("take hosts by reference, and everything else as it is: secret, or of another resource", async () => {
    await start({
      functions: { "dbha:index:getHostFacts": () => facts },
      outputs: ({ type }) =>
        type === "dbha:index:Image"
          ? { imageId: "sha256:1", loadedReference: "nginx:1.27" }
          : { healthy: true, values: {} },
    });
    const { urn } = await made("dbha:index:Host", "p1", host);
    const component = await made("dbha:index:LoadBalancer", "balancer", {
      hosts: [reference(urn)],
      image: { reference: output("nginx:1.27") },
      containerName: "front",
      config: output("events {}", { dependencies: ["urn:pulumi:test::test::a:b:C::first"] }),
      probe: { tcp: { port: 80 } },
    });
    assert.deepEqual(errors(), []);
    assert.equal((component.state.instances as unknown[]).length, 1);
    const files = monitor.only("dbha:index:Files");
    assert.equal((files.inputs.host as { name: string }).name, "p1");
    assert.match(JSON.stringify(files.inputs.files), /events \{\}/);
    assert.equal(monitor.only("dbha:index:Image").inputs.reference, "nginx:1.27");
  });

  it("check a secret that is known with the other arguments, at once", async () => {
    await start();
    const { urn } = await made("dbha:index:Host", "p1", host);
    const refused = make("dbha:index:OdpWithWatchdog", "odp", {
      hosts: [reference(urn)],
      package: { directory: "/opt/obproxy" },
      cluster: { name: "ob", rsList: ["10.0.0.9:2881"] },
      hangTimeout: 1,
      proxysysPassword: secret("S3'cret"),
      observerSysPassword: output('S3"cret', { secret: true }),
    });
    await assert.rejects(refused, { message: "OdpWithWatchdog odp was not made; why is told beside this" });
    const text = "must be a text without quotes, backslashes and control characters";
    const fix = "choose another one, or leave it out to get a random one";
    assert.deepEqual(errors(), [
      [
        "OdpWithWatchdog odp: its arguments were refused (3 problems); nothing that depends on it was changed:",
        `  - proxysysPassword = [secret]: ${text}; fix: ${fix}`,
        `  - observerSysPassword = [secret]: ${text}; fix: ${fix}`,
        "  - hangTimeout = 1: must be a whole number of seconds from 2 to 600; fix: give a number in that range",
      ].join("\n"),
    ]);
  });

  it("keep a secret as one wherever it goes", async () => {
    const tls = { chain: pem("CERTIFICATE", "CHAIN"), privateKey: secret(pem("PRIVATE KEY", "S3cret")) };
    await balancerMade({ tls, probe: { tcp: { port: 443 } } });
    const registered = monitor.registered.filter(({ inputs }) => JSON.stringify(inputs).includes("S3cret"));
    assert.deepEqual(registered.map(({ type }) => type).sort(), ["dbha:index:Files", "dbha:index:LoadBalancer"]);
    for (const { type, inputs } of registered)
      assert.ok(!JSON.stringify(withoutSecrets(inputs)).includes("S3cret"), type);
  });

  it("have hooks that the engine calls in the plugin, when the component has answered, too", async () => {
    await balancerMade({ probe: { tcp: { port: 80 } } });
    assert.deepEqual(monitor.hookNames.sort(), ["changes of LoadBalancer balancer", "container-front-on-p1"]);
    assert.equal(await monitor.callHook("container-front-on-p1", "urn:of:container", { image: "sha256:1" }), "");
    const claim = monitor.invoked.find(({ token }) => token === "dbha:index:claimContainer");
    assert.deepEqual([claim?.args.name, claim?.args.user], ["front", "urn:of:container"]);
  });

  it("are made of each type in a preview, from the least that it takes", async () => {
    const metaDbAnswer = { max_connections: 1000, cm: { clusters: [], hosts: [], open: false, plan: "" } };
    await start({
      functions: {
        "dbha:index:getHostFacts": ({ host: asked }) => ({
          ...facts,
          memoryBytes: 256e9,
          keepalivedVersion: "2.2.7",
          cores: 16,
          addresses: [{ interface: "eth0", address: (asked as typeof host).address, prefixLength: 24 }],
        }),
        "dbha:index:getHealth": ({ command, tcp }) =>
          command || tcp
            ? { healthy: true, values: { facts: JSON.stringify(metaDbAnswer) }, detail: "" }
            : { healthy: false, values: {}, detail: "connection refused" },
      },
    });
    const preview = { dryRun: true };
    const hosts = [];
    for (const i of [1, 2, 3]) {
      const given = { ...host, address: `10.0.0.1${i}` };
      hosts.push(reference((await made("dbha:index:Host", `p${i}`, given, preview)).urn));
    }
    const [p1, p2, p3] = hosts;
    const schema: Record<string, unknown> = components.resources;
    const image = { reference: "some/image:4.2.7" };
    const metaDb = { host: "10.0.0.9", port: 2881, username: "odc@meta#ob", password: secret("S3cret") };
    const wanted: Record<string, Record<string, unknown>> = {
      Certificate: { names: ["odc.example.com"] },
      DolphinHaCluster: {
        hosts,
        server: { version: "3.00.4.3", hostArchives: { amd64: "/opt/server.zip" } },
        license: secret("2099.12.31,64,16,12,lab,2,-1,,0\nc3RhbmQtaW4=\n"),
        parameters: {
          nodes: { settings: { maxBatchJobWorker: 4 } },
          aliases: { "p1-datanode": { logLevel: "DEBUG" } },
        },
      },
      LoadBalancer: { hosts, image, containerName: "front", config: output(undefined), probe: { tcp: { port: 81 } } },
      OdcHaDeployment: { nodes: [p1, p2], image, metaDb, proxy: { hosts: [p3], image } },
      OdpWithWatchdog: {
        hosts: [p1, p2],
        package: { directory: "/opt/obproxy" },
        cluster: { name: "ob", rsList: ["10.0.0.9:2881"] },
        parameters: { proxy_mem_limited: "4G" },
      },
      OmsMultiNode: {
        version: "4.2.7",
        image,
        metaDb,
        tsdb: { influxDb: { host: p3, image }, username: "oms", password: secret("S3cret") },
        regions: [{ location: 1, nodes: [p1, p2], virtualIp: { address: "10.0.0.100/24" } }],
      },
      VirtualIp: { hosts: [p1, p2], address: "10.0.0.101/24", checks: [{ tcp: { port: 81 } }] },
    };
    const types = [...Object.keys(wanted), "Host"].map((type) => `dbha:index:${type}`);
    assert.deepEqual(types.sort(), Object.keys(schema).sort());
    for (const [type, inputs] of Object.entries(wanted)) {
      const { state } = await made(`dbha:index:${type}`, type.toLowerCase().slice(0, 7), inputs, preview);
      const { required } = schema[`dbha:index:${type}`] as { required: string[] };
      assert.deepEqual(
        required.filter((output) => !(output in state)),
        [],
        type,
      );
    }
    assert.deepEqual(errors(), []);
  });

  it("tell all arguments that are not known yet, secret in the wrong place, or no hosts", async () => {
    await start();
    const refused = make("dbha:index:OdcHaDeployment", "odc", {
      nodes: [reference("urn:pulumi:test::test::dbha:index:Host::p9"), "p1"],
      image: { reference: output(undefined) },
      extraArgs: secret("S3cret"),
      metaDb: { host: "10.0.0.9", port: 2883, username: "odc@meta#ob", password: secret("S3cret") },
      proxy: { hosts: [], image: { reference: "nginx:1.27" } },
    });
    await assert.rejects(refused, { message: "OdcHaDeployment odc was not made; why is told beside this" });
    assert.deepEqual(errors(), [
      [
        "OdcHaDeployment odc: its arguments were refused (4 problems); nothing was changed:",
        "  - extraArgs = [secret]: is kept as plain text, in the state and on hosts; fix: give a value that is no secret",
        "  - image.reference = (not known yet): must be known before anything is deployed; fix: give a value that is no output of a resource, such as one of the configuration",
        "  - nodes[0] = urn:pulumi:test::test::dbha:index:Host::p9: was not made by this provider; fix: make the hosts with the same dbha provider as the component",
        '  - nodes[1] = "p1": must be a Host; fix: make a resource of the type dbha:Host and give that',
      ].join("\n"),
    ]);
  });

  it("tell what the arguments' own rules refuse, and fail in preview, too", async () => {
    await start();
    const { urn } = await made("dbha:index:Host", "p1", host, { dryRun: true });
    const refused = make(
      "dbha:index:OdcHaDeployment",
      "odc",
      {
        nodes: [reference(urn)],
        image: { reference: "oceanbase/odc:4.3.1" },
        metaDb: { host: "10.0.0.9", port: 2883, username: "odc@meta#ob", password: secret("S3cret") },
        proxy: { hosts: [reference(urn)], image: { reference: "nginx:1.27" }, connectTimeout: 100 },
      },
      { dryRun: true },
    );
    await assert.rejects(refused, { message: "OdcHaDeployment odc was not made; why is told beside this" });
    assert.equal(errors().length, 1);
    assert.match(errors()[0] ?? "", /proxy\.connectTimeout = 100: must be a whole number of seconds from 1 to 75/);
    // the others are made none the less
    await made("dbha:index:Host", "p2", { ...host, address: "10.0.0.12" }, { dryRun: true });
  });

  it("fail when a host cannot be asked, and do not wait for what then never comes", async () => {
    await start({
      functions: {
        "dbha:index:getHostFacts": () => {
          throw new Error(
            "invocation of dbha:index:getHostFacts returned an error: host p1 (10.0.0.11:22) is not reached",
          );
        },
      },
      outputs: () => ({ imageId: "sha256:1", loadedReference: "nginx:1.27", healthy: true, values: {} }),
    });
    const { urn } = await made("dbha:index:Host", "p1", host);
    const balancer = make("dbha:index:LoadBalancer", "balancer", {
      hosts: [reference(urn)],
      image: { reference: "nginx:1.27" },
      containerName: "front",
      config: "events {}",
      probe: { tcp: { port: 80 } },
    });
    await assert.rejects(balancer, { message: "LoadBalancer balancer was not made; why is told beside this" });
    assert.equal(errors().length, 1);
    assert.match(
      errors()[0] ?? "",
      /^host p1 cannot be asked \(1 problem\);[^]*host p1 \(10\.0\.0\.11:22\) is not reached$/,
    );
  });

  it("are refused where there is none of that type", async () => {
    await start();
    await assert.rejects(make("dbha:index:Odc", "odc", {}), /Odc odc was not made/);
    assert.match(
      errors()[0] ?? "",
      /^there is no component dbha:index:Odc; known are Certificate, DolphinHaCluster, Host,/,
    );
  });
});
