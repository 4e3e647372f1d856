import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { DolphinHaCluster, type DolphinHaClusterArgs, Host } from "../../../../components";
import { waitFor } from "../../../../lab/src/wait";
import type { FilesArgs, HostFacts } from "../../../../provider/resources";
import { isSecret, mockEngine, type Registered, unwrap, valueOf } from "../mocks";
import { type Placed, placing } from "../placing";

const LICENSE = "2099.12.31,64,16,12,lab,2,-1,,0\nU2VjcmV0\n";
const host = (n: number, more = {}): Host =>
  new Host(`p${n}`, { address: `10.0.0.${n}`, acceptUnknownHostKey: true, ...more });

const args = (change: Partial<DolphinHaClusterArgs> = {}): DolphinHaClusterArgs => ({
  hosts: [1, 2, 3].map((n) => host(n)),
  server: { version: "3.00.4.3", archives: { amd64: "dolphindb.zip" } },
  license: LICENSE,
  adminPassword: "Given.Pass+1",
  parameters: {
    controllers: { maxMemSize: 1 },
    agents: { maxMemSize: 1 },
    nodes: { maxMemSize: 2 },
    aliases: { "p1-datanode": { settings: { s3Secret: "Hidden.1" } } },
  },
  ...change,
});

describe("DolphinHaCluster", () => {
  let registered: Registered[];
  let cluster: DolphinHaCluster;
  let placed: Map<string, Placed>;
  /** What resources are given, where secrets in it are still apart. */
  let given: Map<string, FilesArgs>;
  const inputs = (name: string): Record<string, unknown> => {
    const one = registered.find((resource) => resource.name === name);
    assert.ok(one, `${name} is missing among ${registered.map((resource) => resource.name).join(", ")}`);
    return one.inputs;
  };
  const after = (name: string): string[] => placed.get(name)?.after ?? [];

  async function deploy(
    change: Partial<DolphinHaClusterArgs> = {},
    running?: { leader: string; nodes: string[] },
  ): Promise<void> {
    const services = running ? ["dbha-dolphin-db-controller.service"] : [];
    const facts: Record<string, Partial<HostFacts>> = { p1: { services }, p2: { services }, p3: { services } };
    registered = await mockEngine({}, facts, {}, undefined, (asked) => {
      const [, address = ""] = /dev\/tcp\/([\d.]+)\//.exec(asked) ?? [];
      const { leader = "", nodes = [] } = running ?? {};
      const healthy = nodes.includes(`p${address.slice(-1)}-controller`);
      return { healthy, values: healthy ? { leader } : {}, detail: "" };
    });
    const noted = placing();
    given = new Map();
    const note: pulumi.ResourceTransformation = ({ name, props }) => void given.set(name, props as FilesArgs);
    cluster = new DolphinHaCluster("db", args(change), { transformations: [...noted.transformations, note] });
    await valueOf(pulumi.all([cluster.nodes, cluster.clusterConfig, cluster.license]));
    placed = await noted.placed();
  }

  before(() => deploy());

  it("lets units take as long to stop as nodes may, and longer", async () => {
    await deploy({ stopTimeout: 3600 });
    for (const role of ["controller", "agent", "nodes"]) assert.equal(inputs(`db-${role}-p1`).timeout, 3900);
    await deploy();
  });

  it("registers exactly these resources, and no more for a second host than for the first", () => {
    const roles = (n: number): string[] =>
      registered.flatMap(({ type, name }) => (name.endsWith(`-p${n}`) ? [`${type.split(":").at(-1)} ${name}`] : []));
    assert.deepEqual(roles(1).sort(), [
      "Archive db-package-p1",
      "Directory db-server-p1",
      "Files db-files-p1",
      "Probe db-controller-probe-p1",
      "Service db-agent-p1",
      "Service db-controller-p1",
      "Service db-nodes-p1",
    ]);
    assert.deepEqual(
      roles(3).sort(),
      roles(1)
        .map((name) => name.replace(/p1$/, "p3"))
        .sort(),
    );
    const others = registered.filter(({ name }) => !/-p\d$/.test(name)).map(({ name }) => name);
    assert.deepEqual(others.sort(), [
      "db",
      "db-admin",
      "db-cluster-cfg",
      "db-license",
      "db-nodes",
      "db-server",
      "p1",
      "p2",
      "p3",
    ]);
  });

  it("has user, directories and files of a host in one resource, and what the Raft group begins with only until it has", async () => {
    const home = "/var/lib/dolphin-db";
    const shown = async (n: number) =>
      Promise.all(
        Object.entries(given.get(`db-files-p${n}`)?.files ?? {}).map(async ([path, { content, ...rest }]) => {
          return [path, await pulumi.isSecret(pulumi.output(content)), rest] as const;
        }),
      );
    const { user, directories } = inputs("db-files-p1");
    assert.deepEqual(user, { name: "dolphin-db", home, comment: "dolphin-db" });
    const own = { mode: "0750", owner: "dolphin-db", group: "dolphin-db", onDelete: "keep" };
    assert.deepEqual(directories, {
      [home]: own,
      [`${home}/config`]: own,
      [`${home}/log`]: own,
      "/etc/dbha/dolphin-db": {},
    });
    const cfg = { mode: "0640", owner: "dolphin-db", group: "dolphin-db" };
    const first = { ...cfg, mode: "0600", once: true, unless: `${home}/p1-controller/raft` };
    assert.deepEqual(await shown(1), [
      ["/etc/dbha/dolphin-db/stop-nodes", false, { mode: "0755", validate: 'bash -n "$DBHA_FILE"' }],
      [`${home}/config/controller.cfg`, false, cfg],
      [`${home}/config/cluster.nodes`, false, first],
      [`${home}/config/cluster.cfg`, true, first],
      [`${home}/config/agent.cfg`, false, cfg],
    ]);
    await deploy({
      hosts: [1, 2, 3, 4].map((n) => host(n)),
      agents: [1, 2, 3].map((n) => ({ host: host(n) })),
      dataNodes: [1, 2, 3].map((n) => ({ host: host(n) })),
      computeNodes: [],
      keepData: false,
      parameters: {
        ...args().parameters,
        controllers: { maxMemSize: 1, settings: { aSecret: "Hidden.2" } },
        aliases: {},
      },
    });
    assert.deepEqual(
      (await shown(4)).map(([path]) => path),
      ["/etc/dbha/dolphin-db/stop-nodes"],
    );
    assert.deepEqual(
      (await shown(2)).flatMap(([path, hidden]) => (hidden ? [path] : [])),
      [`${home}/config/controller.cfg`, `${home}/config/cluster.cfg`],
    );
    assert.deepEqual((inputs("db-files-p4").directories as Record<string, unknown>)[home], {
      ...own,
      onDelete: "purge",
    });
    await deploy();
  });

  it("leaves user, directories and volumes of a clusterDemo to who made them, and its files where they say the same", async () => {
    const directory = "/opt/DolphinDB/server/clusterDemo";
    await deploy({
      clusterDemo: { directory, user: "dolphindb" },
      parameters: { ...args().parameters, dataNodes: { volumes: ["/ssd1/<ALIAS>"] } },
    });
    const { user, directories } = inputs("db-files-p1");
    assert.deepEqual([user, directories], [undefined, { "/etc/dbha/dolphin-db": {} }]);
    const cfg = { owner: "dolphindb", mode: "0600", group: "root", format: "parameters", keep: true };
    const first = { owner: "dolphindb", mode: "0600", group: "root", once: true };
    const script = { mode: "0755", validate: 'bash -n "$DBHA_FILE"' };
    const unless = `${directory}/data/p1-controller/raft`;
    assert.deepEqual(
      Object.entries(given.get("db-files-p1")?.files ?? {}).map(([path, entry]) => {
        const { content, ...rest } = entry;
        assert.ok(content);
        return [path, rest];
      }),
      [
        ["/etc/dbha/dolphin-db/stop-nodes", script],
        ["/etc/dbha/dolphin-db/run", script],
        [`${directory}/config/controller.cfg`, cfg],
        [`${directory}/config/cluster.nodes`, { ...first, unless }],
        [`${directory}/config/cluster.cfg`, { ...first, unless }],
        [`${directory}/config/agent.cfg`, cfg],
      ],
    );
    assert.deepEqual(
      registered.filter(({ name }) => name.includes("-directory-")),
      [],
    );
    const { path, copies, owner, group } = inputs("db-license");
    assert.deepEqual(
      [path, copies],
      ["/opt/dbha/dolphin-db/server/dolphindb.lic", ["/opt/DolphinDB/server/dolphindb.lic"]],
    );
    assert.deepEqual([owner, group], ["dolphindb", "root"]);
    const server = inputs("db-server");
    assert.deepEqual([server.directory, server.logs], [`${directory}/data`, `${directory}/log`]);
    await deploy();
    assert.equal(inputs("db-license").copies, undefined);
  });

  it("restarts a controller and an agent by the text of its own file, and tells the nodes of the agent's", async () => {
    const sumsOf = (name: string): unknown => unwrap(inputs(name).triggers);
    const before = ["db-controller-p1", "db-agent-p1"].map(sumsOf);
    assert.ok((sumsOf("db-nodes") as string[]).includes((before[1] as [string])[0]));
    await deploy({ parameters: { ...args().parameters, controllers: { maxMemSize: 3 } } });
    assert.notDeepEqual(sumsOf("db-controller-p1"), before[0]);
    assert.deepEqual(sumsOf("db-agent-p1"), before[1]);
    await deploy();
  });

  it("makes directories outside the home for those who write there, each a resource, after the user", async () => {
    const dataNodes = { volumes: ["/ssd1/<ALIAS>", "/ssd2/<ALIAS>"] };
    await deploy({ parameters: { ...args().parameters, dataNodes } });
    const name = "db-directory-/ssd1/p1-datanode-p1";
    assert.deepEqual(after(name), ["db-files-p1"]);
    const { path, owner, onDelete } = inputs(name);
    assert.deepEqual([path, owner, onDelete], ["/ssd1/p1-datanode", "dolphin-db", "keep"]);
    assert.ok(after("db-controller-p1").includes(name) && after("db-server").includes(name));
    await deploy();
  });

  it("has password, licence and secret parameters in secrets alone", () => {
    const open = JSON.stringify(registered, (_, value: unknown) => (isSecret(value) ? "secret" : value));
    assert.doesNotMatch(open, /Given\.Pass|U2VjcmV0|Hidden\.1/);
    assert.equal(unwrap(inputs("db-license").license), LICENSE);
    assert.equal(unwrap(inputs("db-nodes").password), "Given.Pass+1");
    const parameters = unwrap(inputs("db-cluster-cfg").parameters) as Record<string, unknown>;
    assert.equal(unwrap(parameters["p1-datanode.s3Secret"]), "Hidden.1");
    assert.equal(parameters.maxMemSize, "2");
  });

  it("starts all controllers at the same time where nobody leads, then admin gets a password, then agents start", () => {
    for (const n of [1, 2, 3])
      assert.deepEqual(after(`db-controller-p${n}`), [
        `db-files-p${n}`,
        `db-package-p${n}`,
        "db-server",
        `db-server-p${n}`,
      ]);
    assert.deepEqual(after("db-admin"), ["db-controller-probe-p1", "db-controller-probe-p2", "db-controller-probe-p3"]);
    assert.ok(after("db-agent-p1").includes("db-admin"));
    assert.ok(after("db-agent-p2").includes("db-agent-p1"));
    assert.deepEqual(after("db-cluster-cfg"), ["db-agent-p1", "db-agent-p2", "db-agent-p3"]);
    assert.deepEqual(after("db-nodes"), ["db-cluster-cfg"]);
  });

  it("ends an agent before the unit that ends its nodes, and that before the controllers", () => {
    assert.ok(after("db-agent-p1").includes("db-nodes-p1"));
    assert.ok(after("db-nodes-p1").includes("db-admin"));
  });

  it("restarts controllers one after the other, those that know nobody first, the leader last", async () => {
    const nodes = ["p1-controller", "p2-controller"];
    await deploy({}, { leader: "p1-controller", nodes });
    const waitsFor = (n: number): string[] => after(`db-controller-p${n}`).filter((one) => one.includes("probe"));
    assert.deepEqual(waitsFor(3), []);
    assert.deepEqual(waitsFor(2), ["db-controller-probe-p3"]);
    assert.deepEqual(waitsFor(1), ["db-controller-probe-p2"]);
    await deploy({}, { leader: "", nodes: [] });
    assert.deepEqual(waitsFor(1), []);
  });

  it("reaches the nodes through their hosts, those with a controller first", async () => {
    await deploy({ hosts: [4, 1, 2, 3].map((n) => host(n)), controllers: [1, 2, 3].map((n) => ({ host: host(n) })) });
    const { hosts } = inputs("db-nodes") as { hosts: { host: { name: string }; controller?: { alias: string } }[] };
    assert.deepEqual(
      hosts.map((one) => [one.host.name, one.controller?.alias]),
      [
        ["p1", "p1-controller"],
        ["p2", "p2-controller"],
        ["p3", "p3-controller"],
        ["p4", undefined],
      ],
    );
  });

  it("tells addresses, leader, nodes, licence and configuration, without secrets", async () => {
    await deploy({ publicNames: { p1: "db.example.com" } });
    assert.deepEqual(await valueOf(cluster.urls), [
      "http://db.example.com:8800",
      "http://10.0.0.2:8800",
      "http://10.0.0.3:8800",
    ]);
    assert.equal(await valueOf(cluster.leader), "p2-controller");
    const nodes = await valueOf(cluster.nodes);
    assert.equal(nodes.length, 12);
    assert.deepEqual(nodes.at(-2), {
      alias: "p3-datanode",
      kind: "datanode",
      host: "p3",
      endpoint: "10.0.0.3:8802",
      state: "online",
      version: "3.00.4",
    });
    const { daysLeft, ...terms } = await valueOf(cluster.license);
    assert.deepEqual(terms, { kind: "commercial", end: "2099-12-31", nodes: 12, cores: 16, memory: 64 });
    assert.ok(daysLeft > 20_000);
    assert.equal(await pulumi.isSecret(cluster.license), false);
    const shown = await valueOf(cluster.clusterConfig);
    assert.deepEqual([shown["p1-datanode.s3Secret"], shown.maxMemSize], ["[secret]", "2"]);
    assert.equal(await pulumi.isSecret(cluster.clusterConfig), false);
  });

  it("contacts nothing on a host that is lost", async () => {
    await deploy({ hosts: [host(1), host(2), host(3, { lost: true })] });
    const nodes = await valueOf(cluster.nodes);
    assert.deepEqual(
      nodes.filter(({ host }) => host === "p3").map(({ state }) => state),
      ["lost", "lost", "lost", "lost"],
    );
    assert.deepEqual(
      after("db-controller-p2").filter((one) => one.includes("p3")),
      [],
    );
  });

  it("checks the nodes when they serve, where that is asked for", async () => {
    await deploy({ check: { rows: 5 } });
    assert.deepEqual(after("db-check"), ["db-nodes"]);
    const found = await waitFor("there is no check", 5, () => Promise.resolve(inputs("db-check")));
    const { database, rows, nodes, triggers } = found as { nodes: unknown[]; triggers: unknown[] } & typeof found;
    assert.deepEqual([database, rows, nodes.length, triggers.length], ["dbha_check", 5, 12, 6]);
  });

  it("puts the server in place after the licence, in the package's directory of each host, and controllers wait for it", async () => {
    await deploy({ rollback: { backup: "20261129T180000Z-3.00.4.3" }, backup: { keep: 3, directory: "/srv/backups" } });
    assert.ok(after("db-server").includes("db-license"));
    assert.ok(["db-package-p1", "db-server-p2", "db-files-p3"].every((name) => after("db-server").includes(name)));
    const { packages, server, backups, keep, keepBackups, keys, mode, rollback } = inputs("db-server");
    assert.deepEqual(packages, Object.fromEntries([1, 2, 3].map((n) => [`p${n}`, `/directory/of/db-package-p${n}`])));
    assert.deepEqual(
      [server, backups, keep, keepBackups, mode, rollback],
      [
        ...["/opt/dbha/dolphin-db/server", "/srv/backups", 3, true, "offline"],
        { backup: "20261129T180000Z-3.00.4.3", loseNewData: false },
      ],
    );
    assert.ok((keys as string[]).includes("maxMemSize") && (keys as string[]).includes("s3Secret"));
    assert.deepEqual((inputs("db-controller-p1").triggers as string[]).length, 1);
  });
});
