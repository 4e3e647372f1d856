import { readdirSync, readFileSync } from "node:fs";

const PAGE_BYTES = 4096;
const MARK = "DBHA_BENCH_MARK";

/**
 * The processes that a command started, found by a variable in their environment: that also finds those whose parent has
 * ended.
 */
export class MarkedProcesses {
  private readonly others = new Set<string>();

  /** @param mark text that no other command carries. */
  constructor(private readonly mark: string) {}

  /** To be added to the command's environment. */
  get environment(): Record<string, string> {
    return { [MARK]: this.mark };
  }

  /** Ids of those that run now. */
  pids(): number[] {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && !this.others.has(name) && this.isMarked(name))
      .map(Number);
  }

  /** Ends those that are left over. */
  end(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): void {
    for (const pid of this.pids()) {
      try {
        process.kill(pid, signal);
      } catch (error) {
        // it ended by itself meanwhile
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    }
  }

  /** The environment is inherited, so what does not carry the mark never will. */
  private isMarked(pid: string): boolean {
    const variables = read(`/proc/${pid}/environ`);
    // empty while a process is being replaced by another program
    if (variables === "") return false;
    const marked = variables.split("\0").includes(`${MARK}=${this.mark}`);
    if (!marked) this.others.add(pid);
    return marked;
  }
}

/** Sum of the resident memory of processes in bytes; pages that several share are counted for each. */
export const residentBytes = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + residentPages(pid) * PAGE_BYTES, 0);

const residentPages = (pid: number): number => Number(read(`/proc/${pid}/statm`).split(" ")[1] ?? 0);

/** Sum of the memory of processes in bytes, a page that several share counted once in all. Looking takes milliseconds for each. */
export const memoryBytes = (pids: readonly number[]): number =>
  pids.reduce(
    (sum, pid) => sum + Number(/^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) * 1024,
    0,
  );

/** Empty for a process that ended, and for one that may not be looked at. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
