import assert from "node:assert/strict";
import type { ClusterRestart } from "../../../../provider/dolphin/cluster-restart";
import type { DolphinCluster } from "../../../../provider/dolphin/cluster";
import type { LicenseFile } from "../../../../provider/dolphin/license-change";
import { LicenseRestart, tellLicensePlan } from "../../../../provider/dolphin/license-restart";
import type { NodeWork } from "../../../../provider/dolphin/node-work";
import { Silent } from "../../../../provider/dolphin/silence";
import type { UnderWay } from "../../../../provider/dolphin/under-way";
import type { ClusterView, SeenNode } from "../../../../provider/dolphin/view";
import type { Host } from "../../../../provider/kinds/fields";
import type { Context } from "../../../../provider/kinds/kind";
import { parseLicense } from "../../../../provider/resources/dolphin/license";
import { parseAnswer } from "../../../../provider/ssh/answer";

const OLD = "2099.12.31,64,16,12,lab,2,-1,,0\nc2lnbmF0dXJl\n";
const NEW = "2098.12.31,64,16,12,other,2,-1,,0\nc2lnbmF0dXJl\n";
const HOSTS = ["p1", "p2"];
const MODES = ["controller", "agent", "datanode", "computenode"] as const;

describe("Another licence of a DolphinDB cluster, by restarts", () => {
  /** What lies on each host, and what each node has read at its start. */
  let files: Map<string, string>;
  let inForce: Map<string, string>;
  let offline: Set<string>;
  let noted: string[] | undefined;
  let done: string[];
  let lost: string[];
  let killed: AbortController;

  const nodes = (): SeenNode[] =>
    HOSTS.flatMap((name, i) =>
      MODES.map((mode, j) => ({
        ...{ alias: `${name}-${mode}`, mode, host: `10.0.0.${i + 1}`, port: 8800 + j },
        isOnline: !offline.has(`${name}-${mode}`),
      })),
    );
  const aliases = (): string[] => nodes().map(({ alias }) => alias);

  beforeEach(() => {
    files = new Map(HOSTS.map((name) => [name, OLD]));
    inForce = new Map();
    [offline, noted, done, lost, killed] = [new Set(), undefined, [], [], new AbortController()];
    for (const alias of aliases()) inForce.set(alias, OLD);
  });

  /** Its program reads the file of its host; a node whose file is no licence does not start. */
  async function restarted(alias: string): Promise<void> {
    await Promise.resolve();
    done.push(`restart ${alias}`);
    const file = files.get(alias.slice(0, 2)) ?? "";
    if (file === "") offline.add(alias);
    else {
      offline.delete(alias);
      inForce.set(alias, file);
    }
  }

  function parts() {
    const access = {
      hosts: HOSTS.map((name, i) => ({
        host: { name, lost: lost.includes(name) } as Host,
        address: `10.0.0.${i + 1}`,
      })),
    };
    const cluster = {
      access,
      sessions: {
        ask: async ({ alias }: SeenNode) => {
          await Promise.resolve();
          if (offline.has(alias)) throw new Silent(`${alias} is gone`, false);
          const [end, memory, cores, nodes, client] = (inForce.get(alias) ?? "").split(",");
          const terms = { expiration: end, maxMemoryPerNode: memory, maxCoresPerNode: cores, maxNodes: nodes };
          return { form: "dict", value: { ...terms, clientName: client } };
        },
      },
      until: async (_step: string, limit: number, what: string, attempt: () => Promise<void>) => {
        await attempt().catch((error: unknown) => {
          throw error instanceof Silent
            ? new Error(`${what} was not there within ${limit} s: ${error.message}`)
            : error;
        });
      },
      problem: (node: SeenNode, step: string, problem: string, fix: string) =>
        new Error(`${node.host}: ${step}: ${problem}; ${fix}`),
    } as unknown as DolphinCluster;
    const work = {
      untilOnline: () => Promise.resolve(),
      lastOfLog: ({ alias }: SeenNode) => Promise.resolve(offline.has(alias) ? "\n    Invalid license file." : ""),
      restart: async (some: string[], one: (alias: string) => Promise<void>) => {
        for (const alias of some) {
          await restarted(alias);
          await one(alias);
        }
      },
    } as unknown as NodeWork;
    const restart = {
      agent: restarted,
      controllers: (some: string[], one: (alias: string) => Promise<void>) => work.restart(some, one),
    } as unknown as ClusterRestart;
    const underWay = {
      note: (value: string[]) => Promise.resolve(void (noted = value)),
      forget: () => Promise.resolve(void (noted = undefined)),
    } as unknown as UnderWay<string[]>;
    const context = {
      cancelled: killed.signal,
      remote: ({ name }: Host) => ({
        run: async ({ body }: { body: Buffer }) => {
          await Promise.resolve();
          done.push(`write to ${name}`);
          if (files.get(name) === OLD) files.set(name, body.toString());
          return parseAnswer(Buffer.from(""));
        },
      }),
    } as unknown as Context;
    const file = { text: NEW, sha256: "", terms: parseLicense(NEW), path: "/lic" } as LicenseFile;
    return new LicenseRestart(cluster, work, restart, underWay, file, 5, context);
  }
  const view = (): ClusterView => ({ nodes: nodes() });
  const restarts = (): string[] => done.filter((one) => one.startsWith("restart")).map((one) => one.slice(8));
  const ORDER = [
    ...["p1-agent", "p2-agent", "p1-controller", "p2-controller"],
    ...["p1-datanode", "p1-computenode", "p2-datanode", "p2-computenode"],
  ];

  it("is written everywhere, then agents, controllers and nodes restart, one after the other", async () => {
    await parts().apply(view());
    assert.deepEqual(done.slice(0, 2), ["write to p1", "write to p2"]);
    assert.deepEqual(restarts(), ORDER);
    assert.deepEqual([new Set(inForce.values()), noted], [new Set([NEW]), undefined]);
  });

  it("is written alone where all nodes go by it", async () => {
    for (const alias of aliases()) inForce.set(alias, NEW);
    await parts().apply(view());
    assert.deepEqual([done, noted], [["write to p1", "write to p2"], undefined]);
    assert.deepEqual(tellLicensePlan(await parts().plan(view())), []);
  });

  it("starts nodes that are offline before others stop", async () => {
    offline.add("p2-datanode");
    await parts().apply(view());
    assert.deepEqual(restarts().slice(4), ["p2-datanode", "p1-datanode", "p1-computenode", "p2-computenode"]);
  });

  it("leaves lost hosts alone", async () => {
    lost = ["p2"];
    await parts().apply(view());
    assert.deepEqual(done[0], "write to p1");
    assert.deepEqual(restarts(), ["p1-agent", "p1-controller", "p1-datanode", "p1-computenode"]);
  });

  it("stops at the first node that still goes by the former one, and goes on with it", async () => {
    files.set("p2", `${OLD}#`);
    await assert.rejects(parts().apply(view()), {
      message: `10.0.0.2: change the licence: p2-agent has restarted, and goes by one that ends on 2099-12-31; look where its program reads dolphindb.lic, and run it again
  1 of 8 nodes go by it; left with the former one: ${ORDER.slice(1).join(", ")}; the next run goes on with them`,
    });
    assert.deepEqual([restarts(), noted], [ORDER.slice(0, 2), ORDER.slice(1)]);
    files.set("p2", NEW);
    done = [];
    await parts().apply(view());
    assert.deepEqual([restarts(), noted], [ORDER.slice(1), undefined]);
  });

  it("tells the log of one that does not start", async () => {
    files.set("p1", "");
    await assert.rejects(parts().apply(view()), {
      message:
        /^an answer of p1-agent was not there within 5 s: p1-agent is gone\n {2}the log of p1-agent:\n {4}Invalid license file\.\n {2}0 of 8 nodes/,
    });
    assert.deepEqual(noted, ORDER);
  });

  it("is told in preview with the number of restarts", async () => {
    inForce.set("p1-agent", NEW);
    assert.deepEqual(tellLicensePlan(await parts().plan(view())), [
      "7 nodes restart for it, one after the other, each when the one before goes by it: agents, controllers with the leader last, data and compute nodes when all chunks are complete",
    ]);
  });
});
