import assert from "node:assert/strict";
import { reboot } from "../../lab/src/faults";
import type { HostName } from "../../lab/src/lab";
import { engines } from "./engines";
import { eventually, labHosts, on, snapshot, theLab } from "./hosts";
import { odpConfig, type OdpOutputs, type OdpSection, queriesDuring, query, section, untilServed } from "./odp-stack";
import { TestStack } from "./stack";

const names: HostName[] = ["p1", "p2", "p3"];
const container = "dbha-odp-ob";
const endpoint = (): string => `${labHosts().p3.address}:3306`;
const direct = (host: HostName): string => `${labHosts()[host].address}:2883`;

for (const engine of engines())
  describe(`Two OBProxies in containers behind nginx, with the ${engine.name}`, function () {
    this.timeout(300_000);
    let stack: TestStack;
    let untouched: string[][];

    const image = (name: string) => ({ tarballs: { amd64: theLab().images[name]?.tarball } });
    const odp = (version: string, change: OdpSection = {}) =>
      odpConfig({
        ob: section({
          hosts: ["p1", "p2"],
          package: undefined,
          image: image(`obproxy-${version}`),
          drainTimeout: 3,
          proxy: { hosts: ["p3"], image: image("nginx") },
          ...change,
        }),
      });
    const outputs = async (): Promise<OdpOutputs> =>
      ((await stack.outputs()).odps as Record<string, OdpOutputs>).ob as OdpOutputs;
    const versions = async (): Promise<string[]> =>
      (await outputs()).nodes.map((node) => `${node.host} ${node.version} ${node.health}`);
    const inOrder = (): Promise<string> => stack.up("--refresh", "--expect-no-changes");
    const inside = (host: HostName, script: string): Promise<string> =>
      on(host, `docker exec ${container} bash -c '${script}'`);
    const signal = (name: string): Promise<string> => inside("p1", `kill -${name} $(cat /run/obproxy.pid)`);
    const inspected = (host: HostName, what: string): Promise<string> =>
      on(host, `docker inspect -f '{{${what}}}' ${container}`);
    /** What the watchdog said since a moment (as `date +%s.%N` of the host). */
    const events = async (since: string): Promise<string[]> =>
      (await on("p1", `docker logs --since ${since} ${container} 2>&1`)).split("\n");
    const now = (): Promise<string> => on("p1", "date +%s.%N");

    const duringQueries = (action: () => Promise<unknown>) => queriesDuring(endpoint(), action);

    before(async () => {
      untouched = await Promise.all(names.map(snapshot));
      stack = new TestStack(engine, "test/fixtures/programs/odp");
      await stack.init(odp("4.2.3"));
    });

    after(async () => {
      await stack.destroy();
      stack.remove();
    });

    it("serves through nginx, and tells of both; nothing of systemd is made", async () => {
      await stack.up();
      await untilServed(endpoint(), 20);
      const { nodes, endpoint: told } = await outputs();
      assert.equal(told, endpoint());
      const node = { version: "4.2.3", health: "healthy", cachedRsList: false };
      assert.deepEqual(nodes, [
        { host: "p1", endpoint: direct("p1"), proxyId: 1, ...node },
        { host: "p2", endpoint: direct("p2"), proxyId: 2, ...node },
      ]);
      assert.equal(
        await on("p1", "getent passwd odp-ob; systemctl list-unit-files --no-legend 'dbha-odp-*'; true"),
        "",
      );
      await inOrder();
    });

    it("lets MariaDB's own client run queries", async () => {
      const { username, password, database } = theLab().metadb;
      const [address, port] = endpoint().split(":");
      const answer = await on(
        "p3",
        `MYSQL_PWD='${password}' mysql --host=${address} --port=${port} --user='${username}' --skip-ssl --batch --skip-column-names -e 'SELECT 40 + 2' ${database}`,
      );
      assert.equal(answer, "42");
    });

    it("gives the container its script read-only, and the proxy's files of the host", async () => {
      const mounts = await inspected("p1", "range .Mounts}}{{.Source}} {{.RW}};{{end"); // in an order of Docker's mood
      assert.deepEqual(mounts.split(";").sort(), ["", "/etc/dbha/odp-ob false", "/var/lib/odp-ob true"]);
      assert.equal(await on("p1", "ls /var/lib/odp-ob; stat -c '%a %U' /var/lib/odp-ob"), "etc\nlog\n750 root");
    });

    it("answers queries again within 2 s of kill -9, ten times, and says why in the container's log", async () => {
      const since = await now();
      const times: number[] = [];
      for (let i = 0; i < 10; i++) {
        const pid = await inside("p1", "cat /run/obproxy.pid");
        await eventually(
          "the watchdog sees it serve",
          5,
          () => events(since),
          (lines) => i === 0 || lines.some((line) => line.startsWith(`serving: process ${pid},`)),
        );
        await signal("KILL");
        times.push(Math.round(await untilServed(direct("p1"), 10)));
      }
      times.sort((a, b) => a - b);
      console.log(`      back after (ms): ${times.join(" ")}`);
      assert.ok(Math.max(...times) <= 2_000, times.join(" "));
      const killed = (await events(since)).filter((line) =>
        /^ended: process \d+: killed by signal 9 \(KILL\); it is started again at once$/.test(line),
      );
      assert.equal(killed.length, 10);
      assert.equal(await inspected("p1", ".RestartCount"), "0", "the container itself went on");
    });

    it("kills a proxy that hangs, and is back within the stated bound", async () => {
      const since = await now();
      await signal("STOP");
      const time = await untilServed(direct("p1"), 20);
      console.log(`      back after ${Math.round(time)} ms`);
      assert.ok(time <= 8_000, `${time} ms`);
      const said = await events(since);
      assert.ok(
        said.some((line) => /^killed: process \d+ has not answered on port 2883 for \d s \(limit 5 s\)$/.test(line)),
        said.join("\n"),
      );
      assert.equal(await on("p1", "pgrep -c obproxy"), "1");
    });

    it("leaves a stranger alone that has the port, and starts when it is gone", async () => {
      const since = await now();
      await on(
        "p1",
        `docker stop ${container}; systemd-run --unit=stranger --quiet nc -lk 2884; docker start ${container}`,
      );
      await eventually(
        "two attempts",
        20,
        () => events(since),
        (lines) =>
          lines.filter((line) =>
            /^not started: port 2884 is taken by another process, of user ID 0, which is left alone/.test(line),
          ).length >= 2,
      );
      assert.equal(await on("p1", "systemctl is-active stranger"), "active");
      await on("p1", "systemctl stop stranger");
      await untilServed(direct("p1"), 15);
    });

    it("is back by Docker when the watchdog is killed, which takes the proxy along", async () => {
      const seen = await duringQueries(async () => {
        const old = await inspected("p1", ".State.Pid");
        await on("p1", `kill -KILL ${old}`);
        const time = await untilServed(direct("p1"), 20);
        console.log(`      back after ${Math.round(time)} ms`);
        assert.notEqual(await inspected("p1", ".State.Pid"), old);
        assert.equal(await inspected("p1", ".RestartCount"), "1");
      });
      console.log(`      through nginx: ${seen.failures.length} of ${seen.sent} failed`);
      assert.ok(seen.failures.length <= 1, seen.failures.join("\n"));
      await inOrder();
    });

    it("is back after a reboot", async () => {
      await reboot(theLab(), "p1");
      await untilServed(direct("p1"), 30);
    });

    it("upgrades one after the other, drained before, and no new connection fails", async () => {
      stack.configure(odp("4.3.0"));
      const seen = await duringQueries(() => stack.up());
      console.log(`      ${seen.sent} connections, ${seen.failures.length} failed`);
      assert.deepEqual(seen.failures, []);
      assert.ok(seen.sent > 50);
      assert.deepEqual(await versions(), ["p1 4.3.0 healthy", "p2 4.3.0 healthy"]);
      const started = await Promise.all((["p1", "p2"] as const).map((host) => inspected(host, ".State.StartedAt")));
      assert.ok(String(started[0]) < String(started[1]), started.join(" "));
      await inOrder();
    });

    it("replaces the containers for another flag, when queries of a second have ended, and keeps the proxies' files", async () => {
      const [id, etc] = [await inspected("p2", ".Id"), await on("p2", "stat -c %i /var/lib/odp-ob/etc")];
      stack.configure(odp("4.3.0", { appName: "shop" }));
      const seen = await queriesDuring(endpoint(), () => stack.up(), 6, 1);
      assert.deepEqual(seen.failures, []);
      assert.notEqual(await inspected("p2", ".Id"), id);
      assert.equal(await on("p2", "stat -c %i /var/lib/odp-ob/etc"), etc);
      assert.match(await inside("p2", 'tr "\\0" " " </proc/$(cat /run/obproxy.pid)/cmdline'), / -n shop /);
    });

    it("stops at the first that does not come back, and serves on", async () => {
      const id = await inspected("p2", ".Id");
      stack.configure(odp("4.2.3", { appName: "shop", programDirectory: "/home/admin/other", startTimeout: 5 }));
      const seen = await duringQueries(async () => {
        const { code, text } = await stack.run("up", "--yes", "--skip-preview");
        assert.notEqual(code, 0);
        assert.match(text, /ob-(config|probe)-p1/);
      });
      assert.deepEqual(seen.failures, []);
      assert.equal(await inspected("p2", ".Id"), id, "p2 was touched");
      stack.configure(odp("4.3.0", { appName: "shop" }));
      await stack.up("--refresh");
      assert.deepEqual(await versions(), ["p1 4.3.0 healthy", "p2 4.3.0 healthy"]);
    });

    it("repairs a container that was stopped, one that was removed, and an edited script", async () => {
      const script = await on("p1", "sha256sum /etc/dbha/odp-ob/watchdog");
      await on("p1", `docker stop ${container}; echo 'exit 1' >>/etc/dbha/odp-ob/watchdog`);
      await on("p2", `docker rm -f ${container}`);
      await stack.up("--refresh");
      for (const host of ["p1", "p2"] as const) await query(direct(host));
      assert.equal(await on("p1", "sha256sum /etc/dbha/odp-ob/watchdog"), script);
      await inOrder();
    });

    it("is refused as a package beside the container that runs, with what has the port", async () => {
      stack.configure(odp("4.3.0", { image: undefined, package: { archive: theLab().packages["obproxy-4.3.0"] } }));
      const { code, text } = await stack.run("preview");
      assert.notEqual(code, 0);
      assert.match(text, /- host p1: port 2883 is taken by container dbha-odp-ob; fix: stop that, or change ports/);
      stack.configure(odp("4.3.0", { appName: "shop" }));
      await inOrder();
    });

    it("leaves the hosts as they were when it is destroyed, without a process", async () => {
      await stack.destroy();
      const after = await Promise.all(names.map(snapshot));
      for (const [i, name] of names.entries()) {
        assert.equal(await on(name, "pgrep -a obproxy; true"), "");
        const left = (after[i] ?? []).filter((line) => !untouched[i]?.includes(line));
        assert.deepEqual(
          left.filter((line) => !/^listens 127\.0\.0\.1{1,2}:\d{5}$/.test(line)),
          [],
          `left on ${name}`,
        );
      }
    });
  });
