import assert from "node:assert/strict";
import { nextPlan, type CmFound, type CmPlan } from "../../../../components/oms/cm-plan";

const VIP = "http://10.0.0.101:8088";
const region = (location: number, cmUrl: string, ...nodes: string[]) => ({
  ...{ location, cmUrl, nodes, heartbeatDatabase: `hb${location}`, isDefault: location === 1 },
});
const regions = [region(1, VIP, "10.0.0.1", "10.0.0.2"), region(2, "http://10.2.0.1:8088", "10.2.0.1")];
const last: CmPlan = { made: "before", stopped: ["10.9.9.9"], again: [] };
const well: CmFound = {
  clusters: [
    { location: 1, url: VIP },
    { location: 2, url: "http://10.2.0.1:8088/" },
  ],
  hosts: [
    { location: 1, ip: "10.0.0.1" },
    { location: 1, ip: "10.0.0.2" },
    { location: 2, ip: "10.2.0.1" },
  ],
  plan: JSON.stringify(last),
  open: false,
};
const all = ["10.0.0.1", "10.0.0.2", "10.2.0.1"];
const next = (found: Partial<CmFound>, serving = all, proven: number[] = []) =>
  nextPlan({ ...well, ...found }, regions, new Set(serving), new Set(proven), "now");

describe("The plan for the addresses of OMS's CMs", () => {
  it("is the last one where the MetaDB has what it must have, or nothing yet", () => {
    assert.deepEqual(next({}), { plan: last, moving: [], reasons: [] });
    const none = { made: "", stopped: [], again: [] };
    for (const plan of ["", "no JSON", '{"made'])
      assert.deepEqual(next({ clusters: [], hosts: [], plan }, []), { plan: none, moving: [], reasons: [] });
  });

  it("stops all nodes of a region that has another address, and of no other", () => {
    const clusters = [{ location: 1, url: "http://10.0.0.1:8088" }, ...well.clusters.slice(1)];
    const { plan, moving, reasons } = next({ clusters });
    assert.deepEqual(plan, { made: "now", stopped: ["10.0.0.1", "10.0.0.2"], again: [] });
    assert.deepEqual(moving, [{ region: regions[0], from: "http://10.0.0.1:8088", isProven: false }]);
    assert.deepEqual(reasons, [
      `region 1: the CM's address was http://10.0.0.1:8088 and becomes ${VIP}: the services of 10.0.0.1, 10.0.0.2 are stopped, four tables of the MetaDB backed up, the region's row in cluster_info is deleted, and the nodes are initialised anew`,
    ]);
  });

  it("says that nothing is stopped before the address leads there, where that can be proven", () => {
    const clusters = [{ location: 1, url: "http://10.0.0.1:8088" }, ...well.clusters.slice(1)];
    const { moving, reasons } = next({ clusters }, all, [1]);
    assert.deepEqual(moving, [{ region: regions[0], from: "http://10.0.0.1:8088", isProven: true }]);
    assert.deepEqual(reasons, [
      `region 1: the CM's address was http://10.0.0.1:8088 and becomes ${VIP}: nothing is stopped before that leads to CM and console; then the services of 10.0.0.1, 10.0.0.2 are stopped, four tables of the MetaDB backed up, the region's row in cluster_info is deleted, and the nodes are initialised anew`,
    ]);
  });

  it("has a node initialised anew that serves and has no row, and of a region that has none only one", () => {
    const lacks = (ip: string) => `node ${ip}: the MetaDB lacks rows of it or its region, so it is initialised anew`;
    const one = next({ hosts: well.hosts.filter(({ ip }) => ip !== "10.0.0.2") });
    assert.deepEqual([one.plan, one.reasons], [{ made: "now", stopped: [], again: ["10.0.0.2"] }, [lacks("10.0.0.2")]]);
    const none = next({ clusters: well.clusters.slice(1) });
    assert.deepEqual([none.plan.again, none.reasons], [["10.0.0.1"], [lacks("10.0.0.1")]]);
    assert.deepEqual(next({ clusters: well.clusters.slice(1) }, ["10.0.0.2"]).plan.again, ["10.0.0.2"]);
    assert.deepEqual(next({ clusters: [], hosts: [] }, []).plan, last);
  });

  it("is another one while the last has not come to its end", () => {
    const { plan, reasons } = next({ open: true });
    assert.deepEqual(plan, { made: "now", stopped: [], again: [] });
    assert.deepEqual(reasons, ["what an earlier run began about the CM's address is brought to its end"]);
  });
});
