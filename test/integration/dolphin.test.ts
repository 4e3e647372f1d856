import assert from "node:assert/strict";
import { HOST_NAMES, type HostName } from "../../lab/src/name";
import { waitFor } from "../../lab/src/wait";
import { ClientLoop, vendorClient } from "./dolphin-client";
import { dolphinConfig, dolphinNode, dolphinOutputs, dolphinTraces, endDolphin, LICENSE, pidOf } from "./dolphin-stack";
import { engines } from "./engines";
import { assertOnHosts, labHosts, on, snapshots } from "./hosts";
import { TestStack } from "./stack";

const KINDS = ["controller", "agent", "datanode", "computenode"] as const;
const HOME = "/var/lib/dolphin-dolphin";
const TABLE = `
  db = database("dfs://loop", VALUE, 2024.01.01..2024.01.03)
  t = table(1:0, \`id\`day\`v, [INT, DATE, DOUBLE])
  pt = db.createPartitionedTable(t, \`pt, \`day)
  pt.append!(table(0..29 as id, take(2024.01.01..2024.01.03, 30) as day, rand(1.0, 30) as v))
  exec count(*) from pt`;
const APPEND = `
  t = table([100] as id, [2024.01.02] as day, [1.0] as v)
  loadTable("dfs://loop", "pt").append!(t)
  exec count(*) from loadTable("dfs://loop", "pt")`;
const COUNT = 'exec count(*) from loadTable("dfs://loop", "pt")';

for (const [i, engine] of engines().entries())
  describe(`A DolphinDB cluster, with the ${engine.name}`, function () {
    this.timeout(240_000);
    let stack: TestStack;
    let untouched: string[];

    before(async () => {
      untouched = await snapshots();
      stack = new TestStack(engine);
      await stack.init(dolphinConfig());
      await stack.up();
    });
    after(() => endDolphin(stack));

    it("has twelve nodes that serve, and tells of them and of the licence", async () => {
      const { urls, leader, nodes, license, clusterConfig, adminPassword } = await dolphinOutputs(stack);
      const addresses = HOST_NAMES.map((host) => labHosts()[host].address);
      assert.deepEqual(
        urls,
        addresses.map((address) => `http://${address}:8800`),
      );
      assert.match(leader, /^p[123]-controller$/);
      const described = HOST_NAMES.flatMap((host) =>
        KINDS.map((kind) => {
          const { alias, host: address, port } = dolphinNode(host, kind);
          return { alias, kind, host, endpoint: `${address}:${port}`, state: "online" };
        }),
      );
      const byAlias = (a: { alias: string }, b: { alias: string }): number => a.alias.localeCompare(b.alias);
      assert.deepEqual(
        nodes.map(({ alias, kind, host, endpoint, state }) => ({ alias, kind, host, endpoint, state })).sort(byAlias),
        described.sort(byAlias),
      );
      assert.deepEqual(
        [...new Set(nodes.filter(({ kind }) => kind === "datanode").map(({ version }) => version))],
        ["3.00.4.3"],
      );
      const { daysLeft, ...terms } = license;
      assert.deepEqual(terms, { kind: "commercial", end: "2099-12-31", nodes: 12, cores: 16, memory: 64 });
      assert.ok(daysLeft > 20_000);
      assert.deepEqual([clusterConfig.maxMemSize, clusterConfig.newValuePartitionPolicy], ["2", "add"]);
      const state = await stack.exported();
      assert.ok(!state.includes(adminPassword) && !state.includes(LICENSE.split("\n")[1] as string));
    });

    it("has nothing to do when nothing changed", async () => {
      await stack.succeed("preview", "--refresh", "--expect-no-changes");
    });

    if (i === 0) {
      it("lets the vendor's client write through a data node and count through a compute node, with the new password alone", async () => {
        const { adminPassword: password } = await dolphinOutputs(stack);
        const old = await vendorClient({ node: dolphinNode("p1", "datanode"), password: "123456" });
        assert.deepEqual(old, [{ connected: false }]);
        const written = await vendorClient({ node: dolphinNode("p1", "datanode"), password, scripts: [TABLE] });
        assert.deepEqual(written, [{ connected: true }, { value: 30 }]);
        const counted = await vendorClient({ node: dolphinNode("p3", "computenode"), password, scripts: [COUNT] });
        assert.deepEqual(counted, [{ connected: true }, { value: 30 }]);
      });

      it("puts back a controller's file that somebody changed, without a restart", async () => {
        const { leader } = await dolphinOutputs(stack);
        const other = HOST_NAMES.find((host) => !leader.startsWith(host)) as HostName;
        const before = Object.fromEntries(
          await Promise.all(HOST_NAMES.map(async (host) => [host, await pidOf(host, "controller")] as const)),
        );
        await on(
          other,
          `sed -i s/^workerNum=.*//\\;s/^dfsReplicationFactor=2/dfsReplicationFactor=3/ ${HOME}/config/controller.cfg`,
        );
        const { code, text } = await stack.run("preview", "--refresh", "--expect-no-changes");
        assert.notEqual(code, 0);
        assert.match(text, new RegExp(`dolphin-files-${other}`));
        await stack.up("--refresh");
        assert.match(await on(other, `cat ${HOME}/config/controller.cfg`), /^dfsReplicationFactor=2$/m);
        const after = await Promise.all(
          HOST_NAMES.map(async (host) => [host, await pidOf(host, "controller")] as const),
        );
        assert.deepEqual(
          after.filter(([host, pid]) => before[host] !== pid).map(([host]) => host),
          [],
          "the file is what the controller has read",
        );
      });

      it("elects another leader when one is killed, which systemd starts again, while the vendor's client goes on", async () => {
        const { adminPassword: password } = await dolphinOutputs(stack);
        const leads = async (): Promise<unknown> => {
          const node = dolphinNode("p2", "computenode");
          return (await vendorClient({ node, password, scripts: ["getControllerAlias()"] }))[1]?.value;
        };
        const leader = String(await leads());
        const host = leader.slice(0, 2) as HostName;
        const sites = HOST_NAMES.map((name) => dolphinNode(name, "datanode"));
        const loop = await ClientLoop.start({
          node: sites[1] as (typeof sites)[number],
          password,
          sites,
          reconnect: true,
          scripts: [APPEND],
        });
        try {
          await loop.untilMore(2);
          const pid = await pidOf(host, "controller");
          await on(host, `kill -KILL ${pid}`);
          await waitFor("nobody else leads", 60, async () => {
            const next = await leads();
            assert.ok(next !== undefined && next !== leader, String(next));
          });
          await waitFor("systemd did not start it again", 30, async () => {
            assert.ok(!["0", pid].includes(await pidOf(host, "controller")));
          });
          await loop.untilMore(3, 60);
        } finally {
          const lines = await loop.stop();
          assert.deepEqual(
            lines.filter((line) => line.error !== undefined),
            [],
          );
        }
        const pid = await pidOf(host, "controller");
        await stack.up("--refresh");
        await stack.succeed("preview", "--refresh", "--expect-no-changes");
        assert.equal(await pidOf(host, "controller"), pid);
      });
    }

    it(`leaves no process, unit and user when it is destroyed, and ${i === 0 ? "keeps" : "no"} data`, async () => {
      if (i > 0) {
        stack.configure(dolphinConfig((dolphin) => (dolphin.keepData = false)));
        await stack.up();
      }
      await stack.destroy();
      for (const host of HOST_NAMES) assert.deepEqual(await dolphinTraces(host), i === 0 ? [HOME] : []);
      if (i > 0) await assertOnHosts(untouched);
    });
  });
