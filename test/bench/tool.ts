import type { Command } from "./measure";
import type { Job } from "./job";

/** A way to do the job. */
export interface Tool {
  readonly name: string;
  /**
   * Installs what it needs, here and on the hosts.
   * @returns name and version for the table.
   * @throws Error that says why it has to be left out.
   */
  prepare(): Promise<string>;
  /** Forgets what it remembers of hosts that are bare again. */
  forget(): Promise<void>;
  /** Brings the job about, however much of it is there. */
  deploy(job: Job): Command;
  /** Removes what it made. */
  destroy(job: Job): Command;
  /** Removes what it keeps on this machine for one run of the benchmark. */
  remove(): Promise<void>;
}
