import assert from "node:assert/strict";
import { renderAgentCfg } from "../../../../components/dolphin/agent-cfg";
import { renderClusterCfg } from "../../../../components/dolphin/cluster-cfg";
import { renderControllerCfg } from "../../../../components/dolphin/controller-cfg";
import { only, type PlacedNode } from "../../../../components/dolphin/layout";
import { valueOf } from "../../../../components/dolphin/parameters";
import { renderClusterNodes } from "../../../../provider/resources/dolphin/node-rows";
import { everything, least, nodesOf, settled, vendors } from "./samples";

type Args = Parameters<typeof settled>[0];

const clusterCfg = (args: Args): string => renderClusterCfg({ ...settled(args), nodes: nodesOf(args) });
const controllerCfg = (args: Args, i = 0): string => {
  const { parameters, server, zones, publicNames } = settled(args);
  const controller = only(nodesOf(args), "controller")[i] as PlacedNode;
  const publicName = publicNames[controller.hostName];
  return renderControllerCfg({
    ...{ controller, parameters: parameters.controllers, version: server.version, zones },
    ...(publicName !== undefined && { publicName }),
  });
};
const agentCfg = (args: Args, i = 0): string => {
  const nodes = nodesOf(args);
  const controllers = only(nodes, "controller") as [PlacedNode, ...PlacedNode[]];
  const agent = only(nodes, "agent")[i] as PlacedNode;
  return renderAgentCfg({ agent, controllers, parameters: settled(args).parameters.agents });
};

describe("The files of the vendor's cluster", () => {
  it("cluster.nodes is the page's, byte by byte", () => {
    assert.equal(
      renderClusterNodes(nodesOf(vendors())),
      `localSite,mode
10.0.0.80:8800:controller1,controller
10.0.0.81:8800:controller2,controller
10.0.0.82:8800:controller3,controller
10.0.0.80:8801:agent1,agent
10.0.0.80:8802:datanode1,datanode
10.0.0.80:8803:computenode1,computenode
10.0.0.81:8801:agent2,agent
10.0.0.81:8802:datanode2,datanode
10.0.0.81:8803:computenode2,computenode
10.0.0.82:8801:agent3,agent
10.0.0.82:8802:datanode3,datanode
10.0.0.82:8803:computenode3,computenode
`,
    );
  });

  it("controller.cfg has the page's values but localExecutors, which does nothing, and starts nodes again", () => {
    assert.equal(
      controllerCfg(vendors(), 1),
      `mode=controller
localSite=10.0.0.81:8800:controller2
dfsHAMode=Raft
dfsReplicationFactor=2
dfsReplicaReliabilityLevel=1
dataSync=1
workerNum=4
maxConnections=512
maxMemSize=8
lanCluster=0
datanodeRestartInterval=30
publicName=19.56.128.22
`,
    );
  });

  it("controller.cfg waits longer before it starts nodes again where the engine takes them for ended otherwise", () => {
    assert.match(controllerCfg(vendors({ "server.version": "2.00.9.3" })), /^datanodeRestartInterval=130$/m);
    assert.match(controllerCfg(vendors({ "server.version": "2.00.10" })), /^datanodeRestartInterval=30$/m);
  });

  it("agent.cfg names itself before all controllers", () => {
    assert.equal(
      agentCfg(vendors(), 2),
      `mode=agent
localSite=10.0.0.82:8801:agent3
controllerSite=10.0.0.80:8800:controller1
sites=10.0.0.82:8801:agent3:agent,10.0.0.80:8800:controller1:controller,10.0.0.81:8800:controller2:controller,10.0.0.82:8800:controller3:controller
workerNum=4
maxMemSize=4
lanCluster=0
`,
    );
  });

  it("cluster.cfg has the page's values but localExecutors, and a public name of each node", () => {
    assert.equal(
      clusterCfg(vendors()),
      `maxMemSize=32
maxConnections=512
workerNum=4
OLAPCacheEngineSize=2
TSDBCacheEngineSize=2
newValuePartitionPolicy=add
maxPubConnections=64
subExecutors=4
lanCluster=0
enableChunkGranularityConfig=true
maxBatchJobWorker=4
datanode1.publicName=19.56.128.21
computenode1.publicName=19.56.128.21
datanode2.publicName=19.56.128.22
computenode2.publicName=19.56.128.22
datanode3.publicName=19.56.128.23
computenode3.publicName=19.56.128.23
`,
    );
  });
});

