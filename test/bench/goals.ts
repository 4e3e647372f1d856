import { EMPTY_STACK, type PeerFigures, type Step } from "./peer-figures";
import { median, ratios, type Summary } from "./stats";

/** A ratio that is aimed at, and what it was. */
export interface Goal {
  /** What is compared, in words. */
  name: string;
  atMost: number;
  ratio: Summary;
  met: boolean;
}

const WANTED: { peer: string; steps: Step[]; atMost: number; aboveEmptyStack: boolean }[] = [
  { peer: "shell", steps: ["cold", "cold, images there", "no-op"], atMost: 1.2, aboveEmptyStack: true },
  { peer: "pyinfra", steps: ["cold", "cold, images there"], atMost: 0.6, aboveEmptyStack: false },
  { peer: "pyinfra", steps: ["no-op"], atMost: 0.85, aboveEmptyStack: false },
  { peer: "Ansible", steps: ["cold", "cold, images there"], atMost: 0.25, aboveEmptyStack: false },
];

/** Compares dbha with the others, round by round, as far as they were measured. */
export function goals(figures: PeerFigures): Goal[] {
  return WANTED.flatMap(({ peer, steps, atMost, aboveEmptyStack }) =>
    steps.flatMap((step) => {
      const ours = secondsOf(figures, "dbha", step);
      const theirs = secondsOf(figures, peer, step);
      const floor = secondsOf(figures, EMPTY_STACK, step === "no-op" ? "no-op" : "cold");
      if (ours.length === 0 || theirs.length === 0 || (aboveEmptyStack && floor.length === 0)) return [];
      const own = aboveEmptyStack ? ours.map((value, round) => value - (floor[round] ?? median(floor))) : ours;
      const ratio = ratios(own, theirs);
      const name = `${aboveEmptyStack ? "(dbha - empty stack)" : "dbha"} / ${peer}, ${step}`;
      return [{ name, atMost, ratio, met: ratio.median <= atMost }];
    }),
  );
}

const secondsOf = (figures: PeerFigures, tool: string, step: Step): number[] =>
  (figures[tool]?.[step] ?? []).map((sample) => sample.seconds);
