import assert from "node:assert/strict";
import { sql } from "../../lab/src/lab";
import { engines } from "./engines";
import { clearOdc, on, theLab } from "./hosts";
import { devConfig } from "./odc-config";
import { TestStack } from "./stack";

const nodes = ["p1", "p2"] as const;
type Node = (typeof nodes)[number];

const log = (host: Node): Promise<string> => on(host, "cat /var/log/odc/odc.log");

/** When ODC wrote a line into a host's log. */
async function loggedAt(host: Node, what: string): Promise<Date> {
  const lines = (await log(host)).split("\n").filter((line) => line.includes(what));
  assert.equal(lines.length, 1, `${host} has ${lines.length} lines with ${what}`);
  return new Date(`${(lines[0] ?? "").slice(0, 23).replace(" ", "T").replace(",", ".")}Z`);
}

for (const engine of engines())
  describe(`The start order of ODC's nodes, with the ${engine.name}`, function () {
    this.timeout(300_000);
    let stack: TestStack;

    before(async () => {
      await clearOdc();
      // as on Debian: to ODC both nodes are Docker's bridge then, and the MetaDB's lock keeps neither of them out
      for (const host of nodes)
        await on(
          host,
          `cp /etc/hosts /etc/hosts.before && sed "s/^.*[[:space:]]${host}$/127.0.1.1 ${host}/" /etc/hosts.before >/etc/hosts`,
        );
      stack = new TestStack(engine);
      await stack.init(devConfig());
    });

    after(async () => {
      await stack.destroy();
      stack.remove();
      for (const host of nodes) await on(host, "cat /etc/hosts.before >/etc/hosts && rm /etc/hosts.before");
      await clearOdc();
    });

    it("lets one node migrate at a time, though the lock would let both", async () => {
      await stack.up();
      for (const host of nodes) {
        assert.match(await log(host), /localIpAddress=172\.17\.0\.1, listenPort=8989/);
        assert.doesNotMatch(await on(host, "docker exec obodc cat /tmp/supervisord.log"), /exited/);
      }
      const created = new Date(await on("p2", "docker inspect -f '{{.Created}}' obodc"));
      const served = await loggedAt("p1", "listens on port 8989");
      assert.ok(served <= created, `p1 served at ${served.toISOString()}, p2 was made at ${created.toISOString()}`);
      assert.ok((await loggedAt("p1", "migrate success")) < (await loggedAt("p2", "get lock success")));
    });

    it("leaves a MetaDB in which every script ran once, by the first node", async () => {
      const ran = (await log("p1")).match(/migrate \S+ \S+ .* done, result=True/g) ?? [];
      assert.doesNotMatch(await log("p2"), /migrate \S+ \S+ .* start\.\.\./);
      const history = await sql(
        theLab(),
        "SELECT CONCAT_WS(' ', COUNT(*), COUNT(DISTINCT script), SUM(success)) FROM odc_metadb.migrate_schema_history",
      );
      assert.deepEqual(history, [`${ran.length} ${ran.length} ${ran.length}`]);
      assert.equal(ran.length, 8);
    });
  });
