import { parseArgs } from "node:util";
import { UsageError } from "../command";

/** How the command is called. */
export interface Options {
  stack?: string;
  format: "text" | "json" | "prometheus";
  /** File that the page is written to. */
  html?: string;
  /** Seconds between two looks; undefined looks once. */
  watch?: number;
}

const DEFAULT_INTERVAL = "5";

/** @throws UsageError where the arguments are not as the help says. */
export function parseOptions(args: string[]): Options {
  const { stack, json, prometheus, html, watch } = parsed(args);
  if (json && prometheus) throw new UsageError("--json and --prometheus are given together; give one of them");
  if (prometheus && watch !== undefined)
    throw new UsageError("--prometheus and --watch are given together; have the metrics made once for each scrape");
  for (const [name, value] of Object.entries({ stack, html }))
    if (value === "") throw new UsageError(`--${name} is empty; name a ${name === "html" ? "file" : "stack"}`);
  const seconds = watch === undefined ? undefined : Number(watch);
  if (seconds !== undefined && !(Number.isInteger(seconds) && seconds >= 1 && seconds <= 3600))
    throw new UsageError(`--watch=${watch}: must be a whole number of seconds from 1 to 3600`);
  return { stack, format: json ? "json" : prometheus ? "prometheus" : "text", html, watch: seconds };
}

function parsed(args: string[]) {
  // an option that may have a value, or none, is unknown to parseArgs
  const whole = args.map((arg) => (arg === "--watch" ? `--watch=${DEFAULT_INTERVAL}` : arg));
  try {
    return parseArgs({
      args: whole,
      options: {
        stack: { type: "string" },
        json: { type: "boolean" },
        prometheus: { type: "boolean" },
        html: { type: "string" },
        watch: { type: "string" },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
