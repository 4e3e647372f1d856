import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { instanceOf } from "../../../../components/dolphin/instance";
import { renderStopNodes } from "../../../../components/dolphin/stop-nodes";
import { renderAgentUnit, renderControllerUnit, renderNodesUnit } from "../../../../components/dolphin/unit";
import { newerThanBash42 } from "../../../old-tools/bash";

const unit = { instance: instanceOf("db"), stopTimeout: 600 };

describe("The units of DolphinDB", () => {
  it("run the controller in the foreground, with the files that the group rewrites", () => {
    assert.equal(
      renderControllerUnit(unit),
      `[Unit]
Description=DolphinDB db, controller
Documentation=https://www.dolphindb.com/
After=network-online.target
Wants=network-online.target

[Service]
User=dolphin-db
WorkingDirectory=/var/lib/dolphin-db
Environment=LD_LIBRARY_PATH=/opt/dbha/dolphin-db/server
ExecStart=/opt/dbha/dolphin-db/server/dolphindb -console 0 -mode controller -home /var/lib/dolphin-db -script /opt/dbha/dolphin-db/server/dolphindb.dos -config /var/lib/dolphin-db/config/controller.cfg -nodesFile /var/lib/dolphin-db/config/cluster.nodes -clusterConfig /var/lib/dolphin-db/config/cluster.cfg -logFile /var/lib/dolphin-db/log/controller.log
Restart=always
RestartSec=10
StartLimitInterval=0
TimeoutStopSec=600
LimitNOFILE=infinity
LimitNPROC=infinity
LimitCORE=infinity
KillMode=mixed

[Install]
WantedBy=multi-user.target
`,
    );
  });

  it("end the agent by its own process, and leave the nodes that it started", () => {
    assert.equal(
      renderAgentUnit(unit),
      `[Unit]
Description=DolphinDB db, agent
Documentation=https://www.dolphindb.com/
After=network-online.target
Wants=network-online.target

[Service]
User=dolphin-db
WorkingDirectory=/var/lib/dolphin-db
Environment=LD_LIBRARY_PATH=/opt/dbha/dolphin-db/server
ExecStart=/opt/dbha/dolphin-db/server/dolphindb -console 0 -mode agent -home /var/lib/dolphin-db -script /opt/dbha/dolphin-db/server/dolphindb.dos -config /var/lib/dolphin-db/config/agent.cfg -logFile /var/lib/dolphin-db/log/agent.log
Restart=always
RestartSec=10
StartLimitInterval=0
TimeoutStopSec=600
LimitNOFILE=infinity
LimitNPROC=infinity
LimitCORE=infinity
KillMode=process
OOMPolicy=continue

[Install]
WantedBy=multi-user.target
`,
    );
  });

  it("end the nodes before the agent when the host shuts down", () => {
    assert.equal(
      renderNodesUnit(unit.instance),
      `[Unit]
Description=DolphinDB db, end of data and compute nodes
After=dbha-dolphin-db-agent.service network-online.target

[Service]
Type=oneshot
RemainAfterExit=yes
User=dolphin-db
ExecStart=/bin/true
ExecStop=/etc/dbha/dolphin-db/stop-nodes
TimeoutStopSec=0

[Install]
WantedBy=multi-user.target
`,
    );
  });

  it("keep to directories that arguments name", () => {
    const { directory, config, backups } = instanceOf("db", { directory: "/data/d", backups: "/backups" });
    assert.deepEqual([directory, config, backups], ["/data/d", "/data/d/config", "/backups"]);
  });
});

/** Waits for a line of a child's output: it is ready then. */
const ready = async (child: ChildProcess): Promise<ChildProcess> => {
  await once(child.stdout as NodeJS.ReadableStream, "data");
  return child;
};

describe("The script that ends nodes", () => {
  it("holds nothing that bash 4.2 does not know", () => {
    assert.deepEqual(newerThanBash42(renderStopNodes(unit)), []);
  });

  let root = "";
  const children: ChildProcess[] = [];

  /** bash in the place of the engine: it says that it is ready and ends on TERM, or does not. */
  const node = async (program: string, home: string, onTerm: string): Promise<ChildProcess> => {
    const script = `trap '${onTerm}' TERM; echo ready; while :; do read -r -t 60 _ || exit 9; done`;
    const child = spawn(program, ["-c", script, "-mode", "x", "-home", home, "-logFile", "y"], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    children.push(child);
    return ready(child);
  };

  before(() => {
    root = mkdtempSync(join(tmpdir(), "dolphin-"));
    for (const version of ["1", "2", "other"]) {
      mkdirSync(join(root, "programs", version), { recursive: true });
      copyFileSync("/bin/bash", join(root, "programs", version, "dolphindb"));
    }
  });

  after(() => {
    for (const child of children) child.kill("SIGKILL");
    rmSync(root, { recursive: true });
  });

  it("ends nodes of any version by TERM, kills what does not end, and spares controllers, agents and others", async function () {
    // it looks at every process of the machine, more than once
    this.timeout(60_000);
    const home = join(root, "home");
    const instance = { ...instanceOf("db", { directory: home }), package: join(root, "programs") };
    const program = (version: string): string => join(root, "programs", version, "dolphindb");
    const [former, current, deaf, removed] = await Promise.all([
      node(program("1"), `${home}/d1`, "exit 3"),
      node(program("2"), `${home}/c1`, "exit 3"),
      node(program("2"), `${home}/deaf`, ":"),
      node(program("other"), `${home}/d2`, "exit 3"),
    ]);
    rmSync(program("other"));
    const [controller, stranger, shell] = await Promise.all([
      node(program("2"), home, "exit 3"),
      node(program("2"), `${home}x/d1`, "exit 3"),
      node("/bin/bash", `${home}/d1`, "exit 3"),
    ]);
    const script = join(root, "stop-nodes");
    writeFileSync(script, renderStopNodes({ instance, stopTimeout: 1 }));
    const ends = [former, current, removed, deaf].map(async (child) => once(child, "exit"));
    const stop = spawn("bash", [script], { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    stop.stderr.on("data", (data: Buffer) => (said += data.toString()));
    const [code] = (await once(stop, "exit")) as [number];
    assert.deepEqual([code, said], [0, `node ${deaf.pid} did not end, and is killed\n`]);
    assert.deepEqual(await Promise.all(ends), [
      [3, null],
      [3, null],
      [3, null],
      [null, "SIGKILL"],
    ]);
    assert.deepEqual(
      [controller, stranger, shell].map(({ exitCode, signalCode }) => exitCode ?? signalCode),
      [null, null, null],
    );
  });
});
