import { spawn, spawnSync, type SpawnSyncReturns } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Runs what it is given in a network of its own, which has nothing but its loopback address. */
const ALONE = ["--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"];

/** An isolated machine: a folder, an empty home, no network, and programs that stand before those of PATH. */
export class IsolatedSite {
  readonly folder = mkdtempSync(join(tmpdir(), "dbha-site-"));
  readonly prefix = join(this.folder, "prefix");
  private readonly bin = join(this.folder, "bin");

  constructor() {
    for (const name of ["home", "bin"]) mkdirSync(join(this.folder, name));
  }

  /** Puts a shell script in the place of a program, until the function that it returns is called. */
  pretend(program: string, script: string): () => void {
    writeFileSync(join(this.bin, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return () => unlinkSync(join(this.bin, program));
  }

  private environment(more: Record<string, string>): NodeJS.ProcessEnv {
    const { LANG, TMPDIR } = process.env;
    const PATH = `${this.bin}:${process.env.PATH}`;
    return { LANG, TMPDIR, PATH, HOME: join(this.folder, "home"), ...more };
  }

  /** Runs lines of shell there, in its folder. */
  run(script: string, more: Record<string, string> = {}): SpawnSyncReturns<string> {
    const options = { cwd: this.folder, encoding: "utf8" as const, env: this.environment(more), timeout: 240_000 };
    return spawnSync("unshare", [...ALONE, "sh", "-euc", script], options);
  }

  /** Starts lines of shell there, as a process group of its own. */
  start(script: string) {
    const options = { cwd: this.folder, env: this.environment({}), detached: true, stdio: "ignore" as const };
    return spawn("unshare", [...ALONE, "sh", "-euc", script], options);
  }

  /** Copies an unpacked bundle, by links, and replaces a file of it: undefined takes the file away. */
  alter(bundle: string, copy: string, files: Record<string, string | undefined>): void {
    spawnSync("cp", ["-rl", join(this.folder, bundle), join(this.folder, copy)]);
    for (const [path, content] of Object.entries(files)) {
      const file = join(this.folder, copy, path);
      const mode = path === "install" ? 0o755 : 0o644;
      rmSync(file, { force: true });
      if (content !== undefined) writeFileSync(file, content);
      if (content !== undefined) chmodSync(file, mode);
    }
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  /** What lies in a folder there, hidden files too, in order. */
  list(path: string): string[] {
    return readdirSync(join(this.folder, path)).sort();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
