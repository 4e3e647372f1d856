import { Command, InvalidArgumentError } from "commander";
import type { ScaleKind } from "./scale-tools";
import { wholeNumber } from "./whole-number";

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

function kind(text: string): ScaleKind {
  const found = KINDS.find((one) => one === text);
  if (found === undefined) throw new InvalidArgumentError(`${text}: not one of ${KINDS.join(", ")}.`);
  return found;
}
