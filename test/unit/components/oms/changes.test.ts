import assert from "node:assert/strict";
import { changedPaths } from "../../../../components/changes/compare";
import { omsChanges } from "../../../../components/oms/changes";
import { argumentsOf } from "../../../doc-tables";
import { everything, withValues, type Args } from "./samples";

const folders = ["components/oms", "components/certificate", "components/virtual-ip"];

describe("changes of OMS's arguments", () => {
  it("are told of every argument, once, and of nothing else", () => {
    const keys = Object.keys(omsChanges);
    const isBelow = (path: string, key: string): boolean => path === key || path.startsWith(`${key}.`);
    const all = argumentsOf("OmsMultiNodeArgs", folders);
    assert.ok(all.includes("regions.proxy.cmPort"));
    for (const path of all) assert.equal(keys.filter((key) => isBelow(path, key)).length, 1, `${path} has one class`);
    for (const key of keys)
      assert.ok(
        all.some((path) => isBelow(path, key)),
        `${key} is no argument`,
      );
  });

  const changed = (change: (args: Args) => void): string[] => {
    const next = everything();
    change(next);
    return changedPaths(omsChanges, everything(), next);
  };
  const regions = (args: Args): Args[] => args.regions as Args[];

  it("are found region by region, whatever their order", () => {
    assert.deepEqual(
      changed((args) => regions(args).reverse()),
      [],
    );
    assert.deepEqual(
      changed((args) => withValues(args, { "regions.1.nodes": ["p3"] })),
      ["regions.nodes"],
    );
    assert.deepEqual(
      changed((args) => withValues(args, { "regions.0.proxy.cmPort": 1 })),
      ["regions.proxy.cmPort"],
    );
    assert.deepEqual(
      changed((args) => withValues(args, { "regions.1.cmUrl": "http://x:1", "ports.cm": 1 })),
      ["regions.cmUrl", "ports"],
    );
  });

  it("take a part that comes or goes for no change of what containers keep", () => {
    assert.deepEqual(
      changed((args) => {
        withValues(args, { tsdb: { influxDb: { containerName: "tsdb", dataDirectory: "/data/tsdb" } } });
        Reflect.deleteProperty(regions(args)[0] as Args, "proxy");
      }).filter((path) => omsChanges[path]?.effect === "refused"),
      [],
    );
    assert.deepEqual(
      changed((args) => withValues(args, { "regions.0.proxy.containerName": "other" })),
      ["regions.proxy.containerName"],
    );
  });

  it("tell of a region that comes or goes by its location alone", () => {
    assert.deepEqual(
      changed((args) => regions(args).shift()),
      ["regions.location"],
    );
    assert.deepEqual(
      changed((args) => regions(args).push({ location: 9, nodes: ["p5"] })),
      ["regions.location"],
    );
  });
});
