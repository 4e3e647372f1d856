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

describe("The order in which another address of the CM comes", () => {
  const nodes = [1, 2, 3].map((n) => new Host(`p${n}`, { address: `10.0.0.${n}`, acceptUnknownHostKey: true }));
  const [p1, p2, p3] = nodes as [Host, Host, Host];
  const NEW = { healthy: false, values: {}, detail: "no container" };

  /** @returns what each resource waits for, where p2 serves and has the CM at `cmUrl`, and p1 is new. */
  async function deployed(cmUrl: string, region: object): Promise<(name: string) => string[]> {
    const answer = (command: string, host: string): unknown => {
      const isNew = host === "p1";
      if (command.includes("label=dbha.oms="))
        return { healthy: true, values: { containers: "[]", cmUrl: isNew ? "" : cmUrl }, detail: "" };
      if (command.includes(".dbha-cm-url")) return isNew ? NEW : undefined;
      if (command.includes("/dev/udp/")) return { healthy: true, values: { owner: "" }, detail: "" };
      return undefined;
    };
    const facts = (n: number) => ({
      keepalivedVersion: "2.2.7",
      addresses: [{ interface: "eth0", address: `10.0.0.${n}`, prefixLength: 24 }],
    });
    const known = { p1: facts(1), p2: facts(2), p3: facts(3) };
    await mockEngine({}, known, {}, undefined, answer, { "oms-backup-p1": "{}" });
    const { transformations, placed } = placing();
    const oms = new OmsMultiNode(
      "oms",
      {
        version: "4.2.7",
        image: { reference: "vendor/oms:feature_4.2.7_ce" },
        metaDb: { host: "10.0.0.9", port: 2883, username: "oms@meta#ob", password: "meta-pass" },
        regions: [{ location: 0, nodes: [p1, p2], virtualIp: { address: "10.0.0.100/24" }, ...region }],
      },
      { transformations },
    );
    await valueOf(oms.nodes);
    const places = await placed();
    return (name) => places.get(name)?.after ?? [];
  }

  const services = ["oms-services-p1", "oms-services-p2"];
  const OWN = "http://10.0.0.2:8088";
  const VIP = "http://10.0.0.100:8088";

  it("binds it first where a node serves at another, and last where none does", async () => {
    const waits = await deployed(OWN, {});
    assert.deepEqual(waits("oms-vip-0-files-p2"), []);
    assert.deepEqual(waits("oms-vip-0-files-p1"), [...services, "oms-vip-0-probe-p2"]);
  });

  it("binds it when the nodes serve, where it is another one of no node that does", async () => {
    for (const url of [VIP, VIP.replace("8088", "9088"), ""]) {
      const waits = await deployed(url, {});
      assert.deepEqual(waits("oms-vip-0-files-p1"), [...services], url);
      assert.deepEqual(waits("oms-vip-0-files-p2"), [...services, "oms-vip-0-probe-p1"], url);
    }
  });

  it("has nginx lead there first, on all its hosts", async () => {
    const image = { reference: "vendor/nginx:1" };
    const proxy = { hosts: [p1, p3], image, cmPort: 28088, consolePort: 28089 };
    const first = await deployed(OWN, { proxy });
    assert.deepEqual(first("oms-proxy-0-files-p1"), []);
    assert.deepEqual(first("oms-proxy-0-files-p3"), ["oms-proxy-0-probe-p1"]);
    assert.deepEqual(first("oms-vip-0-files-p1"), ["oms-proxy-0"]);
    const last = await deployed("http://10.0.0.100:28088", { proxy });
    assert.deepEqual(last("oms-proxy-0-files-p1"), [...services]);
  });
});
