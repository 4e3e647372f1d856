import { join, resolve } from "node:path";
import { runCommand } from "../../lab/src/command";
import type { Job } from "./job";
import type { Command } from "./measure";
import { peerPrograms } from "./python";
import { stateless, type Tool } from "./tool";

const folder = resolve("test/bench/pyinfra");
let program = "pyinfra";

/** pyinfra: plain shell commands over one connection a host. */
export const pyinfra: Tool = {
  ...stateless,
  name: "pyinfra",
  prepare: async () => {
    program = join(await peerPrograms(), "pyinfra");
    return (await runCommand(program, ["--version"])).trim().replace(/:? v/, " ");
  },
  deploy: (job) => run("deploy.py", job),
  destroy: (job) => run("destroy.py", job),
};

const run = (file: string, job: Job): Command => ({
  program,
  args: ["-y", join(folder, "inventory.py"), join(folder, file)],
  env: { JOB_FOLDER: job.folder, PYTHONDONTWRITEBYTECODE: "1" },
});
