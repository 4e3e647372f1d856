import type { Change } from "./changes";
import { code, indented, plain } from "./markdown";
import { byPlace, placeOf } from "./places";
import { renderDifferences } from "./render-differences";
import type { Detail } from "./render";
import { valueAt } from "./property-path";
import { noun } from "./words";

/** What was found on each host, beside what was deployed. */
export function renderDrift(changes: Change[], detail: Detail): string[] {
  const places = [...new Set(changes.map(placeOf))].sort();
  return byPlace(places, changes, (one) => drifted(one, detail));
}

function drifted(change: Change, detail: Detail): string[] {
  const { urn, drift, deployment } = change;
  const what = `${noun(change)} ${code(urn.name)} of ${code(deployment.name)}`;
  if (drift === undefined) return [];
  if (drift.gone) return [`- ${what} is gone`];
  const answer = seen(change);
  const state = answer === undefined ? "differs" : `fails: ${plain(answer)}`;
  const shown = drift.differences.filter(({ path }) => answer === undefined || path !== "healthy");
  return [`- ${what} ${state}`, ...indented(renderDifferences(shown, detail), 2)];
}

/** Answers may be whole pages. */
const beginning = (text: string): string => (text.length > 120 ? `${text.slice(0, 117)}...` : text);

/** What a check that fails has seen. */
function seen({ type, op, step }: Change): string | undefined {
  if (type !== "dbha:index:Probe" || op === "delete") return undefined;
  const states = [step.oldState, step.newState].map((state) => state?.outputs);
  const unhealthy = states.find((outputs) => valueAt(outputs, ["healthy"]) === false);
  const detail = valueAt(unhealthy, ["detail"]);
  return typeof detail === "string" ? beginning(detail) : undefined;
}
