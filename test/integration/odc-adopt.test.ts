import assert from "node:assert/strict";
import type { HostName } from "../../lab/src/lab";
import { running as runningIn } from "./by-hand";
import { askAll } from "./clients";
import { engines } from "./engines";
import { labHosts, on, snapshots } from "./hosts";
import { adminPassword, deployOdcByHand, removeOdcByHand } from "./odc-by-hand";
import { devConfig, type OdcSection } from "./odc-config";
import { TestStack } from "./stack";

const containers: [HostName, string][] = [
  ["p1", "obodc"],
  ["p2", "obodc"],
  ["p3", "nginx"],
];

const running = (): Promise<string[]> => runningIn(containers);
const idOf = (line: string | undefined): string => line?.split(" ")[0] ?? "";

/** The stack of what was made by hand, as its settings tell it. */
const adopting = (change: (odc: OdcSection) => void = () => undefined) =>
  devConfig((odc) => {
    odc.adopt = true;
    odc.adminPassword = adminPassword;
    Object.assign(odc, { image: { reference: "oceanbase/odc:4.3.1", pull: false } });
    odc.proxy.image = { reference: "nginx:1.22", pull: false };
    odc.proxy.containerName = "nginx";
    change(odc);
  });

for (const engine of engines())
  describe(`ODC that was deployed by hand as its document says, with the ${engine.name}`, function () {
    this.timeout(600_000);
    let stack: TestStack;
    let byHand: string[];
    let untouched: string[];

    before(async () => {
      await removeOdcByHand();
      await deployOdcByHand();
      [byHand, untouched] = await Promise.all([running(), snapshots()]);
      stack = new TestStack(engine);
      await stack.init(adopting());
    });

    after(async () => {
      stack.remove();
      await removeOdcByHand();
    });

    it("is not taken over where it is not what the arguments say: preview tells each difference with both values", async () => {
      stack.configure(
        adopting((odc) => {
          odc.memory = 4096;
          odc.cpus = 2;
          odc.jvm = { heap: "-Xmx2048m" };
          odc.proxy.port = 81;
        }),
      );
      const { code, text } = await stack.run("preview");
      assert.notEqual(code, 0);
      for (const host of ["p1", "p2"])
        assert.ok(text.includes(`container obodc on host ${host} cannot be taken over (3 problems)`), text);
      assert.match(text, /container nginx on host p3 cannot be taken over \(1 problem\)/);
      for (const line of [
        "memory: it has 8192 MiB, and the arguments say 4096 MiB; fix: give memory as it has it",
        "cpus: it has 4 cores, and the arguments say 2 cores; fix: give cpus as it has it",
        'ODC_JVM_HEAP_OPTIONS: it has nothing, and the arguments say "-Xmx2048m"; fix: give jvm.heap as it has it',
        "ports of nginx.conf: it has 80, and the arguments say 81; fix: let both listen on the same ports",
      ])
        assert.ok(text.includes(line), `${line}\nis not in\n${text}`);
      assert.doesNotMatch(text, /^\s+at /m, "no stack trace");
      assert.deepEqual([await running(), await snapshots()], [byHand, untouched]);
      stack.configure(adopting());
    });

    it("is previewed with what stays until it is replaced", async () => {
      const text = await stack.succeed("preview");
      assert.match(text, /= 3 to import/);
      for (const host of ["p1", "p2"])
        assert.ok(
          text.includes(`container obodc on host ${host} is taken over as it runs; until it is replaced`),
          text,
        );
      assert.ok(text.includes("restart: it has no, and the arguments say unless-stopped"), text);
      assert.ok(text.includes(`ODC_HOST: it has nothing, and the arguments say "${labHosts().p1.address}"`), text);
      assert.match(text, /- proxy_set_header Connection "upgrade";/);
      assert.ok(!text.includes(adminPassword), "a secret is shown");
      assert.deepEqual([await running(), await snapshots()], [byHand, untouched]);
    });

    it("is taken over without a restart, and then nothing is to be changed", async () => {
      await stack.up();
      assert.deepEqual(await running(), byHand);
      await stack.succeed("preview", "--expect-no-changes");
      await stack.succeed("up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes");
      assert.deepEqual(await running(), byHand);
      const { nodes } = (await stack.outputs()).odc as { nodes: { health: string }[] };
      assert.deepEqual(
        nodes.map(({ health }) => health),
        ["healthy", "healthy"],
      );
    });

    it("stays as it is without the argument", async () => {
      stack.configure(adopting((odc) => delete odc.adopt));
      await stack.up();
      // as docs/adopt.md says, for the next reboot
      await on("p1", "docker update --restart unless-stopped obodc");
      await stack.succeed("up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes");
      assert.deepEqual(await running(), byHand);
      await stack.succeed("preview", "--expect-no-changes");
    });

    it("is replaced node by node by the first change of its own, as the arguments say then", async () => {
      const changed = adopting((odc) => {
        delete odc.adopt;
        odc.cpus = 3;
      });
      stack.configure(changed);
      await stack.up();
      const now = await running();
      const isKept = now.map((line, i) => idOf(line) === idOf(byHand[i]));
      assert.deepEqual(isKept, [false, false, true], "nginx goes on");
      const settings = "{{.HostConfig.CpuQuota}} {{.HostConfig.RestartPolicy.Name}}";
      assert.equal(await on("p1", `docker inspect -f '${settings}' obodc`), "300000 unless-stopped");
      await stack.succeed("preview", "--expect-no-changes");
      await stack.succeed("up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes");
      assert.deepEqual(await running(), now);
    });

    it("has its nginx replaced by the first change of the configuration, and reloaded by the next", async () => {
      const timeout = (seconds: number) =>
        adopting((odc) => {
          delete odc.adopt;
          odc.cpus = 3;
          odc.proxy.connectTimeout = seconds;
        });
      const [, , before] = await running();
      stack.configure(timeout(20));
      await stack.up();
      const [, , replaced] = await running();
      assert.notEqual(idOf(replaced), idOf(before));
      stack.configure(timeout(21));
      await stack.up();
      const [, , reloaded] = await running();
      assert.equal(reloaded, replaced);
      const { p1, p2 } = labHosts();
      assert.deepEqual([...new Set(Object.values(await askAll("p3")))].sort(), [p1.address, p2.address].sort());
      await stack.succeed("preview", "--expect-no-changes");
    });

    it("is gone when it is destroyed, with nothing noted; images, data and its own configuration stay", async () => {
      await stack.destroy();
      const left = (host: HostName): Promise<string> =>
        on(
          host,
          "docker ps -aq; ls -d /var/lib/dbha /etc/dbha 2>/dev/null; docker images --format '{{.Repository}}:{{.Tag}}'",
        );
      assert.deepEqual(await Promise.all([left("p1"), left("p2"), left("p3")]), [
        "oceanbase/odc:4.3.1",
        "oceanbase/odc:4.3.1",
        "nginx:1.22",
      ]);
      assert.match(await on("p1", "ls /var/log/odc"), /^odc\.log$/m);
      assert.match(await on("p3", "cat /root/odc-nginx.conf"), /upstream odcbackends/);
    });
  });
