import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { InputError } from "../command";

/** How a command of the Pulumi CLI ended. */
export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs the Pulumi CLI that is on PATH, in this folder and with this environment.
 * @throws InputError where there is none.
 */
export async function pulumi(...args: string[]): Promise<Ran> {
  const child = spawn("pulumi", args, { stdio: ["ignore", "pipe", "pipe"] });
  const [code, stdout, stderr] = await Promise.all([ended(child), text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

/** The same, with its output as it comes. @returns the exit code. */
export const shownPulumi = (...args: string[]): Promise<number> =>
  ended(spawn("pulumi", args, { stdio: ["ignore", "inherit", "inherit"] }));

const ended = (child: ReturnType<typeof spawn>): Promise<number> =>
  new Promise((resolve, reject) => {
    child.on("error", ({ code = "" }: NodeJS.ErrnoException) => {
      reject(new InputError(`the Pulumi CLI cannot be started: ${code}; fix: install it, and put it on PATH`));
    });
    // one that was killed has no code
    child.on("close", (code) => {
      resolve(code ?? 1);
    });
  });
