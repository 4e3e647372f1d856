/** Exit codes of the Pulumi CLI (pkg/cmd/pulumi/cmd/exit_codes.go), and the shell's for what Ctrl-C ended. */
export const EXIT = {
  error: 1,
  configuration: 2,
  stackNotFound: 6,
  changesFound: 7,
  cancelled: 8,
  killed: 130,
} as const;

/** An error whose message is all that the user needs; the process ends with its exit code. */
export class UserError extends Error {
  override readonly name: string = "UserError";

  constructor(
    message: string,
    readonly exitCode: number = EXIT.error,
  ) {
    super(message);
  }
}

/** A feature of Pulumi that this engine leaves out on purpose. */
export class Unsupported extends UserError {
  override readonly name = "Unsupported";

  constructor(feature: string) {
    super(
      `the fallback engine does not support ${feature}; use the real Pulumi CLI (put it on PATH or name it in DBHA_PULUMI)`,
    );
  }
}

/** The work failed and everything worth saying has been shown already. */
export class Failed extends UserError {
  override readonly name = "Failed";

  constructor(exitCode: number = EXIT.error) {
    super("", exitCode);
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
