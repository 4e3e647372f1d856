import assert from "node:assert/strict";
import type { HostName } from "../../lab/src/lab";
import { engines } from "./engines";
import { labHosts, on } from "./hosts";
import type { DatabaseServer } from "./metadb-server";
import { emptyOmsMetaDb, endOms, omsConfig, virtualAddress } from "./oms-stack";
import { TestStack } from "./stack";

const addressOf = (host: HostName): string => labHosts()[host].address;
/** Further addresses that the hosts have in this test: those of the two regions' CMs, and another one of p3. */
const further = (): [HostName, string][] => [
  ["p1", virtualAddress(140)],
  ["p2", virtualAddress(142)],
  ["p3", virtualAddress(130)],
];
const second = (): string => virtualAddress(130);

/** Two regions, whose addresses somebody else has bound: p1 is of the first, p2 of the second, p3 of this one. */
const config = (ofP3: 1 | 2, more: object = {}) =>
  omsConfig((oms) => {
    oms.regions = [
      {
        ...{ location: 1, region: "cn-one", default: true, cmUrl: `http://${virtualAddress(140)}:8088` },
        nodes: ofP3 === 1 ? ["p1", "p3"] : ["p1"],
      },
      {
        ...{ location: 2, region: "cn-two", default: false, cmUrl: `http://${virtualAddress(142)}:8088` },
        ...{ heartbeatDatabase: "oms_cm_heartbeat2", nodes: ofP3 === 2 ? ["p2", "p3"] : ["p2"], ...more },
      },
    ];
  });

for (const engine of engines())
  describe(`A node of OMS that gets another region or address, with the ${engine.name}`, function () {
    this.timeout(300_000);
    let stack: TestStack;
    let server: DatabaseServer;

    before(async () => {
      server = await emptyOmsMetaDb();
      stack = new TestStack(engine);
      await stack.init(config(1));
      for (const [host, address] of further()) await on(host, `ip address add ${address}/24 dev eth0`);
      await stack.up();
    });
    after(async () => {
      await stack.destroy();
      for (const [host, address] of further()) await on(host, `ip address del ${address}/24 dev eth0`);
      await endOms(stack, server);
    });

    const nodes = async (): Promise<string[]> => {
      const { oms } = (await stack.outputs()) as {
        oms: { nodes: { host: string; location: number; address: string; health: string; heartBeats: string }[] };
      };
      return oms.nodes.map(({ host, location, address, health, heartBeats }) =>
        [host, location, address, health, heartBeats].join(" "),
      );
    };
    const rows = (): Promise<string[]> =>
      server.sql(
        "SELECT g.name, h.ip, h.host_status FROM oms_cm.host h JOIN oms_cm.resource_group g ON g.id = h.resource_group_id ORDER BY g.name, h.ip",
      );
    const cmNodes = async (host: HostName): Promise<string[]> => {
      const text = await on(host, "docker exec oms_427 cat /home/admin/conf/config.yaml");
      return [...text.slice(text.indexOf("cm_nodes")).matchAll(/^ *- "?([\d.]+)"?$/gm)].map(([, ip = ""]) => ip);
    };
    const containers = (...hosts: HostName[]): Promise<string[]> =>
      Promise.all(hosts.map((host) => on(host, "docker inspect -f '{{.Id}} {{.State.Pid}}' oms_427")));

    it("works in the other region when it is named there, by one up", async () => {
      const before = await containers("p1", "p2", "p3");
      stack.configure(config(2));
      await stack.up();
      const [p1, p2, p3] = [addressOf("p1"), addressOf("p2"), addressOf("p3")];
      assert.deepEqual(await nodes(), [
        `p1 1 ${p1} healthy alive`,
        `p2 2 ${p2} healthy alive`,
        `p3 2 ${p3} healthy alive`,
      ]);
      assert.deepEqual(await rows(), [`1\t${p1}\tONLINE`, `2\t${p2}\tONLINE`, `2\t${p3}\tONLINE`]);
      assert.deepEqual(await Promise.all((["p1", "p2", "p3"] as const).map(cmNodes)), [[p1], [p2, p3], [p2, p3]]);
      assert.deepEqual(await server.sql("SELECT DISTINCT host_ip FROM oms_cm_heartbeat.heart_beat"), [p1]);
      assert.deepEqual(await containers("p1", "p2", "p3"), before, "it is initialised anew in its container");
      await stack.succeed("preview", "--refresh", "--expect-no-changes");
    });

    it("is known by its other address alone when it gets one, by one up", async () => {
      const before = await containers("p1", "p2");
      stack.configure(config(2, { nodeAddresses: { p3: second() } }));
      await stack.up();
      const [p1, p2] = [addressOf("p1"), addressOf("p2")];
      assert.deepEqual(await nodes(), [
        `p1 1 ${p1} healthy alive`,
        `p2 2 ${p2} healthy alive`,
        `p3 2 ${second()} healthy alive`,
      ]);
      assert.deepEqual(await rows(), [`1\t${p1}\tONLINE`, `2\t${p2}\tONLINE`, `2\t${second()}\tONLINE`]);
      for (const host of ["p2", "p3"] as const) assert.deepEqual(await cmNodes(host), [p2, second()]);
      assert.deepEqual(await server.sql("SELECT DISTINCT host_ip FROM oms_cm_heartbeat2.heart_beat ORDER BY id"), [
        p2,
        second(),
      ]);
      assert.deepEqual(await containers("p1", "p2"), before);
      await stack.succeed("preview", "--refresh", "--expect-no-changes");
    });
  });
