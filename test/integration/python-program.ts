import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../../lab/src/command";
import { cacheDir } from "../../lab/src/paths";

/** A program of one version of a Python package, installed by pip into the lab's cache when it is not there. @returns its path. */
export async function pythonProgram(name: string, version: string, program: string): Promise<string> {
  const folder = join(cacheDir(), `python-${name}-${version}`);
  const complete = join(folder, "complete");
  if (!existsSync(complete)) {
    rmSync(folder, { recursive: true, force: true });
    await runCommand("python3", ["-m", "venv", folder], { limitSeconds: 120 });
    await runCommand(join(folder, "bin/pip"), ["install", "--quiet", `${name}==${version}`], { limitSeconds: 300 });
    writeFileSync(complete, "");
  }
  return join(folder, "bin", program);
}
