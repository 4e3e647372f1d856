import { readdir, readFile } from "node:fs/promises";
import type { HostName } from "../../lab/src/name";
import { on } from "./hosts";

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

/** A host's docker, which notes what it is called with: what it runs may be over before anybody looks. */
export class DockerCalls {
  private static readonly program = "/usr/local/bin/docker";
  private static readonly notes = "/run/docker-calls";

  private constructor(private readonly host: HostName) {}

  static async on(host: HostName): Promise<DockerCalls> {
    const { program, notes } = DockerCalls;
    const script = `#!/bin/sh\necho "docker $*" >>${notes}\nexec /usr/bin/docker "$@"\n`;
    await on(host, `cat >${program} <<'EOF'\n${script}EOF\nchmod 755 ${program}`);
    return new DockerCalls(host);
  }

  /** Ends it. @returns all calls, as text */
  async stop(): Promise<string> {
    const { program, notes } = DockerCalls;
    return on(this.host, `rm ${program}; cat ${notes}; rm ${notes}`);
  }
}
