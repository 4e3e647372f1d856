import { readFileSync } from "node:fs";
import { runCommand } from "../../lab/src/command";
import type { HostName, Lab } from "../../lab/src/lab";
import { objectNames } from "../../lab/src/name";

/** Tells the processor time of a host so far, in seconds. */
export type CpuCounter = () => number;

/** How the kernel counts the processor time of the lab's hosts, all that runs in them included: they share this machine's cores. */
export async function cpuCounters(lab: Lab): Promise<CpuCounter[]> {
  const { container } = objectNames(lab.name, lab.directory);
  const names = (Object.keys(lab.hosts) as HostName[]).map(container);
  const answer = await runCommand("docker", ["inspect", "--format", "{{.Id}} {{.State.Pid}}", ...names]);
  return answer
    .trim()
    .split("\n")
    .map((line) => {
      const [id = "", pid = ""] = line.split(" ");
      return counter(readFileSync(`/proc/${pid}/cgroup`, "utf8"), id);
    });
}

/** @param groups what /proc/PID/cgroup says of the container's first process. */
export function counter(groups: string, containerId: string): CpuCounter {
  const path = (controller: string): string | undefined =>
    new RegExp(`^\\d+:${controller}:(.*${containerId}[^/\\n]*)`, "m").exec(groups)?.[1];
  const own = path("(?:cpu,)?cpuacct(?:,cpu)?");
  if (own !== undefined) return () => Number(readFileSync(`/sys/fs/cgroup/cpuacct${own}/cpuacct.usage`, "utf8")) / 1e9;
  const unified = path("") ?? "";
  return () => Number(/^usage_usec (\d+)$/m.exec(readFileSync(`/sys/fs/cgroup${unified}/cpu.stat`, "utf8"))?.[1]) / 1e6;
}
