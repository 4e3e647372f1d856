import { Command, CommanderError } from "commander";
import { EXIT, messageOf, Unsupported, UserError } from "../errors";
import { getConfig, setConfig } from "./config";
import { runCommand, type OperationFlags } from "./operations";
import { exportStack, importStack, initStack, removeStack, selectCommand, showOutputs } from "./stack";

/** Runs one command line. Returns the exit code; nothing is thrown. */
export async function main(args: string[]): Promise<number> {
  try {
    await commandLine().parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const text = error instanceof CommanderError ? usageProblem(error) : messageOf(error);
    if (text !== "") process.stderr.write(`error: ${text}\n`);
    if (error instanceof CommanderError) return EXIT.configuration;
    return error instanceof UserError ? error.exitCode : EXIT.error;
  }
}

function usageProblem(error: CommanderError): string {
  const option = /unknown option '([^']+)'/.exec(error.message)?.[1];
  return option === undefined ? error.message.replace(/^error: /, "") : new Unsupported(`the option ${option}`).message;
}

function commandLine(): Command {
  const program = group(new Command("pulumi"), "")
    .description(
      "The fallback engine of this repository's lab: the part of the Pulumi CLI that its stacks and tests use",
    )
    .option("--non-interactive", "accepted: this engine never asks")
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  addOperations(program);
  addStackCommands(group(program.command("stack"), "stack"));
  const config = group(program.command("config"), "config");
  withStack(config.command("get <key>")).action(getConfig);
  withStack(config.command("set <key> [value]"))
    .option("--path", "the key is a path into an object or list")
    .option("--secret", "encrypt the value")
    .action(setConfig);
  program.command("version").action(() => void process.stdout.write("v3.248.0-fallback\n"));
  return program;
}

function addOperations(program: Command): void {
  for (const name of ["preview", "up", "refresh", "destroy"] as const) {
    const command = withStack(program.command(name)).option("--expect-no-changes", "fail when there are changes");
    if (name === "refresh") command.option("--clear-pending-creates", "forget creations that were cut off");
    else command.option("-r, --refresh", "read everything back first");
    if (name !== "preview")
      command
        .option("-y, --yes", "preview, then go on")
        .option("-f, --skip-preview", "do not preview first")
        .option("--preview-only", "change nothing")
        .option("-j, --json", "print nothing but the counts, as the CLI's summary event");
    command.action((flags: OperationFlags) => runCommand(name, flags));
  }
}

function addStackCommands(stack: Command): void {
  stack.command("init <name>").action(initStack);
  stack.command("select <name>").action(selectCommand);
  stack
    .command("rm <name>")
    .option("-f, --force", "even when it has resources")
    .option("--preserve-config", "keep the settings file")
    .requiredOption("-y, --yes", "this engine never asks")
    .action(removeStack);
  withStack(stack.command("export")).option("--file <path>").option("--show-secrets").action(exportStack);
  withStack(stack.command("import")).requiredOption("--file <path>").action(importStack);
  withStack(stack.command("output [name]")).option("-j, --json").option("--show-secrets").action(showOutputs);
}

function withStack(command: Command): Command {
  return command.option("-s, --stack <name>", "the stack; otherwise the selected one");
}

/** Has a group of commands refuse by name what it does not have; the group alone is a command of the CLI, too. */
function group(command: Command, name: string): Command {
  return command
    .argument("[command]")
    .allowUnknownOption()
    .allowExcessArguments()
    .action((unknown: string = "") => {
      const refused = `${name} ${unknown}`.trim();
      if (refused === "") command.help();
      throw new Unsupported(`the command "${refused}"`);
    });
}
