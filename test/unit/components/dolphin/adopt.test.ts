import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe as told } from "../../../../components/adopt/differences";
import {
  clusterCfgDifferences,
  type OwnFile,
  ownFileDifferences,
  rowDifferences,
} from "../../../../components/dolphin/adopt-cfg";
import {
  clusterDifferences,
  hostDifferences,
  notOne,
  type WantedOnHost,
} from "../../../../components/dolphin/adopt-differences";
import { type FoundNode, type FoundOnHost, meant, parseFound } from "../../../../components/dolphin/adopt-found";
import { instanceOf } from "../../../../components/dolphin/instance";
import type { DolphinClusterSeen } from "../../../../provider/resources";
import { parseConfigLines } from "../../../../provider/resources/dolphin/config-lines";
import type { NodeRow } from "../../../../provider/resources/dolphin/node-rows";

const demo = "/opt/DolphinDB/server/clusterDemo";
const instance = instanceOf("db", { clusterDemo: { directory: demo, user: "dolphindb" } });
const LICENSE = "2099.12.31,64,16,12,lab,2,-1,,0\nU2VjcmV0\n";

const node = (mode: string, change: Partial<FoundNode> = {}): FoundNode => ({
  pid: mode === "controller" ? "11" : "12",
  mode,
  program: "/opt/DolphinDB/server/dolphindb",
  directory: demo,
  user: "dolphindb",
  home: `${demo}/data`,
  config: `${demo}/config/${mode}.cfg`,
  nodesFile: mode === "controller" ? `${demo}/config/cluster.nodes` : "",
  clusterConfig: mode === "controller" ? `${demo}/config/cluster.cfg` : "",
  logFile: `${demo}/log/${mode}.log`,
  more: [],
  unit: "",
  ...change,
});
const worker = (alias: string, change: Partial<FoundNode> = {}): FoundNode =>
  node("datanode", { pid: "13", home: `${demo}/data/${alias}`, ...change });

/** The lines of the vendor's page. */
const AGENT = `mode=agent
localSite=10.0.0.80:8801:agent1
controllerSite=10.0.0.80:8800:controller1
sites=10.0.0.80:8801:agent1:agent,10.0.0.80:8800:controller1:controller,10.0.0.81:8800:controller2:controller
workerNum=4
maxMemSize=4
lanCluster=0
`;
const lines = (text: string) => parseConfigLines(text.split("\n"));
const agentFile: OwnFile = {
  mode: "agent",
  host: "p1",
  wanted: lines(AGENT),
  defaults: lines(AGENT.replace("workerNum=4\n", "")),
};

const host = (change: Partial<FoundOnHost> = {}): FoundOnHost => ({
  known: false,
  directory: demo,
  license: createHash("sha256").update(LICENSE.trimEnd()).digest("hex"),
  dfsMeta: false,
  units: [],
  nodes: [node("controller"), node("agent"), worker("datanode1")],
  files: { controller: "", agent: AGENT },
  ...change,
});
const row = (alias: string, mode: NodeRow["mode"] = "datanode", port = 8802): NodeRow => ({
  ...{ host: "10.0.0.80", port, alias, mode },
  ...{ group: "", zone: "" },
});
const wanted = (change: Partial<WantedOnHost> = {}): WantedOnHost => ({
  instance,
  own: [agentFile],
  workers: [row("datanode1")],
  license: LICENSE,
  dfsMetaDir: undefined,
  ...change,
});
const LAYOUT = "fix: only the layout of the vendor's package is taken over: start it by the script in clusterDemo";

