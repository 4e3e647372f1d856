import { DOCKER_ALONE, EMPTY_STACK, type PeerFigures, type Step } from "./peer-figures";
import type { Sample } from "./session";
import { median, ratios, summarize, type Summary } from "./stats";
import { times } from "./table";

/** A figure that is aimed at, and what it was. */
export interface Goal {
  /** What is looked at, in words. */
  name: string;
  atMost: number;
  found: Summary;
  /** The same of Docker's provider alone, where that was measured. */
  floor: number | undefined;
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
  const ratio = (tool: string, { peer, aboveEmptyStack }: WantedRatio, step: Step): Summary | undefined => {
    const [own, theirs] = [secondsOf(figures, tool, step), secondsOf(figures, peer, step)];
    const engine = secondsOf(figures, EMPTY_STACK, step === "no-op" ? "no-op" : "cold");
    if (own.length === 0 || theirs.length === 0 || (aboveEmptyStack && engine.length === 0)) return undefined;
    const above = aboveEmptyStack ? own.map((value, round) => value - (engine[round] ?? median(engine))) : own;
    return ratios(above, theirs);
  };
  const ofRatios = RATIOS.flatMap((wanted) =>
    wanted.steps.flatMap((step) => {
      const limit = wanted.atMost[latency];
      const found = ratio("dbha", wanted, step);
      if (limit === undefined || found === undefined) return [];
      const name = `${wanted.aboveEmptyStack ? "(dbha - empty stack)" : "dbha"} / ${wanted.peer}, ${step}`;
      return [goal(name, limit, found, times, ratio(DOCKER_ALONE, wanted, step)?.median)];
    }),
  );
  const amount = (tool: string, of: (sample: Sample) => number): Summary | undefined => {
    const noOps = figures[tool]?.["no-op"] ?? [];
    return noOps.length === 0 ? undefined : summarize(noOps.map(of));
  };
  const ofAmounts = AMOUNTS.flatMap(({ name, atMost, of }) => {
    const found = amount("dbha", of);
    return found === undefined ? [] : [goal(name, atMost, found, whole, amount(DOCKER_ALONE, of)?.median)];
  });
  return [...ofRatios, ...ofAmounts];
}

/** Met when the median is. */
export const goal = (name: string, atMost: number, found: Summary, show: Goal["show"], floor?: number): Goal => ({
  name,
  atMost,
  found,
  floor,
  met: found.median <= atMost,
  show,
});

const whole = (value: number): string => Math.round(value).toString();

const secondsOf = (figures: PeerFigures, tool: string, step: Step): number[] =>
  (figures[tool]?.[step] ?? []).map((sample) => sample.seconds);
