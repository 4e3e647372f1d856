/** One command of `dbha`. */
export interface Command {
  /** What it does, in a line of the list of commands. */
  about: string;
  /** How it is called, and what its options and exit codes mean. */
  help: string;
  /**
   * Runs it.
   * @param args what follows its name.
   * @returns the exit code.
   * @throws UsageError where the arguments are not as `help` says; InputError where what it is to read is not what it reads.
   */
  run(args: string[]): Promise<number>;
  /**
   * The exit code where it was called, or fed, wrongly.
   * @default MISUSED
   */
  misused?: number;
}

/** Arguments that a command does not take. */
export class UsageError extends Error {}

/** What was given to read is something else. */
export class InputError extends Error {}

/** The exit code where a command could not do its work: it was called, or fed, wrongly. */
export const MISUSED = 2;
