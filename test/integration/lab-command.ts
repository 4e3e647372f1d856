import { REPO_ROOT } from "../../lab/src/paths";

/** Runs a command of the repository as a user would; both streams in one text. */
export async function command(
  program: string,
  ...args: string[]
): Promise<{ output: string; exitCode: number | undefined }> {
  const { execa } = await import("execa");
  const { all, exitCode } = await execa(program, args, { cwd: REPO_ROOT, all: true, reject: false, timeout: 120_000 });
  return { output: all, exitCode };
}

/** The parts that `lab/status` finds at fault, with what it says of them; empty, and the command's end 0, when the lab is healthy. */
export async function faultsOf(name: string): Promise<Record<string, string>> {
  const { output, exitCode } = await command("lab/status", "--name", name);
  const rows = output.split("\n").map((line) => line.split("│").map((cell) => cell.trim()));
  const faults = rows.filter(([, , , state = ""]) => state.startsWith("FAULT: "));
  const end = exitCode === 0 ? "is healthy" : `has faults; repair it with: lab/up --name ${name}`;
  if (!output.endsWith(`lab ${name} ${end}`) || (exitCode === 0) !== (faults.length === 0))
    throw new Error(`lab/status ended with ${exitCode} and this:\n${output}`);
  return Object.fromEntries(faults.map(([, part = "", , state = ""]) => [part, state.slice("FAULT: ".length)]));
}
