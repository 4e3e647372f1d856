import { fork } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { runCommand } from "../../lab/src/command";
import type { Lab } from "../../lab/src/lab";
import { objectNames } from "../../lab/src/name";
import type { DelayOptions, LineUse } from "./delay-proxy";

const COMMENT = "dbha-bench";

/**
 * Runs `work` while everything between this machine and the sshd of the lab's hosts takes `roundTripMs` there and back. A
 * relay in between holds the data up, not the lab's switch for latency, so that the hosts among themselves are as near as
 * ever. Undone when the work ends, however it does.
 */
export async function withLatency<T>(lab: Lab, roundTripMs: number, work: () => Promise<T>): Promise<T> {
  if (roundTripMs > 0) return withRelay(lab, roundTripMs, work);
  await restore(lab);
  return work();
}

/**
 * As {@link withLatency}, with a relay even where nothing is held up.
 * @param work is given a function that tells what went over the relay since it was last asked.
 */
export async function withRelay<T>(
  lab: Lab,
  roundTripMs: number,
  work: (used: () => Promise<LineUse[]>) => Promise<T>,
): Promise<T> {
  await restore(lab);
  const options: DelayOptions = { roundTripMs, source: ownAddress(lab), targets: Object.values(lab.hosts) };
  await runCommand("ip", ["address", "add", `${options.source}/24`, "dev", bridge(lab)]);
  const proxy = fork(resolve("test/bench/delay-proxy.ts"), [JSON.stringify(options)]);
  try {
    const [ports] = (await once(proxy, "message")) as [number[]];
    for (const [i, target] of options.targets.entries())
      await runCommand("iptables", ["-t", "nat", "-I", ...redirection(options.source, target, ports[i] ?? 0)]);
    return await work(async () => {
      proxy.send("used");
      const [used] = (await once(proxy, "message")) as [LineUse[]];
      return used;
    });
  } finally {
    await restore(lab);
    proxy.disconnect();
    await once(proxy, "exit");
  }
}

function redirection(source: string, target: { address: string; port: number }, port: number): string[] {
  const match = ["-p", "tcp", "-d", target.address, "--dport", String(target.port), "!", "-s", source];
  return ["OUTPUT", ...match, "-m", "comment", "--comment", COMMENT, "-j", "REDIRECT", "--to-ports", String(port)];
}

/** Removes redirections and address, also those that a killed run left. */
async function restore(lab: Lab): Promise<void> {
  const rules = (await runCommand("iptables", ["-t", "nat", "-S", "OUTPUT"])).split("\n");
  for (const rule of rules.filter((line) => line.includes(`--comment ${COMMENT} `)))
    await runCommand("iptables", ["-t", "nat", ...rule.replace(/^-A/, "-D").split(" ")]);
  const addresses = await runCommand("ip", ["-o", "address", "show", "dev", bridge(lab)]);
  if (addresses.includes(` ${ownAddress(lab)}/`))
    await runCommand("ip", ["address", "del", `${ownAddress(lab)}/24`, "dev", bridge(lab)]);
}

const bridge = (lab: Lab): string => objectNames(lab.name, lab.directory).bridge;

/** An address of the lab's network that nobody else has: virtual IPs begin at .100. */
const ownAddress = (lab: Lab): string => lab.subnet.replace(/\.0\/24$/, ".253");
