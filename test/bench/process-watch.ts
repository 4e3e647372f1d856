import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { parseCommand, parseConnections, parsePeak, parseStat, parseWritten } from "./proc-files";

/** A process of a measured command, as far as it was seen. Times are seconds after the beginning of the watch. */
export interface SeenProcess {
  pid: number;
  parent: number;
  command: string[];
  started: number;
  /** When it was seen last. */
  ended: number;
  cpuSeconds: number;
  peakMiB: number;
  /** Most open files at a time, sockets among them. */
  descriptors: number;
  sockets: number;
  /** What it gave to be written, to files, pipes and sockets. */
  writtenMiB: number;
  /** Local ports of its connections to the hosts' SSH servers, of each the first that was seen to hold it. */
  sshPorts: number[];
}

/** Looks at the processes of a command again and again, and keeps what they took. */
export class ProcessWatch {
  private readonly seen = new Map<number, SeenProcess>();
  private readonly bootToBegin = uptime();
  private readonly began = performance.now();
  private readonly knownPorts = new Set<number>();

  /** @param sshPorts ports on which the hosts' SSH servers listen. */
  constructor(private readonly sshPorts: ReadonlySet<number> = new Set([22])) {}

  /** Seconds since the beginning. */
  get now(): number {
    return (performance.now() - this.began) / 1000;
  }

  /** Looks at processes that run now. */
  look(pids: readonly number[]): void {
    const connections = parseConnections(read("/proc/net/tcp"), this.sshPorts);
    // children before their parents: of a socket that is inherited the one counts that keeps it
    for (const pid of pids) this.lookAt(pid, connections);
  }

  /** All that were seen, in the order of their start. */
  get processes(): SeenProcess[] {
    return [...this.seen.values()].sort((a, b) => a.started - b.started || a.pid - b.pid);
  }

  private lookAt(pid: number, connections: Map<string, number>): void {
    const stat = parseStat(read(`/proc/${pid}/stat`));
    if (stat === undefined) return;
    const known = this.seen.get(pid) ?? {
      pid,
      parent: stat.parent,
      command: [],
      started: Math.max(0, stat.startedAfterBoot - this.bootToBegin),
      ended: 0,
      cpuSeconds: 0,
      peakMiB: 0,
      descriptors: 0,
      sockets: 0,
      writtenMiB: 0,
      sshPorts: [],
    };
    this.seen.set(pid, known);
    // none of one that is ending
    const command = parseCommand(read(`/proc/${pid}/cmdline`));
    if (command.length > 0 && command.join(" ") !== known.command.join(" ")) {
      known.command = command;
      // until now it held what its parent held
      known.peakMiB = 0;
    }
    const files = descriptors(pid);
    const inodes = files.flatMap((file) => /^socket:\[(\d+)\]$/.exec(file)?.[1] ?? []);
    known.ended = this.now;
    known.cpuSeconds = stat.cpuSeconds;
    known.peakMiB = Math.max(known.peakMiB, parsePeak(read(`/proc/${pid}/status`)));
    known.descriptors = Math.max(known.descriptors, files.length);
    known.sockets = Math.max(known.sockets, inodes.length);
    known.writtenMiB = Math.max(known.writtenMiB, parseWritten(read(`/proc/${pid}/io`)));
    for (const inode of inodes) {
      const port = connections.get(inode);
      if (port === undefined || this.knownPorts.has(port)) continue;
      this.knownPorts.add(port);
      known.sshPorts.push(port);
    }
  }
}

const uptime = (): number => Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);

/** What the open files of a process are; none of one that ended. */
function descriptors(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => link(`/proc/${pid}/fd/${fd}`));
  } catch {
    return [];
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

/** Empty for a process that ended. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
