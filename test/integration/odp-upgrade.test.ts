import assert from "node:assert/strict";
import { withFault } from "../../lab/src/faults";
import type { HostName } from "../../lab/src/lab";
import { engines } from "./engines";
import { eventually, labHosts, on, snapshot, theLab } from "./hosts";
import {
  odpConfig,
  OdpOnHost,
  type OdpOutputs,
  type OdpSection,
  queriesDuring,
  section,
  traces,
  untilServed,
} from "./odp-stack";
import { TestStack } from "./stack";

const names: HostName[] = ["p1", "p2", "p3"];
const virtualAddress = (): string => labHosts().p1.address.replace(/\d+$/, "102");
const endpoint = (): string => `${virtualAddress()}:3306`;
const conf = "/etc/dbha/ob-nginx/nginx.conf";

for (const engine of engines())
  describe(`Two OBProxies behind nginx and a virtual IP, with the ${engine.name}`, function () {
    this.timeout(300_000);
    let stack: TestStack;
    let untouched: string[][];
    const nodes = [new OdpOnHost("ob", "p1"), new OdpOnHost("ob", "p2")] as const;
    const odp = (change: OdpSection = {}) => {
      const tarball = theLab().images.nginx?.tarball;
      return odpConfig({
        ob: section({
          hosts: ["p1", "p2"],
          drainTimeout: 3,
          proxy: {
            hosts: ["p2", "p3"],
            image: { tarballs: { amd64: tarball, arm64: tarball } },
            virtualIp: { address: `${virtualAddress()}/24` },
          },
          ...change,
        }),
      });
    };
    const version = (number: string, change: OdpSection = {}) =>
      odp({ package: { archive: theLab().packages[`obproxy-${number}` as "obproxy-4.2.3"] }, ...change });
    const outputs = async (): Promise<OdpOutputs> =>
      ((await stack.outputs()).odps as Record<string, OdpOutputs>).ob as OdpOutputs;
    const versions = async (): Promise<string[]> =>
      (await outputs()).nodes.map((node) => `${node.host} ${node.version} ${node.health}`);
    const inOrder = (): Promise<string> => stack.up("--refresh", "--expect-no-changes");

    const duringQueries = (action: () => Promise<unknown>) => queriesDuring(endpoint(), action);

    before(async () => {
      untouched = await Promise.all(names.map(snapshot));
      stack = new TestStack(engine, "test/fixtures/programs/odp");
      await stack.init(odp());
    });

    after(async () => {
      await stack.destroy();
      stack.remove();
    });

    it("serves through the address, which the outputs tell", async () => {
      await stack.up();
      await untilServed(endpoint(), 20);
      const { endpoint: told, nodes: known, proxies } = await outputs();
      assert.equal(told, endpoint());
      assert.deepEqual(
        known.map(({ host, proxyId, version: number, health }) => [host, proxyId, number, health]),
        [
          ["p1", 1, "4.2.3", "healthy"],
          ["p2", 2, "4.2.3", "healthy"],
        ],
      );
      assert.deepEqual(
        proxies.map((one) => [one.host, one.healthy]),
        [
          ["p2", true],
          ["p3", true],
        ],
      );
      await inOrder();
    });

    it("upgrades one after the other, drained before, and no new connection fails", async () => {
      stack.configure(version("4.3.0"));
      const seen = await duringQueries(() => stack.up());
      console.log(`      ${seen.sent} connections, ${seen.failures.length} failed`);
      assert.deepEqual(seen.failures, []);
      assert.ok(seen.sent > 50);
      assert.deepEqual(await versions(), ["p1 4.3.0 healthy", "p2 4.3.0 healthy"]);
      const started = await Promise.all(
        nodes.map(async (node) => on(node.host, `stat -c %Y /proc/${await node.pid()}`)),
      );
      assert.ok(Number(started[0]) <= Number(started[1]), started.join(" "));
      await inOrder();
    });

    it("goes back to the former version in the same way, without sending it", async () => {
      stack.configure(version("4.2.3"));
      const seen = await duringQueries(() => stack.up());
      assert.deepEqual(seen.failures, []);
      assert.deepEqual(await versions(), ["p1 4.2.3 healthy", "p2 4.2.3 healthy"]);
      assert.equal(await on("p1", `ls /opt/dbha/odp-ob | wc -l`), "3");
    });

    it("lets queries of a second end before their proxy restarts", async () => {
      stack.configure(version("4.2.3", { hangTimeout: 6 }));
      const pids = await Promise.all(nodes.map((node) => node.pid()));
      const seen = await queriesDuring(endpoint(), () => stack.up(), 6, 1);
      assert.deepEqual(seen.failures, []);
      for (const [i, node] of nodes.entries()) assert.notEqual(await node.pid(), pids[i], `${node.host} was restarted`);
      assert.equal(await on("p2", `grep -c down ${conf} || true`), "0");
      await inOrder();
    });

    it("stops at the first proxy that does not come back, and serves on", async () => {
      await on(
        "p1",
        "mkdir -p /run/systemd/system/dbha-odp-ob.service.d && printf '[Service]\\nReadOnlyPaths=/var/lib/odp-ob\\nExecStart=\\nExecStart=/bin/sleep 1000\\n' >/run/systemd/system/dbha-odp-ob.service.d/broken.conf && systemctl daemon-reload",
      );
      const pid = await nodes[1].pid();
      stack.configure(version("4.3.0", { startTimeout: 5 }));
      const mend = () => on("p1", "rm -r /run/systemd/system/dbha-odp-ob.service.d && systemctl daemon-reload");
      const seen = await duringQueries(async () => {
        const { code, text } = await stack.run("up", "--yes", "--skip-preview");
        assert.notEqual(code, 0);
        assert.match(text, /ob-(config|probe)-p1/);
        assert.equal(await nodes[1].pid(), pid, "p2 was touched");
      }).finally(mend);
      assert.deepEqual(seen.failures, []);
      await on("p1", "systemctl restart dbha-odp-ob");
      await stack.up("--refresh");
      assert.deepEqual(await versions(), ["p1 4.3.0 healthy", "p2 4.3.0 healthy"]);
      await inOrder();
    });

    it("costs a crash of one proxy no more than the connections on it", async () => {
      const crash = await duringQueries(async () => {
        const before = await nodes[0].pid();
        await nodes[0].signal("KILL");
        await eventually(
          "another proxy",
          10,
          () => nodes[0].pid().catch(() => before),
          (now) => now !== before,
        );
        await untilServed(`${labHosts().p1.address}:2883`, 10);
      });
      console.log(`      crash: ${crash.failures.length} of ${crash.sent} failed`);
      assert.ok(crash.failures.length <= 1, crash.failures.join("\n"));
      await untilServed(endpoint(), 10);
    });

    it("survives the loss of a host that runs a proxy, nginx and perhaps the address", async () => {
      await withFault(theLab(), "p2", { kind: "stopped", power: "lost" }, async () => {
        const time = await untilServed(endpoint(), 20);
        console.log(`      served again after ${Math.round(time)} ms`);
        assert.ok(time <= 5_000, `${time} ms`);
      });
      await untilServed(endpoint(), 20);
      await eventually(
        "p2's proxy",
        20,
        () => on("p2", "cat /run/dbha-odp-ob/obproxy.pid 2>/dev/null || true"),
        Boolean,
      );
      await untilServed(`${labHosts().p2.address}:2883`, 20);
    });

    it("leaves the hosts as they were when it is destroyed, without a process", async () => {
      await stack.up("--refresh");
      await stack.destroy();
      // useradd and userdel keep what was there before, whatever that was
      const backup = / \/etc\/(passwd|group|shadow|gshadow)-/;
      const now = await Promise.all(names.map(snapshot));
      for (const [i, name] of names.entries()) {
        assert.equal(await traces(name), "");
        const left = (now[i] ?? []).filter((line) => !untouched[i]?.includes(line) && !backup.test(line));
        assert.deepEqual(
          left.filter((line) => !/^listens 127\.0\.0\.1{1,2}:\d{5}$/.test(line)),
          [],
          `left on ${name}`,
        );
      }
    });
  });
