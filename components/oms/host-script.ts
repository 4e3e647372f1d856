import { prologue } from "../../provider/resources/shell";
import { renderProcedures } from "../procedures";

/** {@link renderProcedures} that may call `fail PROBLEM FIX`. */
export const renderHostScript = (values: Record<string, string>, procedures: string): string =>
  renderProcedures(values, `${beginning}${procedures}`);

const beginning = String.raw`
${prologue}
set -eu

fail() {
  printf '%s; fix: %s\n' "$1" "$2" >&2
  exit 1
}
`;
