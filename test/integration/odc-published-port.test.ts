import assert from "node:assert/strict";
import { askAll } from "./clients";
import { engines } from "./engines";
import { emptyMetaDb, labHosts, on, theLab } from "./hosts";
import { devConfig } from "./odc-config";
import { TestStack } from "./stack";

const nodes = ["p1", "p2"] as const;

/** Asks for a node's health from inside the container of another. */
const askFrom = (host: (typeof nodes)[number], url: string): Promise<string> =>
  on(
    host,
    `docker exec obodc python3 -c 'import urllib.request; print(urllib.request.urlopen("${url}/api/v1/heartbeat/isHealthy", timeout=5).read().decode())'`,
  );

for (const engine of engines())
  describe(`ODC behind a published port, with the ${engine.name}`, function () {
    this.timeout(300_000);
    let stack: TestStack;

    before(async () => {
      await emptyMetaDb();
      stack = new TestStack(engine);
      await stack.init(
        devConfig((odc) => {
          odc.mappingPort = 18989;
          // containers with a network of their own do not have the hosts' /etc/hosts
          Object.assign(odc.metaDb as object, { host: theLab().metadb.address });
        }),
      );
      await stack.up();
    });

    after(async () => {
      await stack.destroy();
      for (const host of nodes) await on(host, "rm -rf /var/data /var/log/odc /var/backups/odc");
      stack.remove();
    });

    it("publishes ODC's port under the mapped one on every node, and nothing else", async () => {
      for (const host of nodes) {
        const settings = await on(
          host,
          "docker inspect -f '{{json .HostConfig.PortBindings}} {{.HostConfig.NetworkMode}}' obodc",
        );
        assert.match(settings, /^\{"8989\/tcp":\[\{"HostIp":"[0.]*","HostPort":"18989"\}\]\} bridge$/);
        assert.equal(await on(host, "curl -s -o /dev/null http://127.0.0.1:8989/ || echo $?"), "7");
      }
    });

    it("lets every node reach every other at the address and port that it tells them", async () => {
      for (const host of nodes) {
        const { address } = labHosts()[host];
        const environment = await on(host, "docker inspect -f '{{range .Config.Env}}{{println .}}{{end}}' obodc");
        const told = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(environment)?.[1] ?? "";
        assert.deepEqual(
          [told("ODC_HOST"), told("ODC_MAPPING_PORT"), told("ODC_SERVER_PORT")],
          [address, "18989", "8989"],
        );
        for (const other of nodes)
          assert.match(await askFrom(other, `http://${told("ODC_HOST")}:${told("ODC_MAPPING_PORT")}`), /"data": ?true/);
      }
    });

    it("serves users of both nodes through nginx, and says so in its outputs", async () => {
      const { p1, p2 } = labHosts();
      assert.deepEqual([...new Set(Object.values(await askAll("p3")))].sort(), [p1.address, p2.address].sort());
      const { nodes: told } = (await stack.outputs()).odc as { nodes: { endpoint: string; health: string }[] };
      assert.deepEqual(
        told.map(({ endpoint, health }) => [endpoint, health]),
        [p1, p2].map(({ address }) => [`${address}:18989`, "healthy"]),
      );
      await stack.succeed("up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes");
    });
  });
