import assert from "node:assert/strict";
import type { HostName } from "../../lab/src/lab";
import { engines } from "./engines";
import { eventually, on } from "./hosts";
import type { DatabaseServer } from "./metadb-server";
import { emptyOmsMetaDb, endOms, omsConfig, PASSWORD, switchOms, tarballsOf } from "./oms-stack";
import { TestStack } from "./stack";

const LOGS = "/data/oms/oms_logs";
const both: HostName[] = ["p1", "p3"];

/** 4.2.11 initialises itself. */
const config = (more: object = {}) =>
  omsConfig((oms) => Object.assign(oms, { version: "4.2.11", image: tarballsOf("oms-4.2.11") }, more));

for (const engine of engines())
  describe(`An image of OMS that initialises itself, with the ${engine.name}`, function () {
    this.timeout(300_000);
    let stack: TestStack;
    let server: DatabaseServer;

    before(async () => {
      server = await emptyOmsMetaDb();
      stack = new TestStack(engine);
      await stack.init(config());
    });
    after(async () => {
      await stack.destroy();
      await endOms(stack, server);
    });

    /** How often docker_init.sh has begun, by whomever. */
    const begun = async (host: HostName): Promise<number> =>
      Number(await on(host, `find ${LOGS} -name 'docker_init.log.*' | wc -l`));
    const inside = async (host: HostName, command: string): Promise<string> =>
      (await on(host, `docker exec oms_4211 ${command}`)).trim();
    const container = async (host: HostName): Promise<string> =>
      (await on(host, "docker inspect -f '{{.Id}} {{.State.Pid}}' oms_4211")).trim();
    /** docker_init.sh has begun so often, and is at that step the last time. */
    const paused = (host: HostName, times: number, step: number): Promise<unknown> =>
      eventually(
        `docker_init.sh pauses at step ${step}`,
        60,
        async () => ({
          times: await begun(host),
          log: await on(host, `cat "$(find ${LOGS} -name 'docker_init.log.*' | sort | tail -n 1)" 2>/dev/null || true`),
        }),
        (seen) => seen.times === times && seen.log.includes(`paused at step ${step},`),
      );
    const health = async (): Promise<string[]> => {
      const { nodes } = (await stack.outputs()).oms as { nodes: { version: string; health: string }[] };
      return nodes.map(({ version, health }) => `${version} ${health}`);
    };
    const noDifference = (): Promise<string> => stack.succeed("preview", "--refresh", "--expect-no-changes");
    /** p3 without its container, with these switches for the next one. @returns how often docker_init.sh has begun there */
    async function withoutNode(switches: Record<string, string>): Promise<number> {
      await on("p3", "docker rm -f oms_4211");
      await switchOms("p3", switches);
      return begun("p3");
    }

    it("is waited for, one node after the other, and shows no password", async () => {
      const text = await stack.up();
      assert.ok(!text.includes(PASSWORD.slice(4, 20)), "it shows the password");
      for (const host of both) {
        assert.equal(await begun(host), 1);
        assert.match(await on(host, "docker logs oms_4211 2>&1"), /\nOMS service start successfully$/);
        assert.equal(await on(host, `stat -c %a ${LOGS}/docker_init.log.*`), "600");
      }
      const made = await Promise.all(both.map((host) => inside(host, "stat -c %Y /root/init_flag.txt")));
      assert.ok(Number(made[0]) < Number(made[1]), "p1 before p3");
      assert.deepEqual(await health(), ["4.2.11 healthy", "4.2.11 healthy"]);
      assert.deepEqual(await server.sql("SELECT COUNT(*) FROM oms_cm.host"), ["2"]);
    });

    it("is no difference to the next run", noDifference);

    it("takes another config.yaml without being initialised again", async () => {
      const of = async (host: HostName) => [
        await container(host),
        await inside(host, "supervisorctl pid oms_drc_cm"),
        await inside(host, "supervisorctl pid oms_console"),
      ];
      const before = await Promise.all(both.map(of));
      stack.configure(config({ settings: { another_key: "x" } }));
      await stack.up();
      for (const [i, host] of both.entries()) {
        const [made, cm, console] = await of(host);
        assert.deepEqual([made, cm], before[i]?.slice(0, 2));
        assert.notEqual(console, before[i]?.[2], "it has been restarted");
        assert.equal(await begun(host), 1);
        assert.match(await inside(host, "cat /home/admin/conf/config.yaml"), /^"?another_key"?: "?x"?$/m);
      }
      await noDifference();
    });

    it("is found by the next up, which does nothing a second time, when the run is killed", async () => {
      const before = await withoutNode({ PAUSE_STEP: "3" });
      await stack.succeed("refresh", "--yes", "--skip-preview");
      await stack.killUpAt(paused("p3", before + 1, 3));
      await switchOms("p3");
      await stack.up();
      assert.equal(await begun("p3"), before + 1);
      assert.deepEqual(await health(), ["4.2.11 healthy", "4.2.11 healthy"]);
    });

    it("begins anew when its container is restarted on its way, and nobody beside it", async () => {
      const before = await withoutNode({ PAUSE_STEP: "2" });
      const running = stack.up("--refresh");
      await paused("p3", before + 1, 2);
      // whoever looks once a second need not see it down
      for (const times of [2, 3, 4]) {
        await on("p3", "docker restart -t 1 oms_4211");
        await paused("p3", before + times, 2);
      }
      await switchOms("p3");
      await running;
      assert.equal(await begun("p3"), before + 4);
      assert.deepEqual(await health(), ["4.2.11 healthy", "4.2.11 healthy"]);
    });

    it("begins anew by the next up when its container was killed on its way", async () => {
      const before = await withoutNode({ PAUSE_STEP: "4" });
      const running = stack.run("up", "--yes", "--skip-preview", "--refresh");
      await paused("p3", before + 1, 4);
      await on("p3", "docker kill oms_4211");
      const { code, text } = await running;
      assert.notEqual(code, 0);
      assert.match(
        text,
        /host p3: container oms_4211 does not run, so OMS cannot be initialised; its log ends with:[^]*paused at step 4, [^]*fix: correct what the log says, then run pulumi up --refresh/,
      );
      await switchOms("p3");
      await stack.up("--refresh");
      assert.equal(await begun("p3"), before + 2);
      assert.deepEqual(await health(), ["4.2.11 healthy", "4.2.11 healthy"]);
    });

    it("is told of where it fails, and done again by the next up", async () => {
      const before = await withoutNode({ FAIL_STEP: "3" });
      const { code, text } = await stack.run("up", "--yes", "--skip-preview", "--refresh");
      assert.notEqual(code, 0);
      assert.match(
        text,
        /host p3: docker_init\.sh in container oms_4211 ended in step 3 of 5: 创建 OMS 各组件的配置文件 without its closing line; it said last \(more in \/data\/oms\/oms_logs on the host\):[^]*stand-in: step 3 fails, [^]*then run pulumi up again, which begins it anew/,
      );
      assert.ok(!text.includes(PASSWORD.slice(4, 20)), "it shows the password");
      assert.equal(await begun("p3"), before + 1);
      await switchOms("p3");
      await stack.up();
      assert.equal(await begun("p3"), before + 2);
      assert.deepEqual(await health(), ["4.2.11 healthy", "4.2.11 healthy"]);
      await noDifference();
    });
  });