describe("The files of other clusters", () => {
  it("of hosts alone have three controllers and every other node on each", () => {
    const rows = nodesOf(least({ hosts: ["p1", "p2", "p3", "p4"] })).map(
      ({ alias, host, port }) => `${alias} ${host}:${port}`,
    );
    assert.deepEqual(rows, [
      "p1-controller 10.0.0.80:8800",
      "p2-controller 10.0.0.81:8800",
      "p3-controller 10.0.0.82:8800",
      ...["p1", "p2", "p3", "p4"].flatMap((name, i) => [
        `${name}-agent 10.0.0.8${i}:8801`,
        `${name}-datanode 10.0.0.8${i}:8802`,
        `${name}-computenode 10.0.0.8${i}:8803`,
      ]),
    ]);
  });

  it("have as many columns as groups and zones need", () => {
    const [header, ...rows] = renderClusterNodes(nodesOf(everything())).split("\n");
    assert.equal(header, "localSite,mode,computeGroup,zone");
    assert.deepEqual(rows.slice(3, 10), [
      "10.1.0.80:8901:agent1,agent,,",
      "10.1.0.80:8902:datanode1,datanode,,zone1",
      "10.1.0.80:8904:computenode1,computenode,,zone1",
      "10.0.0.81:8901:agent2,agent,,",
      "10.0.0.81:8902:datanode2,datanode,,zone1",
      "10.0.0.81:8904:orca-p2,computenode,orca,zone1",
      "10.0.0.82:8901:agent3,agent,,",
    ]);
    const grouped = vendors({ "computeNodes.0": { host: "p1", alias: "orca1", group: "orca" } });
    const lines = renderClusterNodes(nodesOf(grouped)).split("\n");
    assert.deepEqual(
      [lines[0], lines[5], lines[6]],
      ["localSite,mode,computeGroup", "10.0.0.80:8802:datanode1,datanode,", "10.0.0.80:8803:orca1,computenode,orca"],
    );
  });

  it("controller.cfg has all that controllers are told, and the zones' replicas", () => {
    assert.equal(
      controllerCfg(everything()),
      `mode=controller
localSite=10.1.0.80:8900:controller1
dfsHAMode=Raft
dfsReplicationFactor=2
dfsReplicaReliabilityLevel=2
dataSync=1
maxMemSize=16
lanCluster=1
enableHTTPS=true
logLevel=WARNING
dfsRecoveryWaitTime=60000
datanodeRestartInterval=60
datanodeRestartLevel=CRASH
raftElectionTick=400
dfsMetaDir=/ssd0/dfsMeta
enableClientAuth=true
strictPermissionMode=true
dfsChunkNodeHeartBeatTimeout=10
clusterName=prod
passwordMinLength=8
zone1.dfsReplicationFactor=2
zone2.dfsReplicationFactor=1
publicName=db1.example.com
`,
    );
  });

  it("cluster.cfg has what all nodes are told, then wildcards, then each node's own with its alias in place of the macro", () => {
    const lines = clusterCfg(everything()).split("\n").slice(11);
    assert.deepEqual(lines, [
      "volumes=/ssd1/<ALIAS>,/ssd2/<ALIAS>",
      "maxBatchJobWorker=4",
      "s3SecretAccessKey=Secret-of-settings",
      "orca%.workerNum=8",
      "datanode1.TSDBRedoLogDir=/ssd3/datanode1/redo",
      "datanode1.persistenceDir=/ssd3/datanode1/streams",
      "datanode1.maxMemSize=64",
      "computenode1.computeNodeCacheDir=/ssd4/computenode1",
      "computenode1.computeNodeMemCacheSize=8",
      "datanode2.TSDBRedoLogDir=/ssd3/datanode2/redo",
      "datanode2.persistenceDir=/ssd3/datanode2/streams",
      "orca-p2.computeNodeCacheDir=/ssd4/orca-p2",
      "orca-p2.computeNodeMemCacheSize=8",
      "datanode3.TSDBRedoLogDir=/ssd3/datanode3/redo",
      "datanode3.persistenceDir=/ssd3/datanode3/streams",
      "orca3.computeNodeCacheDir=/ssd4/orca3",
      "orca3.computeNodeMemCacheSize=8",
      "datanode1.publicName=db1.example.com",
      "computenode1.publicName=db1.example.com",
      "",
    ]);
  });

  it("tell each node's value in the end: its alias before its kind, before wildcards, before all", () => {
    const { parameters } = settled(everything());
    const of = (alias: string, key: string) =>
      valueOf(parameters, nodesOf(everything()).find((node) => node.alias === alias) as PlacedNode, key);
    assert.deepEqual(
      [
        of("datanode1", "maxMemSize"),
        of("datanode2", "maxMemSize"),
        of("orca3", "workerNum"),
        of("datanode2", "workerNum"),
      ],
      ["64", "32", "8", "4"],
    );
    assert.equal(of("datanode2", "volumes"), "/ssd1/datanode2,/ssd2/datanode2");
    assert.equal(of("datanode2", "chunkMetaDir"), undefined);
  });
});
