import assert from "node:assert/strict";
import {
  configLines,
  parseConfigLines,
  renderConfig,
  splitKey,
  standsFor,
  withAlias,
} from "../../../../provider/resources/dolphin/config-lines";
import {
  nodeLines,
  type NodeRow,
  parseNodeLines,
  renderClusterNodes,
} from "../../../../provider/resources/dolphin/node-rows";

const row = (alias: string, mode: NodeRow["mode"], group = "", zone = ""): NodeRow => ({
  ...{ host: "10.0.0.80", port: 8800, alias, mode, group, zone },
});

describe("Lines of cluster.nodes", () => {
  const rows = [row("controller1", "controller"), row("orca1", "computenode", "orca"), row("d1", "datanode", "", "z")];

  it("are read as the engine tells them, with a header or without, and with two to four columns", () => {
    assert.deepEqual(parseNodeLines(nodeLines(rows)), rows);
    assert.deepEqual(parseNodeLines(renderClusterNodes(rows).split("\n")), rows);
    assert.deepEqual(parseNodeLines(["", " 10.0.0.80:8800:d1,datanode ", ""]), [row("d1", "datanode")]);
    assert.deepEqual(parseNodeLines(["10.0.0.80:8800:orca1,computenode,orca"]), [row("orca1", "computenode", "orca")]);
  });

  it("are sent to the engine with four columns and no header", () => {
    assert.deepEqual(nodeLines(rows), [
      "10.0.0.80:8800:controller1,controller,,",
      "10.0.0.80:8800:orca1,computenode,orca,",
      "10.0.0.80:8800:d1,datanode,,z",
    ]);
  });

  it("that are none are told", () => {
    for (const line of ["10.0.0.80:d1,datanode", "10.0.0.80:8800:d1,master", "x"])
      assert.throws(() => parseNodeLines([line]), { message: `a line of cluster.nodes that cannot be read: ${line}` });
  });
});

describe("Lines of cluster.cfg", () => {
  it("are read in their order, of a key that comes twice the last one", () => {
    const lines = ["a=1", "", "// old", "# old", "d1.volumes = /a,/b ", "a=x=y"];
    assert.deepEqual(parseConfigLines(lines), [
      ["d1.volumes", "/a,/b"],
      ["a", "x=y"],
    ]);
  });

  it("are written without an empty first line, and sent as they are", () => {
    const lines = [["a", "1"] as const, ["d1.b", ""] as const];
    assert.deepEqual([renderConfig(lines), configLines(lines)], ["a=1\nd1.b=\n", ["a=1", "d1.b="]]);
  });

  it("without a value are told without what stands there", () => {
    assert.throws(() => parseConfigLines(["Secret"]), {
      message: "a line of configuration without key=value, 6 characters long",
    });
  });

  it("are for a node, several or all", () => {
    assert.deepEqual(splitKey("d1.volumes"), { qualifier: "d1", parameter: "volumes" });
    assert.deepEqual(splitKey("volumes"), { qualifier: "", parameter: "volumes" });
    const stands = (qualifier: string) =>
      ["node1", "Node1", "node11", "xnode1"].filter((one) => standsFor(qualifier, one));
    assert.deepEqual(["", "node1", "node?", "node%", "%node1", "n.de1"].map(stands), [
      ["node1", "Node1", "node11", "xnode1"],
      ["node1"],
      ["node1"],
      ["node1", "node11"],
      ["node1", "xnode1"],
      [],
    ]);
    assert.equal(withAlias("/a/<ALIAS>,/b/<ALIAS>", "d1"), "/a/d1,/b/d1");
  });
});
