import assert from "node:assert/strict";
import { everything, influxDb, nginx, oneRegion, refused, withValues, type Args } from "./samples";

const one = (values: Args): Args => withValues(oneRegion(), values);

/** Two regions behind a virtual IP each. */
const two = (values: Args): Args =>
  withValues(
    {
      ...oneRegion(),
      regions: [
        {
          location: 0,
          region: "a",
          default: true,
          nodes: ["p1", "p2"],
          virtualIp: { address: "10.0.0.101/24" },
        },
        {
          location: 1,
          region: "b",
          heartbeatDatabase: "hb2",
          nodes: ["p3", "p4"],
          virtualIp: { address: "10.0.0.102/24" },
        },
      ],
    },
    values,
  );

const solo = { "regions.0.nodes": ["p1"], "regions.0.virtualIp": undefined };

/** Arguments, and what is told of them: all at once, each as field, value, rule and fix. */
const table: [name: string, args: unknown, problems: string[]][] = [
  [
    "nothing",
    {},
    [
      'version = (missing): must be a version of OMS: three numbers with dots; fix: write it like "4.2.7"',
      "image = (missing): must be an object; fix: give tarballs, hostTarballs, reference, pull",
      "metaDb = (missing): must be an object; fix: give host, port, username, password, rmDatabase, cmDatabase",
      "regions = (missing): must be a list; fix: describe each region, at least one",
    ],
  ],
  ["everything is accepted", everything(), []],
  ["least", one({}), []],
  [
    "an unknown key",
    one({ region: 1 }),
    [
      "region = (unknown key): known here are: version, image, metaDb, regions, ports, drc, tsdb, slsAudit, settings, https, containerPrefix, configFile, mounts, keepData, initTimeout, startTimeout, guardSupervisor, manageHa, upgradeFrom, backup, rollback, adopt; fix: remove it or mend its spelling",
    ],
  ],
  [
    "neither cmUrl nor virtualIp",
    one({ "regions.0.virtualIp": undefined }),
    [
      'regions[0].cmUrl = (missing): the region needs an address under which its nodes reach the CM; fix: give virtualIp, or here the URL of an external virtual IP, SLB or domain name, like "http://10.0.0.101:8088"',
    ],
  ],
  [
    "a loopback cmUrl",
    one({ "regions.0.virtualIp": undefined, "regions.0.cmUrl": "http://127.0.0.1:8088" }),
    [
      'regions[0].cmUrl = "http://127.0.0.1:8088": means another machine on each node, and OMS cannot be scaled out with it; fix: give a virtual IP, or with singleNode the node\'s own address',
    ],
  ],
  [
    "an IPv6 loopback cmUrl",
    one({ "regions.0.virtualIp": undefined, "regions.0.cmUrl": "http://[0:0:0:0:0:0:0:1]:8088" }),
    [
      'regions[0].cmUrl = "http://[0:0:0:0:0:0:0:1]:8088": means another machine on each node, and OMS cannot be scaled out with it; fix: give a virtual IP, or with singleNode the node\'s own address',
    ],
  ],
  [
    "the placeholder",
    one({ "regions.0.virtualIp": undefined, "regions.0.cmUrl": "http://VIP:8088" }),
    [
      'regions[0].cmUrl = "http://VIP:8088": is the document\'s placeholder; fix: give the virtual IP, or the name that leads to it',
    ],
  ],
  [
    "a node's own address as cmUrl",
    one({ "regions.0.virtualIp": undefined, "regions.0.cmUrl": "http://10.0.0.2:8088" }),
    [
      'regions[0].cmUrl = "http://10.0.0.2:8088": is the address of node p2 alone: without it the region has no CM; fix: give virtualIp or an external address that leads to all nodes; where one node is meant, say singleNode: true in its region',
    ],
  ],
  [
    "one node's own address without singleNode",
    one({ ...solo, "regions.0.cmUrl": "http://10.0.0.1:8088" }),
    [
      'regions[0].cmUrl = "http://10.0.0.1:8088": is the address of node p1 alone: without it the region has no CM; fix: give virtualIp or an external address that leads to all nodes; where one node is meant, say singleNode: true in its region',
    ],
  ],
  [
    "a single node that is said to be one",
    one({ ...solo, "regions.0.cmUrl": "http://10.0.0.1:8088", "regions.0.singleNode": true }),
    [],
  ],
  [
    "singleNode with two nodes",
    one({ "regions.0.singleNode": true, "regions.0.virtualIp": undefined, "regions.0.cmUrl": "http://10.0.0.1:8088" }),
    [
      "regions[0].singleNode = true: the region has 2 nodes; fix: remove it, and give virtualIp or a cmUrl that leads to all of them",
    ],
  ],
  [
    "singleNode with a virtual IP",
    one({ "regions.0.nodes": ["p1"], "regions.0.singleNode": true }),
    [
      "regions[0].singleNode = true: virtualIp is there for several nodes; fix: remove one of them",
      'regions[0].nodes = ["p1"]: a virtual IP moves between at least two hosts; fix: name a second node, give proxy with two hosts, or remove virtualIp and give cmUrl',
    ],
  ],
  [
    "a path in cmUrl",
    one({ "regions.0.cmUrl": "http://10.0.0.101:8088/" }),
    [
      'regions[0].cmUrl = "http://10.0.0.101:8088/": must be http:// or https://, a host and a port, and nothing after it; fix: write it like "http://10.0.0.101:8088"',
    ],
  ],
  [
    "the console's port in cmUrl",
    one({ "regions.0.cmUrl": "http://10.0.0.101:8089" }),
    [
      'regions[0].cmUrl = "http://10.0.0.101:8089": must have the port that leads to the CM, 8088 (ports.cm); fix: write http://10.0.0.101:8088; where the address maps another port to it, say so in mappedPorts.cm',
    ],
  ],
  [
    "nginx's port missing in cmUrl",
    one({
      "regions.0.cmUrl": "http://10.0.0.101:8088",
      "regions.0.proxy": { hosts: ["p3", "p4"], image: nginx, cmPort: 28088 },
    }),
    [
      'regions[0].cmUrl = "http://10.0.0.101:8088": must have the port that leads to the CM, 28088 (proxy.cmPort); fix: write http://10.0.0.101:28088; or mend proxy.cmPort',
    ],
  ],
  [
    "another address than the virtual IP",
    one({ "regions.0.cmUrl": "http://10.0.0.102:8088" }),
    [
      'regions[0].cmUrl = "http://10.0.0.102:8088": is another address than that of virtualIp, 10.0.0.101; fix: leave cmUrl out, give a name that leads to the virtual IP, or remove virtualIp',
    ],
  ],
  ["a name for the virtual IP", one({ "regions.0.cmUrl": "http://oms.example.com:8088" }), []],
  [
    "mapped ports of what is built here",
    one({ "regions.0.mappedPorts": { cm: 18088 } }),
    [
      'regions[0].mappedPorts = {"cm":18088}: nothing stands before the nodes that is not built here, and that maps no ports but by proxy; fix: remove it, or give the external address as cmUrl',
    ],
  ],
  [
    "several nginx hosts behind one of them",
    one({
      "regions.0.virtualIp": undefined,
      "regions.0.cmUrl": "http://10.0.0.3:8088",
      "regions.0.proxy": { hosts: ["p3", "p4"], image: nginx },
    }),
    [
      'regions[0].cmUrl = "http://10.0.0.3:8088": is the address of p3, one of several nginx hosts: without it the region has no CM; fix: give virtualIp, or an external address that leads to all of them',
    ],
  ],
  ["two regions", two({}), []],
  [
    "one URL for two regions",
    two({ "regions.1.virtualIp": undefined, "regions.1.cmUrl": "http://10.0.0.101:8088" }),
    [
      'regions[1].cmUrl = "http://10.0.0.101:8088": leads to the CM of regions[0] too; fix: give each region its own address, like http://10.0.0.101:PORT',
    ],
  ],
  [
    "one virtual IP for two regions",
    two({ "regions.1.virtualIp.address": "10.0.0.101/24" }),
    [
      'regions[1].virtualIp.address = "10.0.0.101/24": is the virtual IP of regions[0] too; fix: give each region its own',
    ],
  ],
  [
    "one location for two regions",
    two({ "regions.1.location": 0 }),
    ["regions[1].location = 0: is that of regions[0] too; fix: give each region its own code from 0 to 127"],
  ],
  [
    "a location out of range",
    one({ "regions.0.location": 128 }),
    [
      "regions[0].location = 128: must be a whole number from 0 to 127; fix: give the region's code, another one for each region",
    ],
  ],
  [
    "regions without names",
    two({ "regions.0.region": undefined, "regions.1.region": undefined }),
    [
      'regions[0].region = (missing): with several regions each needs a name (cm_region); fix: give one, like "cn-jiangsu"',
      'regions[1].region = (missing): with several regions each needs a name (cm_region); fix: give one, like "cn-jiangsu"',
    ],
  ],
  [
    "two default regions",
    two({ "regions.1.default": true }),
    [
      "regions[1].default = true: the CM of exactly one region is the default one (cm_is_default), and that of regions[0] is; fix: remove it in one of them",
    ],
  ],
  [
    "no default region",
    two({ "regions.0.default": undefined, "regions.0.heartbeatDatabase": "hb1" }),
    [
      'regions = [{"location":0,"region":"a","nodes":["p1","p2"],"virtualIp":{"address":"10.0.0.101/24"},"heartbeatDatabase":"hb1"},{"...: the CM of exactly one region is the default one (cm_is_default), and none says so; fix: set default: true in the region that is to be it',
    ],
  ],
  [
    "the only region not the default one",
    one({ "regions.0.default": false, "regions.0.heartbeatDatabase": "hb" }),
    [
      "regions[0].default = false: the CM of exactly one region is the default one (cm_is_default), and none says so; fix: leave it out",
    ],
  ],
  [
    "no heartbeat database of another region",
    two({ "regions.1.heartbeatDatabase": undefined }),
    [
      'regions[1].heartbeatDatabase = (missing): a region that is not the default one must name its own heartbeat database; fix: give one that no other region has, like "oms_cm_heartbeat_2"',
    ],
  ],
  [
    "one heartbeat database for two regions",
    two({ "regions.1.heartbeatDatabase": "OMS_CM_heartbeat" }),
    [
      'regions[1].heartbeatDatabase = "OMS_CM_heartbeat": is the database of regions[0].heartbeatDatabase too; fix: give each a name of its own',
    ],
  ],
  [
    "one database for console, CM and heartbeats",
    one({ "metaDb.rmDatabase": "oms", "metaDb.cmDatabase": "oms", "regions.0.heartbeatDatabase": "oms" }),
    [
      'metaDb.cmDatabase = "oms": is the database of metaDb.rmDatabase too; fix: give each a name of its own',
      'regions[0].heartbeatDatabase = "oms": is the database of metaDb.rmDatabase too; fix: give each a name of its own',
    ],
  ],
  [
    "a host twice",
    one({ "regions.0.nodes": ["p1", "p2", "p1"] }),
    ['regions[0].nodes[2] = "p1": each host can run one node; fix: name it once'],
  ],
  [
    "a host in two regions",
    two({ "regions.1.nodes": ["p3", "p2"] }),
    [
      'regions[1].nodes[1] = "p2": runs a node of regions[0], and a host runs one; fix: take it out of one of the regions',
    ],
  ],
  [
    "lost nodes alone",
    one({ "regions.0.nodes": ["gone"], "regions.0.virtualIp": undefined, "regions.0.cmUrl": "http://10.0.0.101:8088" }),
    ['regions[0].nodes = ["gone"]: all of them are marked as lost; fix: name a host that lives'],
  ],
  [
    "a host without an IP address",
    one({ "regions.0.nodes": ["p1", "named"] }),
    [
      "regions[0].nodeAddresses.named = (missing): the host's address is the name oms7.example.com, and OMS_HOST_IP and cm_nodes take IP addresses; fix: give its IP address",
    ],
  ],
  [
    "a host whose IP address is given",
    one({ "regions.0.nodes": ["p1", "named"], "regions.0.nodeAddresses": { named: "10.1.0.7" } }),
    [],
  ],
  [
    "addresses that nodes cannot have",
    one({ "regions.0.nodeAddresses": { p1: "oms1", p2: "127.0.0.1", p9: "10.1.0.9" } }),
    [
      'regions[0].nodeAddresses.p1 = "oms1": must be an IP address, since OMS_HOST_IP and cm_nodes take nothing else; fix: write it like 10.1.0.11, without port',
      'regions[0].nodeAddresses.p9 = "10.1.0.9": the nodes of the region are p1, p2; fix: mend the name',
      'regions[0].nodeAddresses.p2 = "127.0.0.1": 127.0.0.1 means another machine on each node; fix: give the address that the others can reach',
    ],
  ],
  [
    "one address for two nodes",
    one({ "regions.0.nodeAddresses": { p2: "10.0.0.1" } }),
    ['regions[0].nodeAddresses.p2 = "10.0.0.1": 10.0.0.1 is the address of p1 too; fix: give each node its own'],
  ],
  [
    "a MetaDB of the tenant sys",
    one({ "metaDb.username": "root@sys#ob", "metaDb.password": "" }),
    [
      'metaDb.username = "root@sys#ob": OMS must not keep its metadata in the tenant sys; fix: create a tenant of its own and give one of its users',
      "metaDb.password = [secret]: must be a non-empty text of ASCII characters, as OMS's own clients send others in Latin-1 and are refused by the MetaDB; fix: give the password of the MetaDB user, and change it there first if it has others",
    ],
  ],
  [
    "a MetaDB on each node",
    one({ "metaDb.host": "127.0.0.1", tsdb: { url: "localhost:8086", username: "u", password: "p" } }),
    [
      'metaDb.host = "127.0.0.1": means another machine on each node; fix: give the address that all nodes can reach',
      'tsdb.url = "localhost:8086": means another machine on each node; fix: give the address that all nodes can reach',
    ],
  ],
  ["InfluxDB beside OMS", one({ tsdb: { influxDb } }), []],
  ["InfluxDB on a node's host", one({ tsdb: { influxDb: { ...influxDb, host: "p1", address: "10.1.0.1" } } }), []],
  [
    "no time-series database in tsdb",
    one({ tsdb: { url: undefined } }),
    [
      "tsdb.url = (missing): there is no time-series database; fix: give url for one that is there, or influxDb for a new one",
      "tsdb.username = (missing): must be a non-empty text without control characters; fix: give the user that was made in the time-series database",
      "tsdb.password = [secret]: must be a non-empty text without control characters; fix: give the password of tsdb.username",
    ],
  ],
  [
    "two time-series databases, one of them misspelt",
    one({ tsdb: { url: "10.0.0.7:8086", influxDb: { ...influxDb, ports: 1 } } }),
    [
      "tsdb.influxDb.ports = (unknown key): known here are: host, image, containerName, dataDirectory, port, address; fix: remove it or mend its spelling",
      'tsdb.url = "10.0.0.7:8086": influxDb is given, too; fix: give one of them',
    ],
  ],
  [
    "InfluxDB on a lost host, as CERESDB, with a user that HTTP cannot tell from its password",
    one({
      tsdb: { service: "CERESDB", username: "a:b", influxDb: { ...influxDb, host: "gone", address: "127.0.0.1" } },
    }),
    [
      'tsdb.service = "CERESDB": influxDb is no CERESDB; fix: leave it out, or give url',
      'tsdb.username = "a:b": must have no colon, after which HTTP takes the rest for the password; fix: choose another name',
      'tsdb.influxDb.host = "gone": is marked as lost; fix: name a host that lives, or remove tsdb',
      'tsdb.influxDb.address = "127.0.0.1": 127.0.0.1 means another machine on each node; fix: give the address that all nodes can reach',
    ],
  ],
  [
    "InfluxDB among a node's ports, names and directories",
    one({
      "ports.sshd": 14444,
      tsdb: {
        influxDb: {
          ...influxDb,
          host: "p1",
          port: 8088,
          containerName: "oms_427",
          dataDirectory: "/data/oms/oms_run/tsdb",
        },
      },
    }),
    [
      "tsdb.influxDb.port = 8088: OMS has port 8088 on p1; fix: give another port, or another host",
      'tsdb.influxDb.host = "p1": OMS has port 14444 there, which InfluxDB needs for itself; fix: give another host, or OMS another port',
      'tsdb.influxDb.containerName = "oms_427": OMS has it on p1; fix: give each its own name',
      'tsdb.influxDb.dataDirectory = "/data/oms/oms_run/tsdb": lies within mounts.run, /data/oms/oms_run; fix: give each a place of its own',
    ],
  ],
  [
    "InfluxDB on its own second port, and on one that OMS cannot leave",
    two({ tsdb: { influxDb: { ...influxDb, host: "p5", port: 14444 } } }),
    ["tsdb.influxDb.port = 14444: InfluxDB has 14444 for its own backups; fix: give another port, or another host"],
  ],
  [
    "InfluxDB on a port of OMS that no setting moves",
    one({ tsdb: { influxDb: { ...influxDb, host: "p1", port: 9001 } } }),
    ["tsdb.influxDb.port = 9001: OMS has port 9001 on p1; fix: give another port, or another host"],
  ],
  [
    "InfluxDB beside nginx, with its port and its name",
    withValues(everything(), {
      tsdb: { influxDb: { ...influxDb, host: "p6", port: 28088, containerName: "oms-web" } },
    }),
    [
      "tsdb.influxDb.port = 28088: nginx of regions[0] has port 28088 on p6; fix: give another port, or another host",
      'tsdb.influxDb.containerName = "oms-web": nginx of regions[0] has it on p6; fix: give each its own name',
    ],
  ],
  [
    "a time-series database by URL",
    one({ tsdb: { url: "http://10.0.0.7:8086", service: "PROMETHEUS" } }),
    [
      'tsdb.service = "PROMETHEUS": must be "INFLUXDB" or "CERESDB"; fix: leave it out to get INFLUXDB',
      'tsdb.url = "http://10.0.0.7:8086": must be an address and a port, without scheme; fix: write it like "10.0.0.5:8086"',
      "tsdb.username = (missing): must be a non-empty text without control characters; fix: give the user that was made in the time-series database",
      "tsdb.password = [secret]: must be a non-empty text without control characters; fix: give the password of tsdb.username",
    ],
  ],
  [
    "half an audit",
    one({ slsAudit: { accessKey: "Secret-of-key", endpoint: "e" } }),
    [
      "slsAudit.accessSecret = [secret]: must be a non-empty text without control characters; fix: give its secret",
      "slsAudit.opsSiteTopic = (missing): must be a non-empty text without control characters; fix: give the topic of the operators' site, or remove slsAudit",
      "slsAudit.userSiteTopic = (missing): must be a non-empty text without control characters; fix: give the topic of the users' site, or remove slsAudit",
    ],
  ],
  [
    "ports that OMS has itself, or twice",
    one({ ports: { ghana: 8084, console: 9000, cm: 18100, sshd: 22 } }),
    [
      "ports.sshd = 22: must be a whole number from 1025 to 65535; fix: give a TCP port that is free on all nodes",
      "ports.ghana = 8084: 8084 is a port of OMS's supervisord already; fix: choose another one",
      "ports.cm = 18100: 18100 is a port of a component of OMS already; fix: choose another one",
      "ports.console = 9000: 9000 is ports.supervisor too; fix: choose another one",
    ],
  ],
  [
    "ports before 4.2.2",
    one({ version: "4.2.1", "image.reference": "oms:feature_4.2.1-ce", "ports.cm": 9088 }),
    ["ports.cm = 9088: OMS 4.2.1 has fixed ports; they can be set since 4.2.2; fix: remove it"],
  ],
  [
    "a drc user that is gone",
    one({ drc: { user: "drc", password: "Secret-of-drc" } }),
    [
      'drc.user = "drc": config.yaml has no drc_user since 4.1.1, and version is 4.2.7; fix: remove drc; the user is given in the console, with each data source',
    ],
  ],
  [
    "a drc user that is needed",
    one({ version: "3.2.2", "image.reference": "oms:feature_3.2.2-ce" }),
    [
      "drc = (missing): OMS 3.2.2 needs the user that reads incremental logs (drc_user); fix: create it in the tenant sys of the clusters that are migrated, and give user and password",
    ],
  ],
  [
    "another version than the image's",
    one({ "image.reference": "oms:feature_4.2.6_ce", upgradeFrom: "4.2.7" }),
    [
      'image.reference = "oms:feature_4.2.6_ce": its tag tells version 4.2.6, and version is 4.2.7; fix: mend the one that is wrong',
      'upgradeFrom = "4.2.7": must be an earlier version than version, 4.2.7; fix: give the version that runs before the upgrade, or remove it',
    ],
  ],
  [
    "a version that is none",
    one({ version: "V4.2.7" }),
    ['version = "V4.2.7": must be a version of OMS: three numbers with dots; fix: write it like "4.2.7"'],
  ],
  [
    "nginx on nodes with OMS's ports",
    one({ "regions.0.proxy": { hosts: ["p1", "p2"], image: nginx } }),
    [
      "regions[0].proxy.cmPort = (missing): p1, p2 run nodes, and there OMS listens on port 8088 on all addresses; fix: leave proxy out, so that the virtual IP moves between the nodes themselves; or give another port, or hosts without a node",
      "regions[0].proxy.consolePort = (missing): p1, p2 run nodes, and there OMS listens on port 8089 on all addresses; fix: leave proxy out, so that the virtual IP moves between the nodes themselves; or give another port, or hosts without a node",
    ],
  ],
  [
    "nginx on one node with a fixed port, twice the same",
    one({ "regions.0.proxy": { hosts: ["p1", "p3"], image: nginx, cmPort: 9001, consolePort: 9001 } }),
    [
      "regions[0].proxy.consolePort = 9001: CM and console need a port each, and both have 9001; fix: change one of them",
      "regions[0].proxy.cmPort = 9001: p1 runs a node, and there OMS listens on port 9001 on all addresses; fix: leave proxy out, so that the virtual IP moves between the nodes themselves; or give another port, or hosts without a node",
      "regions[0].proxy.consolePort = 9001: p1 runs a node, and there OMS listens on port 9001 on all addresses; fix: leave proxy out, so that the virtual IP moves between the nodes themselves; or give another port, or hosts without a node",
    ],
  ],
  [
    "nginx on nodes with other ports",
    one({ "regions.0.proxy": { hosts: ["p1", "p2"], image: nginx, cmPort: 28088, consolePort: 28089 } }),
    [],
  ],
  [
    "nginx of two regions on one host",
    two({
      "regions.0.proxy": { hosts: ["p5", "p6"], image: nginx },
      "regions.1.proxy": { hosts: ["p6", "p5"], image: nginx },
    }),
    [
      "regions[1].proxy.cmPort = (missing): nginx of regions[0] has port 8088 on the same host; fix: give another port, or other hosts",
      "regions[1].proxy.consolePort = (missing): nginx of regions[0] has port 8089 on the same host; fix: give another port, or other hosts",
      "regions[1].proxy.containerName = (missing): nginx of regions[0] has it on the same host; fix: give each its own name",
    ],
  ],
  [
    "nginx called like OMS",
    one({
      "regions.0.proxy": {
        hosts: ["p1", "p3"],
        image: nginx,
        containerName: "oms_427",
        cmPort: 28088,
        consolePort: 28089,
      },
    }),
    [
      'regions[0].proxy.containerName = "oms_427": is the name of OMS\'s container on the same host; fix: give nginx another one',
    ],
  ],
  [
    "a virtual IP for one node",
    one({ "regions.0.nodes": ["p1"] }),
    [
      'regions[0].nodes = ["p1"]: a virtual IP moves between at least two hosts; fix: name a second node, give proxy with two hosts, or remove virtualIp and give cmUrl',
    ],
  ],
  [
    "a virtual IP for one nginx host, named twice",
    one({ "regions.0.proxy": { hosts: ["p3", "p3"], image: nginx } }),
    [
      'regions[0].proxy.hosts[1] = "p3": each host can run one nginx; fix: name it once',
      'regions[0].proxy.hosts = ["p3","p3"]: a virtual IP moves between at least two hosts; fix: name a second host, or remove virtualIp',
    ],
  ],
  [
    "a host's address as virtual IP",
    one({ "regions.0.virtualIp.address": "10.0.0.2/24" }),
    ['regions[0].virtualIp.address = "10.0.0.2/24": is the address of host p2; fix: give one that no host has'],
  ],
  [
    "paths within each other",
    one({
      mounts: { logs: "/data/oms", store: "/data/oms/store/", run: "/data/run" },
      configFile: "/data/run/config.yaml",
      https: { directory: "/data/run/" },
      backup: { directory: "/data" },
    }),
    [
      'mounts.store = "/data/oms/store/": lies within mounts.logs, /data/oms; fix: give each a place of its own',
      'configFile = "/data/run/config.yaml": lies within mounts.run, /data/run; fix: give each a place of its own',
      'https.directory = "/data/run/": lies within mounts.run, /data/run; fix: give each a place of its own',
      'backup.directory = "/data": contains mounts.logs, /data/oms; fix: give each a place of its own',
      'backup.directory = "/data": contains mounts.store, /data/oms/store/; fix: give each a place of its own',
      'backup.directory = "/data": contains mounts.run, /data/run; fix: give each a place of its own',
      'backup.directory = "/data": contains configFile, /data/run/config.yaml; fix: give each a place of its own',
      'backup.directory = "/data": contains https.directory, /data/run/https_crt; fix: give each a place of its own',
    ],
  ],
  [
    "keys that arguments write, and none",
    one({
      settings: { cm_url: "http://x:1", drc_password: "Secret-of-drc", "a b": 1, toString: true, big: 1e30, list: [1] },
    }),
    [
      "settings.big = 1e+30: must be a text of one line, a number without exponent, or true or false; fix: mend the value, or remove the key",
      "settings.list = [1]: must be a text of one line, a number without exponent, or true or false; fix: mend the value, or remove the key",
      'settings.cm_url = "http://x:1": is written by regions.cmUrl; fix: give regions.cmUrl instead',
      "settings.drc_password = [secret]: is written by drc.password; fix: give drc.password instead",
      "settings.a b = 1: must be a key of config.yaml: letters, digits, _ . and -; fix: mend the name",
    ],
  ],
  [
    "flags and lists of other types",
    one({ keepData: "yes", manageHa: 1, guardSupervisor: null, regions: "p1" }),
    [
      'regions = "p1": must be a list; fix: describe each region, at least one',
      'keepData = "yes": must be true or false; fix: write it without quotes',
      "guardSupervisor = null: must be true or false; fix: write it without quotes",
      "manageHa = 1: must be true or false; fix: write it without quotes",
    ],
  ],
  [
    "fields of other types, and what they make of cross-checks",
    one({
      "regions.0.cmUrl": 5,
      "regions.0.virtualIp.address": 5,
      "regions.0.nodeAddresses": { p1: 5 },
      "ports.cm": "x",
      version: 4,
      configFile: 7,
    }),
    [
      'version = 4: must be a version of OMS: three numbers with dots; fix: write it like "4.2.7"',
      "regions[0].nodeAddresses.p1 = 5: must be an IP address, since OMS_HOST_IP and cm_nodes take nothing else; fix: write it like 10.1.0.11, without port",
      'regions[0].cmUrl = 5: must be http:// or https://, a host and a port, and nothing after it; fix: write it like "http://10.0.0.101:8088"',
      'regions[0].virtualIp.address = 5: must be an IP address with the length of its network\'s prefix; fix: write it like "10.0.0.100/24" or "fd00::100/64"',
      'ports.cm = "x": must be a whole number from 1025 to 65535; fix: give a TCP port that is free on all nodes',
      "configFile = 7: must be an absolute path without spaces or colons; fix: write it like /var/log/odc",
    ],
  ],
];

describe("arguments of OMS", () => {
  for (const [name, args, problems] of table)
    it(`${problems.length === 0 ? "are taken" : "are refused"}: ${name}`, () => {
      assert.deepEqual(refused(args), problems);
    });
});
