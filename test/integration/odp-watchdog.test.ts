import assert from "node:assert/strict";
import { reboot } from "../../lab/src/faults";
import { engines } from "./engines";
import { eventually, labHosts, on, theLab } from "./hosts";
import { odpConfig, OdpOnHost, type OdpOutputs, query, section, traces, untilServed } from "./odp-stack";
import { TestStack } from "./stack";

const [engine] = engines();

describe("The watchdog of OBProxy", function () {
  this.timeout(120_000);
  let stack: TestStack;
  const first = new OdpOnHost("one", "p1");
  const second = new OdpOnHost("two", "p1");
  /** A package that lies on the host already. */
  const vendor = "/opt/vendor/obproxy";
  const endpoint = (): string => `${labHosts().p1.address}:2883`;
  const other = (): string => `${labHosts().p1.address}:3883`;

  before(async () => {
    assert.ok(engine);
    stack = new TestStack(engine, "test/fixtures/programs/odp");
    await stack.init(odpConfig({ one: section() }));
    await stack.up();
  });

  it("is refused where a package should be and is not", async () => {
    const ports = { sql: 3883, prometheus: 3884, rpc: 3885 };
    stack.configure(
      odpConfig({ one: section(), two: section({ ports, firstProxyId: 2, package: { directory: vendor } }) }),
    );
    const { code, text } = await stack.run("preview");
    assert.notEqual(code, 0);
    assert.match(
      text,
      /- host p1: there is no program \/opt\/vendor\/obproxy\/bin\/obproxy; fix: install the package there, or give package\.archive/,
    );
    await on("p1", `mkdir -p ${vendor} && cp -r /opt/dbha/odp-one/current/. ${vendor}`);
    await stack.up();
  });

  after(async () => {
    await stack.destroy();
    stack.remove();
    await on("p1", "rm -rf /opt/vendor");
  });

  /** Fails when the other deployment of the host has noticed anything. */
  async function undisturbed<T>(action: () => Promise<T>): Promise<T> {
    const before = [await second.pid(), await second.watchdogPid()];
    const result = await action();
    await query(other());
    assert.deepEqual([await second.pid(), await second.watchdogPid()], before);
    return result;
  }

  it("serves queries through two proxies on one host, each with a user of its own", async () => {
    await query(endpoint());
    await query(other());
    const users = [first, second].map(async (one) => on("p1", `stat -c %U /proc/${await one.pid()}`));
    assert.deepEqual(await Promise.all(users), ["odp-one", "odp-two"]);
  });

  it("answers queries again within 2 s of kill -9, twenty times, and says why", async () => {
    const since = await first.now();
    const times: number[] = [];
    await undisturbed(async () => {
      for (let i = 0; i < 20; i++) {
        const pid = await first.pid();
        await eventually(
          "the watchdog sees it serve",
          5,
          () => first.events(since),
          (lines) => i === 0 || lines.some((line) => line.startsWith(`serving: process ${pid},`)),
        );
        await first.signal("KILL");
        times.push(Math.round(await untilServed(endpoint(), 10)));
      }
    });
    times.sort((a, b) => a - b);
    console.log(`      back after (ms): ${times.join(" ")}`);
    assert.ok(Math.max(...times) <= 2_000, times.join(" "));
    const events = await first.events(since);
    const killed = events.filter((line) =>
      /^ended: process \d+: killed by signal 9 \(KILL\); it is started again/.test(line),
    );
    assert.equal(killed.length, 20, events.join("\n"));
  });

  it("kills a proxy that hangs, and is back within the stated bound", async () => {
    const since = await first.now();
    const hung = await first.pid();
    const time = await undisturbed(async () => {
      await first.signal("STOP");
      return untilServed(endpoint(), 20);
    });
    console.log(`      back after ${Math.round(time)} ms`);
    assert.ok(time <= 8_000, `${time} ms`);
    const events = await first.events(since);
    const killed = events.findIndex((line) =>
      /^killed: process \d+ has not answered on port 2883 for \d s \(limit 5 s\)$/.test(line),
    );
    const started = events.findIndex((line) => line.startsWith("started: "));
    assert.ok(killed >= 0 && started > killed, events.join("\n"));
    assert.equal(await on("p1", `ls -d /proc/${hung} 2>/dev/null || echo gone`), "gone");
    assert.equal(await on("p1", "pgrep -u odp-one -c obproxy"), "1");
  });

  it("is killed itself without harm: the proxy goes on, and the next watchdog watches it", async () => {
    const since = await first.now();
    const [proxy, watchdog] = [await first.pid(), await first.watchdogPid()];
    await undisturbed(async () => {
      await on("p1", `kill -KILL ${watchdog}`);
      await query(endpoint());
      await eventually("another watchdog", 10, first.watchdogPid, (now) => now !== watchdog && now !== "0");
      await eventually(
        "adoption",
        10,
        () => first.events(since),
        (lines) => lines.includes(`adopted: process ${proxy} was running before this watchdog`),
      );
      assert.equal(await first.pid(), proxy);
      await first.signal("KILL");
      const time = await untilServed(endpoint(), 10);
      assert.ok(time <= 2_000, `${time} ms`);
    });
    const events = await first.events(since);
    assert.ok(
      events.some((line) => line.startsWith(`ended: process ${proxy}: of an earlier watchdog`)),
      events.join("\n"),
    );
  });

  it("finds its proxy without its note of it, and takes no other for it", async () => {
    const proxy = await first.pid();
    await undisturbed(async () => {
      await on("p1", `rm /run/${first.unit}/obproxy.pid; kill -KILL ${await first.watchdogPid()}`);
      await eventually(
        "the note",
        10,
        () => on("p1", `cat /run/${first.unit}/obproxy.pid 2>/dev/null || true`),
        (now) => now === proxy,
      );
      // a note that names somebody else's process, the other watchdog's proxy
      await on(
        "p1",
        `cat /run/${second.unit}/obproxy.pid >/run/${first.unit}/obproxy.pid; kill -KILL ${await first.watchdogPid()}`,
      );
      await eventually("the right note", 10, first.pid, (now) => now === proxy);
    });
    await query(endpoint());
  });

  it("leaves a stranger alone that has the port, backs off, says so, and starts when it is gone", async () => {
    const since = await first.now();
    await undisturbed(async () => {
      await on("p1", `systemctl stop ${first.unit}; systemd-run --unit=stranger --quiet nc -lk 2884`);
      const stranger = await on("p1", "systemctl show --property=MainPID --value stranger");
      await on("p1", `systemctl start ${first.unit}`);
      const said =
        "not started: port 2884 is taken by another process, of user ID 0, which is left alone; next attempt in";
      const lines = await eventually(
        "three attempts",
        20,
        () => first.events(since),
        (seen) => seen.filter((line) => line.startsWith(said)).length >= 3,
      );
      const pauses = lines.flatMap((line) => /^not started: .* in (\d+) s$/.exec(line)?.[1] ?? []);
      assert.deepEqual(pauses.slice(0, 3), ["1", "2", "4"]);
      assert.equal(await on("p1", "systemctl show --property=MainPID --value stranger"), stranger);
      await on("p1", "systemctl stop stranger");
      await untilServed(endpoint(), 15);
    });
  });

  it("backs off when the proxy cannot start, and goes on when it can", async () => {
    const since = await first.now();
    await undisturbed(async () => {
      await on(
        "p1",
        `rm -rf ${first.directory}/log; touch ${first.directory}/log; chmod a-x /opt/dbha/odp-one/current/bin/obproxy`,
      );
      await first.signal("KILL");
      await eventually(
        "back-off",
        20,
        () => first.events(since),
        (lines) =>
          lines.some((line) =>
            /^ended before it served: process \d+: exit status 126; next attempt in 4 s$/.test(line),
          ),
      );
      await on("p1", `chmod a+x /opt/dbha/odp-one/current/bin/obproxy; rm ${first.directory}/log`);
      await untilServed(endpoint(), 15);
    });
  });

  it("takes over a proxy of its own that it did not start", async () => {
    const since = await first.now();
    const program = "/opt/dbha/odp-one/current/bin/obproxy";
    await on("p1", `chmod a-x ${program}`);
    await first.signal("KILL");
    await eventually(
      "back-off",
      20,
      () => first.events(since),
      (lines) => lines.some((line) => line.endsWith("in 2 s")),
    );
    await on("p1", `chmod a+x ${program}; cd ${first.directory} && runuser -u odp-one -- ${program}`);
    await untilServed(endpoint(), 5);
    const pid = await on("p1", "pgrep -u odp-one obproxy");
    await eventually(
      "adoption",
      15,
      () => first.events(since),
      (lines) => lines.includes(`adopted: process ${pid} was running before this watchdog`),
    );
    assert.equal(await first.pid(), pid);
  });

  it("is back after a reboot", async () => {
    await reboot(theLab(), "p1");
    await untilServed(endpoint(), 20);
    await untilServed(other(), 20);
  });

  it("tells of all proxies, each by its own number and version", async () => {
    const { one, two } = (await stack.outputs()).odps as Record<string, OdpOutputs>;
    const node = { host: "p1", version: "4.2.3", health: "healthy", cachedRsList: false };
    assert.deepEqual(one?.nodes, [{ ...node, endpoint: endpoint(), proxyId: 1 }]);
    assert.deepEqual(two?.nodes, [{ ...node, endpoint: other(), proxyId: 2 }]);
  });

  it("leaves nothing when it is destroyed, no process either", async () => {
    assert.notEqual(await traces("p1"), "");
    await stack.destroy();
    assert.equal(await traces("p1"), "");
  });
});
