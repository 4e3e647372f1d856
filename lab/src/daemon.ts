import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { runCommand } from "./command";
import { daemonFault, daemonVersion, dockerClient, LAB_LABEL } from "./docker";
import { restoreFirewall, saveFirewall, type FirewallSave } from "./firewall";
import { cacheDir, IMAGES_DIR } from "./paths";
import { waitFor } from "./wait";

const PID_FILE = "/run/docker.pid";
/** Of the containerd that dockerd starts, and that the kernel kills with it. */
const CONTAINERD_PID_FILE = "/run/docker/containerd/containerd.pid";
const IP_FORWARD = "/proc/sys/net/ipv4/ip_forward";
/** What dockerd and its containerd leave in /run. */
const RUN_ENTRIES = ["/run/docker", "/run/docker.sock", "/run/docker.pid", "/run/containerd"];

/** State of the machine before the lab started dockerd, so that the last `lab/down` can put it back. */
interface MachineBefore {
  bootId: string;
  firewall: FirewallSave;
  ipForward: string;
  interfaces: string[];
  runEntries: string[];
  mounts: string[];
}

function directory(): string {
  return join(cacheDir(), "dockerd");
}
function recordFile(): string {
  return join(directory(), "before.json");
}
function logFile(): string {
  return join(directory(), "dockerd.log");
}

export function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

/** The record of a dockerd that the lab started since the machine booted, whether or not it still runs. */
function readRecord(): MachineBefore | undefined {
  if (!existsSync(recordFile())) return undefined;
  const record = JSON.parse(readFileSync(recordFile(), "utf8")) as MachineBefore;
  return record.bootId === bootId() ? record : undefined;
}

export function startedByLab(): boolean {
  return readRecord() !== undefined;
}

async function interfaces(): Promise<string[]> {
  const output = await runCommand("ip", ["-o", "link", "show"]);
  return [...output.matchAll(/^\d+: ([^:@]+)/gm)].map((match) => match[1] ?? "");
}

/** The process that a pid file names, if it runs and is that program: after a kill the number may be another's. */
export function pidIn(file: string, program: string): number | undefined {
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, "utf8"));
  return Number.isInteger(pid) && isRunning(pid, program) ? pid : undefined;
}

