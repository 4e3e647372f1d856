import assert from "node:assert/strict";
import { Host, OmsMultiNode } from "../../../../components";
import { mockEngine, valueOf } from "../mocks";
import { placing, type Placed } from "../placing";

describe("The order in which OmsMultiNode works", () => {
  let places: Map<string, Placed>;
  const waits = (name: string): string[] => places.get(name)?.after ?? [];

  before(async () => {
    await mockEngine({}, {}, {}, undefined, undefined, { "oms-backup-p1": "{}" });
    const { transformations, placed } = placing();
    const nodes = [1, 2].map((n) => new Host(`p${n}`, { address: `10.0.0.${n}`, acceptUnknownHostKey: true }));
    const oms = new OmsMultiNode(
      "oms",
      {
        version: "4.2.7",
        image: { reference: "vendor/oms:feature_4.2.7_ce" },
        metaDb: { host: "10.0.0.9", port: 2883, username: "oms@meta#ob", password: "meta-pass" },
        regions: [{ location: 0, nodes, cmUrl: "http://10.0.0.100:8088" }],
        manageHa: true,
      },
      { transformations },
    );
    await valueOf(oms.nodes);
    places = await placed();
  });

  it("makes the directory of the backups before anything is noted in it", () => {
    for (const name of ["oms-ha-off", "oms-stop-p1", "oms-backup-p1"])
      assert.ok(waits(name).includes("oms-backup-dir-p1"), `${name} waits for ${waits(name).join()}`);
  });
});
