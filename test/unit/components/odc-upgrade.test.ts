import assert from "node:assert/strict";
import type { Health } from "../../../provider/resources";
import { Host, OdcHaDeployment, type OdcHaDeploymentArgs } from "../../../components";
import { mockEngine, valueOf } from "./mocks";
import { placing } from "./placing";

const running = (version: string): Health => ({ healthy: true, values: { version }, detail: "HTTP 200" });
const names = ["p1", "p2", "p3"];

/** Three nodes behind nginx on the first host. */
function deploy(more: Partial<OdcHaDeploymentArgs> = {}) {
  const hosts = names.map((name, i) => new Host(name, { address: `10.0.0.${i + 1}`, acceptUnknownHostKey: true }));
  const { transformations, placed } = placing();
  const args: OdcHaDeploymentArgs = {
    nodes: hosts,
    image: { reference: "vendor/odc:4.3.2" },
    metaDb: { host: "10.0.0.9", port: 2883, username: "odc@meta#ob", password: "meta-pass" },
    proxy: { hosts: hosts.slice(0, 1), image: { reference: "nginx:1.27" } },
    ...more,
  };
  return { odc: new OdcHaDeployment("odc", args, { transformations }), placed };
}

describe("The order in which ODC's nodes are changed", () => {
  const table: [what: string, healthy: string[], order: string[]][] = [
    ["as given when all are down, as at first", [], ["p1", "p2", "p3"]],
    ["as given when all are healthy", ["p1", "p2", "p3"], ["p1", "p2", "p3"]],
    ["with one that is down first", ["p1", "p3"], ["p2", "p1", "p3"]],
    ["with several that are down first", ["p1"], ["p2", "p3", "p1"]],
  ];
  for (const [what, healthy, order] of table)
    it(`is ${what}`, async () => {
      await mockEngine({}, {}, Object.fromEntries(healthy.map((name) => [name, running("4.3.1")])));
      const { odc, placed } = deploy();
      await valueOf(odc.nodes);
      const places = await placed();
      const before = (name: string): string[] =>
        places.get(`odc-node-${name}`)?.after.filter((one) => one.startsWith("odc-health-")) ?? [];
      assert.deepEqual(
        order.map(before),
        order.map((_, i) => (i === 0 ? [] : [`odc-health-${order[i - 1]}`])),
      );
    });
});
