import { EMPTY_STACK, type PeerFigures, type Step } from "./peer-figures";
import type { Sample } from "./session";
import { median, ratios, summarize, type Summary } from "./stats";
import { times } from "./table";

/** A figure that is aimed at, and what it was. */
export interface Goal {
  /** What is looked at, in words. */
  name: string;
  atMost: number;
  found: Summary;
  met: boolean;
  /** How its values are written. */
  show: (value: number) => string;
}

/** A ratio to another tool's time. */
interface WantedRatio {
  peer: string;
  steps: Step[];
  /** By round trip in milliseconds. */
  atMost: Readonly<Record<number, number>>;
  /** What the engine itself takes is taken off first. */
  aboveEmptyStack: boolean;
}

const RATIOS: readonly WantedRatio[] = [
  {
    peer: "shell",
    steps: ["cold", "cold, images there"],
    atMost: { 0: 1.2, 20: 1.2, 100: 1.2 },
    aboveEmptyStack: true,
  },
  { peer: "shell", steps: ["no-op"], atMost: { 0: 1.5, 100: 1.2 }, aboveEmptyStack: true },
  { peer: "shell", steps: ["destroy"], atMost: { 0: 1.2, 100: 1.5 }, aboveEmptyStack: false },
  { peer: "pyinfra", steps: ["no-op"], atMost: { 0: 1, 20: 0.7, 100: 0.4 }, aboveEmptyStack: false },
];

/** What is aimed at for the no-op itself. */
const AMOUNTS: readonly { name: string; atMost: number; of: (sample: Sample) => number }[] = [
  { name: "SSH log-ins a host, no-op", atMost: 1, of: ({ logins }) => Math.max(0, ...Object.values(logins)) },
  { name: "peak MiB of all processes, no-op", atMost: 600, of: ({ peakMiB }) => peakMiB },
];

/** Holds dbha against what is aimed at, round by round, as far as it was measured. @param latency round trip in milliseconds. */
export function goals(figures: PeerFigures, latency: number): Goal[] {
  const ofRatios = RATIOS.flatMap(({ peer, steps, atMost, aboveEmptyStack }) =>
    steps.flatMap((step) => {
      const limit = atMost[latency];
      const ours = secondsOf(figures, "dbha", step);
      const theirs = secondsOf(figures, peer, step);
      const floor = secondsOf(figures, EMPTY_STACK, step === "no-op" ? "no-op" : "cold");
      if (limit === undefined || ours.length === 0 || theirs.length === 0) return [];
      if (aboveEmptyStack && floor.length === 0) return [];
      const own = aboveEmptyStack ? ours.map((value, round) => value - (floor[round] ?? median(floor))) : ours;
      const name = `${aboveEmptyStack ? "(dbha - empty stack)" : "dbha"} / ${peer}, ${step}`;
      return [goal(name, limit, ratios(own, theirs), times)];
    }),
  );
  const noOps = figures.dbha?.["no-op"] ?? [];
  const ofAmounts = AMOUNTS.flatMap(({ name, atMost, of }) =>
    noOps.length === 0 ? [] : [goal(name, atMost, summarize(noOps.map(of)), whole)],
  );
  return [...ofRatios, ...ofAmounts];
}

/** Met when the median is. */
export const goal = (name: string, atMost: number, found: Summary, show: Goal["show"]): Goal => ({
  name,
  atMost,
  found,
  met: found.median <= atMost,
  show,
});

const whole = (value: number): string => Math.round(value).toString();

const secondsOf = (figures: PeerFigures, tool: string, step: Step): number[] =>
  (figures[tool]?.[step] ?? []).map((sample) => sample.seconds);
