import type * as pulumi from "@pulumi/pulumi";
import type { FilesUser, Watched } from "../../provider/resources";
import type { Instance } from "./instance";
import { endedEarly } from "./watchdog";

/** What runs the watchdog of one proxy: systemd ({@link OdpService}) or Docker ({@link OdpContainer}). */
export interface Runner {
  /** The user that owns the proxy's directory; root without. */
  readonly user?: FilesUser;
  /** The program. */
  readonly program: pulumi.Resource[];
  /** What tells one program from another. */
  readonly version: pulumi.Output<string>[];
  readonly shell: RunnerShell;
  /** Where proxy and watchdog log. */
  readonly watched: Watched;
  /**
   * Starts the watchdog, or starts it anew when its script or the version has changed.
   * @param script the hash of its text.
   * @returns what runs it, and a text that changes when it was started anew for another reason.
   */
  start(script: pulumi.Output<string>, dependsOn: pulumi.Resource[]): Running;
}

export interface Running {
  resource: pulumi.Resource;
  trigger: pulumi.Output<string>;
}

/** The same as shell commands for the host. */
export interface RunnerShell {
  /** Fails, by `fail "reason"`, unless watchdog and proxy run in the current version. */
  check: string;
  /** Prints what the watchdog said last. */
  lastWords: string;
  /** Prints the program's version, among other things. */
  version: string;
  restart: string;
  /** Mends what the check found, where that helps. */
  repair?: string;
}

/** The proxy's own log, and how the watchdog tells, in the log of what runs it, that a proxy ended before it served. */
export const watchedLogs = ({ directory }: Instance): Omit<Watched, "container" | "unit"> => ({
  logFiles: [`${directory}/log/obproxy.log`],
  supervisor: { ended: endedEarly },
});
