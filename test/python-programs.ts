import { createHash } from "node:crypto";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../lab/src/command";
import { cacheDir } from "../lab/src/paths";

/**
 * The folder with the programs of Python packages, installed by pip into the lab's cache when they are not there in these
 * versions.
 * @param packages as pip names them, like `pyinfra==3.10.0`.
 * @throws Error that says what is missing.
 */
export async function pythonPrograms(packages: string[]): Promise<string> {
  const version = await runCommand("python3", ["--version"]).catch(() => {
    throw new Error("python3 is not there; install the packages python3, python3-venv and python3-pip");
  });
  const key = createHash("sha256")
    .update([version, ...packages].join("\n"))
    .digest("hex")
    .slice(0, 12);
  const folder = join(cacheDir(), `python-${key}`);
  const complete = join(folder, "complete");
  if (!existsSync(complete)) {
    console.log(`installing ${packages.join(" and ")} with pip (up to a minute)`);
    rmSync(folder, { recursive: true, force: true });
    await runCommand("python3", ["-m", "venv", folder], { limitSeconds: 120 });
    await runCommand(join(folder, "bin/pip"), ["install", "--quiet", "--no-compile", ...packages], {
      limitSeconds: 600,
    });
    writeFileSync(complete, "");
  }
  return join(folder, "bin");
}
