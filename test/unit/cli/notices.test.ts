import assert from "node:assert/strict";
import { changesOf } from "../../../cli/report/changes";
import { noticesOf } from "../../../cli/report/notices";
import { parsePreview } from "../../../cli/report/preview";

const CONTAINER = "docker:index/container:Container";
const COMMAND = "command:remote:Command";

interface Made {
  op: string;
  /** Types below the component, `$` between them. */
  type: string;
  name: string;
  /** The properties that differ. */
  paths?: string[];
  inputs?: object;
  outputs?: object;
  /** What the plugin says of it. */
  note?: string;
}

interface Component {
  type: string;
  name: string;
  /** Its arguments. */
  inputs: object;
}

/** What is noticed of steps of one component on host p1. */
function noticed({ type, name, inputs }: Component, ...made: Made[]): string[] {
  const urnOf = (below: string, own: string): string => `urn:pulumi:dev::mine::dbha:index:${type}${below}::${own}`;
  const component = { op: "same", urn: urnOf("", name), oldState: { inputs }, newState: { inputs } };
  const steps = made.map((one) => {
    const state = {
      parent: component.urn,
      inputs: { host: { name: "p1" }, ...one.inputs },
      outputs: one.outputs ?? {},
    };
    const isThere = one.op !== "create";
    return {
      op: one.op,
      urn: urnOf(`$${one.type}`, one.name),
      detailedDiff: Object.fromEntries((one.paths ?? []).map((path) => [path, { kind: "add", inputDiff: true }])),
      oldState: isThere ? state : undefined,
      newState: one.op === "delete" ? undefined : state,
    };
  });
  const diagnostics = made.flatMap(({ type: below, name: own, note }) =>
    note === undefined ? [] : [{ urn: urnOf(`$${below}`, own), severity: "info", message: `${note}\n` }],
  );
  const preview = parsePreview(JSON.stringify({ steps: [component, ...steps], diagnostics }), "preview");
  return noticesOf(changesOf(preview)).map(({ order, risk, what, users }) => `${order} ${risk}: ${what}: ${users}`);
}

const odc = (...nodes: string[]): Component => ({
  type: "OdcHaDeployment",
  name: "odc",
  inputs: { nodes, proxy: { hosts: ["p3"] } },
});
const odp = (...hosts: string[]): Component => ({ type: "OdpWithWatchdog", name: "odp", inputs: { hosts } });
const oms: Component = {
  type: "OmsMultiNode",
  name: "oms",
  inputs: { regions: [{ nodes: ["p1"] }, { nodes: ["p2", "p3"] }] },
};
const dolphin: Component = { type: "DolphinHaCluster", name: "db", inputs: { hosts: ["p1", "p2", "p3"] } };

const node = (op: string): Made => ({ op, type: CONTAINER, name: "odc-node-p1" });
const proxy: Made = { op: "update", type: "dbha:index:Service", name: "odp-service-p1", paths: ["triggers[0]"] };

