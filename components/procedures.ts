import type { ShellLibrary } from "./shell-library";
import { shellWord } from "./shell-word";

/**
 * Procedures as one POSIX sh script for the input of `sh -s PROCEDURE`, so that no value stands in an argument list. The call comes
 * last, so that the whole script has been read before anything is run, and nothing reads the rest of it as input. What it says is a
 * line of its own, whatever a log-in has said before.
 * @param values by the names of their variables; those that nobody reads are left out.
 * @param wanted the procedures that may be called.
 */
export function renderProcedures(values: Record<string, string>, library: ShellLibrary, wanted: string[]): string {
  const procedures = library.only(wanted);
  const words = new Set(procedures.match(/\w+/g));
  const variables = Object.entries(values)
    .filter(([variable]) => words.has(variable))
    .map(([variable, value]) => `${variable}=${shellWord(value)}\n`);
  return `${variables.join("")}${procedures}${call}`;
}

const call = `
echo
"$1" </dev/null
`;
