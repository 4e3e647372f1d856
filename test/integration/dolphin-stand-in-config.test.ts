import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { exec, run } from "../../lab/src/lab";
import { HOST_NAMES, type HostName } from "../../lab/src/name";
import { waitFor } from "../../lab/src/wait";
import { licenseOf } from "../../provider/resources/dolphin/license";
import { parseNodeLines } from "../../provider/resources/dolphin/node-rows";
import { rowsOf, type DolphinValue } from "../../provider/dolphin/answer";
import { theLab } from "./hosts";
import {
  call,
  DEMO,
  followerOf,
  HOME,
  nodeOf,
  prepareCluster,
  removeCluster,
  script,
  signalNode,
  startCluster,
  startNode,
  startWorkers,
  untilStates,
  write,
  type NodeAddress,
} from "./dolphin-stand-in";

const lines = (value: DolphinValue): string[] => (value.form === "vector" ? value.value.map(String) : []);
const fileOf = (name: HostName, file: string): Promise<string> => run(theLab(), name, `cat ${DEMO}/config/${file}`);

describe("Configuration of the DolphinDB stand-in's cluster", function () {
  this.timeout(180_000);
  let leader: NodeAddress;
  let follower: NodeAddress;

  before(async () => {
    await prepareCluster();
    leader = await startCluster();
    follower = followerOf(leader);
    await startWorkers(leader);
  });
  after(removeCluster);

  it("is the Raft group's: what the leader is told is in the files of all controllers", async () => {
    const before = lines(await call(leader, "loadClusterNodesConfigs"));
    const next = [...before, "p1-datanode.workerNum=3", "raftElectTick=5"];
    await call(leader, "saveClusterNodesConfigs", { configs: next });
    await call(leader, "reloadClusterConfig");
    for (const name of HOST_NAMES) {
      await waitFor(`${name} did not write cluster.cfg`, 10, async () =>
        assert.deepEqual((await fileOf(name, "cluster.cfg")).split("\n"), next),
      );
      assert.deepEqual(lines(await call(nodeOf(name, "controller"), "loadClusterNodesConfigs")), next);
    }
    await assert.rejects(call(follower, "saveClusterNodesConfigs", { configs: before }), /<NotLeader>/);
  });

  it("refuses an alias together with its macro when it is reloaded, and takes the former lines again", async () => {
    const before = lines(await call(leader, "loadClusterNodesConfigs"));
    await call(leader, "saveClusterNodesConfigs", { configs: [...before, "p1-datanode.volumes=/x/<ALIAS>"] });
    await assert.rejects(call(leader, "reloadClusterConfig"), {
      message: "The node aliases and macro variables <ALIAS> cannot be specified at the same time.",
    });
    await call(leader, "saveClusterNodesConfigs", { configs: before });
    await call(leader, "reloadClusterConfig");
  });

  it("passes over what was written into the files by hand", async () => {
    const known = lines(await call(leader, "loadClusterNodesConfigs"));
    await write("p1", `${DEMO}/config/cluster.cfg`, [...known, "workerNum=7\n"].join("\n"));
    await call(leader, "saveClusterNodesConfigs", { configs: known });
    await waitFor("p1 did not write cluster.cfg", 10, async () =>
      assert.deepEqual((await fileOf("p1", "cluster.cfg")).split("\n"), known),
    );
    assert.deepEqual(lines(await call(leader, "loadClusterNodesConfigs")), known);
  });

  it("takes nodes on and lets compute nodes go", async () => {
    const { host } = nodeOf("p1", "datanode");
    const added = { alias: "p1-more", host, port: 8804 };
    const arguments_ = `"${host}", 8804, "p1-more", true, "computenode"`;
    await script(nodeOf("p2", "datanode"), `addNode(${arguments_})`);
    const rows = parseNodeLines(lines(await call(leader, "getClusterNodesCfg")));
    assert.deepEqual(rows.at(-1), { ...added, mode: "computenode", group: "", zone: "" });
    await untilStates(leader, { "p1-more": 0 });
    await startWorkers(leader, ["p1-more"]);
    assert.deepEqual(await script(added, "getNodeAlias()"), { form: "scalar", value: "p1-more" });
    await assert.rejects(script(leader, 'removeNode("p1-more")'), /Nodes cannot be removed while running\./);
    await call(leader, "stopDataNode", { nodes: ["p1-more"] });
    await untilStates(leader, { "p1-more": 0 });
    await script(leader, 'removeNode("p1-more")');
    assert.equal(parseNodeLines(lines(await call(leader, "getClusterNodesCfg"))).length, 12);
  });

  it("moves the replicas of a data node to another one", async () => {
    await script(
      nodeOf("p1", "datanode"),
      `db = database("dfs://moved", VALUE, 1..4)
       pt = db.createPartitionedTable(table(1:0, \`k\`v, [INT, INT]), \`pt, \`k)
       pt.append!(table(take(1..4, 40) as k, 1..40 as v))`,
    );
    const rows = async () => rowsOf(await script(leader, "getClusterChunksStatus()")) ?? [];
    const from = "p3-datanode";
    for (const { chunkId, replicas } of await rows()) {
      const held = String(replicas);
      if (!held.includes(from)) continue;
      const to = held.includes("p1-datanode") ? "p2-datanode" : "p1-datanode";
      await script(leader, `moveReplicas("${from}", "${to}", "${String(chunkId)}")`);
    }
    await waitFor("the replicas did not move", 20, async () => {
      const found = await rows();
      assert.deepEqual(
        found.map(({ state, replicaCount, replicas }) => [state, replicaCount, String(replicas).includes(from)]),
        found.map(() => ["COMPLETE", 2, false]),
      );
    });
    const tasks = rowsOf(await script(leader, "getRecoveryTaskStatus()")) ?? [];
    assert.ok(tasks.length > 0 && tasks.every(({ Status }) => Status === "Finished"), JSON.stringify(tasks));
    const sum = await script(nodeOf("p3", "computenode"), 'exec sum(v) from loadTable("dfs://moved", "pt")');
    assert.deepEqual(sum, { form: "scalar", value: 820 });
  });

  it("has a licence that changes while nodes run, by the engine's rules", async () => {
    const file = `${HOME}/server/dolphindb.lic`;
    const told = await call(nodeOf("p1", "datanode"), "license");
    assert.deepEqual(told.form === "dict" && licenseOf(told.value), {
      ...{ end: "2099-12-31", memory: 64, cores: 16, nodes: 12, client: "lab", kind: "commercial", version: "" },
    });
    for (const [line, reason] of [
      ["2100.12.31,64,16,12,other,commercial,-1,,0", /client name/],
      ["2100.12.31,64,16,12,lab,trial,-1,,0", /authorization mode/],
      ["2100.12.31,64,16,11,lab,commercial,-1,,0", /less nodes/],
      ["2099.12.31,64,16,12,lab,commercial,-1,,0", /must be later/],
      ["", /Invalid license file\./],
    ] as const) {
      await write("p1", file, `${line}\nc3RhbmQtaW4=\n`);
      await assert.rejects(call(nodeOf("p1", "datanode"), "updateLicense"), reason);
    }
    await write("p1", file, "2100.12.31,64,16,12,lab,commercial,-1,,0\nc3RhbmQtaW4=\n");
    await call(nodeOf("p1", "datanode"), "updateLicense");
    const ends = async (kind: "datanode" | "agent") => call(nodeOf("p1", kind), "getLicenseExpiration");
    assert.deepEqual(await ends("datanode"), { form: "scalar", value: "2100.12.31" });
    assert.deepEqual(await ends("agent"), { form: "scalar", value: "2099.12.31" }, "each node has its own");
  });

  it("changes admin's password on all nodes", async () => {
    await assert.rejects(call(leader, "changePwd", { old: "wrong", new: "other" }), /old password is incorrect/);
    await call(leader, "changePwd", { old: "123456", new: "other" });
    for (const node of [nodeOf("p2", "datanode"), follower])
      await waitFor("the password did not change", 10, () => call(node, "version", {}, "other"));
    await assert.rejects(call(leader, "version"), /user name or password is incorrect/);
    await call(leader, "changePwd", { old: "other", new: "123456" }, "other");
  });
});

