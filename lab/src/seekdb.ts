import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "./command";
import { architecture } from "./docker";
import { ensurePip } from "./packages";
import { IMAGES_DIR } from "./paths";

/** The server cannot be had here; another one may take its place. */
export class Unavailable extends Error {}

/** What wheels for that architecture are called. */
const PLATFORMS: Readonly<Record<string, string>> = { amd64: "manylinux_2_28_x86_64", arm64: "manylinux_2_28_aarch64" };

const REQUIREMENTS = join(IMAGES_DIR, "seekdb/requirements.txt");

/** Package and version that the requirements pin. */
export function pinnedPackage(requirements: string): string {
  return /^\S+==\S+/m.exec(requirements)?.[0] ?? "";
}

/** Puts the files of OceanBase's package for this architecture, checked by their hash, into the new directory `package` of `context`. */
export async function downloadSeekdb(context: string, say: (line: string) => void): Promise<void> {
  const name = pinnedPackage(readFileSync(REQUIREMENTS, "utf8"));
  const platform = PLATFORMS[architecture()];
  if (platform === undefined) throw new Unavailable(`${name} is not made for ${architecture()}`);
  const wheel = ["--platform", platform, "--implementation", "cp", "--python-version", "3.11", "--abi", "cp311"];
  try {
    await ensurePip(say);
    say(`downloading ${name}`);
    // the machine's own pip, for its settings: mirrors, proxies, certificates
    await runCommand(
      "pip3",
      [
        ...[
          "install",
          "--quiet",
          "--disable-pip-version-check",
          "--timeout=10",
          "--retries=1",
          "--no-deps",
          "--no-compile",
        ],
        ...[
          "--only-binary=:all:",
          ...wheel,
          "--require-hashes",
          "--target",
          join(context, "package"),
          "-r",
          REQUIREMENTS,
        ],
      ],
      { limitSeconds: 240 },
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Unavailable(`${name} cannot be had: ${reason}`, { cause: error });
  }
}
