import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../../lab/src/command";
import { cacheDir } from "../../lab/src/paths";

const requirements = "test/bench/requirements.txt";
let installed: Promise<string> | undefined;

/**
 * The folder with the programs of Ansible and pyinfra, installed by pip into the lab's cache when they are not there in
 * these versions.
 * @throws Error that says what is missing.
 */
export function pythonPrograms(): Promise<string> {
  return (installed ??= install());
}

async function install(): Promise<string> {
  const version = await runCommand("python3", ["--version"]).catch(() => {
    throw new Error("python3 is not there; install the packages python3, python3-venv and python3-pip");
  });
  const key = createHash("sha256")
    .update(`${version}\n${readFileSync(requirements, "utf8")}`)
    .digest("hex")
    .slice(0, 12);
  const folder = join(cacheDir(), `bench-python-${key}`);
  const complete = join(folder, "complete");
  if (!existsSync(complete)) {
    console.log(
      `installing ${readFileSync(requirements, "utf8").trim().split("\n").join(" and ")} with pip (a minute)`,
    );
    rmSync(folder, { recursive: true, force: true });
    await runCommand("python3", ["-m", "venv", folder], { limitSeconds: 120 });
    await runCommand(join(folder, "bin/pip"), ["install", "--quiet", "--no-compile", "-r", requirements], {
      limitSeconds: 600,
    });
    writeFileSync(complete, "");
  }
  return join(folder, "bin");
}
