import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as yaml from "yaml";
import { privateKeyOf } from "../../../provider/resources/private-key";
import { parseConfig } from "../../../stacks/config";

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHost1AA";
const hosts = (): unknown[] => [1, 2, 3].map((n) => ({ name: `p${n}`, address: `10.0.0.${n}`, hostKeys: [key] }));
const odc = (): Record<string, unknown> => ({
  nodes: ["p1", "p2"],
  image: { reference: "oceanbase/odc:4.3.1" },
  metaDb: { host: "10.0.0.9", port: 2883, username: "odc@meta#ob", password: "secret-db" },
  proxy: { hosts: ["p3"], image: { reference: "nginx:1.27" } },
});

/** Sets (or, with undefined, removes) the value at a dotted path. */
function put(target: unknown, path: string, value: unknown): void {
  const keys = path.split(".");
  const last = keys.pop() as string;
  const parent = keys.reduce((at, name) => (at as Record<string, unknown>)[name], target) as Record<string, unknown>;
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else parent[last] = value;
}

describe("stack configuration", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "dbha-config-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  function parse(section: unknown, list: unknown = hosts()) {
    const inventory = join(folder, "hosts.yaml");
    writeFileSync(inventory, yaml.stringify({ hosts: list }));
    return parseConfig({
      "dbha-stacks:inventory": inventory,
      "dbha-stacks:odc": JSON.stringify(section),
      "dbha:privateKeyFile": "id",
    });
  }

  function problemsOf(run: () => unknown): string[] {
    try {
      run();
    } catch (error) {
      const [headline, ...lines] = (error as Error).message.replaceAll(folder, "DIR").split("\n");
      assert.equal(
        headline,
        `the stack's configuration was refused (${lines.length} ${lines.length === 1 ? "problem" : "problems"}); nothing was changed:`,
      );
      return lines.map((line) => line.slice("  - ".length));
    }
    return assert.fail("nothing was refused");
  }

  it("takes ~ for the home directory, in the inventory's path, in files and in the key's", () => {
    const before = process.env.HOME;
    process.env.HOME = folder;
    try {
      for (const name of ["password", "key"]) writeFileSync(join(folder, name), `the ${name}\n`);
      const section = odc();
      put(section, "metaDb.password", { file: "~/password" });
      parse(section);
      const raw = { "dbha-stacks:inventory": "~/hosts.yaml", "dbha-stacks:odc": JSON.stringify(section) };
      const { hosts: found, odc: read } = parseConfig(raw);
      assert.deepEqual([found.length, read?.metaDb.password], [3, "the password"]);
      assert.equal(privateKeyOf({ privateKeyFile: "~/key" })?.source, join(folder, "key"));
      assert.throws(() => privateKeyOf({ privateKeyFile: "~/none" }), {
        problem: `the private key ${folder}/none does not exist`,
        fix: "correct dbha:privateKeyFile",
      });
    } finally {
      process.env.HOME = before;
    }
  });

  it("fills in the documented defaults", () => {
    const config = parse(odc());
    assert.deepEqual(config.hosts[0], {
      name: "p1",
      address: "10.0.0.1",
      port: 22,
      user: "root",
      hostKeys: [key],
      acceptUnknownHostKey: false,
      sudo: false,
    });
    assert.deepEqual(config.odc, {
      ...odc(),
      metaDb: { ...(odc().metaDb as object), database: "odc_metadb" },
      proxy: {
        ...(odc().proxy as object),
        port: 80,
        containerName: "odc-nginx",
        ipv6: false,
        connectTimeout: 75,
        transferTimeout: 1800,
      },
      port: 8989,
      nodeAddresses: {},
      jvm: {},
      logDirectory: "/opt/odc/log",
      containerName: "obodc",
      profileMode: "alipay",
      cpus: 4,
      memory: 8192,
      mounts: { log: "/var/log/odc", data: "/var/data/odc" },
      keepData: true,
      startTimeout: 600,
      backup: { directory: "/var/backups/odc", keep: 5, keepOnDestroy: true },
    });
  });

  it("deploys nothing for a section that is empty or left out", () => {
    const { odc: first, odp: second } = parse({});
    assert.deepEqual([first, second], [undefined, undefined]);
  });

  const parseOdp = (section: unknown) => {
    const inventory = join(folder, "hosts.yaml");
    writeFileSync(inventory, yaml.stringify({ hosts: hosts() }));
    return parseConfig({ "dbha-stacks:inventory": inventory, "dbha-stacks:odp": JSON.stringify(section) }).odp;
  };
  const odp = () => ({
    hosts: ["p1", "p2"],
    package: { archive: "obproxy.tar.gz" },
    cluster: { name: "ob", rsList: ["10.0.0.21:2881"] },
  });

  it("fills in the documented defaults of ODP", () => {
    assert.deepEqual(parseOdp(odp()), {
      ...odp(),
      package: { archive: "obproxy.tar.gz", stripComponents: 1, keep: 1 },
      ports: { sql: 2883, prometheus: 2884, rpc: 2885 },
      adopt: false,
      parameters: {},
      ignoreLocalConfig: true,
      firstProxyId: 1,
      proxyIds: {},
      clientSessionIdVersion: 2,
      hangTimeout: 5,
      startTimeout: 30,
      drainTimeout: 10,
      keepData: false,
    });
  });

  it("refuses an ODP on a host that nobody knows, and a word that is none", () => {
    assert.deepEqual(
      problemsOf(() =>
        parseOdp({ ...odp(), hosts: ["p1", "p9"], watchdog: true, keepData: "no", ignoreLocalConfig: 1 }),
      ),
      [
        'odp.hosts[1] = "p9": the inventory knows p1, p2, p3; fix: mend the name, or add the host',
        "odp.ignoreLocalConfig = 1: must be true or false; fix: write it without quotes",
        'odp.keepData = "no": must be true or false; fix: write it without quotes',
        "odp.watchdog = (unknown key): known here are: hosts, package, image, programDirectory, adopt, cluster, proxy, ports, appName, proxysysPassword, observerSysPassword, parameters, ignoreLocalConfig, firstProxyId, proxyIds, clientSessionIdVersion, hangTimeout, startTimeout, drainTimeout, keepData; fix: remove it or mend its spelling",
      ],
    );
  });

  it("takes an image from tarballs that lie on the hosts", () => {
    const section = odc();
    const hostTarballs = { amd64: "/opt/images/odc-4.3.1.tar.gz", arm64: "/opt/images/odc-4.3.1-arm.tgz" };
    put(section, "image", { hostTarballs });
    assert.deepEqual(parse(section).odc?.image, { hostTarballs });
  });

  it("reads a text from a file, without the line's end", () => {
    const section = odc();
    writeFileSync(join(folder, "password"), "from a file\n");
    put(section, "metaDb.password", { file: join(folder, "password") });
    assert.equal(parse(section).odc?.metaDb.password, "from a file");
  });

  const rule = {
    address:
      "must be an IP address or a DNS name; fix: write it like 10.0.0.9 or metadb.example.com, without port or scheme",
    port: "must be a whole number from 1 to 65535; fix: give the TCP port, like 8989",
    path: "must be an absolute path without spaces or colons; fix: write it like /var/log/odc",
    password:
      "must have 8-32 characters without spaces, at least 2 digits, 2 upper-case letters, 2 lower-case letters and 2 of ._+@#$%; fix: choose another one, or leave it out to get a random one",
    container:
      'must be a container name: letters, digits, _ . and -, at least two characters; fix: write it like "obodc"',
    image:
      'must be an image reference; fix: write it like "oceanbase/odc:4.3.1" or "registry.example.com:5000/odc:4.3.1"',
    oneImage: "exactly one of tarballs, hostTarballs and reference must be given; fix: give one and remove the others",
    known: "the inventory knows p1, p2, p3; fix: mend the name, or add the host",
    user: 'must be a database user, in OceanBase user@tenant#cluster; fix: write it like "odc@meta#ob"',
    cpus: "must be a number of cores from 0.01 to 1024; fix: give the cores that a node may use, like 4",
    memory: "must be a whole number of MiB, at least 1024; fix: give the memory that a node may use, like 8192",
    cookie: (domain: string, instead: string) =>
      `ODC's cookie XSRF-TOKEN would be for the domain ${domain}, which is a public suffix or a top-level domain, so that browsers drop it and users can log in and do nothing else (400 MissingCsrfToken); fix: take a name like ${instead}, one of a single label, or an IPv4 address`,
    connect: "must be a whole number of seconds from 1 to 75; fix: give a number in that range",
    shell:
      "must be options on one line without characters that a shell gives a meaning to, since ODC's start script lets one read them; fix: write it like",
    secret:
      "must not carry a secret, since ODC writes its command line to its log; fix: configure secrets in ODC itself, or by its own environment variables",
  };
  const bad: [path: string, value: unknown, message: string][] = [
    ["nodes", [], "odc.nodes = []: at least one node is needed; fix: name the hosts that run ODC"],
    ["nodes", ["p1", "p9"], `odc.nodes[1] = "p9": ${rule.known}`],
    ["nodes", ["p1", "p1"], 'odc.nodes[1] = "p1": each host can run one node; fix: name it once'],
    ["image", {}, `odc.image = {}: ${rule.oneImage}`],
    [
      "image",
      { reference: "a:1", tarballs: { amd64: "a.tar" } },
      `odc.image = {"reference":"a:1","tarballs":{"amd64":"a.tar"}}: ${rule.oneImage}`,
    ],
    ["image", { reference: "Not An Image" }, `odc.image.reference = "Not An Image": ${rule.image}`],
    [
      "image",
      { tarballs: {} },
      "odc.image.tarballs = {}: at least one architecture is needed; fix: give amd64, arm64 or both",
    ],
    [
      "image",
      { tarballs: { amd64: "odc.zip" } },
      'odc.image.tarballs.amd64 = "odc.zip": must be the path of a .tar, .tar.gz or .tgz file made with docker save; fix: give its path on the machine that runs Pulumi',
    ],
    [
      "image",
      { tarballs: { amd64: "a.tar", x86: "odc.tar" } },
      "odc.image.tarballs.x86 = (unknown key): known here are: amd64, arm64; fix: remove it or mend its spelling",
    ],
    [
      "image",
      { tarballs: { amd64: "a.tar" }, hostTarballs: { amd64: "/a.tar" } },
      `odc.image = {"tarballs":{"amd64":"a.tar"},"hostTarballs":{"amd64":"/a.tar"}}: ${rule.oneImage}`,
    ],
    [
      "image",
      { hostTarballs: {} },
      "odc.image.hostTarballs = {}: at least one architecture is needed; fix: give amd64, arm64 or both",
    ],
    ...["images/odc.tar.gz", "/opt/images/odc", "/opt/my images/odc.tar", "/opt/../odc.tar", "/opt//odc.tar"].map(
      (path): [string, unknown, string] => [
        "image",
        { hostTarballs: { amd64: path } },
        `odc.image.hostTarballs.amd64 = "${path}": must be the absolute path of a .tar, .tar.gz or .tgz file made with docker save, without spaces or colons; fix: give its path on the hosts, like /opt/images/odc.tar.gz`,
      ],
    ),
    [
      "metaDb",
      undefined,
      "odc.metaDb = (missing): must be an object; fix: give host, port, username, password, database",
    ],
    ["metaDb.host", "10.0.0.9:2883", `odc.metaDb.host = "10.0.0.9:2883": ${rule.address}`],
    ["metaDb.host", "10.0.0.999", `odc.metaDb.host = "10.0.0.999": ${rule.address}`],
    [
      "metaDb.host",
      "127.0.0.1",
      'odc.metaDb.host = "127.0.0.1": means another machine on each node; fix: give the address that all nodes can reach',
    ],
    ["metaDb.port", 0, `odc.metaDb.port = 0: ${rule.port}`],
    ["metaDb.port", "2883", `odc.metaDb.port = "2883": ${rule.port}`],
    ["metaDb.username", "odc user", `odc.metaDb.username = "odc user": ${rule.user}`],
    ["metaDb.username", "odc@meta@x", `odc.metaDb.username = "odc@meta@x": ${rule.user}`],
    [
      "metaDb.password",
      "",
      "odc.metaDb.password = [secret]: must be a non-empty text; fix: give the password of the MetaDB user",
    ],
    [
      "metaDb.password",
      undefined,
      "odc.metaDb.password = [secret]: must be a non-empty text; fix: give the password of the MetaDB user",
    ],
    [
      "metaDb.password",
      { file: "/nowhere/pw" },
      'odc.metaDb.password.file = "/nowhere/pw": cannot be read; fix: mend the path, relative to the project\'s root',
    ],
    [
      "metaDb.database",
      "odc metadb",
      'odc.metaDb.database = "odc metadb": must be a database name: letters, digits, _ and $; fix: write it like "odc_metadb"',
    ],
    ["adminPassword", "short1A", `odc.adminPassword = [secret]: ${rule.password}`],
    ["adminPassword", "aaAA11..with space", `odc.adminPassword = [secret]: ${rule.password}`],
    ["adminPassword", "aaAA1x..", `odc.adminPassword = [secret]: ${rule.password}`],
    ["adminPassword", "aaAAxx11", `odc.adminPassword = [secret]: ${rule.password}`],
    ["adminPassword", `aaAA11..${"x".repeat(25)}`, `odc.adminPassword = [secret]: ${rule.password}`],
    [
      "proxy.hosts",
      ["p3", "p1"],
      "odc.proxy.virtualIp = (missing): several nginx hosts need an address that users reach whichever of them lives; fix: give a free address of their network, or name one host",
    ],
    ["proxy.hosts", ["p4"], `odc.proxy.hosts[0] = "p4": ${rule.known}`],
    ["proxy.port", 65536, `odc.proxy.port = 65536: ${rule.port}`],
    ["proxy.domain", "odc_1.example.com", `odc.proxy.domain = "odc_1.example.com": ${rule.address}`],
    ["proxy.domain", "odc.lab", `odc.proxy.domain = "odc.lab": ${rule.cookie("lab", "web.odc.lab")}`],
    [
      "proxy.domain",
      "fd00::100",
      'odc.proxy.domain = "fd00::100": ODC answers 400 "invalid domain" at an IPv6 address, since a cookie cannot be for one; fix: let users open a name that leads there, like odc.example.com',
    ],
    ["proxy.connectTimeout", 76, `odc.proxy.connectTimeout = 76: ${rule.connect}`],
    [
      "proxy.containerName",
      "obodc",
      'odc.proxy.containerName = "obodc": must differ from containerName; fix: rename one of the containers',
    ],
    ["proxy.hosts", ["p3", "p3"], 'odc.proxy.hosts[1] = "p3": each host can run one nginx; fix: name it once'],
    [
      "proxy.virtualIp",
      { address: "10.0.0.100/24" },
      'odc.proxy.hosts = ["p3"]: a virtual IP moves between at least two hosts; fix: name a second host, or remove virtualIp',
    ],
    [
      "proxy.vip",
      {},
      "odc.proxy.vip = (unknown key): known here are: hosts, virtualIp, image, port, https, domain, containerName, ipv6, connectTimeout, transferTimeout; fix: remove it or mend its spelling",
    ],
    ["keepData", "no", 'odc.keepData = "no": must be true or false; fix: write it without quotes'],
    ["proxy.ipv6", 1, "odc.proxy.ipv6 = 1: must be true or false; fix: write it without quotes"],
    [
      "proxy.https",
      { selfSigned: {}, hsts: "yes" },
      'odc.proxy.https.hsts = "yes": must be true or false; fix: write it without quotes',
    ],
    [
      "backup",
      { keepOnDestroy: null },
      "odc.backup.keepOnDestroy = null: must be true or false; fix: write it without quotes",
    ],
    ["port", 8989.5, `odc.port = 8989.5: ${rule.port}`],
    ["mappingPort", 70000, `odc.mappingPort = 70000: ${rule.port}`],
    ["nodeAddresses", { p1: "p1:8989" }, `odc.nodeAddresses.p1 = "p1:8989": ${rule.address}`],
    [
      "nodeAddresses",
      { p3: "10.1.0.3" },
      'odc.nodeAddresses.p3 = "10.1.0.3": the nodes are p1, p2; fix: mend the name',
    ],
    [
      "nodeAddresses",
      { p2: "localhost" },
      'odc.nodeAddresses.p2 = "localhost": means another machine on each node; fix: give the address that the others can reach',
    ],
    [
      "jvm",
      { heap: "-Xmx8g" },
      'odc.jvm.heap = "-Xmx8g": the heap must be less than the container\'s memory, 8192 MiB; fix: lower -Xmx or raise memory; Java needs about a third more than its heap',
    ],
    ["jvm", { gc: "-XX:+UseG1GC; reboot" }, `odc.jvm.gc = "-XX:+UseG1GC; reboot": ${rule.shell} "-XX:+UseG1GC"`],
    ["jvm", { outOfMemory: "" }, `odc.jvm.outOfMemory = "": ${rule.shell} "-XX:+ExitOnOutOfMemoryError"`],
    ["jvm", { extra: "-Djavax.net.ssl.keyStorePassword=x1" }, `odc.jvm.extra = [secret]: ${rule.secret}`],
    ["extraArgs", "--spring.datasource.password=x1", `odc.extraArgs = [secret]: ${rule.secret}`],
    ["extraArgs", "--odc.api-key=x1", `odc.extraArgs = [secret]: ${rule.secret}`],
    ["extraArgs", "--a=$(id)", `odc.extraArgs = "--a=$(id)": ${rule.shell} "--server.servlet.session.timeout=10m"`],
    ["logDirectory", "log", `odc.logDirectory = "log": ${rule.path}`],
    [
      "proxy.https",
      { port: 80 },
      "odc.proxy.https.port = 80: HTTP and HTTPS need a port each; fix: change one of them",
    ],
    ["proxy.https", { alternativeNames: ["*.x"] }, `odc.proxy.https.alternativeNames[0] = "*.x": ${rule.address}`],
    [
      "proxy.https",
      { selfSigned: {}, provided: { chain: "c", privateKey: "k" } },
      'odc.proxy.https = {"selfSigned":{},"provided":{"chain":"c","privateKey":"[secret]"}}: at most one of selfSigned, privateCa and provided may be given; fix: remove the others',
    ],
    [
      "proxy.https",
      { provided: { chain: "c" } },
      "odc.proxy.https.provided.privateKey = [secret]: must be a non-empty text; fix: give the text of the key file, in PEM",
    ],
    ["containerName", "bad name", `odc.containerName = "bad name": ${rule.container}`],
    ["cpus", 0, `odc.cpus = 0: ${rule.cpus}`],
    ["memory", 512, `odc.memory = 512: ${rule.memory}`],
    ["mounts", { log: "var/log" }, `odc.mounts.log = "var/log": ${rule.path}`],
    ["mounts", { data: "/var/my data" }, `odc.mounts.data = "/var/my data": ${rule.path}`],
    [
      "mounts",
      { log: "/var/odc", data: "/var/odc" },
      'odc.mounts.log = "/var/odc": must differ from mounts.data; fix: give each its own directory',
    ],
    [
      "startTimeout",
      1,
      "odc.startTimeout = 1: must be a whole number of seconds from 10 to 7200; fix: give a number in that range",
    ],
    ["backup", { directory: "backups" }, `odc.backup.directory = "backups": ${rule.path}`],
    [
      "backup",
      { directory: "/var/data/odc/backups" },
      'odc.backup.directory = "/var/data/odc/backups": ODC\'s container would have the backups in a directory that it writes to; fix: choose one outside mounts.log and mounts.data',
    ],
    [
      "backup",
      { keep: 0 },
      "odc.backup.keep = 0: must be a whole number of backups from 1 to 1000; fix: give how many to keep, like 5",
    ],
    [
      "backup",
      { when: "daily" },
      "odc.backup.when = (unknown key): known here are: directory, keep, keepOnDestroy; fix: remove it or mend its spelling",
    ],
    [
      "rollback",
      { backup: "odc-20261121T180000Z-4.3.1.sql.gz" },
      'odc.rollback.backup = "odc-20261121T180000Z-4.3.1.sql.gz": must be the absolute path of a backup, a .sql.gz file on the first node\'s host; fix: take one from the output backups',
    ],
    [
      "rollback",
      {},
      "odc.rollback.backup = (missing): must be the absolute path of a backup, a .sql.gz file on the first node's host; fix: take one from the output backups",
    ],
    [
      "nginx",
      {},
      "odc.nginx = (unknown key): known here are: nodes, image, metaDb, proxy, adminPassword, port, mappingPort, nodeAddresses, jvm, extraArgs, logDirectory, containerName, profileMode, cpus, memory, mounts, keepData, startTimeout, backup, rollback, adopt; fix: remove it or mend its spelling",
    ],
  ];
  for (const [path, value, message] of bad)
    it(`refuses odc.${path} = ${JSON.stringify(value)}`, () => {
      const section = odc();
      put(section, path, value);
      assert.deepEqual(
        problemsOf(() => parse(section)),
        [message],
      );
    });

  it("refuses what users would open where none of it works with ODC's cookies, whoever says it", () => {
    const ipv6 = 'ODC answers 400 "invalid domain" at an IPv6 address, since a cookie cannot be for one';
    const section = odc();
    put(section, "proxy.hosts", ["p1", "p3"]);
    put(section, "proxy.virtualIp", { address: "fd00::100/64" });
    assert.deepEqual(
      problemsOf(() => parse(section)),
      [`odc.proxy.virtualIp.address = "fd00::100/64": ${ipv6}; fix: give proxy.domain, a name that leads there`],
    );
    put(section, "proxy.domain", "odc.example.com");
    parse(section);
    const at = (address: string) => [...hosts().slice(0, 2), { name: "p3", address, hostKeys: [key] }];
    assert.deepEqual(
      problemsOf(() => parse(odc(), at("fd00::3"))),
      [
        `odc.proxy.domain = (missing): users open ODC at fd00::3, but ${ipv6}; fix: let users open a name that leads there, like odc.example.com`,
      ],
    );
    const named = rule.cookie("lab", "web.p3.lab");
    assert.deepEqual(
      problemsOf(() => parse(odc(), at("p3.lab"))),
      [`odc.proxy.domain = (missing): users open ODC at p3.lab, but ${named}`],
    );
  });

  it("refuses nginx and ODC on one port of one host", () => {
    const section = odc();
    put(section, "proxy.hosts", ["p1"]);
    put(section, "proxy.port", 8989);
    assert.deepEqual(
      problemsOf(() => parse(section)),
      ["odc.proxy.port = 8989: nginx and ODC cannot share a port on one host; fix: change port or proxy.port"],
    );
  });

  const pinned =
    "a host's key must be pinned, else anyone between could pose as it; fix: list its keys in hostKeys (ssh-keyscan ADDRESS shows them), or set acceptUnknownHostKey: true for a throw-away host";
  const badHosts: [path: string, value: unknown, message: string][] = [
    ["0.hostKeys", undefined, `hosts[0].hostKeys = (missing): ${pinned}`],
    [
      "0.hostKeys",
      ["10.0.0.1 ssh-ed25519 AAAA"],
      'hosts[0].hostKeys[0] = "10.0.0.1 ssh-ed25519 AAAA": must be a public key: type and base64 text; fix: copy it from `ssh-keyscan ADDRESS` or the host\'s /etc/ssh/ssh_host_ed25519_key.pub, without the host name',
    ],
    ["1.name", "p1", 'hosts[1].name = "p1": is taken by hosts[0] already; fix: give each host its own name'],
    [
      "1.address",
      "10.0.0.1",
      'hosts[1].address = "10.0.0.1": is taken by hosts[0] already; fix: give each host its own address',
    ],
    ["2.address", "ssh://10.0.0.3", `hosts[2].address = "ssh://10.0.0.3": ${rule.address}`],
    [
      "0.password",
      "hunter2",
      "hosts[0].password = (unknown key): known here are: name, address, port, user, hostKeys, acceptUnknownHostKey, sudo, bastion, lost; fix: remove it or mend its spelling",
    ],
  ];
  for (const [path, value, message] of badHosts)
    it(`refuses inventory ${path} = ${JSON.stringify(value)}`, () => {
      const list = hosts();
      put(list, path, value);
      const lines = problemsOf(() => parse({}, list));
      assert.deepEqual(lines, [`inventory DIR/hosts.yaml: ${message}`]);
    });

  it("tells all problems at once, and never a secret", () => {
    const section = odc();
    put(section, "adminPassword", "hunter2");
    put(section, "port", -1);
    put(section, "proxy.connectTimeout", 100);
    const lines = problemsOf(() => parse(section, [{ name: "p1", address: "10.0.0.1" }]));
    assert.equal(lines.length, 4);
    assert.doesNotMatch(lines.join("\n"), /hunter2|secret-db/);
  });

  it("tells where the inventory is unreadable, without blaming the host names", () => {
    const lines = problemsOf(() =>
      parseConfig({ "dbha-stacks:inventory": "/nowhere.yaml", "dbha-stacks:odc": JSON.stringify(odc()) }),
    );
    assert.deepEqual(lines, [
      'inventory = "/nowhere.yaml": cannot be read; fix: mend the file or the path, relative to the project\'s root',
    ]);
  });

  it("accepts the dev stack of this repository", () => {
    // what a lab writes for it
    writeFileSync(join(folder, "hosts.yaml"), yaml.stringify({ hosts: hosts() }));
    writeFileSync(join(folder, "metadb.password"), "x\n");
    writeFileSync(join(folder, "metadb.server"), "10.0.0.10:2881\n");
    writeFileSync(join(folder, "virtual-ip"), "10.0.0.100/24\n");
    const text = readFileSync("Pulumi.dev.yaml", "utf8").replaceAll(".lab/demo/", `${folder}/`);
    const { config } = yaml.parse(text) as { config: Record<string, unknown> };
    const raw = Object.entries(config).map(([name, value]) => [
      name,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
    const { odc, odp, oms, dolphin } = parseConfig(Object.fromEntries(raw) as Record<string, string>);
    assert.deepEqual(odc?.nodes, ["p1", "p2"]);
    assert.deepEqual(odp?.cluster.rsList, ["10.0.0.10:2881"]);
    assert.equal(oms?.regions[0]?.virtualIp?.address, "10.0.0.100/24");
    assert.deepEqual(dolphin?.hosts, ["p1", "p2", "p3"]);
  });
});
