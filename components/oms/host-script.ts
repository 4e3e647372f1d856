import { prologue } from "../../provider/resources/shell";
import { ShellLibrary } from "../shell-library";

/** Functions that may call `fail PROBLEM FIX`. */
export const hostLibrary = (...functions: (string | ShellLibrary)[]): ShellLibrary =>
  new ShellLibrary(beginning, ...functions);

const beginning = String.raw`
${prologue}
set -eu

fail() {
  printf '%s; fix: %s\n' "$1" "$2" >&2
  exit 1
}
`;
