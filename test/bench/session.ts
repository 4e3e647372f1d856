import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Lab } from "../../lab/src/lab";
import { logins } from "./hosts";
import { describeJob, type Job, type JobImage } from "./job";
import { writeJob } from "./job-files";
import { measure, type Command, type Measured } from "./measure";
import { seconds } from "./table";

/** One measurement of a command that works on the hosts. */
export interface Sample extends Measured {
  /** By host, as its sshd counted them. */
  logins: Record<string, number>;
}

/** What the parts of one run of the benchmark share. */
export class Session {
  private readonly adminPassword = `${randomBytes(9).toString("hex")}.+AB`;

  /**
   * @param folder for files of this run, removed at its end.
   * @param signal stops whatever is being measured.
   * @param odcImage what the ODC nodes run.
   */
  constructor(
    readonly lab: Lab,
    readonly folder: string,
    readonly signal: AbortSignal,
    private readonly odcImage: JobImage,
  ) {}

  /** The job as it stands first, or with the one file changed. */
  job(variant: "first" | "changed" = "first"): Job {
    const transferTimeout = variant === "first" ? 1800 : 900;
    const { odcImage } = this;
    const job = describeJob(join(this.folder, "job"), this.lab, this.adminPassword, { odcImage, transferTimeout });
    writeJob(job, this.lab.knownHostsFile);
    return job;
  }

  /** Measures a command, saying what and, when it is done, how long it took. */
  async sample(title: string, command: Command): Promise<Sample> {
    this.signal.throwIfAborted();
    process.stdout.write(`${title} ... `);
    const before = await logins(this.lab);
    const measured = await measure(command, this.signal);
    const after = await logins(this.lab);
    process.stdout.write(`${seconds(measured.seconds)} s\n`);
    const counts = Object.entries(after).map(([host, count]) => [host, count - (before[host] ?? 0)] as const);
    return { ...measured, logins: Object.fromEntries(counts) };
  }
}
