import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { InputError } from "../../command";

const run = promisify(execFile);

/** How long the CLI may take, in milliseconds: a backend may be far away. */
const limit = 120_000;

/**
 * The state of a stack as JSON, secrets in plain. It comes by a pipe and is written nowhere.
 * @param stack its name; undefined means the one that is selected in this folder.
 * @throws InputError with what the CLI said.
 */
export async function exportState(stack: string | undefined): Promise<string> {
  const named = stack === undefined ? [] : ["--stack", stack];
  const args = ["stack", "export", "--show-secrets", "--non-interactive", ...named];
  try {
    const { stdout } = await run("pulumi", args, { maxBuffer: Infinity, timeout: limit });
    return stdout;
  } catch (error) {
    throw new InputError(problemOf(error as NodeJS.ErrnoException & { stderr?: string; killed?: boolean }));
  }
}

function problemOf({
  code,
  killed,
  stderr = "",
}: NodeJS.ErrnoException & { stderr?: string; killed?: boolean }): string {
  if (code === "ENOENT")
    return "there is no pulumi on PATH; fix: install the Pulumi CLI, or add the folder that it is in to PATH";
  if (killed === true)
    return `"pulumi stack export" was not done after ${limit / 1000} s; fix: check that the backend of the state answers`;
  const said = stderr
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" | ");
  return `"pulumi stack export" failed: ${said || `status ${code ?? "unknown"}`}; fix: run this in the folder of Pulumi.yaml, name a stack by --stack, and set what opens its secrets, such as PULUMI_CONFIG_PASSPHRASE`;
}
