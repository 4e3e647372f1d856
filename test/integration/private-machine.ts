import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { dockerClient } from "../../lab/src/docker";
import { cacheDir, REPO_ROOT } from "../../lab/src/paths";
import { command } from "./lab-command";

/**
 * Makes the machine in namespaces of its own, says that it is ready, and stays until its input ends. Mounts of the daemon
 * outside go first: they would be taken for those of one in here.
 */
const SETUP = `set -e
mount --make-rprivate /
awk '{ print $2 }' /proc/self/mounts | grep -E '^/(run|var/lib/docker)/.' | sort -r | xargs -r -n1 umount --lazy
mount -t tmpfs tmpfs /run
mount --bind "$1" /var/lib/docker
mount --bind "$2" "$3"
ip link set lo up
echo ready
exec cat`;

/**
 * A machine within this one, for tests that kill what all labs of a machine share. Files are this machine's, but for /run,
 * Docker's store and the lab's memory of the daemon it started; processes, mounts and network (with no way out) are its own.
 * It ends, with all that runs there, by {@link stop} or with the process that started it.
 */
export class PrivateMachine {
  private constructor(
    private readonly holder: ChildProcessByStdio<Writable, Readable, Readable>,
    private readonly first: number,
    private readonly folder: string,
  ) {}

  /** Needs root and the namespaces of Linux; processes that end there stay as zombies, for its first does not wait for them. */
  static async start(): Promise<PrivateMachine> {
    const memory = join(cacheDir(), "dockerd");
    mkdirSync(memory, { recursive: true });
    const folder = mkdtempSync(join(cacheDir(), "private-"));
    const [store, ownMemory] = [join(folder, "store"), join(folder, "memory")];
    for (const path of [store, ownMemory]) mkdirSync(path);
    const namespaces = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"];
    const holder = spawn("unshare", [...namespaces, "sh", "-c", SETUP, "sh", store, ownMemory, memory], {
      stdio: ["pipe", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [holder.stdout, holder.stderr]) stream.on("data", (data: Buffer) => (said += data.toString()));
    await Promise.race([once(holder.stdout, "data"), once(holder, "exit")]);
    if (said !== "ready\n") throw new Error(`a private machine cannot be had: ${said}`);
    const pid = String(holder.pid);
    const first = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8"));
    return new PrivateMachine(holder, first, folder);
  }

  /** Runs a program of the repository or of the machine there. */
  run(...args: string[]): Promise<{ output: string; exitCode: number | undefined }> {
    return command("nsenter", ...this.entry(), "sh", "-c", 'cd "$0" && exec "$@"', REPO_ROOT, ...args);
  }

  /** Runs a shell command there that must succeed; returns what it printed. */
  async sh(text: string): Promise<string> {
    const { output, exitCode } = await this.run("sh", "-c", text);
    if (exitCode !== 0) throw new Error(`\`${text}\` ended with ${exitCode}: ${output}`);
    return output;
  }

  /** Starts Docker there as the lab does, and gives it the images that labs of this machine have: nothing can be fetched. */
  async startDockerWithImages(): Promise<void> {
    await this.sh(`node --import tsx -e 'require("./lab/src/daemon").ensureDaemon()'`);
    const tags = (await dockerClient().listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
    const ours = tags.filter((tag) => tag.startsWith("dbha-lab/"));
    if (ours.length === 0) throw new Error("this machine has no images of the lab; start one first: lab/up");
    const load = `docker save ${ours.join(" ")} | nsenter ${this.entry().join(" ")} docker load`;
    const { output, exitCode } = await command("sh", "-c", load);
    if (exitCode !== 0) throw new Error(`the lab's images were not taken over: ${output}`);
  }

  async stop(): Promise<void> {
    const ended = once(this.holder, "exit");
    this.holder.stdin.end();
    await ended;
    rmSync(this.folder, { recursive: true });
  }

  private entry(): string[] {
    return ["--target", String(this.first), "--mount", "--net", "--pid", "--"];
  }
}
