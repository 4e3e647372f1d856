import { type Command, InputError, MISUSED, UsageError } from "./command";
import { destroy } from "./destroy/command";
import { report } from "./report/command";
import { status } from "./status/command";

/** The commands by name. */
const COMMANDS: Record<string, Command> = { report, status, destroy };

const overview = (): string =>
  [
    "usage: dbha COMMAND [OPTIONS]",
    "",
    ...Object.entries(COMMANDS).map(([name, { about }]) => `  ${name.padEnd(10)} ${about}`),
    "",
    "dbha COMMAND --help tells the options of one.",
  ].join("\n");

async function main([name = "", ...args]: string[]): Promise<number> {
  if (["", "help", "--help", "-h"].includes(name)) {
    console.log(overview());
    return name === "" ? MISUSED : 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) return misused(`there is no command ${name}`, overview());
  if (args.includes("--help") || args.includes("-h")) {
    console.log(command.help);
    return 0;
  }
  try {
    return await command.run(args);
  } catch (error) {
    if (error instanceof UsageError) return misused(error.message, command.help, command.misused);
    if (error instanceof InputError) return misused(error.message, undefined, command.misused);
    throw error;
  }
}

function misused(problem: string, help?: string, code = MISUSED): number {
  console.error(`dbha: ${problem}`);
  if (help !== undefined) console.error(`\n${help}`);
  return code;
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
