import assert from "node:assert/strict";
import { HOST_NAMES } from "../../lab/src/name";
import {
  adopting,
  allProcesses,
  processes,
  removeDolphinByHand,
  startDolphinByHand,
  untouched,
} from "./dolphin-by-hand";
import { vendorClient } from "./dolphin-client";
import { COUNT, TABLE } from "./dolphin-rows";
import {
  dolphinNode,
  dolphinOutputs,
  dolphinTraces,
  type DolphinSection,
  endDolphin,
  LICENSE,
  serverOf,
} from "./dolphin-stack";
import { DEMO, HOME } from "./dolphin-stand-in";
import { engines } from "./engines";
import { eventually, labHosts, on } from "./hosts";
import { TestStack } from "./stack";

const [engine] = engines();

describe("A DolphinDB cluster that was started by hand", function () {
  this.timeout(240_000);
  let stack: TestStack;
  let byHand: Record<string, string>[];
  const password = "First.Password+1";
  const counted = async (): Promise<unknown> =>
    (await vendorClient({ node: dolphinNode("p2", "computenode"), password, scripts: [COUNT] }))[1];
  /** The processes of all hosts of some kinds. */
  const only = (all: Record<string, string>[], ...modes: string[]): (string | undefined)[] =>
    all.flatMap((host) => modes.map((mode) => host[mode]));
  const WORKERS = ["datanode", "computenode"];
  const changed = (dolphin: DolphinSection): void => {
    const { controllers, agents } = dolphin.parameters;
    delete dolphin.adopt;
    dolphin.license = LICENSE.replace("2099.12.31", "2100.12.31");
    dolphin.parameters.controllers = { ...controllers, maxConnections: 300 };
    dolphin.parameters.agents = { ...agents, maxConnections: 300 };
  };

  before(async () => {
    assert.ok(engine);
    await startDolphinByHand();
    byHand = await allProcesses();
    for (const host of byHand)
      assert.deepEqual(Object.keys(host).sort(), ["agent", "computenode", "controller", "datanode"]);
    const written = await vendorClient({ node: dolphinNode("p1", "datanode"), password: "123456", scripts: [TABLE] });
    assert.deepEqual(written, [{ connected: true }, { value: 30 }]);
    stack = new TestStack(engine);
    await stack.init(adopting());
  });
  after(async () => {
    await endDolphin(stack);
    await removeDolphinByHand();
  });

  it("is not taken over where it is not what the arguments say: preview tells all, on each host, with both values", async () => {
    await on(
      "p3",
      `printf '[Service]\\nType=forking\\nWorkingDirectory=${DEMO}\\nExecStart=/bin/sh agent.sh start\\n[Install]\\nWantedBy=multi-user.target\\n' >/etc/systemd/system/ddbagent.service && systemctl enable -q ddbagent`,
    );
    stack.configure(
      adopting((dolphin) => {
        const { controllers, agents, nodes } = dolphin.parameters;
        Object.assign(dolphin, {
          clusterDemo: { directory: DEMO, user: "root" },
          server: serverOf("3.00.5.1"),
          license: LICENSE.replace("lab", "other"),
          dataNodes: [{ host: "p1" }, { host: "p2" }, { host: "p3", alias: "third", port: 8812 }],
          parameters: {
            controllers: { ...controllers, raftElectionTick: 300, workerNum: 4 },
            agents: { ...agents, maxMemSize: 2 },
            nodes: { ...nodes, workerNum: 3, maxConnections: 300 },
          },
        });
      }),
    );
    const { code, text } = await stack.run("preview");
    assert.notEqual(code, 0);
    const as = (argument: string): string => `fix: give ${argument} as it has it`;
    const inFile = "or where it is told for these nodes, or set it there in the web interface (Nodes Config)";
    const six = HOST_NAMES.flatMap((host) => [`${host}-datanode`, `${host}-computenode`]);
    const of = six.map((alias) => (alias === "p3-datanode" ? "third" : alias)).join(", ");
    const { address } = labHosts().p3;
    for (const line of [
      ...HOST_NAMES.flatMap((host) => [
        ...["the controller", "the agent", `${host}-computenode`].map(
          (node) =>
            `host ${host}: user of ${node}: it has dolphindb, and the arguments say root; ${as("clusterDemo.user")}`,
        ),
        `host ${host}: raftElectionTick of controller.cfg: it has "200", and the arguments say "300"; ${as("parameters.controllers.raftElectionTick")}`,
        `host ${host}: workerNum of controller.cfg: it has nothing, and the arguments say "4"; fix: leave parameters.controllers.workerNum out, and give it afterwards`,
        `host ${host}: maxMemSize of agent.cfg: it has "1", and the arguments say "2"; ${as("parameters.agents.maxMemSize")}`,
        `host ${host}: ${HOME}/server/dolphindb.lic: it has another licence, and the arguments say that of license; ${as("license")}; another one is taken afterwards`,
      ]),
      `host p3: process of third: it has none, and the arguments say one with its home in ${DEMO}/data/third; fix: start it in the web interface, through the agent in clusterDemo`,
      "host p3: unit of systemd: it has ddbagent.service, and the arguments say none, as two would start it; fix: let that unit go without its process: with KillMode=none and no ExecStop in a drop-in, systemctl disable --now ddbagent.service",
      "version: it has 3.00.4.3, and the arguments say 3.00.5.1; fix: give server.version and its package as it has it; an upgrade is made afterwards",
      `third of cluster.nodes: it has no such row, and the arguments say ${address}:8812:third,datanode; fix: describe all nodes as it has them (controllers, agents, dataNodes, computeNodes, ports, addresses)`,
      `p3-datanode of cluster.nodes: it has ${address}:8802:p3-datanode,datanode, and the arguments say no such row`,
      `workerNum of ${of} in cluster.cfg: it has "2", and the arguments say "3"; ${as("parameters.nodes.workerNum")}, ${inFile}`,
      `maxConnections of ${of} in cluster.cfg: it has nothing, and the arguments say "300"; ${as("parameters.nodes.maxConnections")}, ${inFile}`,
    ])
      assert.ok(text.includes(`- ${line}`), `${line}\nis not in\n${text}`);
    assert.doesNotMatch(text, /^\s+at /m, "no stack trace");
    assert.deepEqual(await allProcesses(), byHand);
    assert.equal(await on("p1", "ls -d /etc/dbha/dolphin* /opt/dbha/dolphin* 2>/dev/null || true"), "");
    await on("p3", "systemctl disable -q ddbagent; rm /etc/systemd/system/ddbagent.service");
    stack.configure(adopting());
  });

  it("is taken over without a restart: processes, rows and files stay, and then nothing is to be changed", async () => {
    const text = await stack.succeed("preview");
    assert.match(
      text,
      /DolphinDB dolphin on host p1 is taken over as it runs \(controller \d+, agent \d+\); until they are started again, this stays as it is:/,
    );
    assert.match(text, /- dataSync of controller\.cfg: it has nothing, and the arguments say "1"/);
    assert.match(text, /admin has the engine's own password, which everybody knows, and gets adminPassword/);
    const files = await Promise.all(["agent.cfg", "cluster.nodes", "cluster.cfg"].map(untouched));
    await stack.up();
    assert.deepEqual(await allProcesses(), byHand);
    assert.deepEqual(await Promise.all(["agent.cfg", "cluster.nodes", "cluster.cfg"].map(untouched)), files);
    assert.match(await on("p1", `cat ${DEMO}/config/controller.cfg`), /^dataSync=1$/m);
    assert.deepEqual(await counted(), { value: 30 });
    await stack.succeed("preview", "--expect-no-changes");
    await stack.succeed("up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes");
    assert.deepEqual(await allProcesses(), byHand);
    const { nodes } = await dolphinOutputs(stack);
    assert.deepEqual([...new Set(nodes.map(({ state, version }) => `${state} ${version}`))], ["online 3.00.4.3"]);
  });

  it("is started again by its unit when it dies, as its user", async () => {
    const { agent = "" } = await processes("p2");
    await on("p2", `kill -KILL ${agent.split(" ")[0] ?? ""}`);
    const { agent: now = "" } = await eventually(
      "another agent",
      20,
      () => processes("p2"),
      (found) => found.agent !== undefined && found.agent !== agent,
    );
    assert.match(now, / dolphindb$/);
    const pid = now.split(" ")[0] ?? "";
    assert.match(await on("p2", `readlink /proc/${pid}/cwd /proc/${pid}/exe`), new RegExp(`^${DEMO}\n/opt/dbha/`));
    assert.deepEqual(only([await processes("p2")], ...WORKERS), only([byHand[1] ?? {}], ...WORKERS));
  });

  it("takes another licence while its first processes run, and other parameters by restarts of those alone", async () => {
    stack.configure(adopting(changed));
    await stack.up();
    assert.equal((await dolphinOutputs(stack)).license.end, "2100-12-31");
    const now = await allProcesses();
    assert.deepEqual(only(now, ...WORKERS), only(byHand, ...WORKERS));
    const restarted = only(now, "controller", "agent").filter(
      (one) => one === undefined || only(byHand, "controller", "agent").includes(one),
    );
    assert.deepEqual(restarted, []);
    assert.match(
      await on("p1", "systemctl show --property=MainPID dbha-dolphin-dolphin-controller"),
      new RegExp(`=${now[0]?.controller?.split(" ")[0] ?? ""}$`),
    );
    assert.deepEqual(await counted(), { value: 30 });
  });

  it("is upgraded like any other", async () => {
    stack.configure(
      adopting((dolphin) => {
        changed(dolphin);
        dolphin.server = serverOf("3.00.5.1");
      }),
    );
    await stack.up();
    const { nodes, backups } = await dolphinOutputs(stack);
    assert.deepEqual([...new Set(nodes.map(({ state, version }) => `${state} ${version}`))], ["online 3.00.5.1"]);
    assert.equal(backups.length, 1);
    assert.deepEqual(await counted(), { value: 30 });
    await stack.succeed("preview", "--expect-no-changes");
  });

  it("is gone when it is destroyed; its user, its directory and its data stay", async () => {
    await stack.destroy();
    for (const host of HOST_NAMES) {
      assert.deepEqual(
        (await dolphinTraces(host)).filter((trace) => !trace.startsWith("/var/backups/")),
        [],
      );
      assert.match(
        await on(host, `ls ${DEMO}/data ${DEMO}/config ${HOME}/server/dolphindb.lic; id -un dolphindb`),
        new RegExp(`agent\\.cfg\ncluster\\.cfg\ncluster\\.nodes\ncontroller\\.cfg\n[^]*${host}-datanode[^]*dolphindb$`),
      );
    }
  });
});
