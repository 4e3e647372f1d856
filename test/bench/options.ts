import { Command, InvalidArgumentError } from "commander";
import { wholeNumber } from "./whole-number";

/** The tools, in the order of the tables; "fallback" is dbha on the fallback engine, beside a real CLI. */
export const TOOLS = ["shell", "pyinfra", "ansible", "dbha", "fallback"] as const;
export type ToolName = (typeof TOOLS)[number];

/** What a run of the benchmark is asked for. */
export interface Options {
  runs: number;
  /** Round trips in milliseconds. */
  latency: number[];
  only: ToolName[];
  fresh: boolean;
  drift: boolean;
  stack: boolean;
  peers: boolean;
  profile: boolean;
}

/** Reads the command line. Ends the process with a message when it is wrong. */
export function parseOptions(argv: string[]): Options {
  return new Command("bench")
    .description("Times stack dev, and the same job done by hand, with pyinfra and with Ansible, on a lab of its own")
    .option("--runs <n>", "rounds", wholeNumber(1, 100), 3)
    .option(
      "--latency <ms,...>",
      "round trips in milliseconds at which the tools are compared",
      latencies,
      [0, 20, 100],
    )
    .option("--only <tools>", `tools to compare, of ${TOOLS.join(",")}`, toolNames, [...TOOLS])
    .option("--stack", "also measure the lab and stack dev alone", false)
    .option("--no-peers", "leave out the comparison")
    .option("--no-profile", "leave out where the time of the no-op goes")
    .option("--drift", "also show which changes behind its back each tool puts right", false)
    .option("--fresh", "also start the lab with an empty cache (minutes); no other lab may run", false)
    .parse(argv)
    .opts<Options>();
}

const latencies = (text: string): number[] => text.split(",").map(wholeNumber(0, 1000));

function toolNames(text: string): ToolName[] {
  const names = text.split(",");
  const unknown = names.filter((name) => !(TOOLS as readonly string[]).includes(name));
  if (unknown.length > 0) throw new InvalidArgumentError(`${unknown.join(", ")}: not one of ${TOOLS.join(", ")}.`);
  return TOOLS.filter((name) => names.includes(name));
}
