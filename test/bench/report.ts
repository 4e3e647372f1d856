import type { DriftFigures } from "./drift";
import type { Goal } from "./goals";
import { DOCKER_ALONE, EMPTY_STACK, STEPS, type PeerFigures, type Samples, type Step } from "./peer-figures";
import type { StackFigures } from "./stack-figures";
import { median, ratios, summarize } from "./stats";
import { seconds, table, times } from "./table";

interface Taken {
  seconds: number;
}

/** Rows of min, median and max. */
const spread = (values: readonly number[]): string[] => {
  const { min, median: middle, max } = summarize(values);
  return [min, middle, max].map(seconds);
};

/** "1", or "1-2" where hosts or rounds differ. */
function range(counts: readonly number[]): string {
  if (counts.length === 0) return "";
  const [low, high] = [Math.min(...counts), Math.max(...counts)];
  return low === high ? String(low) : `${low}-${high}`;
}

/** The lab's starts in seconds. */
export function labTable(starts: Record<string, readonly number[]>): string {
  const rows = Object.entries(starts).map(([name, values]) => [name, ...spread(values)]);
  return table(["lab, seconds", "min", "median", "max"], rows);
}

/** Stack dev on its own. */
export function stackTable(figures: StackFigures): string {
  const rows = Object.entries(figures).map(([name, samples]) => [
    name,
    ...spread(samples.map((sample) => sample.seconds)),
    range(samples.flatMap((sample) => Object.values(sample.connections))),
    range(samples.flatMap((sample) => Object.values(sample.logins))),
    seconds(median(samples.map((sample) => sample.cpuSeconds))),
    Math.round(median(samples.map((sample) => sample.peakMiB))).toString(),
  ]);
  const head = ["stack dev, seconds", "min", "median", "max", "plugin's connections", "SSH logins", "CPU", "peak MiB"];
  return table(head, rows);
}

/** "12.3 (11.9-13.0)": the median with the lowest and the highest. */
function cell(samples: readonly Taken[] | undefined): string {
  if (samples === undefined) return "";
  const { min, median: middle, max } = summarize(samples.map((sample) => sample.seconds));
  return `${seconds(middle)} (${seconds(min)}-${seconds(max)})`;
}

/** All tools side by side. */
export function peerTable(figures: PeerFigures, label: string): string {
  const logins = (samples: Samples, step: Step): string =>
    range((samples[step] ?? []).flatMap((sample) => Object.values(sample.logins)));
  const cpu = (samples: Samples, step: Step): string =>
    samples[step] === undefined ? "" : seconds(median(samples[step].map((sample) => sample.cpuSeconds)));
  const rows = Object.entries(figures).map(([tool, samples]) => [
    tool,
    ...STEPS.map((step) => cell(samples[step])),
    tool === EMPTY_STACK ? "" : `${logins(samples, "cold")} / ${logins(samples, "no-op")}`,
    `${cpu(samples, "cold")} / ${cpu(samples, "no-op")}`,
    Math.round(Math.max(...Object.values(samples).flatMap((all) => all.map((sample) => sample.peakMiB)))).toString(),
  ]);
  return table([`${label}, seconds`, ...STEPS, "SSH logins cold / no-op", "CPU cold / no-op", "peak MiB"], rows);
}

/** How many times as long as the others dbha takes, round by round. */
export function ratioTable(figures: PeerFigures): string {
  const ours = figures.dbha;
  const peers = Object.entries(figures).filter(([tool]) => !["dbha", EMPTY_STACK, DOCKER_ALONE].includes(tool));
  const rows = peers.map(([tool, samples]) => [
    `dbha / ${tool}`,
    ...STEPS.map((step) => {
      const [a, b] = [ours?.[step], samples[step]].map((all) => (all ?? []).map((sample) => sample.seconds));
      if (a === undefined || b === undefined || a.length === 0 || b.length === 0) return "";
      const { min, median: middle, max } = ratios(a, b);
      return `${times(middle)} (${times(min)}-${times(max)})`;
    }),
  ]);
  return table(["ratio in the same round", ...STEPS], rows);
}

/** What was aimed at and what was reached; where it was measured, also what Docker's provider alone takes of that. */
export function goalTable(wanted: readonly Goal[]): string {
  const hasFloors = wanted.some(({ floor }) => floor !== undefined);
  const rows = wanted.map(({ name, atMost, found, floor, met, show }) => [
    name,
    show(atMost),
    show(found.median),
    `${show(found.min)}-${show(found.max)}`,
    ...(hasFloors ? [floor === undefined ? "" : show(floor)] : []),
    met ? "met" : "missed",
  ]);
  return table(["goal", "at most", "median", "range", ...(hasFloors ? [DOCKER_ALONE] : []), ""], rows);
}

/** What the next run of each tool puts right. */
export function driftTable(figures: DriftFigures): string {
  const tools = [...new Set(Object.values(figures).flatMap((byTool) => Object.keys(byTool)))];
  const rows = Object.entries(figures).map(([name, byTool]) => [
    name,
    ...tools.map((tool) => (byTool[tool] === undefined ? "" : byTool[tool] ? "yes" : "no")),
  ]);
  return table(["changed behind its back: put right?", ...tools], rows);
}
