import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Host, OmsMultiNode, type OmsMultiNodeArgs } from "../../../../components";
import { hostSchema, knownHost } from "../../../../components/host-schema";
import type { OmsMetaDb } from "../../../../components/oms/metadb";
import type { OmsLook, OmsTaskBeat } from "../../../../components/oms/metadb-answers";
import { fitMetaDb } from "../../../../components/oms/readiness";
import { omsSchema } from "../../../../components/oms/schema";
import { leavingProblems, strangerLines, strangersOf } from "../../../../components/oms/strangers";
import { isSecret, mockEngine, unwrap, valueOf } from "../mocks";
import { placing } from "../placing";

const oms: OmsMetaDb = {
  metaDb: { host: "10.0.0.9", port: 2883, username: "oms@meta#ob", password: "Secret-of-metadb" },
  databases: { rm: "oms_rm", cm: "oms_cm" },
  regions: [
    { location: 0, heartbeatDatabase: "hb", cmUrl: "http://10.0.0.101:8088", isDefault: true, nodes: ["10.0.0.1"] },
    {
      location: 7,
      heartbeatDatabase: "HB_7",
      cmUrl: "http://x:8088",
      isDefault: false,
      nodes: ["10.0.0.2", "fd00::3"],
    },
  ],
};
const beat = (database: string, ip: string, task: string, age = 5): OmsTaskBeat => ({ database, ip, task, age });

describe("Hosts that OMS's MetaDB has in a region, and that are no nodes of it", () => {
  const found = (look: OmsLook) => strangersOf(look, oms);

  it("are none where all are nodes, however their addresses are written", () => {
    const strangers = [
      { location: 7, ip: "FD00:0::3" },
      { location: 0, ip: "10.0.0.1" },
    ];
    assert.deepEqual(found({ strangers }), []);
    assert.deepEqual(found({}), []);
  });

  it("are told once, with what beats in their own region's database", () => {
    const strangers = [
      { location: 0, ip: "10.0.0.2" },
      { location: 0, ip: "10.0.0.2" },
      { location: 7, ip: "10.0.0.1" },
    ];
    const beating = [
      beat("hb", "10.0.0.2", "store-1", 239),
      beat("hb_7", "10.0.0.2", "jdbc"),
      beat("hb_7", "10.0.0.1", "supervisor", 60),
      beat("hb", "10.0.0.1", "store-2"),
      beat("hb", "10.0.0.2", "supervisor", 61),
    ];
    assert.deepEqual(found({ strangers, beating }), [
      { location: 0, ip: "10.0.0.2", beats: false, components: [beat("hb", "10.0.0.2", "store-1", 239)] },
      { location: 7, ip: "10.0.0.1", beats: true, components: [] },
    ]);
  });

  it("of a region that is not configured any more have what beats in a database of none", () => {
    const strangers = [{ location: 3, ip: "10.0.0.1" }];
    const beating = [beat("hb", "10.0.0.1", "store-1"), beat("hb_3", "10.0.0.1", "jdbc")];
    assert.deepEqual(found({ strangers, beating })[0]?.components, [beat("hb_3", "10.0.0.1", "jdbc")]);
  });

  it("may not go while components run there, which are named", () => {
    const strangers = [4, 5, 6].map((n) => ({ location: 0, ip: `10.0.0.${n}` }));
    const many = Array.from({ length: 12 }, (_, i) => beat("hb", "10.0.0.5", `t${i + 1}`, i));
    const all = found({ strangers, beating: [beat("hb", "10.0.0.4", "store-1", 200), ...many] });
    const fix =
      "stop the projects that use this node, or move their components to another one, on the console, and run this again 240 s later; or take the node back into regions";
    assert.deepEqual(leavingProblems(all), [
      `region 0: 10.0.0.4 is no node of it any more, and 1 component has had heart beats there in the last 240 s: store-1 (200 s ago); fix: ${fix}`,
      `region 0: 10.0.0.5 is no node of it any more, and 12 components have had heart beats there in the last 240 s: ${many
        .slice(0, 10)
        .map(({ task, age }) => `${task} (${age} s ago)`)
        .join(", ")}, and 2 more; fix: ${fix}`,
    ]);
    assert.deepEqual(strangerLines(all, oms), [
      "region 0: the MetaDB has 10.0.0.6 (silent), which is no node of it; its row goes with the node where this run removes that, else run there: DELETE FROM oms_cm.host WHERE ip = '10.0.0.6' AND resource_group_id IN (SELECT id FROM oms_cm.resource_group WHERE name = '0')",
    ]);
    assert.match(
      strangerLines(found({ strangers, beating: [beat("hb", "10.0.0.6", "supervisor")] }), oms).at(-1) ?? "",
      /^region 0: the MetaDB has 10\.0\.0\.6 \(its supervisor beats\), .*, else stop its container and run there: DELETE /,
    );
  });
});