describe("A DolphinDB cluster that was started by hand", () => {
  const of = (change: Partial<FoundOnHost>, more: Partial<WantedOnHost> = {}): string[] =>
    hostDifferences(host(change), wanted(more)).map(told);

  it("has no difference where all is as the arguments say", () => {
    assert.deepEqual(of({}), []);
  });

  it("differs by what started it, each with both values", () => {
    const agent = node("agent", {
      ...{ user: "root", program: "/srv/dolphindb", home: "/srv", config: "", logFile: `${demo}/agent.log` },
      ...{ more: ["maxMemSize"], unit: "ddbagent.service" },
    });
    assert.deepEqual(of({ nodes: [agent, worker("datanode1")] }), [
      "user of the agent: it has root, and the arguments say dolphindb; fix: give clusterDemo.user as it has it",
      `program of the agent: it has /srv/dolphindb, and the arguments say /opt/DolphinDB/server/dolphindb; ${LAYOUT}`,
      `-home of the agent: it has /srv, and the arguments say ${demo}/data; ${LAYOUT}`,
      `-config of the agent: it has nothing, and the arguments say ${demo}/config/agent.cfg; ${LAYOUT}`,
      `-logFile of the agent: it has ${demo}/agent.log, and the arguments say ${demo}/log/agent.log; ${LAYOUT}`,
      "further options of the agent: it has maxMemSize, and the arguments say nothing; fix: write it in agent.cfg, and start it without; give parameters.agents as that has it",
      "unit of the agent: it has ddbagent.service, and the arguments say none, as two would start it; fix: let that unit go without its process: with KillMode=none and no ExecStop in a drop-in, systemctl disable --now ddbagent.service",
    ]);
  });

  it("in another directory differs by that alone", () => {
    const agent = node("agent", { directory: "/srv/server/clusterDemo", home: "/srv" });
    assert.deepEqual(of({ nodes: [agent, worker("datanode1")] }), [
      `working directory of the agent: it has /srv/server/clusterDemo, and the arguments say ${demo}; fix: give clusterDemo.directory as it has it`,
    ]);
  });

  it("is not taken over with nodes that do not run, programs that are gone, metadata elsewhere, another licence", () => {
    assert.deepEqual(
      of(
        {
          nodes: [node("agent", { program: "/opt/DolphinDB/server/dolphindb (deleted)" })],
          dfsMeta: true,
          license: "",
        },
        { own: [agentFile] },
      ),
      [
        "program of the agent: it has /opt/DolphinDB/server/dolphindb (deleted), and the arguments say /opt/DolphinDB/server/dolphindb; fix: restart the nodes there: who goes on with a program that is gone starts no other by it",
        `process of datanode1: it has none, and the arguments say one with its home in ${demo}/data/datanode1; fix: start it in the web interface, through the agent in clusterDemo`,
        `directory of metadata: it has ${demo}/dfsMeta, and the arguments say the engine's default; fix: write dfsMetaDir=${demo}/dfsMeta in controller.cfg, which says what is in force, and give parameters.controllers.dfsMetaDir so`,
        "/opt/DolphinDB/server/dolphindb.lic: it has nothing, and the arguments say that of license; fix: give license as it has it; another one is taken afterwards",
      ],
    );
  });

  it("is the one that is meant where there is one, or one alone in the directory", () => {
    const other = node("agent", { pid: "15", directory: "/srv" });
    const both = host({ nodes: [node("agent"), other] });
    assert.equal(meant(both, "agent")?.pid, "12");
    assert.equal(meant(host({ nodes: [other] }), "agent")?.pid, "15");
    assert.equal(meant(both, "controller"), undefined);
    assert.equal(
      notOne(both, "controller", instance),
      "no controller runs there; fix: start it, or leave adopt out, and it is deployed there",
    );
    assert.equal(
      notOne(host({ nodes: [other, { ...other, pid: "16" }] }), "agent", instance),
      `several processes with -mode agent run there, and not one of them alone in ${demo} (process 15 of dolphindb in /srv, process 16 of dolphindb in /srv); fix: give clusterDemo.directory as it has it`,
    );
  });

  describe("with files of its own", () => {
    const ofAgent = (text: string): string[] => ownFileDifferences(agentFile, text).map(told);

    it("may have them in any order, with comments, numbers and switches written otherwise, and its controllers in any order", () => {
      const sites =
        "sites=10.0.0.80:8801:agent1:agent, 10.0.0.81:8800:controller2:controller,10.0.0.80:8800:controller1:controller";
      const text = AGENT.replace(/sites=.*/, sites)
        .replace("lanCluster=0", "lanCluster=false")
        .replace("=4\n", " = 4.0\n");
      assert.deepEqual(ofAgent(`# by hand\n\n${text.split("\n").reverse().join("\n")}`), []);
    });

    it("lacks what an argument says, or has what none does, and is refused with the argument", () => {
      const text = AGENT.replace("workerNum=4\n", "")
        .replace("lanCluster=0\n", "")
        .replace("maxMemSize=4", "logLevel=INFO\nqueue=7");
      assert.deepEqual(ofAgent(text.replace("agent1\n", "first\n")), [
        'localSite of agent.cfg: it has "10.0.0.80:8801:first", and the arguments say "10.0.0.80:8801:agent1"; fix: give alias and port in agents, and addresses.p1, as it has them',
        'logLevel of agent.cfg: it has "INFO", and the arguments say nothing; fix: give parameters.agents.logLevel as it has it',
        'queue of agent.cfg: it has "7", and the arguments say nothing; fix: give parameters.agents.settings.queue as it has it',
        'workerNum of agent.cfg: it has nothing, and the arguments say "4"; fix: leave parameters.agents.workerNum out, and give it afterwards',
        'maxMemSize of agent.cfg: it has nothing, and the arguments say "4"',
        'lanCluster of agent.cfg: it has nothing, and the arguments say "0"; fix: write lanCluster there as it is in force, and give parameters.agents.lanCluster so',
      ]);
    });

    it("says what a missing datanodeRestartInterval means until controllers start again, and how to have it at once", () => {
      const text = "mode=controller\nlocalSite=10.0.0.80:8800:controller1\n";
      const having = (seconds: string): OwnFile => {
        const wanted = lines(`${text}datanodeRestartInterval=${seconds}\n`);
        return { mode: "controller", host: "p1", wanted, defaults: wanted };
      };
      const line = (seconds: string): string =>
        `datanodeRestartInterval of controller.cfg: it has nothing, and the arguments say "${seconds}"`;
      const means = `
      until then nobody starts a data or compute node that ended, or whose host was started again, but pulumi up --refresh;
      at once, by admin on each controller: setDatanodeRestartInterval(30)`;
      assert.deepEqual(ownFileDifferences(having("30"), text).map(told), [line("30") + means]);
      assert.deepEqual(ownFileDifferences(having("0"), text).map(told), [line("0")]);
    });

    it("may ask another controller first, and tells no secret", () => {
      const file: OwnFile = { ...agentFile, wanted: [...agentFile.wanted, ["s3Secret", "Hidden.1"]] };
      const text = AGENT.replace(
        "controllerSite=10.0.0.80:8800:controller1",
        "controllerSite=10.0.0.81:8800:controller2",
      );
      assert.deepEqual(ownFileDifferences(file, `${text}s3Secret=[secret]\n`).map(told), [
        'controllerSite of agent.cfg: it has "10.0.0.81:8800:controller2", and the arguments say "10.0.0.80:8800:controller1"',
      ]);
      assert.deepEqual(ownFileDifferences(agentFile, `${AGENT}s3Secret=[secret]\n`).map(told), [
        "s3Secret of agent.cfg: it has [secret], and the arguments say nothing; fix: give parameters.agents.settings.s3Secret as it has it",
      ]);
    });
  });

  it("differs by rows and parameters of its group, of which compute nodes do not read all", () => {
    const rows = [row("datanode1"), row("datanode2"), row("computenode1", "computenode", 8803)];
    const inWeb = "or where it is told for these nodes, or set it there in the web interface (Nodes Config)";
    assert.deepEqual(
      clusterCfgDifferences(
        lines("volumes=/d/<ALIAS>\nworkerNum=4\nlanCluster=0\n"),
        lines("datanode%.volumes=/d/<ALIAS>\nworkerNum=4\nlanCluster=0\nmaxMemSize=8\ndatanode2.workerNum=8"),
        rows,
      ).map(told),
      [
        `maxMemSize of datanode1, datanode2, computenode1 in cluster.cfg: it has nothing, and the arguments say "8"; fix: give parameters.nodes.maxMemSize as it has it, ${inWeb}`,
        `workerNum of datanode2 in cluster.cfg: it has "4", and the arguments say "8"; fix: give parameters.nodes.workerNum as it has it, ${inWeb}`,
      ],
    );
    assert.deepEqual(rowDifferences([...rows].reverse(), rows), []);
    const fix =
      "fix: describe all nodes as it has them (controllers, agents, dataNodes, computeNodes, ports, addresses)";
    assert.deepEqual(rowDifferences([row("datanode1", "datanode", 8812), row("x")], [row("datanode1")]).map(told), [
      `datanode1 of cluster.nodes: it has 10.0.0.80:8812:datanode1,datanode, and the arguments say 10.0.0.80:8802:datanode1,datanode; ${fix}`,
      `x of cluster.nodes: it has 10.0.0.80:8802:x,datanode, and the arguments say no such row; ${fix}`,
    ]);
  });

  it("must answer, with the version and the password of the arguments, and have all nodes online", () => {
    const seen: DolphinClusterSeen = {
      ...{ leader: "controller1", version: "3.00.4", login: "given", rows: [], parameters: {} },
      nodes: [{ alias: "datanode1", mode: "datanode", host: "10.0.0.80", port: 8802, state: "offline", version: "" }],
    };
    const ofCluster = (change: Partial<DolphinClusterSeen>): string[] =>
      clusterDifferences({ ...seen, ...change }, "3.00.5").map(told);
    assert.deepEqual(ofCluster({}), [
      "version: it has 3.00.4, and the arguments say 3.00.5; fix: give server.version and its package as it has it; an upgrade is made afterwards",
      "nodes: it has datanode1 offline, and the arguments say all online; fix: start them in the web interface",
    ]);
    assert.deepEqual(ofCluster({ leader: "", nodes: [] }), [
      "leader: it has none, and the arguments say one; fix: see the controllers' logs; one must lead",
    ]);
    assert.deepEqual(ofCluster({ login: "refused" }), [
      "password of admin: it has [secret], and the arguments say another [secret]; fix: give adminPassword as it has it",
    ]);
    assert.deepEqual(ofCluster({ login: "silent" }), [
      "controllers: it has no answer, and the arguments say one; fix: see their logs; they must serve",
    ]);
  });

  it("is read from what the host says", () => {
    const said = {
      ...{ known: "", directory: demo, license: "ab", dfsMeta: "1", units: "a.service b.service" },
      ...{ controller: "", agent: Buffer.from(AGENT).toString("base64") },
      nodes: JSON.stringify([{ ...node("agent"), more: "a b" }]),
    };
    assert.deepEqual(parseFound(said), {
      ...{ known: false, directory: demo, license: "ab", dfsMeta: true, units: ["a.service", "b.service"] },
      files: { controller: "", agent: AGENT },
      nodes: [node("agent", { more: ["a", "b"] })],
    });
  });
});
