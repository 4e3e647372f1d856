import assert from "node:assert/strict";
import { linesIn, renderSetDynamicConfig } from "../../../../provider/dolphin/config-change";
import { renderAddNode, rowsIn } from "../../../../provider/dolphin/nodes-change";
import type { NodeRow } from "../../../../provider/resources/dolphin/node-rows";

const row: NodeRow = { host: "10.0.0.4", port: 8802, alias: "d4", mode: "datanode", group: "", zone: "" };

describe("Scripts for a node of DolphinDB", () => {
  it("add a node with as few arguments as it needs", () => {
    assert.equal(renderAddNode(row), 'addNode("10.0.0.4", 8802, "d4", true, "datanode")');
    const compute = { ...row, alias: "fast1", mode: "computenode", group: "fast" } as const;
    assert.equal(renderAddNode(compute), 'addNode("10.0.0.4", 8802, "fast1", true, "computenode", "fast")');
    assert.equal(
      renderAddNode({ ...row, zone: "east" }),
      'addNode("10.0.0.4", 8802, "d4", true, "datanode", "", "east")',
    );
  });

  it("tell a parameter as a number, as true or false, or as a text", () => {
    assert.equal(renderSetDynamicConfig("maxMemSize", "16"), 'setDynamicConfig("maxMemSize", 16)');
    assert.equal(renderSetDynamicConfig("OLAPCacheEngineSize", "0.5"), 'setDynamicConfig("OLAPCacheEngineSize", 0.5)');
    assert.equal(
      renderSetDynamicConfig("enableMultiThreadMerge", "true"),
      'setDynamicConfig("enableMultiThreadMerge", true)',
    );
    assert.equal(renderSetDynamicConfig("logLevel", 'a"b'), 'setDynamicConfig("logLevel", "a\\"b")');
  });
});

describe("What a controller tells of its files", () => {
  it("is rows, and lines", () => {
    assert.deepEqual(rowsIn({ form: "vector", value: ["10.0.0.4:8802:d4,datanode,,"] }), [row]);
    assert.deepEqual(linesIn({ form: "vector", value: ["a=1", "d4.b=2=3"] }), [
      ["a", "1"],
      ["d4.b", "2=3"],
    ]);
  });

  it("is no other value", () => {
    assert.throws(() => rowsIn({ form: "void" }), { message: "getClusterNodesCfg answered no vector" });
    assert.throws(() => linesIn({ form: "void" }), { message: "loadClusterNodesConfigs answered no vector" });
  });
});
