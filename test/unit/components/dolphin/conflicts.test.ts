import assert from "node:assert/strict";
import { everything, least, refused, vendors } from "./samples";

/** Arguments, and what is told of them: all at once, each as field, value, rule and fix. */
const table: [name: string, args: unknown, problems: string[]][] = [
  [
    "nothing",
    {},
    [
      "hosts = (missing): must be a list; fix: name the hosts of the cluster",
      "server = (missing): must be an object; fix: give version, archives, hostArchives, stripComponents, keep",
      "license = [secret]: must be the text of dolphindb.lic, a line of values and the signature below it; fix: read it from the file that the vendor sent",
    ],
  ],
  ["least", least(), []],
  ["the page", vendors(), []],
  ["everything", everything(), []],
  [
    "an unknown key",
    least({ controler: 1 }),
    [
      "controler = (unknown key): known here are: hosts, addresses, publicNames, controllers, agents, dataNodes, computeNodes, ports, zones, parameters, server, license, licenseUpdate, adminPassword, directory, clusterDemo, adopt, keepData, electionTimeout, startTimeout, stopTimeout, backup, upgrade, rollback, scale, check; fix: remove it or mend its spelling",
    ],
  ],
  [
    "to take over nothing that could be known",
    least({ adopt: true, rollback: { backup: "20261129T180000Z-3.00.4" } }),
    [
      "clusterDemo = (missing): what runs has its directory and its user; fix: give clusterDemo.directory and clusterDemo.user as it has them",
      "adminPassword = [secret]: a random one would lock out who knows the one in force; fix: give that one, or, where it is the engine's own 123456, the one that is to take its place",
      'rollback = {"backup":"20261129T180000Z-3.00.4"}: replaces what adopt keeps; fix: take it over first, and go back then',
    ],
  ],
  [
    "another home than that of clusterDemo, which would be removed",
    least({
      clusterDemo: { directory: "/opt/DolphinDB/server/clusterDemo", user: "dolphindb" },
      directory: "/data",
      keepData: false,
    }),
    [
      'directory = "/data": the nodes\' home is the directory data in clusterDemo.directory; fix: leave one of the two out',
      "keepData = false: what was there before the deployment is never removed by it; fix: leave it out, and remove clusterDemo by hand when the cluster is gone",
    ],
  ],
  [
    "a clusterDemo that is none, of nobody",
    least({ clusterDemo: { directory: "/opt/DolphinDB/server" } }),
    [
      'clusterDemo.directory = "/opt/DolphinDB/server": must be the directory clusterDemo in that of the vendor\'s package; fix: write it like /opt/DolphinDB/server/clusterDemo',
      'clusterDemo.user = (missing): must be the name of a user of the hosts: small letters, digits, _ and -, the first no digit; fix: write it like "dolphindb"',
    ],
  ],
  [
    "two hosts",
    least({ hosts: ["p1", "p2"] }),
    [
      'hosts = ["p1","p2"]: 2 controllers are too few: a Raft group outlives one of them from 3 on; fix: name three hosts',
    ],
  ],
  [
    "four controllers",
    vendors({ hosts: ["p1", "p2", "p3", "p4"], "controllers.3": { host: "p4" } }),
    [
      'controllers = [{"host":"p1","alias":"controller1"},{"host":"p2","alias":"controller2"},{"host":"p3","alias":"controller3"},{"host":...: 4 controllers outlive no more of them than 3: their number is odd; fix: describe 3 or 5',
    ],
  ],
  [
    "two controllers of a host",
    vendors({ "controllers.2": { host: "p2", alias: "controller3", port: 8810 } }),
    [
      'controllers[2].host = "p2": p2 has a controller already, and with both of them the group would lose two at once; fix: give each controller a host of its own',
    ],
  ],
  [
    "a majority lost",
    least({
      hosts: ["p1", "gone", "p2"],
      controllers: [{ host: "gone" }, { host: "p1" }, { host: "gone", alias: "c", port: 1 }],
    }),
    [
      'hosts = ["p1","gone","p2"]: 1 of 3 controllers are on hosts that are not marked as lost, and without a majority nobody leads; fix: bring a host with a controller back; no change of the cluster can be made before',
      'controllers[2].host = "gone": gone has a controller already, and with both of them the group would lose two at once; fix: give each controller a host of its own',
    ],
  ],
  [
    "a stranger",
    vendors({ "dataNodes.2.host": "p4" }),
    [
      'dataNodes[2].host = "p4": is none of hosts; fix: name it in hosts, too',
      'dataNodes[2].host = "p4": p4 has no agent, and nobody else starts its nodes; fix: add one to agents',
    ],
  ],
  [
    "hosts named twice",
    least({ hosts: ["p1", "p2", "p3", "p1"] }),
    [
      'hosts[3] = "p1": each host is named once; a second node of it stands in dataNodes or computeNodes; fix: name it once',
    ],
  ],
  [
    "a host at a name",
    least({ hosts: ["p1", "p2", "named"] }),
    [
      'hosts[2] = "named": its address is db7.example.com, and nodes know each other by IPv4 addresses, as a site is address:port:alias; fix: give addresses.named',
    ],
  ],
  [
    "two hosts at one address",
    least({ hosts: ["p1", "p2", "p3", "twin"] }),
    ['hosts[3] = "twin": host p1 has the address 10.0.0.80, too; fix: give each host its own'],
  ],
  [
    "addresses of others",
    least({ addresses: { p9: "10.0.0.1", p1: "127.0.0.1", p2: "db.example.com" } }),
    [
      'addresses.p2 = "db.example.com": must be an IPv4 address, since a site is written as address:port:alias; fix: write it like 10.0.0.80, without port',
      'addresses.p9 = "10.0.0.1": hosts are p1, p2, p3; fix: mend the name',
      'addresses.p1 = "127.0.0.1": means another machine on each host; fix: give the address that the others can reach',
    ],
  ],
  [
    "a host whose name is no alias",
    least({ hosts: ["p1", "p2", "p3", "p.6"] }),
    [
      'hosts[3] = "p.6": its alias would be p.6-agent, and one is up to 64 letters, digits, _ and -, a letter first; fix: describe the nodes, with aliases, or rename the host',
      'hosts[3] = "p.6": its alias would be p.6-datanode, and one is up to 64 letters, digits, _ and -, a letter first; fix: describe the nodes, with aliases, or rename the host',
      'hosts[3] = "p.6": its alias would be p.6-computenode, and one is up to 64 letters, digits, _ and -, a letter first; fix: describe the nodes, with aliases, or rename the host',
    ],
  ],
  [
    "aliases twice",
    vendors({ "dataNodes.1.alias": "datanode1", "computeNodes.0.alias": "Datanode3" }),
    [
      'dataNodes[1].alias = "datanode1": datanode1 is the datanode on p1, too; fix: give each node an alias of its own; case counts',
    ],
  ],
  [
    "a bad alias",
    vendors({ "dataNodes.1.alias": "data.node" }),
    [
      'dataNodes[1].alias = "data.node": must be a node\'s alias: up to 64 letters, digits, _ and -, a letter first; fix: write it like "datanode1"',
    ],
  ],
  [
    "an alias that is a list",
    vendors({ "computeNodes.2.alias": ["x"] }),
    [
      'computeNodes[2].alias = ["x"]: must be a node\'s alias: up to 64 letters, digits, _ and -, a letter first; fix: write it like "datanode1"',
    ],
  ],
  [
    "ports of a host",
    vendors({ "dataNodes.3": { host: "p1", alias: "datanode4" }, "ports.agent": 8800 }),
    [
      "agents[0].port = (missing): the controller controller1 has port 8800 on p1; fix: give each node of a host a port of its own",
      "dataNodes[3].port = (missing): the datanode datanode1 has port 8802 on p1; fix: give each node of a host a port of its own",
      "agents[1].port = (missing): the controller controller2 has port 8800 on p2; fix: give each node of a host a port of its own",
      "agents[2].port = (missing): the controller controller3 has port 8800 on p3; fix: give each node of a host a port of its own",
    ],
  ],
  [
    "a host without agent",
    vendors({
      agents: [
        { host: "p1", alias: "agent1" },
        { host: "p2", alias: "agent2" },
        { host: "p2", alias: "agent9", port: 9 },
      ],
    }),
    [
      'agents[2].host = "p2": p2 has an agent already, and a host has one; fix: remove one',
      'dataNodes[2].host = "p3": p3 has no agent, and nobody else starts its nodes; fix: add one to agents',
    ],
  ],
  [
    "a group",
    vendors({ "computeNodes.0.group": "orca" }),
    [
      'computeNodes[0].alias = "computenode1": aliases in a compute group begin with its name, orca; fix: choose one like orca1',
    ],
  ],
  [
    "groups and zones of an old server",
    vendors({
      "server.version": "2.00.12",
      "computeNodes.0": { host: "p1", group: "orca" },
      zones: { z: { replicationFactor: 1 } },
      "dataNodes.0.zone": "z",
    }),
    [
      'computeNodes[0].group = "orca": DolphinDB has compute groups since 3.00.2, and version is 2.00.12; fix: remove group, or take a later server',
      'zones = {"z":{"replicationFactor":1}}: DolphinDB has zones since 3.00.2, in the series 2.00 since 2.00.16.1, and version is 2.00.12; fix: remove zones, or take a later server',
      "computeNodes[0].zone = (missing): orca-p1 is in no zone, and with zones every data and compute node is in one; fix: give zone",
      "dataNodes[1].zone = (missing): datanode2 is in no zone, and with zones every data and compute node is in one; fix: give zone",
      "computeNodes[1].zone = (missing): computenode2 is in no zone, and with zones every data and compute node is in one; fix: give zone",
      "dataNodes[2].zone = (missing): datanode3 is in no zone, and with zones every data and compute node is in one; fix: give zone",
      "computeNodes[2].zone = (missing): computenode3 is in no zone, and with zones every data and compute node is in one; fix: give zone",
    ],
  ],
  [
    "zones",
    vendors({
      zones: { "a b": { replicationFactor: 1 }, z: { replicationFactor: 2 } },
      "dataNodes.0.zone": "z",
      "dataNodes.1.zone": "y",
      "dataNodes.2.zone": "z",
      computeNodes: [],
    }),
    [
      'zones.a b = {"replicationFactor":1}: a zone\'s name is up to 64 letters, digits and _, a letter first; fix: mend the name',
      'dataNodes[1].zone = "y": zones are a b, z; fix: mend the name, or add it to zones with its replicas',
      "zones.a b.replicationFactor = 1: the zone has 0 data nodes for 1 replicas; fix: lower it, or add data nodes to the zone",
    ],
  ],
  [
    "a zone without zones",
    vendors({ "dataNodes.0.zone": "z" }),
    ['dataNodes[0].zone = "z": there are no zones; fix: mend the name, or add it to zones with its replicas'],
  ],
  [
    "factor 1",
    vendors({ "parameters.controllers.dfsReplicationFactor": 1 }),
    [
      'parameters.controllers.dfsReplicationFactor = 1: the engine refuses 1: "When controller is in high availability (HA) mode, data node must be in HA mode too, i.e. dfsReplicationFactor should be 2 or greater."; fix: give 2 or more',
    ],
  ],
  [
    "factor 4",
    vendors({ "parameters.controllers.dfsReplicationFactor": 4 }),
    [
      "parameters.controllers.dfsReplicationFactor = 4: there are 3 data nodes for 4 replicas, and nothing can be written; fix: lower it, or add data nodes",
    ],
  ],
  [
    "replicas on one host",
    vendors({ dataNodes: [{ host: "p1" }, { host: "p1", alias: "d2", port: 8812 }] }),
    [
      "parameters.controllers.dfsReplicaReliabilityLevel = (missing): 1 keeps the 2 replicas of a chunk on different hosts, and data nodes are on 1; fix: add a host with a data node, or lower dfsReplicationFactor",
    ],
  ],
  [
    "a short recovery",
    vendors({ "parameters.controllers.dfsRecoveryWaitTime": 30000 }),
    [
      "parameters.controllers.dfsRecoveryWaitTime = 30000: is 0 for never, or 60000 milliseconds and more; the engine takes less for 60000; fix: give 0, or 60000 or more",
    ],
  ],
  [
    "a short restart",
    vendors({
      "server.version": "2.00.9.3",
      "parameters.controllers.datanodeRestartInterval": 60,
      "parameters.controllers.datanodeRestartLevel": "OFFLINE",
    }),
    [
      "parameters.controllers.datanodeRestartInterval = 60: below 2.00.9.4 it is 0, or 100 seconds and more: with 60 nodes that were stopped come back; fix: give 0, or 100 and the seconds that are meant",
      'parameters.controllers.datanodeRestartLevel = "OFFLINE": OFFLINE starts nodes again that were stopped on purpose, as for an upgrade; fix: give CRASH, or leave it out',
    ],
  ],
  [
    "a short election",
    vendors({ electionTimeout: 60, "parameters.controllers.raftElectionTick": 5000 }),
    [
      "electionTimeout = 60: with raftElectionTick 5000 a first election takes up to 100 seconds; fix: give 200 or more",
    ],
  ],
  [
    "cache engines",
    vendors({
      "parameters.nodes.maxMemSize": 3,
      "parameters.aliases": { datanode1: { TSDBCacheEngineSize: 1, OLAPCacheEngineSize: 0 } },
    }),
    [
      "parameters.nodes.OLAPCacheEngineSize = 2: datanode3 may use 3 GB (maxMemSize), and 2 GB for OLAPCacheEngineSize are more than half of it: such a node does not start; fix: lower OLAPCacheEngineSize, or raise maxMemSize",
      "parameters.nodes.TSDBCacheEngineSize = 2: datanode3 may use 3 GB (maxMemSize), and 2 GB for TSDBCacheEngineSize are more than half of it: such a node does not start; fix: lower TSDBCacheEngineSize, or raise maxMemSize",
    ],
  ],
  [
    "a default cache engine",
    vendors({ "parameters.nodes": { maxMemSize: 1 } }),
    [
      "parameters.dataNodes.TSDBCacheEngineSize = (missing): datanode3 may use 1 GB (maxMemSize), and 1 GB for TSDBCacheEngineSize are more than half of it: such a node does not start; fix: lower TSDBCacheEngineSize, or raise maxMemSize",
    ],
  ],
  [
    "cache without dataSync",
    vendors({ "parameters.controllers.dataSync": false }),
    [
      "parameters.controllers.dataSync = false: OLAPCacheEngineSize keeps writes in memory, and without dataSync they are lost with their node; fix: give true, or OLAPCacheEngineSize 0",
    ],
  ],
  [
    "an alias and the macro",
    vendors({
      "parameters.aliases": { datanode1: { volumes: ["/a/<ALIAS>"], settings: { jobLogFile: "/x/<ALIAS>.log" } } },
    }),
    [
      'parameters.aliases.datanode1.volumes = ["/a/<ALIAS>"]: the engine refuses it and no controller starts: "The node aliases and macro variables <ALIAS> cannot be specified at the same time."; fix: write datanode1 in place of <ALIAS>',
      'parameters.aliases.datanode1.settings.jobLogFile = "/x/<ALIAS>.log": the engine refuses it and no controller starts: "The node aliases and macro variables <ALIAS> cannot be specified at the same time."; fix: write datanode1 in place of <ALIAS>',
    ],
  ],
  [
    "aliases of none",
    vendors({
      "parameters.aliases": {
        Datanode1: { workerNum: 1 },
        controller1: { workerNum: 1 },
        "x%": { workerNum: 1 },
        "a.b": {},
      },
    }),
    [
      'parameters.aliases.Datanode1 = {"workerNum":1}: no data or compute node is called so; they are datanode1, computenode1, datanode2, computenode2, datanode3, computenode3; fix: mend the name; case counts',
      'parameters.aliases.controller1 = {"workerNum":1}: is the controller of p1, whose parameters are not in cluster.cfg; fix: give parameters.controllers',
      'parameters.aliases.x% = {"workerNum":1}: no data or compute node is called so; they are datanode1, computenode1, datanode2, computenode2, datanode3, computenode3; fix: mend the name; case counts',
      "parameters.aliases.a.b = {}: must be an alias, or one with % and ?; fix: mend the name",
    ],
  ],
  [
    "overlapping names",
    vendors({
      "parameters.aliases": { "datanode%": { workerNum: 1 }, "%1": { workerNum: 2, settings: { x: 1 } } },
      "parameters.dataNodes": { settings: { x: 2 } },
    }),
    [
      "parameters.aliases.%1.workerNum = 2: parameters.aliases.datanode% tells datanode1 workerNum, too, and nothing says which one counts; fix: give it in one place, or by the alias itself",
      "parameters.aliases.%1.x = (missing): parameters.dataNodes tells datanode1 x, too, and nothing says which one counts; fix: give it in one place, or by the alias itself",
    ],
  ],
  [
    "keys of arguments",
    vendors({
      "parameters.controllers.settings": {
        mode: "x",
        dfsHAMode: "Raft",
        maxMemSize: 1,
        logFile: "x",
        "a b": 1,
        workNum: 2,
      },
    }),
    [
      'parameters.controllers.settings.mode = "x": is written by the kind of node; fix: remove it',
      'parameters.controllers.settings.dfsHAMode = "Raft": is written by the deployment itself, as Raft; fix: remove it',
      "parameters.controllers.settings.maxMemSize = 1: is parameters.controllers.maxMemSize; fix: give it there",
      'parameters.controllers.settings.logFile = "x": counts on the command line alone, which the deployment writes; fix: remove it',
      "parameters.controllers.settings.a b = 1: must be a parameter's name, letters, digits and _, without an alias before it; fix: mend the name; parameters of one node stand in parameters.aliases",
    ],
  ],
  [
    "shared volumes",
    vendors({
      "dataNodes.3": { host: "p1", alias: "datanode4", port: 8812 },
      "parameters.nodes.volumes": ["/VOL1", "/VOL2/"],
      "parameters.nodes.TSDBRedoLogDir": "/ssd/redo",
      "parameters.nodes.redoLogDir": "/ssd/<ALIAS>",
    }),
    [
      'parameters.nodes.volumes = ["/VOL1","/VOL2/"]: datanode1 and datanode4 on p1 would share the directory /VOL1/; fix: have <ALIAS> in volumes, or give each of them its own in parameters.aliases',
      'parameters.nodes.volumes = ["/VOL1","/VOL2/"]: datanode1 and datanode4 on p1 would share the directory /VOL2/; fix: have <ALIAS> in volumes, or give each of them its own in parameters.aliases',
      'parameters.nodes.TSDBRedoLogDir = "/ssd/redo": datanode1 and datanode4 on p1 would have their TSDB metadata both in /ssd; fix: have <ALIAS> in TSDBRedoLogDir, or give each of them its own in parameters.aliases',
    ],
  ],
  [
    "endings of redo logs",
    vendors({
      "parameters.nodes.TSDBRedoLogDir": "/ssd/<ALIAS>",
      "parameters.aliases": { datanode1: { TSDBRedoLogDir: "/ssd/x/" } },
    }),
    [
      'parameters.nodes.TSDBRedoLogDir = "/ssd/<ALIAS>": the engine refuses a redo log that ends in /<ALIAS> or /, as the metadata beside it would be those of all nodes; fix: write it like /ssd1/<ALIAS>/redo',
      'parameters.aliases.datanode1.TSDBRedoLogDir = "/ssd/x/": the engine refuses a redo log that ends in /<ALIAS> or /, as the metadata beside it would be those of all nodes; fix: write it like /ssd1/<ALIAS>/redo',
    ],
  ],
  [
    "a parent of two redo logs",
    vendors({
      "dataNodes.3": { host: "p1", alias: "datanode4", port: 8812 },
      "parameters.aliases": {
        datanode1: { TSDBRedoLogDir: "/ssd/redo1" },
        datanode4: { TSDBRedoLogDir: "/ssd/redo4" },
      },
    }),
    [
      'parameters.aliases.datanode4.TSDBRedoLogDir = "/ssd/redo4": datanode1 and datanode4 on p1 would have their TSDB metadata both in /ssd; fix: have <ALIAS> in TSDBRedoLogDir, or give each of them its own in parameters.aliases',
    ],
  ],
  [
    "a cache without the macro",
    vendors({
      "parameters.nodes.computeNodeCacheDir": ["/c"],
      "parameters.computeNodes": { computeNodeCacheMeta: "/m" },
    }),
    [
      'parameters.nodes.computeNodeCacheDir = ["/c"]: is for several nodes, and each needs a cache of its own; fix: have <ALIAS> in it',
    ],
  ],
  [
    "paths",
    vendors({ "parameters.nodes.volumes": ["/a b", "/盘1", "rel", "/x/<ALIAS>"], directory: "/data/数据" }),
    [
      'parameters.nodes.volumes[0] = "/a b": must be an absolute path of ASCII characters without spaces, commas and quotes; fix: write it like /ssd1/dolphin/<ALIAS>',
      'parameters.nodes.volumes[1] = "/盘1": must be an absolute path of ASCII characters without spaces, commas and quotes; fix: write it like /ssd1/dolphin/<ALIAS>',
      'parameters.nodes.volumes[2] = "rel": must be an absolute path of ASCII characters without spaces, commas and quotes; fix: write it like /ssd1/dolphin/<ALIAS>',
      'directory = "/data/数据": must be an absolute path of ASCII characters without spaces, colons, commas, quotes and <ALIAS>; fix: write it like /data/dolphin',
    ],
  ],
  [
    "backups within",
    vendors({ directory: "/data/d", backup: { directory: "/data/d/backups" } }),
    [
      'backup.directory = "/data/d/backups": lies within /data/d, which belongs to the nodes; fix: choose a place of its own, best on another disk',
    ],
  ],
  [
    "backups within a volume",
    vendors({ "parameters.nodes.volumes": ["/VOL1"], backup: { directory: "/VOL1/backups" } }),
    [
      'backup.directory = "/VOL1/backups": lies within /VOL1, which belongs to the nodes; fix: choose a place of its own, best on another disk',
    ],
  ],
  [
    "https of some",
    vendors({ "parameters.controllers.enableHTTPS": true, "parameters.nodes.enableHTTPS": false }),
    [
      'publicNames.p1 = "19.56.128.21": with enableHTTPS the engine asks for a domain name; fix: give a name that leads there',
      'publicNames.p2 = "19.56.128.22": with enableHTTPS the engine asks for a domain name; fix: give a name that leads there',
      'publicNames.p3 = "19.56.128.23": with enableHTTPS the engine asks for a domain name; fix: give a name that leads there',
      "parameters.nodes.enableHTTPS = false: parameters.controllers.enableHTTPS is true, and nodes with and without HTTPS do not reach each other; fix: give the same to controllers, agents and nodes",
      "parameters.agents.enableHTTPS = (missing): parameters.controllers.enableHTTPS is true, and nodes with and without HTTPS do not reach each other; fix: give the same to controllers, agents and nodes",
    ],
  ],
  [
    "packages",
    vendors({ server: { version: "V3", hostArchives: { amd64: "x.zip" }, archives: {} } }),
    [
      'server.version = "V3": must be a version of DolphinDB: two to four numbers with dots; fix: write it like "3.00.4.1"',
      "server.archives = {}: at least one architecture is needed; fix: give amd64, arm64 or both",
      'server.hostArchives.amd64 = "x.zip": must be the absolute path of a .zip, .tar, .tar.gz or .tgz file, without spaces or colons; fix: give its path on the hosts, like /opt/packages/DolphinDB_Linux64_V3.00.4.zip',
      'server = {"version":"V3","hostArchives":{"amd64":"x.zip"},"archives":{}}: exactly one of archives and hostArchives must be given; fix: remove one of them',
    ],
  ],
  [
    "no package",
    vendors({ server: { version: "3.00.4" } }),
    ['server = {"version":"3.00.4"}: exactly one of archives and hostArchives must be given; fix: give one of them'],
  ],
  [
    "a rollback",
    vendors({ rollback: { backup: "20261129T180000Z-3.00.3" }, upgrade: { mode: "rolling" } }),
    [
      'server.version = "3.00.4": the backup is of version 3.00.3, and only that version reads it; fix: give the package of 3.00.3 and its version, or another backup',
      'upgrade.mode = "rolling": the way back stops all nodes: metadata of two versions cannot serve together; fix: give "offline"',
    ],
  ],
  [
    "secrets",
    vendors({ license: "", adminPassword: "Secret of" }),
    [
      "license = [secret]: must be the text of dolphindb.lic, a line of values and the signature below it; fix: read it from the file that the vendor sent",
      "adminPassword = [secret]: must be 8 to 100 ASCII characters without spaces; fix: choose another one, or leave it out to get a random one",
    ],
  ],
];

describe("Arguments of DolphinDB", () => {
  for (const [name, args, problems] of table)
    it(`${name}: ${problems.length === 0 ? "accepted" : "refused"}`, () => assert.deepEqual(refused(args), problems));
});
