import assert from "node:assert/strict";
import { Host, OmsMultiNode } from "../../../../components";
import { mockEngine, valueOf, type Registered } from "../mocks";
import { placing, type Placed } from "../placing";

/** OMS on two nodes that share an address. @param said by its steps. */
async function deployed(said: Record<string, string>, more: object = {}) {
  const facts = (n: number) => ({
    keepalivedVersion: "2.2.7",
    addresses: [{ interface: "eth0", address: `10.0.0.${n}`, prefixLength: 24 }],
  });
  const all = { "oms-backup-p1": "{}", ...said };
  const registered = await mockEngine({}, { p1: facts(1), p2: facts(2) }, {}, undefined, undefined, all);
  const nodes = [1, 2].map((n) => new Host(`p${n}`, { address: `10.0.0.${n}`, acceptUnknownHostKey: true }));
  const { transformations, placed } = placing();
  const oms = new OmsMultiNode(
    "oms",
    {
      version: "4.2.7",
      image: { reference: "vendor/oms:feature_4.2.7_ce" },
      metaDb: { host: "10.0.0.9", port: 2883, username: "oms@meta#ob", password: "meta-pass" },
      regions: [{ location: 0, nodes, virtualIp: { address: "10.0.0.100/24" } }],
      ...more,
    },
    { transformations },
  );
  await valueOf(oms.nodes);
  await valueOf(oms.backups);
  return { registered, places: await placed() };
}

const namesOf = (registered: Registered[]): string[] =>
  registered.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`).sort();

describe("The resources of OmsMultiNode", () => {
  let well: string[];
  let registered: Registered[];
  let places: Map<string, Placed>;

  before(async () => {
    ({ registered, places } = await deployed({}));
    well = namesOf(registered);
  });

  it("are exactly these on two nodes with a virtual IP", () => {
    assert.deepEqual(well, [
      "Command oms-backup-p1",
      "Command oms-backups-p1",
      "Command oms-cm-check-p1",
      "Command oms-cm-check-p2",
      "Command oms-cm-go-p1",
      "Command oms-cm-move-0",
      "Command oms-cm-settled",
      "Command oms-cm-stop-p1",
      "Command oms-cm-stop-p2",
      "Command oms-databases",
      "Command oms-go-p1",
      "Command oms-init-p1",
      "Command oms-init-p2",
      "Command oms-restore",
      "Command oms-row-p1",
      "Command oms-row-p2",
      "Command oms-stop-p1",
      "Command oms-stop-p2",
      "Command oms-trim",
      "Container oms-oms_427-p1",
      "Container oms-oms_427-p2",
      "Directory oms-backup-dir-p1",
      "Files oms-files-p1",
      "Files oms-files-p2",
      "Files oms-vip-0-files-p1",
      "Files oms-vip-0-files-p2",
      "Host p1",
      "Host p2",
      "Image oms-image-p1",
      "Image oms-image-p2",
      "OmsMultiNode oms",
      "Probe oms-console-p1",
      "Probe oms-console-p2",
      "Probe oms-port-closed-p1",
      "Probe oms-port-closed-p2",
      "Probe oms-rows",
      "Probe oms-services-p1",
      "Probe oms-services-p2",
      "Probe oms-vip-0-probe-p1",
      "Probe oms-vip-0-probe-p2",
      "Service oms-port-guard-p1",
      "Service oms-port-guard-p2",
      "Service oms-vip-0-service-p1",
      "Service oms-vip-0-service-p2",
      "VirtualIp oms-vip-0",
      "docker p1-docker",
      "docker p2-docker",
    ]);
  });

  it("have one probe for the way to CM and console by the region's address, and for the console's own word", () => {
    const { tcp, also, http } = registered.find(({ name }) => name === "oms-console-p2")?.inputs ?? {};
    assert.deepEqual(
      [tcp, also, http],
      [
        { address: "10.0.0.100", port: 8088 },
        [
          { tcp: { address: "10.0.0.100", port: 8089 } },
          { http: { port: 8089, path: "/oms/health", contains: '"healthy":true' } },
        ],
        undefined,
      ],
    );
    assert.deepEqual(places.get("oms-console-p2")?.after, ["oms-services-p1", "oms-services-p2", "oms-vip-0"]);
  });

  it("have steps that start services again only where something went wrong", async () => {
    const more = async (said: Record<string, string>, args?: object) => {
      const failed = await deployed(said, args);
      return { ...failed, names: namesOf(failed.registered).filter((name) => !well.includes(name)) };
    };
    const unsaved = await more({ "oms-backup-p1": '{"problem":"no room"}' }, { manageHa: true });
    assert.deepEqual(unsaved.names, [
      "Command oms-go-p2",
      "Command oms-ha-back",
      "Command oms-ha-off",
      "Command oms-ha-on",
    ]);
    const lead = unsaved.places.get("oms-go-p1")?.after ?? [];
    assert.deepEqual(lead, ["oms-backup-p1", "oms-go-p2", "oms-ha-back", "oms-stop-p1", "oms-stop-p2"]);
    const unmoved = await more({ "oms-cm-move-0": '{"problem":"no room"}' });
    assert.deepEqual(unmoved.names, ["Command oms-cm-go-p2"]);
    assert.deepEqual(unmoved.places.get("oms-cm-go-p1")?.after, ["oms-cm-go-p2", "oms-cm-move-0"]);
  });

  it("have a step that tries the backup only while a rollback is asked for", async () => {
    const back = await deployed({}, { rollback: { backup: "/var/backups/oms/a.sql.gz" } });
    const more = namesOf(back.registered).filter((name) => !well.includes(name));
    assert.deepEqual(more, ["Command oms-again-p1", "Command oms-again-p2", "Command oms-rollback-check"]);
    assert.ok(back.places.get("oms-stop-p1")?.after.includes("oms-rollback-check"));
  });
});
