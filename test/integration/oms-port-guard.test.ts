import assert from "node:assert/strict";
import { reboot } from "../../lab/src/faults";
import type { HostName } from "../../lab/src/lab";
import { engines } from "./engines";
import { eventually, labHosts, on, theLab } from "./hosts";
import type { DatabaseServer } from "./metadb-server";
import { emptyOmsMetaDb, endOms, omsConfig } from "./oms-stack";
import { TestStack } from "./stack";

/** One node on p2, the lab's only host with nft. */
const config = () =>
  omsConfig((oms) => {
    oms.regions = [{ location: 1, nodes: ["p2"], cmUrl: `http://${labHosts().p2.address}:8088`, singleNode: true }];
  });

for (const engine of engines())
  describe(`supervisord's port of OMS where the host has nftables, with the ${engine.name}`, function () {
    this.timeout(300_000);
    let stack: TestStack;
    let server: DatabaseServer;

    before(async () => {
      server = await emptyOmsMetaDb();
      stack = new TestStack(engine);
      await stack.init(config());
      await stack.up();
    });
    after(async () => {
      await endOms(stack, server);
    });

    const tables = async (): Promise<string[]> =>
      (await on("p2", "nft list tables")).split("\n").filter((line) => line.includes("dbha"));
    const answer = (from: HostName, to = labHosts().p2.address): Promise<string> =>
      on(from, `curl -s --connect-timeout 2 -m 20 -o /dev/null -w '%{http_code}' http://${to}:8084/ || true`);
    /** As p1 and p2 see it, p2 by its own address and by 127.0.0.1. */
    const seen = async (): Promise<string[]> => [
      await answer("p1"),
      await answer("p2"),
      await answer("p2", "127.0.0.1"),
    ];
    const closed = ["000", "200", "200"];

    it("is closed to other hosts by a table of its own, and open on its own", async () => {
      assert.deepEqual(await tables(), ["table inet dbha_oms"]);
      assert.doesNotMatch(await on("p2", "iptables -S INPUT"), /8084/);
      assert.deepEqual(await seen(), closed);
      await stack.succeed("preview", "--refresh", "--expect-no-changes");
    });

    it("is closed again by up when somebody flushed all rules, and nobody has to after a reboot", async () => {
      await on("p2", "systemctl restart nftables");
      assert.deepEqual(await tables(), []);
      assert.equal(await answer("p1"), "200");
      const { code, text } = await stack.run("preview", "--refresh", "--expect-no-changes");
      assert.notEqual(code, 0);
      assert.match(text, /oms-port-closed-p2 .*healthy/);
      await stack.up("--refresh");
      assert.deepEqual(await seen(), closed);
      await reboot(theLab(), "p2");
      await eventually(
        "supervisord answers",
        60,
        () => answer("p2"),
        (status) => status === "200",
      );
      assert.deepEqual(await tables(), ["table inet dbha_oms"]);
      assert.deepEqual(await seen(), closed);
      await stack.up("--refresh");
      await stack.succeed("preview", "--refresh", "--expect-no-changes");
    });

    it("has no rule left when all is destroyed", async () => {
      await stack.destroy();
      assert.deepEqual(await tables(), []);
      assert.equal(await on("p2", "ls /etc/systemd/system | grep dbha || true"), "");
    });
  });
