import assert from "node:assert/strict";
import { sql } from "../../lab/src/lab";
import { ClientsLoop, askAll } from "./clients";
import { engines } from "./engines";
import { emptyMetaDb, labHosts, metaDbPassword, on, theLab } from "./hosts";
import { NodeWatch } from "./node-watch";
import { devConfig, type Config } from "./odc-config";
import { TestStack } from "./stack";

const nodes = ["p1", "p2"] as const;
const address = (name: (typeof nodes)[number]): string => labHosts()[name].address;
const old = "'odc@meta#lab'@'%'";
const next = { username: "odc2@meta#lab", password: "Another.Pass-42" };

/** The dev stack, two nodes and one nginx, with another user or password of the MetaDB. */
const config = (metaDb: { username?: string; password?: string } = {}): Config =>
  devConfig((odc) => {
    odc.startTimeout = 25;
    Object.assign(odc.metaDb as object, metaDb);
  });

/** ID of a node's container and when it was started. */
const container = (host: (typeof nodes)[number]): Promise<string> =>
  on(host, "docker inspect -f '{{.Id}} {{.State.StartedAt}}' obodc");

for (const engine of engines())
  describe(`The MetaDB's password of ODC, with the ${engine.name}`, function () {
    this.timeout(300_000);
    let stack: TestStack;
    const health = async (): Promise<string[]> => {
      const { odc } = (await stack.outputs()) as { odc: { nodes: { host: string; health: string }[] } };
      return odc.nodes.map((node) => `${node.host} ${node.health}`);
    };

    before(async () => {
      await emptyMetaDb();
      await sql(
        theLab(),
        `CREATE USER '${next.username}'@'%' IDENTIFIED BY '${next.password}'; GRANT ALL ON odc_metadb.* TO '${next.username}'@'%';`,
      );
      stack = new TestStack(engine);
      await stack.init(config());
      await stack.up();
    });

    after(async () => {
      stack.remove();
      await sql(theLab(), `DROP USER '${next.username}'@'%'; ALTER USER ${old} IDENTIFIED BY '${metaDbPassword()}';`);
      for (const host of nodes) await on(host, "rm -rf /var/backups/odc /var/data /var/log/odc");
    });

    it("stops at a first node that does not come back, and goes back by that node alone", async () => {
      const untouched = await container("p2");
      const pins = Object.entries(await askAll("p3"));
      const ofFirst = pins.flatMap(([client, node]) => (node === address("p1") ? [client] : []));
      const watch = new NodeWatch(nodes.map(address));
      const clients = new ClientsLoop("p3");
      // its log cannot be written, which disturbs none that runs
      await on("p1", "mv /var/log/odc/odc.log /var/log/odc/earlier.log; mkdir /var/log/odc/odc.log");
      stack.configure(config(next));
      const { code, text } = await stack.run("up", "--yes", "--skip-preview");
      assert.notEqual(code, 0);
      assert.match(text, /host p1 .*: not healthy after \d+ s/);
      assert.ok(!text.includes(next.password), "the password is shown");
      await on("p1", "rmdir /var/log/odc/odc.log");
      stack.configure(config());
      await stack.up();
      assert.deepEqual(await watch.stop(), { withoutAny: [] });
      const { failed } = await clients.stop();
      assert.deepEqual(
        failed.filter((client) => !ofFirst.includes(client)),
        [],
      );
      assert.equal(await container("p2"), untouched);
      assert.deepEqual(await health(), ["p1 healthy", "p2 healthy"]);
    });

    it("changes with a second user node by node, one of them always serving, and the old one is needed no more", async () => {
      stack.configure(config(next));
      const watch = new NodeWatch(nodes.map(address));
      await stack.up();
      assert.deepEqual(await watch.stop(), { withoutAny: [] });
      await sql(theLab(), `ALTER USER ${old} IDENTIFIED BY 'nobody.Knows-1';`);
      for (const host of nodes) await on(host, "docker restart -t 1 obodc");
      await stack.up("--refresh");
      assert.deepEqual(await health(), ["p1 healthy", "p2 healthy"]);
      await stack.up("--refresh", "--expect-no-changes");
    });

    it("is nowhere in the state", async () => {
      const state = await stack.exported();
      for (const secret of [next.password, metaDbPassword()]) assert.ok(!state.includes(secret));
      await stack.destroy();
    });
  });
