import { prologue } from "../../provider/resources/shell";
import { shellWord } from "../shell-word";

/**
 * Procedures as one POSIX sh script for the input of `sh -s PROCEDURE`, so that no value stands in an argument list. They may call
 * `fail PROBLEM FIX`. The call comes last, on a line of its own, whatever a log-in has said before; nothing reads the rest as input.
 * @param values by the names of their variables.
 */
export function renderHostScript(values: Record<string, string>, procedures: string): string {
  const variables = Object.entries(values).map(([variable, value]) => `${variable}=${shellWord(value)}\n`);
  return `${variables.join("")}${beginning}${procedures}${call}`;
}

const beginning = String.raw`
${prologue}
set -eu

fail() {
  printf '%s; fix: %s\n' "$1" "$2" >&2
  exit 1
}
`;

const call = `
echo
"$1" </dev/null
`;
