/** Fault switches: they act through this machine's Docker daemon, so they work with the host's sshd, dockerd or network down. */
import { dockerClient } from "./docker";
import { SMALL_DISK } from "./hosts";
import { exec, run, type HostName, type LabIdentity } from "./lab";
import { objectNames } from "./name";
import { waitFor } from "./wait";

/** A lasting fault of a host. */
export type Fault =
  /** All packets of the host are dropped, both ways and without an answer, ARP and virtual addresses included. */
  | { kind: "cut" }
  /** Every packet that the host receives is late; a round trip takes `milliseconds` more. */
  | { kind: "latency"; milliseconds: number }
  /** The host loses this part of the packets that it receives, at random. */
  | { kind: "loss"; percent: number }
  /** /srv/small has just `leaveBytes` left (to the page). */
  | { kind: "full"; leaveBytes: number }
  /** Off: shut down in order, or `power: "lost"`. What is on its disks stays. */
  | { kind: "stopped"; power: "off" | "lost" };

const COMMENT = "lab-fault";
const FILL_FILE = `${SMALL_DISK}/.lab-fault`;
const RECEIVED = (match: string, target = "DROP"): string =>
  `iptables -w 5 -t raw -A PREROUTING -i eth0 -m comment --comment ${COMMENT}${match} -j ${target}`;
/** Program of the hosts' image that delays what comes to the queue whose number is the delay in milliseconds. */
const DELAY = "/usr/local/sbin/delay";

const HEAL = [
  "tc qdisc del dev eth0 root 2>/dev/null",
  `iptables -w 5 -t raw -S PREROUTING | grep -- '--comment ${COMMENT} ' | sed 's/^-A/-D/' | while read -r rule; do iptables -w 5 -t raw $rule || exit 1; done`,
  // what it holds it lets go
  `pkill -f '${DELAY} [0-9]+$'`,
  `rm -f ${FILL_FILE}`,
].join("\n");

/** The shell commands that bring a fault about; undefined for those that are no matter of commands in the host. */
export function injection(fault: Fault): string | undefined {
  switch (fault.kind) {
    case "cut":
      // a queue without room drops frames of every kind; in the firewall a sender would be told
      return `set -e\ntc qdisc replace dev eth0 root pfifo limit 0\n${RECEIVED("")}`;
    case "latency":
      // the rule first: by it the fault is seen, and healed, should the program not start
      return `${RECEIVED("", `NFQUEUE --queue-num ${fault.milliseconds} --queue-bypass`)} && ${DELAY} ${fault.milliseconds}`;
    case "loss":
      return RECEIVED(` -m statistic --mode random --probability ${fault.percent / 100}`);
    case "full":
      return `dd if=/dev/zero of=${FILL_FILE} bs=64k 2>/dev/null; truncate -s -${fault.leaveBytes} ${FILL_FILE}`;
    case "stopped":
      return undefined;
  }
}

/** Names the faults that show in a host's queues, firewall rules and files, in this order. */
export function describeFaults(state: string): string[] {
  const rules = state.split("\n").filter((line) => line.includes(`--comment ${COMMENT} `));
  const delay = rules.map((line) => / NFQUEUE --queue-num (\d+)/.exec(line)?.[1]).find(Boolean);
  const lost = rules.filter((line) => line.endsWith(" -j DROP")).map((line) => /--probability (\S+)/.exec(line)?.[1]);
  return [
    ...(/^qdisc pfifo .* limit 0p/m.test(state) || lost.includes(undefined) ? ["network cut"] : []),
    ...(delay === undefined ? [] : [`latency ${delay}ms`]),
    ...lost.filter((part) => part !== undefined).map((part) => `loss ${Number((Number(part) * 100).toFixed(2))}%`),
    ...(state.includes(FILL_FILE) ? [`${SMALL_DISK} filled`] : []),
  ];
}

const container = (lab: LabIdentity, host: HostName) =>
  dockerClient().getContainer(objectNames(lab.name, lab.directory).container(host));

