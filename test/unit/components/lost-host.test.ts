import assert from "node:assert/strict";
import { Host, OdcHaDeployment, type OdcHaDeploymentArgs } from "../../../components";
import type { Health } from "../../../provider/resources";
import { mockEngine, valueOf, type Registered } from "./mocks";
import { placing } from "./placing";
import { refusalOf } from "./refusal";

const running: Health = { healthy: true, values: { version: "4.3.1" }, detail: "HTTP 200" };
const fit = (n: number) => ({
  keepalivedVersion: "2.2.7",
  addresses: [{ interface: "eth0", address: `10.0.0.${n}`, prefixLength: 24 }],
});

/** Three nodes, nginx on the first two; those named are lost. */
function args(lost: string[]): OdcHaDeploymentArgs {
  const nodes = [1, 2, 3].map(
    (n) =>
      new Host(`p${n}`, {
        address: `10.0.0.${n}`,
        acceptUnknownHostKey: true,
        lost: lost.includes(`p${n}`) || undefined,
      }),
  );
  return {
    nodes,
    image: { reference: "vendor/odc:4.3.1" },
    metaDb: { host: "10.0.0.9", port: 2883, username: "odc@meta#ob", password: "meta-pass" },
    proxy: {
      hosts: nodes.slice(0, 2),
      image: { reference: "nginx:1.27" },
      virtualIp: { address: "10.0.0.100/24" },
    },
  };
}

describe("OdcHaDeployment with a lost host", () => {
  let registered: Registered[];
  let odc: OdcHaDeployment;
  let places: Awaited<ReturnType<ReturnType<typeof placing>["placed"]>>;
  const asked: string[] = [];
  const inputs = (name: string) => registered.find((one) => one.name === name)?.inputs as Record<string, string>;
  const text = (name: string, path: string): string =>
    (inputs(name).files as unknown as Record<string, { content: string }>)[path]?.content ?? "";

  before(async () => {
    const facts = {
      get p1() {
        asked.push("p1");
        return fit(1);
      },
      p2: fit(2),
    };
    const health = {
      get p1() {
        asked.push("p1");
        return running;
      },
      p2: running,
      p3: running,
    };
    registered = await mockEngine({}, facts, health);
    const { transformations, placed } = placing();
    odc = new OdcHaDeployment("odc", args(["p1"]), { transformations });
    await Promise.all([valueOf(odc.nodes), valueOf(odc.proxies)]);
    places = await placed();
  });

  it("asks nothing of it", () => assert.deepEqual(asked, []));

  it("tells that it is lost", async () => {
    assert.deepEqual(
      (await valueOf(odc.nodes)).map(({ host, version, health }) => [host, version, health]),
      [
        ["p1", "unknown", "lost"],
        ["p2", "4.3.1", "healthy"],
        ["p3", "4.3.1", "healthy"],
      ],
    );
    assert.deepEqual(
      (await valueOf(odc.proxies)).map(({ host, version, health, active }) => [host, version, health, active]),
      [
        ["p1", "unknown", "lost", false],
        ["p2", "vendor/image:1.0", "healthy", false],
      ],
    );
  });

  it("keeps its containers in the state as they are, and removes them from there alone", () => {
    for (const name of ["odc-node-p1", "odc-proxy-nginx-p1"]) {
      const { retainOnDelete, ignoreChanges } = places.get(name)?.opts ?? {};
      assert.deepEqual([retainOnDelete, ignoreChanges], [true, ["*"]]);
    }
    assert.equal(places.get("odc-node-p2")?.opts.retainOnDelete, undefined);
  });

  it("keeps it out of the order of the others, and of nginx", () => {
    const waits = (name: string): string[] =>
      places.get(name)?.after.filter((one) => /-(health|probe)-/.test(one)) ?? [];
    assert.deepEqual(waits("odc-node-p2"), []);
    assert.deepEqual(waits("odc-node-p3"), ["odc-health-p2"]);
    assert.deepEqual(waits("odc-vip-files-p2"), []);
    assert.deepEqual(text("odc-proxy-files-p2", "/etc/dbha/odc-nginx/nginx.conf").match(/server 10.*/g), [
      "server 10.0.0.2:8989;",
      "server 10.0.0.3:8989;",
    ]);
  });

  it("goes on speaking to it by VRRP, so that nothing of keepalived changes", () => {
    assert.match(
      text("odc-vip-files-p2", "/etc/dbha/vip-odc-vip/keepalived.conf"),
      /unicast_peer \{\n {8}10\.0\.0\.1\n {8}include/,
    );
  });

  it("backs up on the first host that lives, and lets the lost one's directory leave the state", () => {
    const names = registered.map(({ name }) => name).filter((name) => /^odc-backup/.test(name));
    assert.deepEqual(names.sort(), ["odc-backup-dir-p1", "odc-backup-dir-p2", "odc-backup-p2", "odc-backups-p2"]);
  });

  it("is refused where none is left", () => {
    const refused = refusalOf("OdcHaDeployment all", () => new OdcHaDeployment("all", args(["p1", "p2", "p3"])));
    assert.deepEqual(refused, [
      'nodes = ["p1","p2","p3"]: all of them are marked as lost; fix: name a host that lives',
      'proxy.hosts = ["p1","p2"]: all of them are marked as lost; fix: name a host that lives',
    ]);
  });
});
