import assert from "node:assert/strict";
import type { DolphinValue } from "../../../../provider/dolphin/answer";
import { ClusterCheck, type CheckUnderWay } from "../../../../provider/dolphin/cluster-check";
import { DolphinCluster } from "../../../../provider/dolphin/cluster";
import type { NodeCall } from "../../../../provider/dolphin/node-session";
import { DolphinRefused } from "../../../../provider/dolphin/refusal";
import { Silent } from "../../../../provider/dolphin/silence";
import type { Site } from "../../../../provider/dolphin/site";
import type { UnderWay } from "../../../../provider/dolphin/under-way";
import type { Host } from "../../../../provider/kinds/fields";
import type { Context } from "../../../../provider/kinds/kind";
import type { NodeRow } from "../../../../provider/resources/dolphin/node-rows";
import { HostError } from "../../../../provider/ssh/host-error";

const hosts = [1, 2, 3];
const modes = { controller: 2, agent: 1, datanode: 0, computenode: 4 } as const;
const nodes: NodeRow[] = hosts.flatMap((n) =>
  (Object.keys(modes) as NodeRow["mode"][]).map((mode, i) => ({
    ...{ host: `10.0.0.${n}`, port: 8800 + i, alias: `p${n}-${mode}`, mode, group: "", zone: "" },
  })),
);
const scalar = (value: number | boolean): DolphinValue => ({ form: "scalar", value });