describe("The DolphinDB stand-in does not start", function () {
  this.timeout(60_000);
  const last = async (): Promise<string> => {
    const { stderr, exitCode } = await exec(
      theLab(),
      "p1",
      `cd ${DEMO} && timeout 5 ../dolphindb -console 0 -mode controller -home data -config config/controller.cfg \
        -logFile log/controller.log -nodesFile config/cluster.nodes -clusterConfig config/cluster.cfg`,
    );
    assert.equal(exitCode, 1, stderr);
    const logged = await run(theLab(), "p1", `tail -n 1 ${DEMO}/log/controller.log`);
    return /<ERROR> :(.*)$/.exec(logged)?.[1] ?? logged;
  };
  const change = (file: string, edit: (text: string) => string) => async (): Promise<void> => {
    await write("p1", `${DEMO}/config/${file}`, edit(await fileOf("p1", file)));
  };

  beforeEach(() => prepareCluster());
  after(removeCluster);

  for (const [what, breakIt, said] of [
    [
      "with an empty first line of cluster.nodes",
      change("cluster.nodes", (text) => `\n${text}`),
      `Failed to load the nodes file [config/cluster.nodes] with error: The input file is empty.`,
    ],
    [
      "with one replica under Raft",
      change("controller.cfg", (text) => text.replace("dfsReplicationFactor=2", "dfsReplicationFactor=1")),
      "When controller is in high availability (HA) mode, data node must be in HA mode too, " +
        "i.e. dfsReplicationFactor should be 2 or greater.",
    ],
    [
      "with an alias together with its macro",
      change("cluster.cfg", (text) => `${text}\np1-datanode.volumes=/x/<ALIAS>\n`),
      "The node aliases and macro variables <ALIAS> cannot be specified at the same time.",
    ],
    [
      "with an alias that stands twice",
      change("cluster.nodes", (text) => text.replace("p2-datanode", "p1-datanode")),
      "Duplicate node alias [p1-datanode] in the nodes file.",
    ],
    [
      "without a licence",
      () => run(theLab(), "p1", `rm ${HOME}/server/dolphindb.lic`),
      `The license file [${HOME}/server/dolphindb.lic] doesn't exist.`,
    ],
    [
      "when its licence is over",
      () => write("p1", `${HOME}/server/dolphindb.lic`, "2020.01.01,64,16,12,lab,commercial,-1,,0\nc3RhbmQtaW4=\n"),
      "The license has expired. The expiration date is 2020.01.01.",
    ],
    [
      "with more nodes than its licence allows",
      () => write("p1", `${HOME}/server/dolphindb.lic`, "2099.12.31,64,16,2,lab,commercial,-1,,0\nc3RhbmQtaW4=\n"),
      "The number of nodes exceeds the max number of nodes [2] of the license.",
    ],
    [
      "with damaged files of Raft",
      () => write("p1", `${DEMO}/data/p1-controller/raft/raftWAL1`, "PYSYNCOBJ, cut short"),
      `Failed to replay the raft log [${DEMO}/data/p1-controller/raft/raftWAL1]: the file is corrupted.`,
    ],
    [
      "when its port is taken",
      async () => {
        await startNode("p1", "controller");
        const listens = () => call(nodeOf("p1", "controller"), "getNodeAlias");
        await waitFor("the first controller did not listen", 10, listens);
      },
      "Failed to bind the socket on port 8800 with error code 98",
    ],
  ] as const)
    it(what, async () => {
      await breakIt();
      assert.equal(await last(), said);
    });

  it("with metadata of a later series", async () => {
    await startCluster();
    await signalNode("p1", "controller", "TERM");
    const archive = readFileSync(theLab().servers["2.00.16.2"]).toString("base64");
    const older = `base64 -d >${HOME}.zip && rm ${HOME}/server/dolphindb && unzip -qo -d ${HOME} ${HOME}.zip server/dolphindb 'server/standin/*'`;
    await run(theLab(), "p1", `${older} && rm ${HOME}.zip`, { stdin: archive });
    await startNode("p1", "controller");
    await waitFor("the older server did not refuse", 20, async () =>
      assert.match(
        await run(theLab(), "p1", `tail -n 1 ${DEMO}/log/controller.log`),
        /<ERROR> :The metadata is of server 3\.00\.4\.3, which is newer than this one\.$/,
      ),
    );
  });
});
