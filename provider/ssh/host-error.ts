import { describeTarget, Target } from "./target";

/** What kind of trouble with a host an error tells of; decides whether another attempt can help. */
export type Trouble =
  /** No answer, or one that may be better in a moment: refused, timed out, reset, too many connections. */
  | "unreachable"
  /** The connection ended under a running step. */
  | "lost"
  /** Host key, login, or configuration: the same again will end the same way. */
  | "refused"
  /** The host ran the step and could not do it. */
  | "failed"
  /** The step took longer than it may. */
  | "slow"
  /** Pulumi was told to stop. */
  | "cancelled";

/** A problem with a host, in words a user can act on: host, step, what was found, fix. Holds no secret and no stack. */
export class HostError extends Error {
  constructor(
    readonly target: Pick<Target, "name" | "address" | "port">,
    readonly trouble: Trouble,
    /** What was found. */
    readonly problem: string,
    /** What to do about it. */
    readonly fix: string,
    readonly step?: string,
  ) {
    super(`host ${describeTarget(target)}: ${step === undefined ? "" : `${step}: `}${problem}; ${fix}`);
    this.name = "HostError";
  }

  /** The same error with the step that met it. */
  during(step: string): HostError {
    return this.step === undefined ? new HostError(this.target, this.trouble, this.problem, this.fix, step) : this;
  }
}

/** A log-in that the server refused. Servers count those, and shut out who has too many: it is not tried again. */
export class LoginRefused extends HostError {
  constructor(target: HostError["target"], problem: string, fix: string) {
    super(target, "refused", problem, fix);
    this.name = "LoginRefused";
  }
}
