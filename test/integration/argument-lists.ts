import { readdir, readFile } from "node:fs/promises";

/** Looks, again and again, at the argument lists of all processes of this machine; those of the lab's hosts are among them. */
export class ArgumentLists {
  private readonly seen = new Set<string>();
  private goesOn = true;
  private readonly ended = this.look();

  private async look(): Promise<void> {
    while (this.goesOn) {
      const processes = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
      // one that has ended has none any more
      const read = processes.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""));
      for (const list of await Promise.all(read)) this.seen.add(list.replaceAll("\0", " "));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Ends it. @returns all that were seen */
  async stop(): Promise<string[]> {
    this.goesOn = false;
    await this.ended;
    return [...this.seen];
  }
}
