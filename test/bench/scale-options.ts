import { Command, InvalidArgumentError } from "commander";
import type { ScaleKind } from "./scale-tools";

/** What a run of `make bench-scale` is asked for. */
export interface ScaleOptions {
  hosts: number[];
  files: number;
  kinds: ScaleKind[];
  runs: number;
  pyinfra: boolean;
  trouble: boolean;
}

const KINDS: readonly ScaleKind[] = ["File", "Files"];

/** Reads the command line. Ends the process with a message when it is wrong. */
export function parseScaleOptions(argv: string[]): ScaleOptions {
  return new Command("bench-scale")
    .description("Times small files on many hosts that the run makes, beside pyinfra and an empty stack")
    .option("--hosts <n,...>", "numbers of hosts", list(wholeNumber(1, 250)), [3, 10, 30, 100])
    .option("--files <n>", "files a host", wholeNumber(1, 99), 20)
    .option("--kinds <kinds>", `resources that hold the files, of ${KINDS.join(",")}`, list(kind), [...KINDS])
    .option("--runs <n>", "rounds", wholeNumber(1, 20), 3)
    .option("--no-pyinfra", "leave out pyinfra")
    .option("--no-trouble", "leave out unreachable hosts and a bad line")
    .parse(argv)
    .opts<ScaleOptions>();
}

const list =
  <T>(one: (text: string) => T) =>
  (text: string): T[] =>
    text.split(",").map(one);

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max)
      throw new InvalidArgumentError(`A whole number from ${min} to ${max} is wanted.`);
    return value;
  };
}

function kind(text: string): ScaleKind {
  const found = KINDS.find((one) => one === text);
  if (found === undefined) throw new InvalidArgumentError(`${text}: not one of ${KINDS.join(", ")}.`);
  return found;
}