/** True for a process of the program; one that ended and that nobody waited for does not count. */
function isRunning(pid: number, program: string): boolean {
  try {
    return new RegExp(`^\\d+ \\(${program}\\) [^ZX]`).test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** CAP_SYS_RESOURCE (bit 24) in the bounding set of this process; without it runc needs the wrapper in images/host/oci-runtime. */
export function hasSysResource(status: string): boolean {
  const bounding = /^CapBnd:\s*([0-9a-f]+)/m.exec(status)?.[1];
  return bounding === undefined || (BigInt(`0x${bounding}`) & (1n << 24n)) !== 0n;
}

function runtimeArguments(): string[] {
  if (hasSysResource(readFileSync("/proc/self/status", "utf8"))) return [];
  const wrapper = join(directory(), "oci-runtime");
  copyFileSync(join(IMAGES_DIR, "host/oci-runtime"), wrapper);
  return ["--add-runtime", `lab=${wrapper}`, "--default-runtime", "lab"];
}

/**
 * Makes sure that a Docker daemon answers: the one that runs, else one started here (only one for all labs; a second one would
 * delete the first one's bridge and rules). Needs the packages to be there and root. Returns what it found or did.
 */
export async function ensureDaemon(): Promise<string> {
  const running = await daemonVersion();
  if (running !== undefined) {
    await waitFor("the Docker daemon did not come to work", 60, async () => {
      const fault = await daemonFault();
      if (fault !== undefined) throw new Error(fault);
    });
    return `${running}, running`;
  }
  if (process.getuid?.() !== 0 || (process.env["DOCKER_HOST"] ?? "") !== "") {
    throw new Error(
      "no Docker daemon answers. Start it, allow yourself to use it (group docker), and run this again; " +
        "the lab starts one itself only as root, at the usual socket",
    );
  }
  mkdirSync(directory(), { recursive: true });
  if (readRecord() === undefined) {
    const before: MachineBefore = {
      bootId: bootId(),
      firewall: await saveFirewall(),
      ipForward: readFileSync(IP_FORWARD, "utf8").trim(),
      interfaces: await interfaces(),
      runEntries: RUN_ENTRIES.filter((path) => existsSync(path)),
      mounts: dockerMounts(),
    };
    await writeFileAtomic(recordFile(), JSON.stringify(before, null, 2));
  }
  // dockerd refuses to start when the number in a left-over pid file has gone to another process, or waits in vain for a
  // containerd that it takes to be running
  if (pidIn(PID_FILE, "dockerd") === undefined) rmSync(PID_FILE, { force: true });
  if (pidIn(CONTAINERD_PID_FILE, "containerd") === undefined) rmSync(CONTAINERD_PID_FILE, { force: true });
  const log = openSync(logFile(), "w");
  const child = spawn("dockerd", ["--log-level", "warn", ...runtimeArguments()], {
    detached: true,
    stdio: ["ignore", log, log],
    cwd: "/",
  });
  let ended: string | undefined;
  child.on("error", (error) => (ended = error.message));
  child.on("exit", (code, signal) => (ended = `ended with ${signal ?? `status ${code}`}`));
  child.unref();
  const version = await waitFor(`dockerd did not answer (log: ${logFile()})`, 30, async () => {
    if (ended !== undefined) throw new Error(`dockerd ${ended}: ${logTail()}`);
    return (await dockerClient({ limitSeconds: 5 }).version()).Version;
  });
  return `${version}, started by the lab`;
}

function logTail(): string {
  return existsSync(logFile()) ? readFileSync(logFile(), "utf8").trim().split("\n").slice(-3).join(" | ") : "no log";
}

/** Containers of any lab, or running ones of anybody, that still need the daemon. */
async function usersOfDaemon(): Promise<string[]> {
  const containers = await dockerClient().listContainers({ all: true });
  return containers
    .filter((container) => container.State === "running" || container.Labels[LAB_LABEL] !== undefined)
    .map((container) => container.Names[0]?.slice(1) ?? container.Id);
}

/**
 * Stops the dockerd that the lab started and puts the machine back as it was: firewall, forwarding, interfaces, mounts, files in
 * /run. Does nothing when the daemon is not ours or is still used. Returns what it did, undefined when there was nothing to do.
 */
export async function stopDaemon(): Promise<string | undefined> {
  const before = readRecord();
  if (before === undefined) {
    rmSync(recordFile(), { force: true });
    return undefined;
  }
  const pid = pidIn(PID_FILE, "dockerd");
  if (pid !== undefined) {
    const users = await usersOfDaemon();
    if (users.length > 0) return `dockerd stays: used by ${users.join(", ")}`;
    process.kill(pid, "SIGTERM");
    await waitFor(`dockerd (pid ${pid}) did not end`, 30, () =>
      isRunning(pid, "dockerd") ? Promise.reject(new Error("it still runs")) : Promise.resolve(),
    );
  }
  await cleanMachine(before);
  rmSync(recordFile(), { force: true });
  return "stopped dockerd, which the lab had started";
}

async function cleanMachine(before: MachineBefore): Promise<void> {
  await restoreFirewall(before.firewall);
  if (!before.interfaces.includes("docker0") && (await interfaces()).includes("docker0")) {
    await runCommand("ip", ["link", "delete", "docker0"]);
  }
  if (readFileSync(IP_FORWARD, "utf8").trim() !== before.ipForward) writeFileSync(IP_FORWARD, before.ipForward);
  const newMounts = (): string[] => dockerMounts().filter((mount) => !before.mounts.includes(mount));
  for (const mount of newMounts().reverse()) {
    // the kernel may still be at it and win
    await runCommand("umount", ["--lazy", mount]).catch(() => undefined);
  }
  const left = newMounts();
  if (left.length > 0)
    throw new Error(`dockerd left mounts that cannot be undone: ${left.join(", ")}; see what uses them with lsof`);
  for (const path of RUN_ENTRIES.filter((entry) => !before.runEntries.includes(entry))) {
    rmSync(path, { recursive: true, force: true });
  }
}

/** Mount points below dockerd's directories; a disk mounted at the directory itself is somebody else's. */
function dockerMounts(): string[] {
  const points = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "");
  return points.filter((path) => /^\/(run|var\/lib)\/docker\/./.test(path));
}