/** Nodes on p1 and p2 in one region, and on p3 in another. */
function args(lost?: number): OmsMultiNodeArgs {
  const host = (n: number): Host =>
    new Host(`p${n}`, { address: `10.0.0.${n}`, acceptUnknownHostKey: true, lost: n === lost || undefined });
  const regions: OmsMultiNodeArgs["regions"] = [
    { location: 0, region: "a", default: true, nodes: [host(1), host(2)], cmUrl: "http://a.example.com:8088" },
    { location: 7, region: "b", heartbeatDatabase: "hb_7", nodes: [host(3)], cmUrl: "http://b.example.com:8088" },
  ];
  return { version: "4.2.7", image: { reference: "vendor/oms:4.2.7" }, metaDb: { ...oms.metaDb }, regions };
}

/** What commands on hosts say, and what the MetaDB is seen to have. */
const engine = (look: object, backup = "oms-backup-p1") =>
  mockEngine(
    {},
    {},
    {},
    undefined,
    (command) => ({
      healthy: true,
      values: command.startsWith("set -- look\n")
        ? { facts: JSON.stringify({ cm: { clusters: [], hosts: [], open: false, plan: "" }, ...look }) }
        : { containers: "[]", last: "", at: "" },
      detail: "status 0",
    }),
    { [backup]: "{}" },
  );

describe("A node's row in the MetaDB", () => {
  it("is deleted from the first host, when the container is gone", async () => {
    const registered = await engine({});
    const { transformations, placed } = placing();
    await valueOf(new OmsMultiNode("oms", args(), { transformations }).nodes);
    const places = await placed();
    for (const n of [1, 2, 3]) {
      const {
        connection,
        create,
        update,
        delete: gone,
        stdin,
        triggers,
      } = registered.find(({ name }) => name === `oms-row-p${n}`)?.inputs ?? assert.fail(`oms-row-p${n}`);
      assert.deepEqual(
        [(unwrap(connection) as { host: string }).host, create, update, gone],
        ["10.0.0.1", "sh -s true", "sh -s true", "sh -s remove_host"],
      );
      assert.deepEqual(triggers, [n === 3 ? "7" : "0", `10.0.0.${n}`]);
      assert.ok(isSecret(stdin));
      const text = unwrap(stdin) as string;
      assert.match(text, new RegExp(`^node='10\\.0\\.0\\.${n}'$`, "m"));
      // nothing that a change of other nodes and regions would change
      for (const other of [1, 2, 3]) assert.equal(text.includes(`10.0.0.${other}'`), other === n);
      assert.equal(text.includes("hb_7"), n === 3);
      assert.ok(places.get(`oms-oms_427-p${n}`)?.after.includes(`oms-row-p${n}`));
    }
  });

  it("is deleted from the next host where the first one is lost, whose own row is no exception", async () => {
    const registered = await engine({}, "oms-backup-p2");
    const { transformations, placed } = placing();
    await valueOf(new OmsMultiNode("oms", args(1), { transformations }).nodes);
    const places = await placed();
    for (const n of [1, 2, 3]) {
      const { inputs } = registered.find(({ name }) => name === `oms-row-p${n}`) ?? assert.fail(`oms-row-p${n}`);
      assert.equal((unwrap(inputs.connection) as { host: string }).host, "10.0.0.2");
      assert.equal(places.get(`oms-row-p${n}`)?.opts.retainOnDelete, undefined);
    }
    assert.equal(places.get("oms-oms_427-p1")?.opts.retainOnDelete, true);
  });

  it("is not left behind by a node on which components run: nothing is changed then", async () => {
    const strangers = [{ location: 7, ip: "10.0.0.4" }];
    await refuses(
      { strangers, beating: [beat("hb_7", "10.0.0.4", "store-1")], unseen: "" },
      /^Error: OmsMultiNode oms: nodes cannot be removed now \(1 problem\); nothing that depends on it was changed:\n {2}- region 7: 10\.0\.0\.4 is no node of it any more, and 1 component has had heart beats there in the last 240 s: store-1 \(5 s ago\); fix: /,
    );
  });

  it("keeps everything as it is where the MetaDB cannot be asked for its regions", async () => {
    await refuses(
      { cm: undefined, unasked: "ERROR 2013 (HY000) at line 12: Lost connection" },
      /^Error: OmsMultiNode oms: its MetaDB is not ready \(1 problem\); nothing that depends on it was changed:\n {2}- host p1: the MetaDB cannot be asked \(ERROR 2013 \(HY000\) at line 12: Lost connection\); fix: /,
    );
  });
});

/** The preflight must refuse what the MetaDB tells. */
async function refuses(look: OmsLook, message: RegExp): Promise<void> {
  await engine(look);
  const settings = omsSchema(hostSchema, knownHost).parse(args());
  const parent = new pulumi.ComponentResource("test:index:Test", "oms");
  const hosts = settings.regions.flatMap(({ nodes }) => nodes);
  const fit = fitMetaDb("oms", settings, hosts, parent) as unknown as { promise: () => Promise<unknown> };
  await assert.rejects(fit.promise(), message);
}
