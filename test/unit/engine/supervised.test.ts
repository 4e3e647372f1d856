import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { locatePlugin } from "../../../lab/engine/plugin/load";
import { PluginProcess } from "../../../lab/engine/plugin/process";
import { eachLine, Supervised } from "../../../lab/engine/plugin/supervised";
import type { Project } from "../../../lab/engine/project/project";

function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

describe("plugin processes", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "dbha-plugin-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const run = (script: string): Supervised =>
    new Supervised(["/bin/sh", "-c", script], { directory: folder, environment: process.env });

  it("pass on output line by line and the exit code", async () => {
    const child = run("printf 'one\\ntwo'; echo err >&2; pwd; exit 5");
    const lines: string[] = [];
    eachLine(child.stdout, (line) => lines.push(line));
    eachLine(child.stderr, (line) => lines.push(line));
    assert.equal(await child.ended, 5);
    await new Promise(setImmediate);
    assert.deepEqual(lines.sort(), ["err", "one", `two${folder}`].sort());
  });

  it("are ended with all that they started", async () => {
    const child = run("sleep 60 & echo $!; wait");
    const pid = await new Promise<number>((resolve) => eachLine(child.stdout, (line) => resolve(Number(line))));
    child.kill("SIGKILL");
    await child.ended;
    // its own end is awaited above; that of what it started follows at once
    const end = Date.now() + 2000;
    while (isAlive(pid) && Date.now() < end) await new Promise(setImmediate);
    assert.equal(isAlive(pid), false);
  });

  it("are not taken for ended when they do not heed SIGTERM", async () => {
    const child = run("trap '' TERM; echo ready; sleep 60");
    await new Promise<void>((resolve) => eachLine(child.stdout, () => resolve()));
    child.kill("SIGTERM");
    assert.equal(await child.endedWithin(200), undefined);
    child.kill("SIGKILL");
    assert.equal(await child.ended, "SIGKILL");
  });

  it("end with SIGTERM where they heed it", async () => {
    const child = run("echo ready; exec sleep 60");
    await new Promise<void>((resolve) => eachLine(child.stdout, () => resolve()));
    await child.stop();
    assert.equal(await child.ended, 143);
  });

  it("that end before they print a port are an error with their last words", async () => {
    const start = PluginProcess.start("x", ["/bin/sh", "-c", "echo sorry >&2; exit 4"], {
      directory: folder,
      environment: process.env,
    });
    await assert.rejects(start, {
      message: 'the plugin "x" ended unexpectedly (exit code 4); its last lines were:\n  sorry',
    });
  });

  describe("are found", () => {
    const project = (paths: [string, string][]): Project => ({
      name: "p",
      root: folder,
      entryPoint: ".",
      typescript: false,
      nodeArguments: [],
      pluginPaths: new Map(paths),
      config: new Map(),
    });
    const executable = (): string => {
      const path = join(folder, "pulumi-resource-x");
      writeFileSync(path, "#!/bin/sh\n");
      chmodSync(path, 0o755);
      return path;
    };

    it("where Pulumi.yaml says, as an executable", () => {
      const path = executable();
      assert.equal(locatePlugin(project([["x", folder]]), "x", {}), path);
      const own = join(process.cwd(), "test", "fixtures");
      assert.throws(
        () => locatePlugin(project([["y", own]]), "y", {}),
        /has no executable pulumi-resource-y in \S+fixtures, which Pulumi\.yaml names/,
      );
    });

    it("on PATH, else they are missed with where they were looked for", () => {
      const path = executable();
      assert.equal(locatePlugin(project([]), "x", { PATH: `/nowhere:${folder}` }), path);
      assert.throws(
        () => locatePlugin(project([]), "x", { PATH: "/nowhere" }),
        /no plugin found for the package "x": .*there is no pulumi-resource-x on PATH/,
      );
    });
  });
});