describe("What users notice", () => {
  it("of a node of ODC depends on how many there are", () => {
    const of = (users: string, risk = "medium"): string[] => [
      `1 ${risk}: ODC on p1 restarts, in a new container: database sessions on it end; ${users}`,
    ];
    assert.deepEqual(noticed(odc("p1"), node("replace")), of("nobody is served until it is back", "high"));
    assert.deepEqual(noticed(odc("p1", "p2"), node("replace")), of("the other node serves"));
    assert.deepEqual(noticed(odc("p1", "p2", "p3"), node("replace")), of("the other 2 nodes serve"));
    const unknown = { ...odc(), inputs: {} };
    assert.deepEqual(noticed(unknown, node("replace")), of("the other nodes serve"));
  });

  it("of a node of ODC that comes or goes is a loss only when it goes", () => {
    assert.deepEqual(noticed(odc("p1"), node("create")), []);
    assert.deepEqual(noticed(odc("p2"), node("delete")), [
      "1 medium: ODC on p1 goes for good: database sessions on it end; the nodes that stay serve",
    ]);
  });

  it("of a restored MetaDB is that data are lost", () => {
    const restore = (op: string): Made => ({ op, type: COMMAND, name: "odc-restore" });
    assert.deepEqual(noticed(odc("p1", "p2"), restore("create")), []);
    assert.deepEqual(noticed(odc("p1", "p2"), restore("replace")), [
      "1 high: the MetaDB is restored from a backup: ODC is down until its first node has started; what was saved since that backup is lost",
    ]);
  });

  it("of nginx is more where it is the only one", () => {
    const nginx = { op: "replace", type: `dbha:index:LoadBalancer$${CONTAINER}`, name: "odc-proxy-nginx-p1" };
    assert.deepEqual(noticed(odc("p1", "p2"), nginx), [
      "1 high: nginx on p1 restarts, in a new container: open connections through it break; nobody is served until it is back",
    ]);
    const files = {
      op: "update",
      type: "dbha:index:LoadBalancer$dbha:index:Files",
      name: "odc-proxy-files-p1",
      paths: ["files"],
    };
    assert.deepEqual(noticed(odc("p1", "p2"), files), []);
  });

  it("of keepalived is that the address moves", () => {
    const type = "dbha:index:VirtualIp$dbha:index:Service";
    const keepalived = (paths: string[]): Made => ({ op: "update", type, name: "odc-vip-service-p1", paths });
    assert.deepEqual(noticed(odc("p1"), keepalived(["unit"])), [
      "1 medium: keepalived on p1 restarts: where it has the address, that moves: open connections break, new ones are answered within seconds",
    ]);
    assert.deepEqual(noticed(odc("p1"), keepalived(["timeout"])), []);
  });

  it("of OBProxy is less where nginx drains it first", () => {
    const what = "OBProxy on p1 restarts";
    assert.deepEqual(noticed(odp("p1", "p2"), proxy), [
      `1 medium: ${what}: connections to it break once; the other proxy serves`,
    ]);
    const drain = { op: "replace", type: COMMAND, name: "odp-drain-p1-p3" };
    assert.deepEqual(noticed(odp("p1", "p2", "p3"), drain, proxy), [
      `2 medium: ${what}: it is drained first; connections that outlast that break once; the other 2 proxies serve`,
    ]);
  });

  it("of OMS is everything from the step on that stops all nodes", () => {
    const step = (op: string, role: string): Made => ({ op, type: COMMAND, name: `oms-${role}-p1` });
    const container = (op: string): Made => ({ op, type: CONTAINER, name: "oms-oms_427-p1" });
    const stops =
      "1 high: OMS on p1 stops: console and tasks are down on all nodes from here on, until the new version is initialised";
    assert.deepEqual(noticed(oms, step("replace", "stop"), step("replace", "init"), container("delete")), [stops]);
    assert.deepEqual(noticed(oms, container("replace"), step("replace", "init")), [
      "1 medium: OMS on p1 restarts, in a new container: connections to it end; the other 2 nodes serve",
      "2 medium: OMS on p1 is initialised anew: its console restarts, and answers 502 meanwhile; tasks go on",
    ]);
    assert.deepEqual(noticed(oms, step("create", "stop"), step("create", "init"), container("create")), []);
    assert.deepEqual(noticed(oms, step("replace", "cm-stop")), [
      "1 high: OMS's services on p1 stop: its region works on nothing until its nodes are initialised with the new address",
    ]);
  });

  it("of DolphinDB is what the plugin says of its nodes", () => {
    const kind = (name: string, paths: string[], note?: string, inputs?: object): Made => ({
      op: "update",
      type: `dbha:index:${name}`,
      name: "db-it",
      paths,
      note,
      inputs,
    });
    const users = "scripts that run on each are run again elsewhere, as a whole; no row is lost";
    assert.deepEqual(
      noticed(dolphin, kind("DolphinClusterConfig", ["parameters.a"], "p1-datanode: a: while it runs")),
      [],
    );
    assert.deepEqual(
      noticed(dolphin, kind("DolphinClusterConfig", ["parameters.a"], "p1-datanode: it restarts for a")),
      [`1 medium: p1-datanode: it restarts for a: ${users}`],
    );
    assert.deepEqual(noticed(dolphin, kind("DolphinNodes", ["nodes[0]"], "the whole cluster restarts")), [
      "1 high: the whole cluster restarts: nobody is served until all nodes are back",
    ]);
    assert.deepEqual(noticed(dolphin, kind("DolphinServer", ["version"], "host by host", { mode: "rolling" })), [
      "1 medium: host by host: the users of each node in turn",
    ]);
    assert.deepEqual(noticed(dolphin, kind("DolphinNodes", ["restartTriggers[0]"])), [
      `1 medium: data and compute nodes restart, one after the other: ${users}`,
    ]);
  });

  it("of DolphinDB's units is who waits for another leader, and nobody where an agent restarts", () => {
    const unit = (role: string): Made => ({
      op: "update",
      type: "dbha:index:Service",
      name: `db-${role}-p1`,
      paths: ["unit"],
    });
    assert.deepEqual(noticed(dolphin, unit("controller"), unit("agent"), unit("nodes")), [
      "1 medium: the controller on p1 restarts: nobody where it follows; where it leads, who writes waits until another one leads",
      "2 low: the agent on p1 restarts: nobody: the nodes that it started go on",
    ]);
  });

  it("of data that are deleted is that they are lost, where the resource has made them", () => {
    const files = (createdPaths: string[]): Made => ({
      op: "delete",
      type: "dbha:index:Directory",
      name: "odc-data-p1",
      inputs: { path: "/var/data/odc", onDelete: "purge" },
      outputs: { createdPaths },
    });
    assert.deepEqual(noticed(odc("p2"), files(["/var/data", "/var/data/odc"])), [
      "1 high: data on p1 are deleted: /var/data/odc: what is not backed up is lost",
    ]);
    assert.deepEqual(noticed(odc("p2"), files([])), []);
  });

  it("of resources of others is for who uses them", () => {
    const steps = ["create", "replace", "delete", "update"].map((op) => ({
      op,
      urn: `urn:pulumi:dev::mine::aws:s3:Bucket::${op}`,
    }));
    const found = noticesOf(changesOf(parsePreview(JSON.stringify({ steps }), "preview")));
    assert.deepEqual(
      found.map(({ what, risk }) => [what, risk]),
      [
        ["replace is replaced", "medium"],
        ["delete is removed", "medium"],
      ],
    );
  });
});
