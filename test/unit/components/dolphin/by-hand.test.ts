import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { looksForNodes, parseFound } from "../../../../components/dolphin/adopt-found";
import { instanceOf } from "../../../../components/dolphin/instance";
import { looksForPlace } from "../../../../components/dolphin/place";
import { renderProcesses } from "../../../../components/dolphin/processes-shell";
import { renderRun } from "../../../../components/dolphin/run-script";
import { renderAgentUnit, renderControllerUnit } from "../../../../components/dolphin/unit";
import { inContainer } from "../../in-container";
import { newerThanBash42 } from "../../../old-tools/bash";

describe("The scripts for a DolphinDB that was started by hand", function () {
  this.timeout(20_000);
  let root = "";
  let demo = "";
  const children: ChildProcess[] = [];
  const instance = () => {
    const made = instanceOf("db", { clusterDemo: { directory: demo, user: "dolphindb" } });
    return { ...made, package: join(root, "opt"), server: join(root, "opt", "server") };
  };

  /** bash in the place of the engine, started in clusterDemo as the vendor's scripts do; it says that it is ready and ends on TERM, or does not. */
  const byHand = async (mode: string, home: string, onTerm = "exit 3", more: string[] = []): Promise<ChildProcess> => {
    const script = `trap '${onTerm}' TERM; echo ready; while :; do read -r -t 60 _ || exit 9; done`;
    const paths = ["-home", home, "-config", `config/${mode}.cfg`, "-logFile", `log/${mode}.log`];
    const child = spawn("./../dolphindb", ["-c", script, "-console", "0", "-mode", mode, ...paths, ...more], {
      cwd: demo,
      stdio: ["pipe", "pipe", "ignore"],
    });
    return ready(child);
  };
  const ready = async (child: ChildProcess): Promise<ChildProcess> => {
    children.push(child);
    await once(child.stdout as NodeJS.ReadableStream, "data");
    return child;
  };
  const ended = async (child: ChildProcess): Promise<(number | string | null)[]> =>
    child.exitCode === null && child.signalCode === null
      ? ((await once(child, "exit")) as [number | null, string | null])
      : [child.exitCode, child.signalCode];
  /** The run script, once it has said something. */
  const run = async (mode: string): Promise<{ child: ChildProcess; said: () => string }> => {
    const script = join(root, "run");
    writeFileSync(script, renderRun({ instance: instance(), stopTimeout: 1 }));
    const child = spawn("bash", [script, mode], { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (said += data.toString()));
    await ready(child);
    return { child, said: () => said };
  };

  before(() => {
    root = mkdtempSync(join(tmpdir(), "dolphin-"));
    demo = join(root, "server", "clusterDemo");
    for (const name of ["data", "config", "log"]) mkdirSync(join(demo, name), { recursive: true });
    mkdirSync(join(root, "opt", "server"), { recursive: true });
    copyFileSync("/bin/bash", join(root, "server", "dolphindb"));
    const own = join(root, "opt", "server", "dolphindb");
    writeFileSync(own, '#!/bin/sh\necho "$LD_LIBRARY_PATH $*"\n');
    chmodSync(own, 0o755);
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
  });
  after(() => rmSync(root, { recursive: true }));

  it("hold nothing that bash 4.2 does not know", () => {
    assert.deepEqual(newerThanBash42(renderRun({ instance: instance(), stopTimeout: 600 })), []);
  });

  it("are what units start, which give them longer to stop than nodes have", () => {
    for (const [render, mode] of [
      [renderControllerUnit, "controller"],
      [renderAgentUnit, "agent"],
    ] as const) {
      const text = render({ instance: instance(), stopTimeout: 600 });
      assert.match(text, new RegExp(`^ExecStart=/etc/dbha/dolphin-db/run ${mode}$`, "m"));
      assert.match(text, new RegExp(`^User=dolphindb\nWorkingDirectory=${demo}$`, "m"));
      assert.match(text, /^TimeoutStopSec=630$/m);
      assert.doesNotMatch(text, /LD_LIBRARY_PATH/);
    }
  });

  it("start the node in the program of the package where none runs, in the files of clusterDemo", async () => {
    await byHand("agent", "data");
    await byHand("controller", "data/other");
    const { child, said } = await run("controller");
    assert.deepEqual(await ended(child), [0, null]);
    const server = join(root, "opt", "server");
    assert.equal(
      said(),
      `${server} -console 0 -mode controller -home ${demo}/data -script ${server}/dolphindb.dos -config ${demo}/config/controller.cfg -nodesFile ${demo}/config/cluster.nodes -clusterConfig ${demo}/config/cluster.cfg -logFile ${demo}/log/controller.log\n`,
    );
  });

  it("watch one that runs, and end when it does, for systemd to start it again", async () => {
    const [agent, controller] = await Promise.all([byHand("agent", "data"), byHand("controller", "data")]);
    const { child, said } = await run("agent");
    assert.equal(said(), `the agent runs already, as process ${agent.pid}, and is watched until it ends\n`);
    agent.kill("SIGKILL");
    assert.deepEqual(await ended(child), [1, null]);
    assert.match(said(), new RegExp(`the agent, process ${agent.pid}, has ended\n$`));
    assert.equal(controller.exitCode, null);
  });

  it("leave alone what runs in a container from the same paths", async function () {
    const seen = await inContainer(
      join(root, "server", "dolphindb"),
      demo,
      (pid) =>
        spawnSync("bash", ["-c", `${renderProcesses(instance())}processes`], { encoding: "utf8" })
          .stdout.split("\n")
          .includes(`${pid} agent ${demo}/data`),
      ["-mode", "agent", "-home", "data"],
    );
    if (seen === undefined) return this.skip();
    assert.deepEqual(seen, { outside: true, inside: false });
  });

  it("end it by TERM, and kill what does not end", async () => {
    for (const [onTerm, end] of [
      ["exit 3", [3, null]],
      [":", [null, "SIGKILL"]],
    ] as const) {
      const agent = await byHand("agent", "data", onTerm);
      const { child, said } = await run("agent");
      child.kill("SIGTERM");
      assert.deepEqual(await ended(agent), end);
      assert.deepEqual(await ended(child), [0, null]);
      assert.equal(said().includes("did not end, and is killed"), onTerm === ":");
    }
  });

  it("tell how it was started, and its files without secrets", async () => {
    const agent = await byHand("agent", "data", "exit 3", ["-maxMemSize", "4", "-queue=7"]);
    writeFileSync(join(demo, "config", "agent.cfg"), "# by hand\nmode=agent\ns3SecretKey=Hidden.1=x\n");
    writeFileSync(join(root, "server", "dolphindb.lic"), "a\nb\n\n");
    const look = spawnSync("sh", ["-s"], { input: looksForNodes(instance(), ["dbha-none-1"]), encoding: "utf8" });
    assert.deepEqual([look.status, look.stderr], [0, ""]);
    const said = JSON.parse(look.stdout) as Record<string, unknown>;
    const texts = Object.entries(said).map(([name, value]) => [
      name,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
    const found = parseFound(Object.fromEntries(texts) as Record<string, string>);
    assert.deepEqual(
      { ...found, nodes: found.nodes.filter(({ pid }) => pid === String(agent.pid)) },
      {
        ...{ known: false, directory: demo, dfsMeta: false, units: [] },
        license: "7e18f737311b2dc3b2f269dd78396b0351f14fb66efa879f768cb23181883c78",
        files: { controller: "", agent: "# by hand\nmode=agent\ns3SecretKey=[secret]\n" },
        nodes: [
          {
            ...{ pid: String(agent.pid), mode: "agent", program: join(root, "server", "dolphindb"), directory: demo },
            ...{ user: userInfo().username, home: `${demo}/data`, config: `${demo}/config/agent.cfg` },
            ...{ nodesFile: "", clusterConfig: "", logFile: `${demo}/log/agent.log`, unit: "" },
            more: ["c", "maxMemSize", "queue"],
          },
        ],
      },
    );
  });

  it("name the directories that a user cannot write to", () => {
    const command = looksForPlace("root", [join(demo, "data"), join(demo, "none"), "/none"]);
    const { stdout } = spawnSync("sh", ["-s"], { input: command, encoding: "utf8" });
    assert.equal(stdout, `{"missing":"${demo}/none /none"}`);
  });
});
