import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { REPO_ROOT } from "./paths";

const VERSION = "3.248.0";
const REACH_LIMIT_MS = 5_000;
const DOWNLOAD_LIMIT_MS = 180_000;

/** In a process of its own, as the installation cannot be stopped from within. */
const INSTALL = `
const [root, version] = process.argv.slice(1);
const { PulumiCommand } = require("@pulumi/pulumi/automation");
PulumiCommand.install({ root, version: require("semver").parse(version) }).catch((error) => {
  console.error(error.message);
  process.exit(1);
});`;

/**
 * Tries to download the real CLI into `CACHE/pulumi`. A failure is remembered in `CACHE/pulumi-download-failed`, so that
 * a machine without access does not wait for it every time; delete that file to try again. Returns an exit code.
 */
export async function downloadPulumi(cache: string): Promise<number> {
  mkdirSync(cache, { recursive: true });
  try {
    const answer = await fetch("https://get.pulumi.com/latest-version", {
      signal: AbortSignal.timeout(REACH_LIMIT_MS),
    });
    if (!answer.ok) throw new Error(`its download site answers ${answer.status}`);
    process.stderr.write(`pulumi: downloading the Pulumi CLI ${VERSION} to ${join(cache, "pulumi")}\n`);
    const options = { cwd: REPO_ROOT, timeout: DOWNLOAD_LIMIT_MS };
    await promisify(execFile)(process.execPath, ["-e", INSTALL, join(cache, "pulumi"), VERSION], options);
    return 0;
  } catch (error) {
    const marker = join(cache, "pulumi-download-failed");
    writeFileSync(marker, `${new Date().toISOString()} ${error instanceof Error ? error.message : String(error)}\n`);
    process.stderr.write(
      `pulumi: the Pulumi CLI cannot be downloaded (remembered in ${marker}; delete it to try again)\n`,
    );
    return 1;
  }
}
