/** Exit codes of the Pulumi CLI (pkg/cmd/pulumi/cmd/exit_codes.go), and the shell's for what Ctrl-C ended. */
export const EXIT = {
  error: 1,
  configuration: 2,
  stackNotFound: 6,
  changesFound: 7,
  cancelled: 8,
  killed: 130,
} as const;

/** An error whose message is all that the user needs, none where it was told already; the process ends with its exit code. */
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

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
