import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/** The shell commands of docs/ci.md, one text a block. */
const blocks = [...readFileSync("docs/ci.md", "utf8").matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = ""]) => text);
if (blocks.length !== 8) throw new Error(`docs/ci.md has ${blocks.length} blocks of commands, and the tests run 8`);

/** In their order on the page; a job begins with `prepare`. */
export const [usage, prepare, mergeRequest, gate, policies, update, nightly, destroy] = blocks as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];

/** A private key, as a pipeline's secret has it. */
export function newKey(folder: string): string {
  const file = join(folder, "key");
  spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file]);
  const key = readFileSync(file, "utf8");
  rmSync(file);
  return key;
}

/** Runs a job: what each begins with, then a block; its agent ends with it. */
export function runJob(block: string, folder: string, env: Record<string, string>) {
  const { status, stdout, stderr } = spawnSync(
    "bash",
    ["-c", `trap 'ssh-agent -k >/dev/null' EXIT\n${prepare}${block}`],
    {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, ...env },
    },
  );
  return { code: status, stdout, stderr };
}
