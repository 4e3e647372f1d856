import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as yaml from "yaml";
import { inject, reboot, start } from "../../lab/src/faults";
import type { HostName } from "../../lab/src/lab";
import { engines } from "./engines";
import { eventually, labFolder, labHosts, on, snapshots, theLab } from "./hosts";
import type { DatabaseServer } from "./metadb-server";
import { emptyOmsMetaDb, endOms, omsConfig, virtualAddress } from "./oms-stack";
import { limitHere, RequestLoop } from "./request-loop";
import { TestStack } from "./stack";

const both: HostName[] = ["p1", "p3"];
const unit = "dbha-vip-oms-vip-1.service";

for (const engine of engines())
  describe(`Faults of OMS's hosts, with the ${engine.name}`, function () {
    this.timeout(300_000);
    let stack: TestStack;
    let server: DatabaseServer;
    let folder: string;
    let untouched: string[];

    /** OMS on both hosts, one of which may be marked as lost; nothing of it is kept when it is destroyed. */
    function config(lost?: HostName) {
      const file = join(folder, `${lost ?? "all"}.yaml`);
      const { hosts } = yaml.parse(readFileSync(join(labFolder, "hosts.yaml"), "utf8")) as {
        hosts: { name: string }[];
      };
      writeFileSync(
        file,
        yaml.stringify({ hosts: hosts.map((host) => (host.name === lost ? { ...host, lost: true } : host)) }),
      );
      return {
        ...omsConfig((oms) => Object.assign(oms, { keepData: false })),
        "dbha-stacks:inventory": file,
        "dbha:connectTimeout": "5",
      };
    }

    before(async () => {
      server = await emptyOmsMetaDb();
      untouched = await snapshots();
      folder = mkdtempSync(join(tmpdir(), "dbha-oms-faults-"));
      stack = new TestStack(engine);
      await stack.init(config());
      await stack.up();
    });
    after(async () => {
      rmSync(folder, { recursive: true });
      await endOms(stack, server);
    });

    const status = async (): Promise<{ health: string[]; holder: string }> => {
      const { nodes, regions } = (await stack.outputs()).oms as {
        nodes: { host: string; health: string }[];
        regions: { holder: string }[];
      };
      return { health: nodes.map(({ host, health }) => `${host} ${health}`), holder: regions[0]?.holder ?? "" };
    };
    const has = async (host: HostName): Promise<boolean> =>
      (await on(host, "ip -o -4 address show dev eth0")).includes(` ${virtualAddress()}/`);
    const otherThan = (host: HostName): HostName => (host === "p1" ? "p3" : "p1");
    async function holder(): Promise<HostName> {
      for (const host of both) if (await has(host)) return host;
      throw new Error("no host has the address");
    }
    const answers = async (port: number): Promise<boolean> =>
      fetch(`http://${virtualAddress()}:${port}/`, { signal: AbortSignal.timeout(1_000) }).then(
        () => true,
        () => false,
      );

    /** Clients of CM and console while something happens to the holder of the address. @returns the former holder */
    async function duringRequests(cause: (host: HostName) => Promise<unknown>): Promise<HostName> {
      const before = await holder();
      const next = otherThan(before);
      const loops = [8088, 8089].map((port) => new RequestLoop(`http://${virtualAddress()}:${port}/`, 1_000));
      const seen: string[] = [];
      try {
        for (const loop of loops) await eventually("a first answer", 10, () => Promise.resolve(loop.has("")), Boolean);
        await cause(before);
        await eventually(`${next} has the address`, 20, () => has(next), Boolean);
        for (const port of [8088, 8089]) await eventually(`port ${port} answers`, 10, () => answers(port), Boolean);
      } finally {
        for (const loop of loops) {
          const { outage, failures, sent } = await loop.stop();
          console.log(`      no answer for ${outage} ms, ${failures.length} of ${sent} requests failed`);
          if (outage > limitHere(2_000)) seen.push(`no answer for ${outage} ms`);
        }
      }
      assert.deepEqual(seen, []);
      return before;
    }

    const identity = (host: HostName): Promise<string> =>
      on(host, "docker inspect -f '{{.Id}}' oms_427; find /data/oms/oms_logs -name 'docker_init.log.*' | sort");
    /** Nobody does anything: the container runs with all services, keepalived too, and the port is closed. */
    async function comesBack(host: HostName, before: string): Promise<void> {
      const services =
        "docker exec oms_427 supervisorctl status 2>/dev/null | grep -cE '^(nginx|oms_console|oms_drc_cm|oms_drc_supervisor|sshd) +RUNNING' || true";
      const running = () => on(host, services);
      await eventually(`all services run on ${host}`, 60, running, (count) => count.trim() === "5");
      assert.equal(await identity(host), before, "neither made nor initialised again");
      assert.equal(
        (await on(host, `systemctl is-active ${unit} dbha-oms-port-guard.service`)).trim(),
        "active\nactive",
      );
      const { address } = labHosts()[host];
      const ask = (from: HostName, to: string) =>
        on(from, `curl -s --connect-timeout 2 -m 20 -o /dev/null -w '%{http_code}' http://${to}:8084/ || true`);
      assert.deepEqual([await ask(otherThan(host), address), await ask(host, "127.0.0.1")], ["000", "200"]);
    }
    const beating = () =>
      server.sql(
        "SELECT DISTINCT host_ip FROM oms_cm_heartbeat.heart_beat WHERE task_name = 'supervisor' AND gmt_modified > NOW() - INTERVAL 10 SECOND",
      );
    const bothBeat = () => eventually("both nodes beat", 30, beating, (seen) => seen.length === 2);

    it("answers from the other host within 2 s when the holder's keepalived is killed", async () => {
      const before = await duringRequests((host) => on(host, "kill -9 $(cat /run/dbha-vip-oms-vip-1/*.pid)"));
      assert.equal(await holder(), otherThan(before));
      await bothBeat();
    });

    it("answers within 2 s when the holder's host is rebooted, which has everything again by itself", async () => {
      const known = await identity(await holder());
      const before = await duringRequests((host) => reboot(theLab(), host));
      await comesBack(before, known);
      await bothBeat();
      await stack.succeed("preview", "--refresh", "--expect-no-changes");
    });

    it("answers within 2 s when the holder's host loses power; up works without it when it is marked as lost", async () => {
      const lost = await holder();
      const known = await identity(lost);
      assert.equal(await duringRequests((host) => inject(theLab(), host, { kind: "stopped", power: "lost" })), lost);
      const { code, text } = await stack.run("up", "--yes", "--skip-preview");
      assert.notEqual(code, 0);
      assert.match(text, new RegExp(`host ${lost} \\(${labHosts()[lost].address}\\)`));
      stack.configure(config(lost));
      await stack.up();
      const rest = otherThan(lost);
      const { health, holder: has } = await status();
      assert.deepEqual(
        health,
        both.map((host) => `${host} ${host === lost ? "lost" : "healthy"}`),
      );
      assert.equal(has, rest);
      await stack.up("--expect-no-changes");
      assert.ok(await answers(8089));
      await start(theLab(), lost);
      await comesBack(lost, known);
      stack.configure(config());
      await stack.up("--refresh");
      assert.deepEqual(
        (await status()).health,
        both.map((host) => `${host} healthy`),
      );
      assert.equal(await holder(), rest);
      await bothBeat();
      await stack.succeed("preview", "--refresh", "--expect-no-changes");
    });

    it("purges the three directories on destroy where keepData is false", async () => {
      await stack.destroy();
      const now = await snapshots();
      // Docker's own ports are others after every start of a host; backups are kept by an argument of their own
      const other = / listens 127\.0\.0\.1{1,2}:\d{5}$| \/var\/backups\/oms/;
      const left = now.filter((line) => !untouched.includes(line) && !other.test(line));
      assert.deepEqual(left, []);
      for (const host of both) assert.equal(await on(host, "ls -d /data/oms/oms_* 2>/dev/null || true"), "");
    });
  });
