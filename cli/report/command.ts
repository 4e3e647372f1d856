import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { type Command, InputError, UsageError } from "../command";
import { GATES, isGate, type Gate } from "./gates";
import { reportOf } from "./report";

const names = Object.keys(GATES).join("|");

const help = `usage: pulumi preview --json | dbha report [--fail-on ${names}]...
       dbha report [--fail-on ${names}]... FILE

Reads what "pulumi preview --json" prints, of "preview", "preview --refresh", "refresh --preview-only" or "destroy --preview-only",
and prints it as Markdown: what restarts, is replaced or goes first, with what users notice of it, then drift, then all changes by
component and host, numbered in the order in which they happen. Secrets are not shown. It fits into a comment on GitHub.

  --fail-on replace   ends with ${GATES.replace.code} when something that users have restarts, is replaced or goes
  --fail-on drift     ends with ${GATES.drift.code} when the hosts have something that was not deployed; the preview needs --refresh
  --fail-on any       ends with ${GATES.any.code} when anything changes
                      Given several times, the first of these that holds counts.

Other exit codes: 0 the report is printed; 1 it is printed, and the preview failed; 2 called wrongly, or the input is no preview.`;

export const report: Command = {
  about: "turns pulumi preview --json into Markdown, for pull requests and gates",
  help,
  run: async (args) => {
    const { gates, file } = parse(args);
    const { markdown, code } = reportOf(await read(file), file ?? "standard input", gates);
    process.stdout.write(markdown);
    return code;
  },
};

function parse(args: string[]): { gates: Gate[]; file?: string } {
  const { values, positionals } = parsed(args);
  const gates = values["fail-on"] ?? [];
  const strange = gates.find((gate) => !isGate(gate));
  if (strange !== undefined) throw new UsageError(`--fail-on ${strange}: must be one of ${names}`);
  if (positionals.length > 1) throw new UsageError(`${positionals.length} files were given, and one can be read`);
  const [file] = positionals.filter((name) => name !== "-");
  return { gates: gates.filter(isGate), file };
}

function parsed(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options: { "fail-on": { type: "string", multiple: true } } });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function read(file: string | undefined): Promise<string> {
  if (file === undefined && process.stdin.isTTY)
    throw new UsageError("nothing is given to read: name a file, or pipe a preview into it");
  try {
    return await (file === undefined ? text(process.stdin) : readFile(file, "utf8"));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const what = file ?? "standard input";
    throw new InputError(
      `${what} cannot be read: ${code ?? message}; fix: name the file that the preview was written to`,
    );
  }
}
