import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { Host, OdpWithWatchdog, type OdpWithWatchdogArgs } from "../../../components";
import { isSecret, mockEngine, unwrap, valueOf, type Registered } from "./mocks";
import { placing, type Placed } from "./placing";
import { refusalOf } from "./refusal";

const hostKeys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHost1AA"];
const host = (n: number): Host => new Host(`p${n}`, { address: `10.0.0.${n}`, hostKeys });
const server = (value: string): Record<string, string> => ({ server: value });
const url = "http://10.0.0.8:8080/services?Action=ObRootServiceInfo&ObCluster=ob";

const args = (change: Partial<OdpWithWatchdogArgs> = {}): OdpWithWatchdogArgs => ({
  hosts: [host(1), host(2)],
  package: { archive: "obproxy.tar.gz" },
  cluster: { name: "ob", rsList: ["10.0.0.21:2881", "10.0.0.22:2881"] },
  ...change,
});

/** What a node has of directories and files. */
interface FilesOfNode {
  user?: Record<string, string>;
  directories: Record<string, Record<string, string>>;
  files: Record<string, Record<string, string>>;
}

describe("OdpWithWatchdog", () => {
  let registered: Registered[];
  let odp: OdpWithWatchdog;
  let placed: Map<string, Placed>;
  const inputs = (name: string): Record<string, unknown> => {
    const one = registered.find((resource) => resource.name === name);
    assert.ok(one, `${name} is missing among ${registered.map((resource) => resource.name).join(", ")}`);
    return one.inputs;
  };
  const watchdog = "/etc/dbha/odp-odp/watchdog";
  const options = "/etc/dbha/odp-odp/first-options";
  const data = "/var/lib/odp-odp";
  const filesOn = (host: string) => inputs(`odp-files-${host}`) as unknown as FilesOfNode;
  const content = (host: string, path: string): string => filesOn(host).files[path]?.content ?? "";
  const scriptSum = (host: string): string => createHash("sha256").update(content(host, watchdog)).digest("hex");

  async function deploy(change: Partial<OdpWithWatchdogArgs> = {}): Promise<void> {
    const answers = { healthy: true, values: server("10.0.0.21:2882"), detail: "HTTP 200" };
    const balancer = (n: number) => ({
      keepalivedVersion: "2.2.7",
      addresses: [{ interface: "eth0", address: `10.0.0.${n}`, prefixLength: 24 }],
    });
    registered = await mockEngine({}, { p3: balancer(3), p4: balancer(4) }, { p1: answers, p2: answers });
    const noted = placing();
    odp = new OdpWithWatchdog("odp", args(change), { transformations: noted.transformations });
    await valueOf(pulumi.all([odp.nodes, odp.proxies]));
    placed = await noted.placed();
  }

  const proxy = () => ({
    hosts: [host(3), host(4)],
    image: { reference: "nginx:1.28" },
    virtualIp: { address: "10.0.0.102/24", interface: "eth0" },
  });

  it("registers exactly these resources, and no more for a second host than for the first", async () => {
    await deploy();
    const roles = (n: number): string[] =>
      registered.flatMap(({ type, name }) => (name.endsWith(`-p${n}`) ? [`${type.split(":").at(-1)} ${name}`] : []));
    assert.deepEqual(roles(1).sort(), [
      "Archive odp-package-p1",
      "Files odp-files-p1",
      "ObproxyConfig odp-config-p1",
      "Probe odp-probe-p1",
      "Service odp-service-p1",
    ]);
    assert.deepEqual(
      roles(2).sort(),
      roles(1)
        .map((name) => name.replace(/p1$/, "p2"))
        .sort(),
    );
    assert.equal(registered.length, 2 * 5 + 2 + 1 + 2, "beside hosts, deployment and two passwords");
  });

  it("gives each proxy an ID of its own, its parameters at the first start, and all of them while it runs", () => {
    assert.equal(content("p1", options), "client_session_id_version=2,ignore_local_config=True,proxy_id=1\n");
    assert.equal(content("p2", options), "client_session_id_version=2,ignore_local_config=True,proxy_id=2\n");
    const { password, observerPassword, parameters, port, restart } = inputs("odp-config-p2");
    assert.deepEqual(parameters, { client_session_id_version: "2", ignore_local_config: "True", proxy_id: "2" });
    assert.deepEqual([port, restart], [2883, "systemctl restart dbha-odp-odp.service"]);
    assert.ok(isSecret(password) && isSecret(observerPassword));
    assert.equal(unwrap(password), "Random.Pass+12");
  });

  it("has passwords in no file, unit or command", () => {
    const elsewhere = registered.filter(({ type }) => !/ObproxyConfig|RandomPassword/.test(type));
    assert.doesNotMatch(JSON.stringify(elsewhere), /Random\.Pass/);
  });

  it("runs watchdog and proxy as a user of their own, from a directory that is not theirs", () => {
    const { unit, triggers, name } = inputs("odp-service-p1") as { unit: string; triggers: string[]; name: string };
    assert.equal(name, "dbha-odp-odp.service");
    for (const line of [
      "User=odp-odp",
      "ExecStart=/etc/dbha/odp-odp/watchdog /run/dbha-odp-odp",
      "Restart=always",
      "KillMode=process",
    ])
      assert.ok(unit.split("\n").includes(line), line);
    assert.deepEqual(triggers, [scriptSum("p1"), "/directory/of/odp-package-p1"]);
    const { user: account, directories, files } = filesOn("p1");
    assert.deepEqual(account, { name: "odp-odp", home: data, comment: "dbha-odp-odp" });
    assert.deepEqual(directories, {
      "/etc/dbha/odp-odp": {},
      [data]: { owner: "odp-odp", group: "odp-odp", mode: "0750", onDelete: "purge" },
    });
    assert.deepEqual([files[watchdog]?.mode, files[watchdog]?.owner], ["0755", undefined], "root's");
    assert.equal(inputs("odp-package-p1").owner, undefined, "root's");
    assert.match(
      content("p1", watchdog),
      /^flags=\('-p' '2883' '-l' '2884' '-s' '2885' '-n' 'odp' '-c' 'ob' '-r' '10\.0\.0\.21:2881;10\.0\.0\.22:2881'\)$/m,
    );
  });

  it("leaves the proxies' files on the hosts where told so", async () => {
    await deploy({ keepData: true });
    assert.equal(filesOn("p1").directories[data]?.onDelete, "keep");
  });

  it("changes one proxy after the other, package and script included", async () => {
    await deploy();
    const after = (name: string): string[] => placed.get(name)?.after ?? [];
    assert.deepEqual(after("odp-package-p1"), []);
    assert.deepEqual(after("odp-package-p2"), ["odp-probe-p1"]);
    assert.deepEqual(after("odp-files-p1"), []);
    assert.deepEqual(after("odp-files-p2"), ["odp-probe-p1"]);
    assert.deepEqual(after("odp-service-p2"), ["odp-files-p2", "odp-package-p2"]);
    assert.deepEqual(after("odp-config-p2"), ["odp-service-p2"]);
    assert.deepEqual(after("odp-probe-p2"), ["odp-config-p2"]);
  });

  it("drains a proxy from every nginx before it restarts, and goes on when it is back there", async () => {
    await deploy({ proxy: proxy() });
    const after = (name: string): string[] => placed.get(name)?.after ?? [];
    assert.deepEqual(after("odp-drain-p1-p3"), ["odp-files-p1", "odp-package-p1"]);
    assert.ok(["odp-drain-p1-p3", "odp-drain-p1-p4"].every((name) => after("odp-service-p1").includes(name)));
    assert.deepEqual(after("odp-return-p1-p4"), ["odp-probe-p1"]);
    assert.deepEqual(after("odp-package-p2"), ["odp-probe-p1", "odp-return-p1-p3", "odp-return-p1-p4"]);
    assert.deepEqual(inputs("odp-drain-p1-p3").triggers, inputs("odp-service-p1").triggers);
    assert.equal(await valueOf(odp.endpoint), "10.0.0.102:3306");
    assert.match(
      String(
        (inputs("odp-proxy-files-p3").files as Record<string, { content: unknown }>)["/etc/dbha/odp-nginx/nginx.conf"]
          ?.content,
      ),
      /server 10\.0\.0\.1:2883 max_fails=1 fail_timeout=1s;\n\s+server 10\.0\.0\.2:2883 /,
    );
  });

  it("has nothing to drain with one proxy", async () => {
    await deploy({ hosts: [host(1)], proxy: { ...proxy(), hosts: [host(3)], virtualIp: undefined } });
    assert.deepEqual(
      registered.filter(({ name }) => /drain|return/.test(name)),
      [],
    );
    assert.equal(await valueOf(odp.endpoint), "10.0.0.3:3306");
  });

  it("asks the config server for what is to be in the cache before a proxy counts as ready", async () => {
    await deploy({ cluster: { name: "ob", configServerUrl: url }, ignoreLocalConfig: false });
    assert.equal(
      content("p1", options),
      `client_session_id_version=2,ignore_local_config=False,obproxy_config_server_url=${url},proxy_id=1\n`,
    );
    assert.equal((inputs("odp-config-p1").parameters as Record<string, string>).rootservice_list, "");
    assert.match(String(inputs("odp-probe-p1").command), /it has no RS list from the config server yet/);
    assert.doesNotMatch(content("p1", watchdog), /'-r'/);
  });

  it("runs a package that is on the hosts already, and sends nothing", async () => {
    await deploy({ package: { directory: "/home/admin/obproxy-4.3.0" } });
    assert.deepEqual(
      registered.filter(({ type }) => type.endsWith("Archive")),
      [],
    );
    assert.deepEqual(inputs("odp-service-p1").triggers, [scriptSum("p1")]);
    assert.match(content("p1", watchdog), /^home='\/home\/admin\/obproxy-4\.3\.0'$/m);
  });

  describe("with an image", () => {
    const image = { tarballs: { amd64: "obproxy.tar.gz" } };
    const after = (name: string): string[] => placed.get(name)?.after ?? [];
    beforeEach(() => deploy({ package: undefined, image, proxy: proxy() }));

    it("registers exactly these resources: no user, package or unit", () => {
      assert.deepEqual(
        registered
          .flatMap(({ type, name }) => (name.endsWith("-p1") ? [`${type.split(":").at(-1)} ${name}`] : []))
          .sort(),
        [
          "Container odp-container-p1",
          "Files odp-files-p1",
          "Image odp-image-p1",
          "ObproxyConfig odp-config-p1",
          "Probe odp-probe-p1",
        ],
      );
    });

    it("runs the watchdog in place of the image's start script, on the host's network, with two directories of the host", () => {
      const { name, image: id, entrypoints, volumes, networkMode, restart, user, labels } = inputs("odp-container-p1");
      assert.deepEqual(
        [name, id, networkMode, restart, user],
        ["dbha-odp-odp", "sha256:odp-image-p1", "host", "unless-stopped", "root"],
      );
      assert.deepEqual(entrypoints, ["bash", "/etc/dbha/odp-odp/watchdog"]);
      assert.deepEqual(volumes, [
        { hostPath: "/etc/dbha/odp-odp", containerPath: "/etc/dbha/odp-odp", readOnly: true },
        { hostPath: "/var/lib/odp-odp", containerPath: "/var/lib/odp-odp" },
      ]);
      assert.deepEqual(labels, [{ label: "dbha.watchdog", value: scriptSum("p1") }]);
      assert.match(content("p1", watchdog), /^home='\/home\/admin\/obproxy'$/m);
      const { user: account, directories } = filesOn("p1");
      assert.deepEqual([account, directories[data]?.owner], [undefined, undefined], "root's");
      assert.equal(inputs("odp-config-p1").restart, "docker restart dbha-odp-odp");
    });

    it("touches the first container when all hosts have the image, and the next when the one before is back in nginx", () => {
      assert.deepEqual(after("odp-image-p2"), []);
      assert.deepEqual(after("odp-drain-p1-p3"), ["odp-files-p1", "odp-image-p1", "odp-image-p2"]);
      assert.deepEqual(after("odp-container-p1"), [
        "odp-drain-p1-p3",
        "odp-drain-p1-p4",
        "odp-files-p1",
        "odp-image-p1",
        "odp-image-p2",
      ]);
      assert.deepEqual(after("odp-files-p2"), ["odp-probe-p1", "odp-return-p1-p3", "odp-return-p1-p4"]);
    });

    it("finds OBProxy elsewhere in the image when told so", async () => {
      await deploy({ package: undefined, image, programDirectory: "/opt/odp" });
      assert.match(content("p1", watchdog), /^home='\/opt\/odp'$/m);
      assert.match(String(inputs("odp-probe-p1").command), /docker exec dbha-odp-odp \/opt\/odp\/bin\/obproxy -V/);
    });

    it("goes on without a host that is gone for good", async () => {
      const lost = new Host("p2", { address: "10.0.0.2", hostKeys, lost: true });
      await deploy({ hosts: [host(1), lost], package: undefined, image });
      assert.deepEqual(
        (await valueOf(odp.nodes)).map(({ health }) => health),
        ["healthy", "lost"],
      );
      assert.ok(after("odp-container-p1").every((name) => !name.endsWith("-p2")));
      const { retainOnDelete, ignoreChanges } = placed.get("odp-container-p2")?.opts ?? {};
      assert.deepEqual([retainOnDelete, ignoreChanges], [true, ["*"]]);
    });
  });

  it("tells proxies, endpoint and passwords", async () => {
    await deploy({ firstProxyId: 7 });
    const node = { version: "4.3.1", health: "healthy", cachedRsList: false };
    assert.deepEqual(await valueOf(odp.nodes), [
      { host: "p1", endpoint: "10.0.0.1:2883", proxyId: 7, ...node },
      { host: "p2", endpoint: "10.0.0.2:2883", proxyId: 8, ...node },
    ]);
    assert.equal(await valueOf(odp.endpoint), "10.0.0.1:2883");
    assert.equal(await valueOf(odp.proxysysPassword), "Random.Pass+12");
  });

  it("goes on without a host that is gone for good", async () => {
    const lost = new Host("p2", { address: "10.0.0.2", hostKeys, lost: true });
    await deploy({ hosts: [host(1), lost, host(3)] });
    const states = (await valueOf(odp.nodes)).map(({ host: name, health, version }) => `${name} ${health} ${version}`);
    assert.deepEqual(states, ["p1 healthy 4.3.1", "p2 lost unknown", "p3 healthy 4.3.1"]);
    assert.ok(placed.get("odp-package-p3")?.after.every((name) => !name.endsWith("-p2")));
    assert.deepEqual(placed.get("odp-package-p2")?.after, []);
    assert.deepEqual(placed.get("odp-files-p2")?.after, []);
    assert.deepEqual(placed.get("odp-files-p3")?.after, ["odp-probe-p1"]);
  });

  const cases: [what: string, change: Partial<OdpWithWatchdogArgs>, problems: string[]][] = [
    ["no host", { hosts: [] }, ["hosts = []: at least one host is needed; fix: name the hosts that run OBProxy"]],
    [
      "both an RS list and a config server",
      { cluster: { name: "ob", rsList: ["10.0.0.1:2881"], configServerUrl: url } },
      [
        `cluster = {"name":"ob","rsList":["10.0.0.1:2881"],"configServerUrl":"http://10.0.0.8:8080/services?Action=ObRootServiceInfo&ObC...: exactly one of rsList and configServerUrl must be given; fix: remove one of them`,
      ],
    ],
    [
      "a package from nowhere",
      { package: {} },
      ["package = {}: exactly one of archive and directory must be given; fix: give one of them"],
    ],
    [
      "neither a package nor an image, and a directory of none",
      { package: undefined, programDirectory: "/opt/odp" },
      [
        "image = (missing): exactly one of package and image must be given; fix: give one of them",
        'programDirectory = "/opt/odp": is a directory of the image, and there is none; fix: give package.directory instead, or remove it',
      ],
    ],
    [
      "both a package and an image",
      { image: { reference: "oceanbase/obproxy-ce:4.3.0" } },
      [
        'image = {"reference":"oceanbase/obproxy-ce:4.3.0"}: exactly one of package and image must be given; fix: remove one of them',
      ],
    ],
    [
      "an image from nowhere, and a relative directory of it",
      { package: undefined, image: {}, programDirectory: "obproxy" },
      [
        "image = {}: exactly one of tarballs, hostTarballs and reference must be given; fix: give one and remove the others",
        'programDirectory = "obproxy": must be an absolute path without spaces or colons; fix: write it like /var/log/odc',
      ],
    ],
    [
      "neither",
      { cluster: { name: "ob" } },
      ['cluster = {"name":"ob"}: exactly one of rsList and configServerUrl must be given; fix: give one of them'],
    ],
    [
      "an RS list with names and without ports",
      { cluster: { name: "ob", rsList: ["ob1:2881", "10.0.0.1"] } },
      ["ob1:2881", "10.0.0.1"].map(
        (one, i) =>
          `cluster.rsList[${i}] = "${one}": must be an IPv4 address and a SQL port; fix: write it like "10.0.0.21:2881"`,
      ),
    ],
    [
      "ports of root, and the same twice",
      { ports: { sql: 306, prometheus: 2885 } },
      [
        "ports.sql = 306: the proxies' user may use ports from 1024 on; fix: choose another one",
        "ports.rpc = (missing): is ports.prometheus too; fix: choose another one",
      ],
    ],
    [
      "IDs of hosts that are none, too high, and taken",
      { proxyIds: { p9: 1, p2: 1, p1: 300 }, clientSessionIdVersion: 1 },
      [
        "proxyIds.p9 = 1: the hosts are p1, p2; fix: mend the name",
        "proxyIds.p1 = 300: IDs end at 255 with clientSessionIdVersion 1; fix: give a lower one",
      ],
    ],
    [
      "the same ID as the one that is counted for another host",
      { proxyIds: { p2: 1 } },
      ["proxyIds.p2 = 1: is the one of host p1 too; fix: give each its own"],
    ],
    [
      "a user that is there without its directory",
      { package: { directory: "/opt/obproxy", user: "admin" } },
      [
        "package.dataDirectory = (missing): user and dataDirectory are given together; fix: give package.dataDirectory too, or neither of the two",
      ],
    ],
    [
      "to take over another program than the one that runs, with a password that nobody knows",
      { adopt: true },
      [
        'package.archive = "obproxy.tar.gz": is another program than the one that runs; fix: give package.directory as it runs; an archive is an upgrade, afterwards',
        "observerSysPassword = [secret]: a random one would cut the proxies off from their cluster; fix: give the one by which they ask it",
      ],
    ],
    [
      "to take over without user and directory",
      { adopt: true, package: { directory: "/opt/obproxy" }, observerSysPassword: "known" },
      [
        "package.dataDirectory = (missing): what runs has its user and its working directory; fix: give package.user and package.dataDirectory as it has them",
      ],
    ],
    [
      "to take over containers",
      {
        adopt: true,
        package: undefined,
        image: { reference: "oceanbase/obproxy-ce:4.3.0" },
        observerSysPassword: "known",
      },
      [
        "adopt = true: takes processes over, and a container that was made by hand has no watchdog in it; fix: leave adopt out, and deploy beside it on other ports or hosts",
      ],
    ],
    [
      "IDs beyond the version's range",
      { firstProxyId: 255, clientSessionIdVersion: 1 },
      [
        "firstProxyId = 255: the 2 hosts get IDs up to 256, and with clientSessionIdVersion 1 they end at 255; fix: begin with a lower one",
      ],
    ],
    [
      "parameters that have an argument, or no name",
      { parameters: { proxy_id: "4", "Log-Level": "INFO", proxy_mem_limited: "4G,x" } },
      [
        'parameters.proxy_mem_limited = "4G,x": must be a text without quotes, commas, backslashes and control characters; fix: write the value as show proxyconfig shows it',
        'parameters.proxy_id = "4": is set by firstProxyId; fix: give firstProxyId instead',
        'parameters.Log-Level = "INFO": must be a parameter of OBProxy, small letters, digits and _; fix: mend the name',
      ],
    ],
    [
      "a password that SQL cannot carry, which is not shown",
      { proxysysPassword: "it's" },
      [
        "proxysysPassword = [secret]: must be a text without quotes, backslashes and control characters; fix: choose another one, or leave it out to get a random one",
      ],
    ],
  ];
  for (const [what, change, problems] of cases)
    it(`refuses ${what}`, async () => {
      await mockEngine();
      assert.deepEqual(
        refusalOf("OdpWithWatchdog odp", () => new OdpWithWatchdog("odp", args(change))),
        problems,
      );
    });

  it("refuses nginx on a port of OBProxy of the same host, and two nginx without an address between them", async () => {
    await mockEngine();
    const [one, two] = [host(1), host(2)];
    const image = { reference: "nginx:1.28" };
    assert.deepEqual(
      refusalOf(
        "OdpWithWatchdog odp",
        () => new OdpWithWatchdog("odp", args({ hosts: [one, two], proxy: { hosts: [one, two], image, port: 2883 } })),
      ),
      [
        "proxy.virtualIp = (missing): several nginx hosts need an address that clients reach whichever of them lives; fix: give a free address of their network, or name one host",
        "proxy.port = 2883: nginx and OBProxy cannot share a port on one host; fix: change proxy.port or ports",
      ],
    );
  });

  it("refuses a name that users and units cannot have", async () => {
    await mockEngine();
    assert.deepEqual(
      refusalOf("OdpWithWatchdog Odp_1", () => new OdpWithWatchdog("Odp_1", args())),
      [
        'name = "Odp_1": must be 1 to 20 small letters, digits and hyphens, the first a letter, since the hosts\' user and unit are called after it; fix: choose another one, like "odp"',
      ],
    );
  });
});
