import assert from "node:assert/strict";
import { loadBalancerChanges, virtualIpChanges } from "../../../components/changes/building-blocks";
import type { Changes } from "../../../components/changes/change";
import { describeChanges } from "../../../components/changes/compare";
import { readChanges, tellChanges } from "../../../components/changes/told";
import { dolphinChanges } from "../../../components/dolphin/changes";
import { odcChanges } from "../../../components/odc/changes";
import { odpChanges } from "../../../components/odp/changes";
import { omsChanges } from "../../../components/oms/changes";

const TABLES: Record<string, Changes> = {
  odcChanges,
  odpChanges,
  omsChanges,
  dolphinChanges,
  loadBalancerChanges,
  virtualIpChanges,
};

describe("What previews tell of arguments that change", () => {
  for (const [name, changes] of Object.entries(TABLES))
    it(`is read back, every line of ${name}`, () => {
      const told = readChanges(`${tellChanges(describeChanges(changes, Object.keys(changes)))}\n`);
      const all = Object.entries(changes).map(([path, { effect, about }]) => ({ path, effect, about }));
      assert.deepEqual(told, all);
    });

  it("is told from other messages", () => {
    assert.equal(readChanges("databases that will be made: oms_rm\n"), undefined);
  });
});
