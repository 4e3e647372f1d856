import { shellWord } from "./shell-word";

/**
 * Procedures as one POSIX sh script for the input of `sh -s PROCEDURE`, so that no value stands in an argument list. The call comes
 * last, so that the whole script has been read before anything is run, and nothing reads the rest of it as input. What it says is a
 * line of its own, whatever a log-in has said before.
 * @param values by the names of their variables.
 */
export function renderProcedures(values: Record<string, string>, procedures: string): string {
  const variables = Object.entries(values).map(([variable, value]) => `${variable}=${shellWord(value)}\n`);
  return `${variables.join("")}${procedures}${call}`;
}

const call = `
echo
"$1" </dev/null
`;