async function isRunning(lab: LabIdentity, host: HostName): Promise<boolean> {
  return (await container(lab, host).inspect()).State.Running;
}

/** The faults in force on a host, as `lab/status` shows them. */
export async function faultsInForce(lab: LabIdentity, host: HostName): Promise<string[]> {
  if (!(await isRunning(lab, host))) return ["stopped"];
  const look = `tc qdisc show dev eth0; iptables -w 5 -t raw -S PREROUTING; ls ${FILL_FILE} 2>/dev/null; true`;
  return describeFaults(await run(lab, host, look));
}

/**
 * Brings a fault about.
 * @returns what ends it (and every other fault of the host).
 * @throws Error when one of the same kind is in force, or when the kernel cannot do it: then nothing has changed.
 */
export async function inject(lab: LabIdentity, host: HostName, fault: Fault): Promise<() => Promise<void>> {
  const undo = async (): Promise<void> => {
    await heal(lab, host);
  };
  const before = await faultsInForce(lab, host);
  if (before.length > 0)
    throw new Error(`${host}: ${before.join(", ")} in force; end it first: lab/fault --name ${lab.name} heal ${host}`);
  const commands = injection(fault);
  if (fault.kind === "stopped") {
    await (fault.power === "off" ? container(lab, host).stop({ t: 20 }) : container(lab, host).kill());
  } else if (commands !== undefined) {
    const { exitCode, stderr } = await exec(lab, host, commands);
    if (exitCode !== 0) {
      await undo();
      throw new Error(`${host}: ${fault.kind} cannot be had: ${stderr.trim().split("\n")[0] ?? ""}`);
    }
  }
  return undo;
}

/** Ends all faults of a host and starts it when it is stopped; returns the faults that were in force. */
export async function heal(lab: LabIdentity, host: HostName): Promise<string[]> {
  const before = await faultsInForce(lab, host);
  if (before.includes("stopped")) await start(lab, host);
  else if (before.length > 0) {
    await run(lab, host, HEAL);
    const left = await faultsInForce(lab, host);
    if (left.length > 0)
      throw new Error(`${host}: ${left.join(", ")} did not end; lab/up --name ${lab.name} restarts it`);
  }
  return before;
}

/** Runs `action` under a fault, which ends with it however it ends. */
export async function withFault<T>(
  lab: LabIdentity,
  host: HostName,
  fault: Fault,
  action: () => Promise<T>,
): Promise<T> {
  const undo = await inject(lab, host, fault);
  try {
    return await action();
  } finally {
    await undo();
  }
}

const untilServing = (lab: LabIdentity, host: HostName): Promise<string> =>
  waitFor(`${host}: sshd and docker did not answer`, 60, () =>
    run(lab, host, "nc -z -w 1 127.0.0.1 22 && docker version --format '{{.Server.Version}}'"),
  );

/** Starts a stopped host and waits for its sshd and dockerd. */
export async function start(lab: LabIdentity, host: HostName): Promise<void> {
  if (!(await isRunning(lab, host))) await container(lab, host).start();
  await untilServing(lab, host);
}

/** Shuts a host down and starts it again; this ends all faults of its network. */
export async function reboot(lab: LabIdentity, host: HostName): Promise<void> {
  await container(lab, host).restart({ t: 20 });
  await untilServing(lab, host);
}

/** Restarts a host's sshd. Sessions go on, as Debian's unit has it, unless they are to be killed. */
export async function restartSshd(lab: LabIdentity, host: HostName, sessions: "kept" | "killed"): Promise<void> {
  // the listener calls itself "sshd: /usr/sbin/sshd …"
  const kill = sessions === "killed" ? "; pkill -KILL -f '^sshd: [^/]'" : "";
  await run(lab, host, `systemctl restart ssh${kill}; systemctl is-active ssh`);
  await untilServing(lab, host);
}

/** Restarts a host's dockerd; containers stop with it and those with a restart policy come back. */
export async function restartDocker(lab: LabIdentity, host: HostName): Promise<void> {
  await run(lab, host, "systemctl restart docker");
  await untilServing(lab, host);
}
