/** How a program of the machine is run. */
export interface CommandOptions {
  /** For its standard input. */
  input?: string | Buffer;
  /** Variables added to the environment. */
  env?: Record<string, string>;
  limitSeconds?: number;
}

/**
 * Runs a program without a shell and returns its standard output. Throws when it cannot be started, fails or takes too long;
 * the error names the program and has the end of what it wrote.
 */
export async function runCommand(
  program: string,
  args: readonly string[] = [],
  options: CommandOptions = {},
): Promise<string> {
  // loaded when needed: the package is ESM only, and most lab commands run no program
  const { execa, ExecaError } = await import("execa");
  const { input, env, limitSeconds = 60 } = options;
  try {
    const result = await execa(program, args, {
      timeout: limitSeconds * 1000,
      ...(input === undefined ? {} : { input }),
      env: env ?? {},
    });
    return result.stdout;
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    // the first line tells what happened, the others are the program's output
    const [summary = "", ...output] = error.message.split("\n").filter((line) => line.trim() !== "");
    throw new Error([summary.slice(0, 200), ...output.slice(-10)].join("\n"), { cause: error });
  }
}
