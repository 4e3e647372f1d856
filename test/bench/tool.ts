import type { Lab } from "../../lab/src/lab";
import type { Job } from "./job";
import type { Command } from "./measure";

/** A way to do the job. */
export interface Tool {
  readonly name: string;
  /**
   * Installs what it needs, here and on the hosts.
   * @returns what runs, with its version.
   * @throws Error that says why it has to be left out.
   */
  prepare(lab: Lab): Promise<string>;
  /** Forgets what it remembers of hosts that are bare again. */
  forget(signal: AbortSignal): Promise<void>;
  /** Brings the job about, however much of it is there. */
  deploy(job: Job): Command;
  /** Removes what it made. */
  destroy(job: Job): Command;
  /** Removes what it keeps on this machine for one run of the benchmark. */
  remove(): void;
}

/** For tools that keep nothing between their runs. */
export const stateless: Pick<Tool, "forget" | "remove"> = {
  forget: () => Promise.resolve(),
  remove: () => undefined,
};
