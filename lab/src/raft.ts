import { join } from "node:path";
import { runCommand } from "./command";
import { ensurePip } from "./packages";
import { IMAGES_DIR } from "./paths";

/** Puts the Raft library of the DolphinDB stand-in, checked by its hash, into the new directory `raft` of `context`. */
export async function downloadRaft(context: string, say: (line: string) => void): Promise<void> {
  await ensurePip(say);
  say("downloading pysyncobj");
  const options = ["--quiet", "--disable-pip-version-check", "--timeout=10", "--no-deps", "--no-compile"];
  const requirements = ["--require-hashes", "-r", join(IMAGES_DIR, "dolphindb/requirements.txt")];
  // the machine's own pip, for its settings: mirrors, proxies, certificates
  await runCommand("pip3", ["install", ...options, ...requirements, "--target", join(context, "raft")], {
    limitSeconds: 240,
  });
}
