import assert from "node:assert/strict";
import type { HostName } from "../../lab/src/lab";
import { METADB_PORT } from "../../lab/src/metadb";
import type { Config } from "./odc-config";
import { engines } from "./engines";
import { labHosts, on, snapshots } from "./hosts";
import type { DatabaseServer } from "./metadb-server";
import { clearOms, emptyOmsMetaDb, endOms, omsConfig, virtualAddress } from "./oms-stack";
import { limitHere, RequestLoop } from "./request-loop";
import { TestStack } from "./stack";

/** The deployment with these nodes in its one region. */
const nodes = (...names: HostName[]): Config =>
  omsConfig((oms) => {
    oms.regions = [{ ...oms.regions[0], nodes: names }];
  });
const addressOf = (host: HostName): string => labHosts()[host].address;
const ips = (...names: HostName[]): string[] => names.map(addressOf).sort();

for (const engine of engines())
  describe(`OMS whose nodes come and go, with the ${engine.name}`, function () {
    this.timeout(300_000);
    let stack: TestStack;
    let server: DatabaseServer;
    let untouched: string[];

    before(async () => {
      server = await emptyOmsMetaDb();
      untouched = await snapshots();
      stack = new TestStack(engine);
      await stack.init(nodes("p1", "p3"));
      await stack.up();
    });
    after(async () => {
      await endOms(stack, server);
    });

    const rows = (): Promise<string[]> => server.sql("SELECT ip FROM oms_cm.host ORDER BY ip");
    const beats = (): Promise<string[]> =>
      server.sql("SELECT DISTINCT host_ip FROM oms_cm_heartbeat.heart_beat ORDER BY host_ip");
    const noDifference = (): Promise<string> => stack.succeed("preview", "--refresh", "--expect-no-changes");
    const cmNodes = async (host: HostName): Promise<string[]> => {
      const text = await on(host, "docker exec oms_427 cat /home/admin/conf/config.yaml");
      return [...text.slice(text.indexOf("cm_nodes")).matchAll(/^ *- "?([\d.]+)"?$/gm)].map(([, ip = ""]) => ip).sort();
    };
    const containers = (): Promise<string[]> =>
      Promise.all(
        (["p1", "p2", "p3"] as const).map(async (host) =>
          (
            await on(
              host,
              "docker ps --no-trunc --format '{{.ID}} {{.Names}}'; sha256sum /data/oms/config.yaml || true",
            )
          ).trim(),
        ),
      );

    /**
     * `up`, while clients ask CM and console by the region's address.
     * @param moves whether the address leaves its host: requests that are on their way there then, one every 50 ms, have nobody who answers.
     * @returns what it printed
     */
    async function upUnderRequests(moves = false): Promise<string> {
      const at = (port: number): string => `http://${virtualAddress()}:${port}/`;
      // the stand-in's CM has nothing to show: that it says so is its answer
      const cmLoop = new RequestLoop(at(8088), 5_000, /^404 stand-in/);
      // the console restarts on the host with the address: nginx in the container says so, or it asks the MetaDB before it answers
      const webLoop = new RequestLoop(at(8089), 5_000, /^200 /);
      const text = await stack.up();
      const [cm, web] = await Promise.all([cmLoop.stop(), webLoop.stop()]);
      for (const [name, { failures }] of Object.entries({ CM: cm, console: web }))
        assert.ok(failures.length <= (moves ? 4 : 0), `${name}: ${failures.join("\n")}`);
      assert.ok(cm.outage <= limitHere(2_000), `${cm.outage} ms without the CM`);
      assert.ok(web.outage <= limitHere(5_000), `${web.outage} ms without the console`);
      return text;
    }

    it("takes a node in while clients go on, and tells the others", async () => {
      stack.configure(nodes("p1", "p3", "p2"));
      await upUnderRequests();
      assert.deepEqual(await rows(), ips("p1", "p2", "p3"));
      for (const host of ["p1", "p2", "p3"] as const) assert.deepEqual(await cmNodes(host), ips("p1", "p2", "p3"));
      await noDifference();
    });

    it("keeps a node on which a component runs, in preview and up, and touches nothing", async () => {
      const ip = addressOf("p1");
      await server.sql(
        `INSERT INTO oms_cm_heartbeat.heart_beat (task_name, task_type, host_ip, gmt_modified) VALUES ('store-1', 'HEART_BEAT', '${ip}', NOW())`,
      );
      const before = await containers();
      const { resources } = await stack.recorded();
      stack.configure(nodes("p3", "p2"));
      for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
        const { code, text } = await stack.run(...command);
        assert.notEqual(code, 0);
        assert.match(
          text,
          new RegExp(
            `OmsMultiNode oms: nodes cannot be removed now .*\\n.*region 1: ${ip} is no node of it any more, and 1 component has had heart beats there in the last 240 s: store-1 \\(\\d+ s ago\\); fix: stop the projects `,
          ),
        );
      }
      assert.deepEqual(await containers(), before);
      // an empty directory on the host that would make the backups from now on is all that is new
      const added = (await stack.recorded()).resources.filter((urn) => !resources.includes(urn));
      assert.deepEqual(
        added.map((urn) => urn.split("::").at(-1)),
        ["oms-backup-dir-p3"],
      );
      assert.deepEqual(await rows(), ips("p1", "p2", "p3"));
      await server.sql("DELETE FROM oms_cm_heartbeat.heart_beat WHERE task_name = 'store-1'");
    });

    it("is left by its first node while clients go on: container, address and row are gone, the others know and serve", async () => {
      const ip = addressOf("p1");
      assert.match(
        await stack.succeed("preview"),
        new RegExp(
          `region 1: the MetaDB has ${ip} \\(its supervisor beats\\), which is no node of it; its row goes with the node `,
        ),
      );
      const text = await upUnderRequests(true);
      const order = ["oms-vip-1-service-p1", "oms-oms_427-p1", "oms-row-p1"].map((name) =>
        text.search(new RegExp(`delet.* ${name}\\b|${name} delet`)),
      );
      assert.ok(order[0] !== -1 && order.every((at, i) => at > (order[i - 1] ?? -1)), text);
      assert.deepEqual(await rows(), ips("p2", "p3"));
      assert.deepEqual(await beats(), ips("p2", "p3"));
      assert.equal(
        await on("p1", "docker ps -aq; ls /etc/systemd/system | grep dbha || true; ls /data/oms"),
        "oms_logs\noms_run\noms_store",
      );
      for (const host of ["p2", "p3"] as const) assert.deepEqual(await cmNodes(host), ips("p2", "p3"));
      const { oms } = (await stack.outputs()) as { oms: { nodes: { host: string; health: string }[] } };
      assert.deepEqual(
        oms.nodes.map(({ host, health }) => [host, health]),
        [
          ["p3", "healthy"],
          ["p2", "healthy"],
        ],
      );
      assert.doesNotMatch(await noDifference(), /the MetaDB has /);
    });

    it("is destroyed where the MetaDB does not answer, and says which rows stay", async () => {
      const rule = `OUTPUT -d ${server.address} -p tcp --dport ${METADB_PORT} -j DROP`;
      await on("p3", `iptables -I ${rule}`);
      const text = await stack.destroy().finally(() => on("p3", `iptables -D ${rule}`));
      for (const ip of ips("p2", "p3"))
        assert.match(
          text,
          new RegExp(
            `the row of node ${ip} in oms_cm\\.host of the MetaDB metadb:2881 stays: the database oms_cm_heartbeat of the MetaDB cannot be used \\(ERROR .*\\); fix: .*, then run there: DELETE FROM oms_cm\\.host WHERE ip = '${ip}' AND `,
          ),
        );
      assert.deepEqual(await rows(), ips("p2", "p3"));
      await clearOms();
      const now = await snapshots();
      assert.deepEqual(
        now.filter((line) => !untouched.includes(line)),
        [],
      );
    });
  });
