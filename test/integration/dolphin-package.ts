import { appendFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { architecture } from "../../lab/src/docker";
import type { ServerVersion } from "./dolphin-stack";
import { theLab } from "./hosts";

/** A package of the stand-in in a folder, whose data nodes refuse to start with these words. */
export async function refusingPackage(
  folder: string,
  version: ServerVersion,
  words: string,
): Promise<Record<string, string>> {
  const { execa } = await import("execa");
  await execa("unzip", ["-q", theLab().servers[version], "-d", folder]);
  const program = join(folder, "server/standin/app/dolphindb_standin");
  appendFileSync(
    join(program, "refusals.py"),
    `

_check_worker = check_worker


def check_worker(options, version):
    _check_worker(options, version)
    if options.mode == "datanode":
        raise ConfigError(${JSON.stringify(words)})
`,
  );
  // what was compiled before would be taken in its place
  for (const name of readdirSync(join(program, "__pycache__")))
    if (name.startsWith("refusals.")) rmSync(join(program, "__pycache__", name));
  const archive = join(folder, "refusing.tar.gz");
  await execa("tar", ["-czf", archive, "-C", folder, "server"]);
  return { [architecture()]: archive };
}
