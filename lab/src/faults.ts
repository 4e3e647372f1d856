/** Fault switches: they act through this machine's Docker daemon, so they work with the host's sshd, dockerd or network down. */
import { dockerClient } from "./docker";
import { SMALL_DISK } from "./hosts";
import { exec, run, type LabIdentity } from "./inside";
import type { HostName } from "./name";
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

type Kind = Fault["kind"];
/** What a host's network has, or its disk: more than one kind may be in force at once. */
type Lasting = Exclude<Kind, "stopped">;

const FILL_FILE = `${SMALL_DISK}/.lab-fault`;
const received = (kind: Lasting, match: string, target = "DROP"): string =>
  `PREROUTING -i eth0 -m comment --comment lab-fault-${kind}${match} -j ${target}`;
/** Program of the hosts' image that delays what comes to the queue whose number is the delay in milliseconds. */
const DELAY = "/usr/local/sbin/delay";

/** The shell commands that remove a fault's rule from the firewall. */
const withoutRules = (kind: Lasting): string =>
  `iptables -w 5 -t raw -S PREROUTING | grep -- '--comment lab-fault-${kind} ' | sed 's/^-A/-D/' | while read -r rule; do iptables -w 5 -t raw $rule || exit 1; done`;

/** The shell commands that end a fault. */
const REMOVAL: Record<Lasting, string> = {
  cut: `tc qdisc del dev eth0 root 2>/dev/null\n${withoutRules("cut")}`,
  // what it holds it lets go
  latency: `${withoutRules("latency")}\npkill -f '${DELAY} [0-9]+$' || true`,
  loss: withoutRules("loss"),
  full: `rm -f ${FILL_FILE}`,
};

/** The shell commands that bring a fault about in a host that runs. */
export function injection(fault: Exclude<Fault, { kind: "stopped" }>): string {
  switch (fault.kind) {
    case "cut":
      // a queue without room drops frames of every kind; in the firewall a sender would be told
      return `set -e\ntc qdisc replace dev eth0 root pfifo limit 0\niptables -w 5 -t raw -I ${received("cut", "")}`;
    case "latency": {
      // the rule first: by it the fault is seen, and healed, should the program not start; last of the rules, as a packet that
      // was delayed meets no further one
      const rule = received("latency", "", `NFQUEUE --queue-num ${fault.milliseconds} --queue-bypass`);
      return `iptables -w 5 -t raw -A ${rule} && ${DELAY} ${fault.milliseconds}`;
    }
    case "loss":
      return `iptables -w 5 -t raw -I ${received("loss", ` -m statistic --mode random --probability ${fault.percent / 100}`)}`;
    case "full":
      return `dd if=/dev/zero of=${FILL_FILE} bs=64k 2>/dev/null; truncate -s -${fault.leaveBytes} ${FILL_FILE}`;
  }
}

/** Names the faults that show in a host's queues, firewall rules and files. */
export function describeFaults(state: string): Partial<Record<Lasting, string>> {
  const rule = (kind: Lasting): string | undefined =>
    state.split("\n").find((line) => line.includes(`--comment lab-fault-${kind} `));
  const cut = /^qdisc pfifo .* limit 0p/m.test(state) || rule("cut") !== undefined;
  const delay = / --queue-num (\d+)/.exec(rule("latency") ?? "")?.[1];
  const lost = / --probability (\S+)/.exec(rule("loss") ?? "")?.[1];
  return {
    ...(cut ? { cut: "network cut" } : {}),
    ...(delay === undefined ? {} : { latency: `latency ${delay}ms` }),
    ...(lost === undefined ? {} : { loss: `loss ${Number((Number(lost) * 100).toFixed(2))}%` }),
    ...(state.includes(FILL_FILE) ? { full: `${SMALL_DISK} filled` } : {}),
  };
}

const container = (lab: LabIdentity, host: HostName) =>
  dockerClient().getContainer(objectNames(lab.name, lab.directory).container(host));

async function isRunning(lab: LabIdentity, host: HostName): Promise<boolean> {
  return (await container(lab, host).inspect()).State.Running;
}

async function inForce(lab: LabIdentity, host: HostName): Promise<Partial<Record<Kind, string>>> {
  if (!(await isRunning(lab, host))) return { stopped: "stopped" };
  const look = `tc qdisc show dev eth0; iptables -w 5 -t raw -S PREROUTING; ls ${FILL_FILE} 2>/dev/null; true`;
  return describeFaults(await run(lab, host, look));
}

/** The faults in force on a host, as `lab/status` shows them. */
export async function faultsInForce(lab: LabIdentity, host: HostName): Promise<string[]> {
  return Object.values(await inForce(lab, host));
}

/**
 * Brings a fault about, beside those of other kinds that the host may have.
 * @param when shell condition of the host, tried a hundred times a second for up to a minute: the fault comes in the moment it
 * holds. Not for `stopped`.
 * @returns what ends it.
 * @throws Error when the host is stopped or has a fault of that kind, when the moment does not come, or when the kernel cannot do
 * it: then nothing has changed.
 */
export async function inject(
  lab: LabIdentity,
  host: HostName,
  fault: Fault,
  when = "true",
): Promise<() => Promise<void>> {
  const before = await inForce(lab, host);
  const already = before.stopped ?? before[fault.kind];
  if (already !== undefined)
    throw new Error(`${host}: ${already} in force; end it first: lab/fault --name ${lab.name} heal ${host}`);
  if (fault.kind === "stopped") {
    await (fault.power === "off" ? container(lab, host).stop({ t: 20 }) : container(lab, host).kill());
    return () => start(lab, host);
  }
  const undo = (): Promise<void> => end(lab, host, [fault.kind]);
  const { exitCode, stderr } = await exec(lab, host, `${atMoment(when)}\n${injection(fault)}`);
  if (exitCode !== 0) {
    await undo();
    throw new Error(`${host}: ${fault.kind} cannot be had: ${stderr.trim().split("\n")[0] ?? ""}`);
  }
  return undo;
}

const atMoment = (condition: string): string =>
  `tries=0\nuntil ${condition}; do tries=$((tries + 1)); [ $tries -lt 6000 ] || { echo 'the moment did not come' >&2; exit 1; }; sleep 0.01; done`;

/** Ends all faults of a host and starts it when it is stopped; returns the faults that were in force. */
export async function heal(lab: LabIdentity, host: HostName): Promise<string[]> {
  const before = await inForce(lab, host);
  if (before.stopped === undefined) await end(lab, host, Object.keys(before) as Lasting[]);
  else await start(lab, host);
  return Object.values(before);
}

/** Ends faults of a host; one that was shut down has lost them with its network. */
async function end(lab: LabIdentity, host: HostName, kinds: Lasting[]): Promise<void> {
  if (kinds.length === 0 || !(await isRunning(lab, host))) return;
  await run(lab, host, kinds.map((kind) => REMOVAL[kind]).join("\n"));
  const after = await inForce(lab, host);
  const left = kinds.flatMap((kind) => after[kind] ?? []);
  if (left.length > 0)
    throw new Error(`${host}: ${left.join(", ")} did not end; lab/up --name ${lab.name} restarts it`);
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