describe("A check of a DolphinDB cluster", () => {
  /** Tables and rows of each database. */
  let databases: Map<string, Map<string, number>>;
  let noted: CheckUnderWay | undefined;
  let offline: string[];
  /** What was asked of whom, by the first word of the script. */
  let asked: string[];
  /** Thrown once, before or after the script has done its work. */
  let fault: { at: string; error: Error; after?: boolean } | undefined;

  beforeEach(() => {
    databases = new Map([["theirs", new Map([["prices", 5]])]]);
    [noted, offline, asked, fault] = [undefined, [], [], undefined];
  });

  function perf(): DolphinValue {
    const column = (of: (row: NodeRow) => string | number | boolean) => nodes.map(of);
    const columns = {
      host: column(({ host }) => host),
      port: column(({ port }) => port),
      name: column(({ alias }) => alias),
      mode: column(({ mode }) => modes[mode]),
      state: column(({ alias }) => (offline.includes(alias) ? 0 : 1)),
      isLeader: column(({ alias }) => alias === "p2-controller"),
    };
    return { form: "table", rows: nodes.length, columns };
  }

  function run(script: string): DolphinValue {
    const database = /dfs:\/\/(\w+)/.exec(script)?.[1] ?? "";
    const tables = databases.get(database);
    if (script.startsWith("existsDatabase")) return scalar(tables !== undefined);
    if (script.startsWith("getTables")) return { form: "vector", value: [...(tables?.keys() ?? [])] };
    if (script.startsWith("dropDatabase")) databases.delete(database);
    if (script.startsWith("db =") && tables?.has("dbha_check")) throw new DolphinRefused("the table exists");
    if (script.startsWith("db =")) databases.set(database, new Map([["dbha_check", 0]]));
    if (script.startsWith("ids ="))
      tables?.set("dbha_check", (tables.get("dbha_check") ?? 0) + Number(/\.\.(\d+)/.exec(script)?.[1]) + 1);
    return scalar(script.startsWith("exec") ? (tables?.get("dbha_check") ?? -1) : 1);
  }

  async function ask({ alias }: Site, { name, params }: NodeCall): Promise<DolphinValue> {
    await Promise.resolve();
    if (name !== "executeCode") return scalar(true);
    const script = String(params?.script);
    if (script.startsWith("getClusterPerf")) return perf();
    const word = /^\w+/.exec(script)?.[0] ?? "";
    asked.push(`${word} ${alias}`);
    const mine = fault?.at === word ? fault : undefined;
    if (mine !== undefined) fault = undefined;
    if (mine !== undefined && mine.after !== true) throw mine.error;
    const value = run(script);
    if (mine !== undefined) throw mine.error;
    return value;
  }

  function check(rows = nodes): ClusterCheck {
    const context = {
      cancelled: new AbortController().signal,
      status: () => undefined,
      exclusively: <T>(_: string, action: () => Promise<T>) => action(),
      remote: ({ name }: Host) => ({
        problem: (step: string, problem: string, fix: string) =>
          new HostError({ name, address: "10.0.0.1", port: 22 }, "failed", problem, fix, step),
      }),
    } as unknown as Context;
    const access = {
      hosts: hosts.map((n) => ({
        host: { name: `p${n}`, address: `10.0.0.${n}`, port: 22 } as Host,
        address: `10.0.0.${n}`,
        controller: { alias: `p${n}-controller`, port: 8800 },
      })),
      https: false,
      electionTimeout: 5,
    };
    const cluster = new DolphinCluster(access, ["Right-one-1"], context);
    Object.assign(cluster.sessions, { ask });
    const underWay = {
      read: () => Promise.resolve(noted),
      note: (value: CheckUnderWay) => Promise.resolve(void (noted = value)),
      forget: () => Promise.resolve(void (noted = undefined)),
    } as unknown as UnderWay<CheckUnderWay>;
    return new ClusterCheck(cluster, underWay, rows);
  }

  const nothingLeft = (): void => {
    assert.deepEqual([...databases.keys()], ["theirs"]);
    assert.equal(noted, undefined);
  };
  async function failure(how: Promise<unknown>): Promise<string> {
    try {
      await how;
    } catch (error) {
      return (error as Error).message;
    }
    return assert.fail("it did not fail");
  }

  it("writes through a data node and counts through a compute node of another host, and leaves nothing", async () => {
    assert.deepEqual(await check().run("mine", 7), { written: "p1-datanode", counted: "p2-computenode" });
    assert.deepEqual(
      asked.filter((line) => /^(db|ids|exec|dropDatabase) /.test(line)),
      ["db p1-datanode", "ids p1-datanode", "exec p2-computenode", "dropDatabase p1-datanode"],
    );
    nothingLeft();
  });

  it("counts through another data node where there are no compute nodes", async () => {
    const data = nodes.filter(({ mode }) => mode !== "computenode");
    offline = ["p1-datanode"];
    assert.deepEqual(await check(data).run("mine", 1), { written: "p2-datanode", counted: "p3-datanode" });
  });

  it("names the kind of which none is online", async () => {
    offline = hosts.map((n) => `p${n}-computenode`);
    assert.match(await failure(check().run("mine", 7)), /choose nodes for the check: no compute node is online; /);
    offline = hosts.map((n) => `p${n}-datanode`);
    assert.match(await failure(check().run("mine", 7)), /: no data node is online; /);
    nothingLeft();
  });

  it("begins with a new table where a refusal passes, so that no row counts twice", async () => {
    fault = { at: "ids", error: new DolphinRefused("append! => <DataNodeNotAvail>p3"), after: true };
    await check().run("mine", 7);
    assert.equal(asked.filter((line) => line.startsWith("db ")).length, 2);
    nothingLeft();
  });

  for (const [at, step, node, error] of [
    ["db", "make a database", "p1-datanode", new DolphinRefused("database => no right")],
    ["ids", "write 7 rows", "p1-datanode", new Silent("it broke off", true)],
    ["exec", "count 7 rows", "p2-computenode", new DolphinRefused("loadTable => no such file")],
  ] as const)
    it(`names node and step where ${at} fails, and drops what it has made`, async () => {
      fault = { at, error, after: true };
      const host = node.slice(0, 2);
      const said = error instanceof Silent ? "did not answer" : "refused it";
      const found = await failure(check().run("mine", 7));
      assert.ok(
        found.startsWith(`host ${host} `) && found.includes(`: ${step}: ${node} ${said}: ${error.message}; `),
        found,
      );
      nothingLeft();
    });

  it("tells how many were counted where rows are missing", async () => {
    const one = check();
    const cluster = (one as unknown as { cluster: DolphinCluster }).cluster;
    Object.assign(cluster.sessions, {
      ask: async (site: Site, call: NodeCall) => {
        const value = await ask(site, call);
        return String(call.params?.script).startsWith("exec") ? scalar(6) : value;
      },
    });
    const found = await failure(one.run("mine", 7));
    assert.match(found, /count 7 rows: p2-computenode counts 6 rows, and p1-datanode has written 7; /);
    nothingLeft();
  });

  it("drops what a run that was killed has left, by another name, too", async () => {
    noted = { database: "former" };
    databases.set("former", new Map([["dbha_check", 3]]));
    await check().run("mine", 7);
    nothingLeft();
  });

  it("says that what it cannot drop stays, and drops it in the next run", async () => {
    fault = { at: "exec", error: new DolphinRefused("loadTable => no such file") };
    const one = check();
    const cluster = (one as unknown as { cluster: DolphinCluster }).cluster;
    Object.assign(cluster.sessions, {
      ask: (site: Site, call: NodeCall) =>
        String(call.params?.script).startsWith("getTables")
          ? Promise.reject(new Silent("refused", false))
          : ask(site, call),
    });
    assert.match(await failure(one.run("mine", 7)), /; dfs:\/\/mine stays, and the next run drops it$/);
    assert.deepEqual([...databases.keys()], ["theirs", "mine"]);
    await check().run("mine", 7);
    nothingLeft();
  });

  it("touches no database that is somebody else's", async () => {
    assert.match(
      await failure(check().run("theirs", 7)),
      /dfs:\/\/theirs is there, and no check has made it; give check/,
    );
    // one that somebody made in the moment between a note and the database
    noted = { database: "theirs" };
    assert.match(await failure(check().run("mine", 7)), /has tables that are not the check's: prices; /);
    assert.deepEqual([...databases.keys()], ["theirs"]);
  });
});
