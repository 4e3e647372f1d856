import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { ClusterRestart } from "../../../../provider/dolphin/cluster-restart";
import type { DolphinCluster } from "../../../../provider/dolphin/cluster";
import type { NodeWork } from "../../../../provider/dolphin/node-work";
import { ServerChange, type ServerUnderWay } from "../../../../provider/dolphin/server-change";
import { ServerHosts, type InstalledServer, type WantedServer } from "../../../../provider/dolphin/server-hosts";
import { NoLeader } from "../../../../provider/dolphin/silence";
import type { ClusterHost } from "../../../../provider/dolphin/site";
import type { UnderWay } from "../../../../provider/dolphin/under-way";
import type { Host } from "../../../../provider/kinds/fields";
import type { Context } from "../../../../provider/kinds/kind";
import { parseAnswer } from "../../../../provider/ssh/answer";

const hosts = ["p1", "p2"];
const OLD = "/opt/old";
const NEW = "/opt/new";
/** What is noted of chunk "a" in version 1. */
const ABOUT = createHash("sha256").update("a 1").digest("hex");

/** A step on a host, as the plugin runs it. */
interface Step {
  name: string;
  script: { name: string };
  values: Record<string, string>;
  list?: string[];
}

describe("Another server of a DolphinDB cluster", () => {
  let installed: Map<string, InstalledServer>;
  let noted: ServerUnderWay | undefined;
  let isUp: boolean;
  let version: number;
  /** What was done, in its order; the same on several hosts is told once. */
  let done: string[];
  /** Throws where a step of this name is done. */
  let broken: string | undefined;
  let breaksNext: string | undefined;
  /** Pulumi is told to stop there, instead. */
  let isKilled: boolean;
  let killed: AbortController;

  beforeEach(() => {
    installed = new Map(hosts.map((name) => [name, { version: "3.00.4", package: OLD, backups: [] }]));
    [noted, isUp, version, done, broken] = [undefined, true, 1, [], undefined];
    [breaksNext, isKilled, killed] = [undefined, false, new AbortController()];
  });

  function does(what: string): void {
    if (done.at(-1) !== what) done.push(what);
    if (broken !== what) return;
    [broken, breaksNext] = [breaksNext, undefined];
    if (isKilled) killed.abort();
    throw new Error(`broken: ${what}`);
  }

  async function run(host: string, { script, values, list = [] }: Step) {
    await Promise.resolve();
    const one = installed.get(host) as InstalledServer;
    if (script.name === "read-server")
      return answerOf([
        `version=${one.version}`,
        `package=${one.package}`,
        ...one.backups.map((name) => `backup=${name}`),
      ]);
    if (script.name === "prove-backup") return answerOf([`about=${ABOUT}`]);
    does(script.name === "backup-metadata" ? `${script.name} ${list.join(" ").replaceAll(host, "HOST")}` : script.name);
    if (script.name === "switch-server") Object.assign(one, { version: values.version, package: values.package });
    if (script.name === "backup-metadata") one.backups.push(String(values.name));
    return answerOf([]);
  }
  const answerOf = (lines: string[]) => parseAnswer(Buffer.from(lines.map((line) => `${line}\n`).join("")));

  const nodes = hosts.flatMap((name, i) =>
    (["controller", "agent", "datanode"] as const).map((mode, j) => ({
      ...{ host: `10.0.0.${i + 1}`, port: 8800 + j, alias: `${name}-${mode}`, mode },
    })),
  );

  function parts(wanted: Partial<WantedServer> = {}) {
    const view = () => {
      if (!isUp) throw new NoLeader("no controller answers");
      return { nodes: nodes.map((node) => ({ ...node, isOnline: true })), leader: nodes[0] };
    };
    const cluster = {
      access: {
        hosts: hosts.map((name, i) => ({
          host: { name } as Host,
          address: `10.0.0.${i + 1}`,
          controller: { alias: `${name}-controller`, port: 8800 },
        })),
      },
      view: async () => Promise.resolve(view()),
      led: async () => Promise.resolve(view()),
      onNode: () => Promise.resolve({ form: "scalar", value: "" }),
    } as unknown as DolphinCluster;
    const work = {
      stop: async () => {
        await Promise.resolve();
        does("stop nodes");
      },
      start: async () => {
        await Promise.resolve();
        does("start nodes");
      },
      untilOnline: () => Promise.resolve(),
      untilOffline: () => Promise.resolve(),
      untilGateOpen: async () => {
        await Promise.resolve();
        does("gate");
      },
      chunks: () => Promise.resolve([{ chunkId: "a", version }]),
      incomplete: () => Promise.resolve(3),
      untilReported: async (_step: string, before: number | undefined) => {
        await Promise.resolve();
        does(`chunks but ${before ?? "unknown"}`);
      },
      lastOfLog: () => Promise.resolve("\n    the reason"),
    } as unknown as NodeWork;
    const restart = {
      stopAll: async (some?: ClusterHost[]) => {
        await Promise.resolve();
        isUp = some !== undefined;
        does(`stop all${of(some)}`);
      },
      onAll: async (role: string, action: string, some?: ClusterHost[]) => {
        await Promise.resolve();
        does(`${action} ${role}s${of(some)}`);
        isUp ||= role === "controller";
      },
      untilUp: async () => Promise.resolve(void view()),
    } as unknown as ClusterRestart;
    const underWay = {
      read: () => Promise.resolve(noted),
      note: (value: ServerUnderWay) => Promise.resolve(void (noted = value)),
      forget: () => Promise.resolve(void (noted = undefined)),
    } as unknown as UnderWay<ServerUnderWay>;
    const context = {
      cancelled: killed.signal,
      status: () => undefined,
      remote: ({ name }: Host) => ({ run: (step: Step) => run(name, step) }),
    } as unknown as Context;
    const paths = { server: "/opt/server", directory: "/home", backups: "/backups" };
    const all: WantedServer = {
      version: "3.00.5",
      packages: { p1: NEW, p2: NEW },
      ...paths,
      keep: 5,
      mode: "offline",
      ...wanted,
    };
    const onHosts = new ServerHosts(cluster.access, all, context);
    return { change: new ServerChange(cluster, work, restart, underWay, onHosts, all, context), onHosts };
  }

  const of = (some: ClusterHost[] = []): string => some.map(({ host: { name } }) => ` of ${name}`).join("");

  async function apply(wanted: Partial<WantedServer> = {}): Promise<void> {
    const { change, onHosts } = parts(wanted);
    await change.apply(change.dueFrom(await onHosts.installed()));
  }
  const former = { version: "3.00.4", packages: { p1: OLD, p2: OLD } };
  const versions = (): string[] => [...installed.values()].map((one) => one.version);

  const stopped = ["stop nodes", "stop all"];
  const backedUp =
    "backup-metadata /home/HOST-controller/raft ?/home/HOST-controller/sysmgmt ?/home/HOST-controller/dfsMeta /home/HOST-datanode/storage/CHUNK_METADATA";
  const startedBut = (incomplete: number | "unknown"): string[] => [
    ...["start controllers", "start agents", "start nodess", "start nodes"],
    `chunks but ${incomplete}`,
  ];
  const started = startedBut(3);

  it("is put in place where nothing runs yet, and nothing is stopped or started", async () => {
    for (const one of installed.values()) one.package = "";
    await apply();
    assert.deepEqual([done, versions(), noted], [["switch-server"], ["3.00.5", "3.00.5"], undefined]);
  });

  it("is put in place with all nodes stopped and their metadata saved, then all start", async () => {
    await apply();
    assert.deepEqual(done, [...stopped, backedUp, "switch-server", ...started, "prune-backups"]);
    assert.deepEqual([versions(), noted], [["3.00.5", "3.00.5"], undefined]);
    const [backup = ""] = installed.get("p1")?.backups ?? [];
    assert.match(backup, /^\d{8}T\d{6}Z-3\.00\.4$/);
    done = [];
    await apply();
    assert.deepEqual(done, ["switch-server"]);
  });

  for (const at of ["stop nodes", "stop all", backedUp])
    it(`leaves all as it was, and running, where ${at.split(" ", 2).join(" ")} fails`, async () => {
      broken = at;
      await assert.rejects(apply(), {
        message: `broken: ${at}; nothing was changed, and all nodes run with 3.00.4 again`,
      });
      assert.deepEqual(done.slice(-5), started);
      assert.deepEqual([versions(), noted], [["3.00.4", "3.00.4"], undefined]);
    });

  it("tells both where neither the metadata are saved nor all start again", async () => {
    broken = backedUp;
    breaksNext = "start agents";
    await assert.rejects(apply(), {
      message: `broken: ${backedUp}; and all nodes should start with 3.00.4 again: broken: start agents`,
    });
    assert.equal(noted?.phase, "stop");
    await apply();
    assert.deepEqual([versions(), noted], [["3.00.5", "3.00.5"], undefined]);
  });

  for (const at of [...stopped, backedUp, "switch-server", ...started])
    it(`is gone on with by the next run where one ends at ${at.split(" ", 2).join(" ")}, without another backup`, async () => {
      [broken, isKilled] = [at, true];
      await assert.rejects(apply(), { message: new RegExp(`^broken: ${at.replaceAll("?", ".")}`) });
      assert.notEqual(noted, undefined);
      [killed, done] = [new AbortController(), []];
      await apply();
      assert.deepEqual(done.slice(-6), [...started, "prune-backups"]);
      assert.deepEqual([versions(), noted], [["3.00.5", "3.00.5"], undefined]);
      assert.equal(new Set(installed.get("p2")?.backups).size, 1);
    });

  const plan = (phase: ServerUnderWay["phase"]): ServerUnderWay => ({
    ...{ phase, from: "3.00.4", to: "3.00.5", backup: "20261129T180000Z-3.00.4", isRollback: false, about: ABOUT },
    metadata: { p1: ["/kept"], p2: ["/kept"] },
    incomplete: 3,
  });

  it("is not put in place when a run ended before that, and the former one is wanted again", async () => {
    [noted, isUp] = [plan("stop"), false];
    await apply(former);
    assert.deepEqual([done, versions(), noted], [started, ["3.00.4", "3.00.4"], undefined]);
  });

  it("names the way back, and what controllers logged, where the cluster does not come back", async () => {
    broken = "start nodes";
    await assert.rejects(apply(), (error: Error) => {
      const { backup } = noted as ServerUnderWay;
      assert.equal(
        error.message,
        `broken: start nodes\n  the way back: the package of 3.00.4 with rollback.backup ${backup}`,
      );
      return true;
    });
    assert.equal(noted?.phase, "start");
  });

  it("goes back to a backup, from a cluster that does not start, too", async () => {
    installed = new Map(hosts.map((name) => [name, { version: "3.00.5", package: NEW, backups: [] }]));
    noted = plan("start");
    isUp = false;
    await apply({ ...former, rollback: { backup: "20261129T180000Z-3.00.4", loseNewData: true } });
    assert.deepEqual(done, [
      ...["stop all", "restore-metadata", "switch-server"],
      ...[...startedBut("unknown"), "prune-backups"],
    ]);
    assert.deepEqual([versions(), noted], [["3.00.4", "3.00.4"], undefined]);
  });

  it("goes forward from a cluster that does not start, by the directories that were known", async () => {
    noted = plan("start");
    isUp = false;
    await apply({ version: "3.00.6" });
    assert.equal(done[1], "backup-metadata /kept");
    assert.deepEqual(versions(), ["3.00.6", "3.00.6"]);
  });

  const rolled = (host: string): string[] => [
    ...["gate", "stop nodes", `stop all of ${host}`, backedUp, "switch-server"],
    ...[`start controllers of ${host}`, `start agents of ${host}`, `start nodess of ${host}`, "start nodes"],
  ];

  it("is put in place host by host, the leader's last, where that is asked for", async () => {
    await apply({ mode: "rolling" });
    assert.deepEqual(done, [...rolled("p2"), ...rolled("p1"), "gate", "prune-backups"]);
    assert.deepEqual([versions(), noted], [["3.00.5", "3.00.5"], undefined]);
  });

  it("starts the host again where its metadata cannot be saved, and begins no other", async () => {
    broken = backedUp;
    await assert.rejects(apply({ mode: "rolling" }), {
      message: `broken: ${backedUp}; p2 runs with 3.00.4 again, and no other host was begun`,
    });
    assert.deepEqual(versions(), ["3.00.4", "3.00.4"]);
  });

  for (const at of rolled("p2").slice(0, -1))
    it(`goes on with the host at which a run ended, at ${at.split(" ", 2).join(" ")}`, async () => {
      [broken, isKilled] = [at, true];
      await assert.rejects(apply({ mode: "rolling" }));
      assert.equal(noted?.phase, "roll");
      assert.equal(installed.get("p1")?.version, "3.00.4");
      [killed, done] = [new AbortController(), []];
      await apply({ mode: "rolling" });
      assert.deepEqual(done.slice(-11), [...rolled("p1"), "gate", "prune-backups"]);
      assert.deepEqual([versions(), noted], [["3.00.5", "3.00.5"], undefined]);
    });

  it("touches no other host when one does not come back, and is ended offline where that is asked for then", async () => {
    broken = "start controllers of p2";
    await assert.rejects(apply({ mode: "rolling" }), { message: "broken: start controllers of p2" });
    assert.deepEqual(versions(), ["3.00.4", "3.00.5"]);
    done = [];
    await apply();
    assert.deepEqual(done, [...stopped, backedUp, "switch-server", ...started, "prune-backups"]);
  });

  it("tells whether rows were written since a backup, where the cluster serves", async () => {
    const backup = "20261129T180000Z-3.00.4";
    assert.equal(await parts().change.isWritten(backup), false);
    version = 2;
    assert.equal(await parts().change.isWritten(backup), true);
    isUp = false;
    assert.equal(await parts().change.isWritten(backup), undefined);
  });
});
