import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { HostName } from "../../lab/src/lab";
import { askAll } from "./clients";
import { engines } from "./engines";
import { emptyMetaDb, eventually, labHosts, metaDbPassword, on, snapshot } from "./hosts";
import { OdcClient } from "./odc-client";
import { devConfig } from "./odc-config";
import { TestStack } from "./stack";

interface OdcOutputs {
  url: string;
  nodes: { host: string; address: string; endpoint: string; container: string; version: string; health: string }[];
  proxies: { host: string; endpoint: string; container: string; version: string; health: string }[];
  adminUser: string;
  adminPassword: string;
}

const names: HostName[] = ["p1", "p2", "p3"];
const config = "/etc/dbha/odc-nginx/nginx.conf";
const inspect = (host: HostName, container: string, field: string): Promise<string> =>
  on(host, `docker inspect -f '{{${field}}}' ${container}`);
const nginxWorkers = (): Promise<string> => on("p3", "pgrep -f 'nginx: worker' | sort | tr '\\n' ' '");

const real = engines().find((engine) => engine.choice !== "fallback");

for (const engine of engines())
  describe(`ODC on three hosts, with the ${engine.name}`, function () {
    this.timeout(600_000);
    let stack: TestStack;
    let untouched: Record<HostName, string[]>;
    let odc: OdcOutputs;
    const readOutputs = async (): Promise<void> => {
      odc = (await stack.outputs()).odc as OdcOutputs;
    };

    async function snapshots(): Promise<Record<HostName, string[]>> {
      const [p1, p2, p3] = await Promise.all([snapshot("p1"), snapshot("p2"), snapshot("p3")]);
      return { p1, p2, p3 };
    }

    /** Fails unless every setting of every host is as the stack says. */
    async function assertInOrder(): Promise<void> {
      const text = await stack.succeed("up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes");
      assert.match(text, /\d+ unchanged/);
    }

    before(async () => {
      await emptyMetaDb();
      untouched = await snapshots();
      stack = new TestStack(engine);
      await stack.init(devConfig());
    });

    after(() => stack.remove());

    it("refuses a bad configuration as a whole, without contacting a host", async () => {
      stack.configure(
        devConfig((odc) => {
          odc.nodes = ["p1", "p9"];
          odc.proxy.connectTimeout = 100;
          odc.adminPassword = "hunter2";
        }),
      );
      const { code, text } = await stack.run("preview");
      assert.notEqual(code, 0);
      const refused = readFileSync("README.md", "utf8").match(
        /^the stack's configuration was refused.*?(?=^```)/ms,
      )?.[0];
      const lines =
        refused
          ?.trim()
          .split("\n")
          .map((line) => line.trim()) ?? [];
      assert.equal(lines.length, 4, "the README shows the refusal");
      for (const line of lines) assert.ok(text.includes(line), `${line}\nis not in\n${text}`);
      assert.doesNotMatch(text, /hunter2/);
      assert.doesNotMatch(text, /^\s+at /m, "no stack trace");
      stack.configure(devConfig());
    });

    it("previews without changing anything", async () => {
      const text = await stack.succeed("preview");
      assert.match(text, /26 to create/);
      assert.deepEqual(await snapshots(), untouched);
    });

    it("deploys two nodes behind nginx, which serves both", async () => {
      await stack.up();
      await readOutputs();
      const { p1, p2, p3 } = labHosts();
      assert.equal(odc.url, `http://${p3.address}/`);
      const container = "obodc";
      assert.deepEqual(
        odc.nodes,
        Object.entries({ p1, p2 }).map(([host, { address }]) => {
          return { host, address, endpoint: `${address}:8989`, container, version: "4.3.1", health: "healthy" };
        }),
      );
      assert.equal(odc.proxies[0]?.health, "healthy");
      const answers = Object.values(await askAll("p3"));
      assert.deepEqual([...new Set(answers)].sort(), [p1.address, p2.address].sort());
    });

    it("lets the admin in with the generated password, and nobody with another", async () => {
      const { status, data } = await new OdcClient(odc.url).logIn(odc.adminPassword);
      assert.deepEqual([status, data], [200, "ok"]);
      const refused = await new OdcClient(odc.url).logIn("wrong.Pass+12");
      assert.deepEqual([refused.status, refused.code], [401, "UserWrongPasswordOrNotFound"]);
    });

    it("gives the containers the documented limits, mounts and restart policy", async () => {
      const inspected = JSON.parse(await on("p1", "docker inspect obodc")) as { HostConfig: Record<string, unknown> }[];
      const { CpuPeriod, CpuQuota, Memory, MemorySwap, NetworkMode, RestartPolicy, Binds } =
        inspected[0]?.HostConfig ?? {};
      assert.deepEqual(
        { CpuPeriod, CpuQuota, Memory, MemorySwap, NetworkMode, RestartPolicy, Binds: (Binds as string[]).sort() },
        {
          CpuPeriod: 100_000,
          CpuQuota: 400_000,
          Memory: 8 * 1024 ** 3,
          MemorySwap: 16 * 1024 ** 3,
          NetworkMode: "host",
          RestartPolicy: { Name: "unless-stopped", MaximumRetryCount: 0 },
          Binds: ["/var/data/odc:/opt/odc/data:rw", "/var/log/odc:/opt/odc/log:rw"],
        },
      );
      assert.match(await on("p1", "ls /var/log/odc"), /^odc\.log$/m);
    });

    it("keeps secrets out of the state, the messages and the process lists", async () => {
      const state = await stack.exported();
      for (const secret of [odc.adminPassword, metaDbPassword()])
        assert.ok(!state.includes(secret), "a secret is in the state");
    });

    it("changes nothing when nothing changed, and looked at everything", async () => {
      await stack.succeed("preview", "--expect-no-changes");
      await assertInOrder();
    });

    if (engine.choice === "fallback" && real)
      it("hands its state to the real CLI, which finds nothing to change", async () => {
        const heir = new TestStack(real);
        await heir.init(devConfig());
        await heir.succeed("stack", "import", "--file", await stack.exportFile());
        await heir.succeed("preview", "--expect-no-changes");
        await heir.succeed("preview", "--refresh", "--expect-no-changes");
        heir.remove();
        stack.configure(devConfig());
      });

    it("reloads nginx for a new configuration, without restarting it", async () => {
      const started = await inspect("p3", "odc-nginx", ".State.StartedAt");
      const workers = await nginxWorkers();
      stack.configure(devConfig((section) => (section.proxy.transferTimeout = 900)));
      const text = await stack.up();
      assert.match(text, /odc-proxy-files-p3/);
      assert.match(
        await on("p3", "docker exec odc-nginx nginx -T -c /etc/nginx/dbha/nginx.conf 2>/dev/null"),
        /proxy_read_timeout 900;/,
      );
      await eventually("new nginx workers", 10, nginxWorkers, (now) => now !== workers && now !== "");
      assert.equal(await inspect("p3", "odc-nginx", ".State.StartedAt"), started);
    });

    it("rolls a change through the nodes: the second is touched when the first is healthy again", async () => {
      const old = await Promise.all((["p1", "p2"] as const).map((name) => inspect(name, "obodc", ".Id")));
      stack.configure(
        devConfig((section) => {
          section.proxy.transferTimeout = 900;
          section.cpus = 3;
        }),
      );
      await stack.up();
      const now = await Promise.all((["p1", "p2"] as const).map((name) => inspect(name, "obodc", ".Id")));
      assert.notEqual(now[0], old[0]);
      assert.notEqual(now[1], old[1]);
      assert.equal(await inspect("p2", "obodc", ".HostConfig.CpuQuota"), "300000");
      const healthyAt = await on("p1", "grep -h 'listens on port' /var/log/odc/odc.log | tail -n 1 | cut -d , -f 1");
      const createdAt = await inspect("p2", "obodc", ".Created");
      assert.ok(
        new Date(`${healthyAt}Z`) <= new Date(createdAt),
        `p1 was ready at ${healthyAt}, p2 was replaced at ${createdAt}`,
      );
    });

    const drifts: [what: string, host: HostName, command: string, resource: RegExp][] = [
      ["a file that was edited", "p3", `sed -i 's/75;/5;/' ${config}`, /odc-proxy-files-p3/],
      ["a file that was deleted", "p3", `rm ${config}`, /odc-proxy-files-p3/],
      ["a container that was removed", "p2", "docker rm -f obodc", /odc-node-p2/],
      ["a container that was stopped", "p1", "docker stop obodc", /odc-node-p1/],
    ];
    for (const [what, host, command, resource] of drifts)
      it(`sees ${what} and repairs it`, async () => {
        const content = await on("p3", `cat ${config}`);
        await on(host, command);
        const { code, text } = await stack.run("refresh", "--preview-only", "--expect-no-changes");
        assert.notEqual(code, 0, `refresh saw nothing:\n${text}`);
        assert.match(text, resource);
        await stack.up("--refresh");
        assert.equal(await on("p3", `cat ${config}`), content);
        await assertInOrder();
      });

    it("goes on serving through the other node when one is killed", async () => {
      const { p1, p2 } = labHosts();
      const first = await askAll("p3");
      const [client] = Object.entries(first).find(([, node]) => node === p1.address) ?? [];
      assert.ok(client, "no client is on p1");
      await on("p1", "docker kill obodc");
      const served = await eventually(
        "all clients are served by p2",
        30,
        () => askAll("p3"),
        (answers) => Object.values(answers).every((node) => node === p2.address),
      );
      assert.equal(Object.keys(served).length, Object.keys(first).length);
      for (const [name, node] of Object.entries(first))
        if (node === p2.address) assert.equal(served[name], node, `${name} was on p2 and must not notice`);
      await stack.up("--refresh");
      await assertInOrder();
    });

    it("leaves the hosts as they were when it is destroyed, data, logs and backups apart", async () => {
      await stack.destroy();
      const kept =
        /^(d \d+ \S+ \/var\/(data|data\/odc|log\/odc|backups\/odc)(\/| |$)|f \d+ \S+ \/var\/data\/odc|log \/var\/log\/odc)/;
      const now = await snapshots();
      for (const name of names) {
        assert.deepEqual(
          now[name].filter((line) => !untouched[name].includes(line) && !kept.test(line)),
          [],
          `left on ${name}`,
        );
        assert.deepEqual(
          untouched[name].filter((line) => !now[name].includes(line)),
          [],
          `missing on ${name}`,
        );
      }
      await on("p1", "rm -rf /var/data /var/log/odc /var/backups/odc");
      await on("p2", "rm -rf /var/data /var/log/odc /var/backups/odc");
    });
  });
