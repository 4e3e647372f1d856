import assert from "node:assert/strict";
import type { HostName } from "../../lab/src/lab";
import { engines } from "./engines";
import { eventually, on } from "./hosts";
import type { DatabaseServer } from "./metadb-server";
import { emptyOmsMetaDb, endOms, omsConfig, PASSWORD, switchOms, tarballsOf } from "./oms-stack";
import type { Ran } from "./stack";
import { TestStack } from "./stack";

const LOGS = "/data/oms/oms_logs";
const STEPS = [
  "1 of 5: 校验 config.yaml 配置文件",
  "2 of 5: 创建 OMS 元信息库",
  "3 of 5: 创建 OMS 各组件的配置文件",
  "4 of 5: 重启 OMS 所有组件（大约需要 2 分钟）",
  "5 of 5: 初始化 OMS 资源标签和资源组",
];
const numbers = [1, 2, 3, 4, 5];

/** 4.2.11 initialises itself, and goes on from 4.2.7 as OBD has it. */
const config = (version: string, more: object = {}) =>
  omsConfig((oms) => {
    Object.assign(oms, { version, image: tarballsOf(`oms-${version}`) }, more);
  });

for (const engine of engines())
  describe(`An initialisation of OMS that fails or is killed, with the ${engine.name}`, function () {
    this.timeout(300_000);
    let stack: TestStack;
    let server: DatabaseServer;

    before(async () => {
      server = await emptyOmsMetaDb();
      stack = new TestStack(engine);
      await stack.init(config("4.2.7"));
    });
    after(async () => {
      await stack.destroy();
      await endOms(stack, server);
    });

    /** All containers of a host, and since when they run. */
    const containers = async (host: HostName): Promise<string> =>
      (await on(host, "docker ps -aq | xargs -r docker inspect -f '{{.Name}} {{.Id}} {{.State.StartedAt}}'")).trim();
    /** How often docker_init.sh has begun. */
    const begun = async (host: HostName): Promise<number> =>
      Number(await on(host, `find ${LOGS} -name 'docker_init.log.*' | wc -l`));
    const log = (host: HostName): Promise<string> =>
      on(host, `cat "$(find ${LOGS} -name 'docker_init.log.*' | sort | tail -n 1)" 2>/dev/null || true`);
    const paused = (host: HostName, step: number): Promise<string> =>
      eventually(
        `docker_init.sh pauses at step ${step}`,
        60,
        () => log(host),
        (text) => text.includes(`paused at step ${step},`),
      );
    /** Those who listen to docker_init.sh, or wait for it. */
    const listeners = async (host: HostName): Promise<string[]> =>
      (await on(host, "pgrep -f 'sh -s init$' || true")).trim().split("\n");
    /** Resolved when it pauses there and somebody listens who did not before; the last one may live as long as nobody tells it. */
    async function heard(host: HostName, step: number, before: string[]): Promise<void> {
      await paused(host, step);
      await eventually(
        "somebody listens",
        60,
        () => listeners(host),
        (now) => now.some((pid) => pid !== "" && !before.includes(pid)),
      );
    }
    const versions = async (): Promise<string[]> => {
      const { nodes } = (await stack.outputs()).oms as { nodes: { version: string; health: string }[] };
      return nodes.map(({ version, health }) => `${version} ${health}`);
    };

    /** An `up` that must fail. @returns what it said, in one line. */
    async function fails(...args: string[]): Promise<string> {
      return failed(await stack.run("up", "--yes", "--skip-preview", ...args));
    }
    function failed({ code, text }: Ran): string {
      assert.notEqual(code, 0, text);
      assert.ok(!text.includes(PASSWORD.slice(4, 20)), "it shows the password");
      return text.replaceAll(/\s+/g, " ");
    }
    function assertSays(text: string, ...parts: string[]): void {
      for (const part of parts) assert.ok(text.includes(part), `"${part}" is not in\n${text}`);
    }

    it("names host, container, step, logs and last lines at each of the five steps, and touches nothing else", async () => {
      let first = "";
      for (const step of numbers) {
        await switchOms("p1", { FAIL_STEP: String(step) });
        const text = await fails();
        assertSays(
          text,
          `host p1: docker_init.sh in container oms_427 ended with status 1 in step ${STEPS[step - 1]}; it said last (more in ${LOGS} on the host):`,
          `stand-in: step ${step} fails, as OMS_STANDIN_FAIL_STEP says; fix: correct what it says (docs/oms-multi-node.md has causes), then run pulumi up again, which begins it anew`,
        );
        if (step === 3) assertSays(text, "'password_original': [secret]");
        first ||= await containers("p1");
        assert.equal(await containers("p1"), first);
        assert.equal(await containers("p3"), "");
        assert.equal(await begun("p1"), step);
      }
    });

    it("is found by the next up, which does it no second time, when its listener is killed at each of the five steps", async () => {
      const before = await begun("p1");
      for (const step of numbers) {
        await switchOms("p1", { PAUSE_STEP: String(step) });
        const others = await listeners("p1");
        if (step % 2 === 0) await stack.killUpAt(heard("p1", step, others));
        else {
          const running = stack.run("up", "--yes", "--skip-preview");
          await heard("p1", step, others);
          await on("p1", "kill -9 $(pgrep -f 'sh -s init$')");
          failed(await running);
        }
      }
      await switchOms("p1");
      await switchOms("p3", { PAUSE_STEP: "1" });
      const running = stack.run("up", "--yes", "--skip-preview");
      await paused("p3", 1);
      await on("p3", "docker restart -t 1 oms_427");
      assertKilled(failed(await running), 1);
      assert.equal(await begun("p1"), before + 1);
      assert.match(await log("p1"), /^# 【结束】全部初始化步骤执行成功$/m);
    });

    const assertKilled = (text: string, step: number): void =>
      assertSays(
        text,
        `host p3: docker_init.sh in container oms_427 was killed (status 137) in step ${STEPS[step - 1]}; it said last (more in ${LOGS} on the host):`,
        "fix: run pulumi up --refresh, which starts the container where it does not run, and begins the initialisation anew",
      );

    it("begins anew when its container is restarted at each of the other steps, and the node before is left alone", async () => {
      const [first, before] = [await containers("p1"), await begun("p1")];
      for (const step of [2, 3, 4, 5]) {
        await switchOms("p3", { PAUSE_STEP: String(step) });
        const running = stack.run("up", "--yes", "--skip-preview");
        await paused("p3", step);
        await on("p3", step === 5 ? "docker kill oms_427" : "docker restart -t 1 oms_427");
        assertKilled(failed(await running), step);
      }
      await switchOms("p3");
      assertSays(
        await fails(),
        "host p3: container oms_427 does not run, so OMS cannot be initialised; its log ends with:",
        "fix: correct what the log says, then run pulumi up --refresh",
      );
      await stack.up("--refresh");
      assert.deepEqual([await containers("p1"), await begun("p1")], [first, before]);
      assert.equal(await begun("p3"), 6);
      assert.deepEqual(await versions(), ["4.2.7 healthy", "4.2.7 healthy"]);
      assert.deepEqual(await server.sql("SELECT COUNT(*) FROM oms_cm.host"), ["2"]);
      await stack.succeed("preview", "--refresh", "--expect-no-changes");
    });

    it("fails by any error of the MetaDB but 1235, as often as it is tried, whatever its end", async () => {
      await on("p3", "docker rm -f oms_427");
      await switchOms("p3", { ERROR_1235: "1", ERROR_OTHER: "1" });
      const met =
        "host p3: docker_init.sh in container oms_427 met an error: ERROR 1060 (42S21): Duplicate column name 'gmt_created'; it said last";
      assertSays(await fails("--refresh"), met);
      assert.notEqual(await on("p3", "docker exec oms_427 cat /root/init_flag.txt"), "");
      assertSays(await fails(), met);
      await switchOms("p3", { ERROR_1235: "1", LANGUAGE: "en" });
      await stack.up();
      const said = await log("p3");
      assert.match(said, /^ERROR 1235 \(0A000\)/m);
      assert.match(said, /^# \[Completed\] All initialization steps are executed\.$/m);
      assert.deepEqual(await versions(), ["4.2.7 healthy", "4.2.7 healthy"]);
    });
  });
