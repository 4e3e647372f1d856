import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { MarkedProcesses, memoryBytes, residentBytes } from "../../bench/processes";
import { until } from "../../integration/engine/await";

describe("processes of a measured command", () => {
  it("are found in the background too, counted with their memory, and ended", async () => {
    const processes = new MarkedProcesses(`test-${process.pid}`);
    // the shell ends at once and leaves the other behind
    const shell = spawn("sh", ["-c", "setsid sleep 60 & echo $!"], {
      env: { ...process.env, ...processes.environment },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [line] = (await once(shell.stdout, "data")) as [Buffer];
    if (shell.exitCode === null) await once(shell, "exit");
    const left = Number(line.toString());
    // what has just been started has neither all of its environment nor its memory yet
    await until("its memory", () => residentBytes(processes.pids()) > 100_000);
    assert.deepEqual(processes.pids(), [left]);
    const own = memoryBytes([left]);
    // libraries that other processes have too
    assert.ok(own > 0 && own < residentBytes([left]), String(own));
    processes.end();
    await until("its end", () => processes.pids().length === 0);
    assert.deepEqual(processes.pids(), []);
  });
});
