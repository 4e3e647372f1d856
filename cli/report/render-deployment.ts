import { isFrame, type Change, type Changes } from "./changes";
import type { Deployment } from "./deployments";
import { renderDifferences } from "./render-differences";
import { difference } from "./differences";
import { code, indented, plain } from "./markdown";
import { dataLeft } from "./notices/data";
import { own } from "./notices/notice";
import { byPlace, placeOf } from "./places";
import { parsePath, valueAt } from "./property-path";
import { shortValue } from "./values";
import { noun, verb } from "./words";
import type { Detail } from "./render";

/** The arguments that change, then what happens, host by host, in its order. */
export function renderDeployment(deployment: Deployment, all: Changes, detail: Detail): string[] {
  const changes = all.changes.filter((one) => one.deployment === deployment && !isFrame(one));
  const places = [...new Set(changes.map(placeOf))];
  const args = all.told.filter((one) => one.deployment === deployment).flatMap((one) => renderArguments(one, detail));
  return [...(args.length > 0 ? ["", ...args] : []), ...byPlace(places, changes, (one) => renderChange(one, detail))];
}

/** What changes of the arguments, and what becomes of it. */
function renderArguments({ step, changes }: Changes["told"][number], { values }: Detail): string[] {
  return changes.map(({ path, effect, about }) => {
    const parts = parsePath(path);
    const [before, after] = [step?.oldState, step?.newState].map((state) => valueAt(state?.inputs, parts));
    const shown = difference(path, before, after);
    const isShort = [shown.before, shown.after].every((value) => typeof value !== "object" && value !== undefined);
    const from = values && isShort ? ` ${shortValue(shown.before)} → ${shortValue(shown.after)}` : "";
    return `- ${code(path)}${from} (${effect}): ${plain(about)}`;
  });
}

function renderChange(change: Change, detail: Detail): string[] {
  const { order, urn, type, drift, notes, differences } = change;
  const repairs = drift === undefined ? "" : ", which repairs drift";
  const { purged, kept } = dataLeft(change);
  const below = [
    ...notes.map((note) => `- ${plain(note)}`),
    ...purged.map((path) => `- deletes ${code(path)} with all in it`),
    ...kept.map((path) => `- leaves ${code(path)} where it is`),
    // how a check asks changes nothing on a host
    ...(type === own("Probe") ? [] : renderDifferences(differences, detail)),
  ];
  return [`- ${order}. ${noun(change)} ${code(urn.name)} ${verb(change)}${repairs}`, ...indented(below, 2)];
}
