import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

/** As root, or where the kernel lets everybody make namespaces of users. */
const UNSHARE = ["--fork", "--pid", "--kill-child", ...(process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"])];

/**
 * What is seen of a copy of bash that runs on this machine, and of one that runs as in a container: in a PID namespace of its own.
 * @param args its further arguments
 * @returns undefined where no namespace can be made
 */
export async function inContainer<T>(
  program: string,
  cwd: string,
  look: (pid: number) => T,
  args: string[] = [],
): Promise<{ outside: T; inside: T } | undefined> {
  if (spawnSync("unshare", [...UNSHARE, "true"]).status !== 0) return undefined;
  const command = ["-c", "echo ready; read -r _; :", ...args];
  const outside = spawn(program, command, { cwd, stdio: ["pipe", "pipe", "ignore"] });
  const starter = spawn("unshare", [...UNSHARE, program, ...command], { cwd, stdio: ["pipe", "pipe", "ignore"] });
  try {
    await Promise.all([once(outside.stdout, "data"), once(starter.stdout, "data")]);
    const inside = readFileSync(`/proc/${starter.pid}/task/${starter.pid}/children`, "utf8");
    return { outside: look(outside.pid as number), inside: look(Number(inside)) };
  } finally {
    outside.kill("SIGKILL");
    starter.kill("SIGKILL");
  }
}
