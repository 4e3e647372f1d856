import { createRequire } from "node:module";
import { Command, CommanderError } from "commander";
import { pc } from "../display/colours";
import { EXIT, messageOf, Unsupported, UserError } from "../errors";
import type { Command as OperationCommand, OperationFlags } from "./operations";

/** Loads what a command needs when it runs: `config set` must not wait for gRPC. */
const load = createRequire(__filename);

/** Commands of the CLI that exist there, so that their absence here is not taken for a typing error. */
const LEFT_OUT =
  "about cancel console convert deployment env import install login logout logs new org package plugin policy project schema state watch whoami".split(
    " ",
  );

/** Runs one command line. Returns the exit code; nothing is thrown. */
export async function main(args: string[]): Promise<number> {
  const program = commandLine();
  try {
    await program.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return commanderExit(error);
    if (error instanceof UserError) {
      if (error.message !== "") process.stderr.write(`${pc.red("error:")} ${error.message}\n`);
      return error.exitCode;
    }
    process.stderr.write(`${pc.red("error:")} ${messageOf(error)}\n`);
    return EXIT.error;
  }
}

function commanderExit(error: CommanderError): number {
  if (error.exitCode === 0) return 0;
  const option = /unknown option '([^']+)'/.exec(error.message)?.[1];
  const text =
    option === undefined ? error.message.replace(/^error: /, "") : new Unsupported(`the option ${option}`).message;
  process.stderr.write(`${pc.red("error:")} ${text}\n`);
  return EXIT.configuration;
}

function commandLine(): Command {
  const program = new Command("pulumi")
    .description(
      "The fallback engine of this repository's lab: the part of the Pulumi CLI that its stacks and tests need",
    )
    .option("-C, --cwd <directory>", "run as if started there")
    .option("--non-interactive", "never ask")
    .option("--color <when>", "auto, always or never")
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .hook("preAction", (command) => {
      const { cwd } = command.opts<{ cwd?: string }>();
      if (cwd !== undefined) process.chdir(cwd);
    });
  for (const name of ["preview", "up", "refresh", "destroy"] as const) addOperation(program, name);
  addStackCommands(program);
  addConfigCommands(program);
  program.command("version").action(() => void process.stdout.write("v3.248.0-fallback\n"));
  refuseCommands(program, LEFT_OUT);
  return program;
}

function refuseCommands(parent: Command, names: string[]): void {
  const prefix = parent.name() === "pulumi" ? "" : `${parent.name()} `;
  for (const name of names) {
    const refuse = (): never => {
      throw new Unsupported(`the command "${prefix}${name}"`);
    };
    parent.command(name, { hidden: true }).allowUnknownOption().allowExcessArguments().action(refuse);
  }
}

function addOperation(program: Command, name: OperationCommand): void {
  const command = withStack(program.command(name))
    .option("-j, --json", "print JSON")
    .option("--diff", "show every changed property")
    .option("--expect-no-changes", "fail when there are changes")
    .option("-p, --parallel <n>", "how many operations at once")
    .option("--config-file <path>", "the stack's settings file");
  if (name !== "refresh") command.option("-r, --refresh [bool]", "read everything back first");
  if (name !== "preview") {
    command
      .option("-y, --yes", "do not ask")
      .option("-f, --skip-preview", "do not preview first")
      .option("--preview-only", "change nothing");
  }
  command.action(async (flags: OperationFlags) => {
    const { runCommand } = load("./operations") as typeof import("./operations");
    await runCommand(name, { ...program.opts<OperationFlags>(), ...flags });
  });
}

function addStackCommands(program: Command): void {
  const commands = () => load("./stack") as typeof import("./stack");
  const stack = withStack(program.command("stack")).option("--show-name", "print the name alone");
  stack.action((options) => commands().showStack(options as object));
  stack
    .command("init <name>")
    .option("--secrets-provider <name>")
    .option("--no-select", "do not select it")
    .action((name: string, options) => commands().initStack(name, options as { select: boolean }));
  stack
    .command("select [name]")
    .option("-c, --create", "create it where it does not exist")
    .option("-s, --stack <name>")
    .action((name: string | undefined, options: { stack?: string; create?: boolean }) =>
      commands().selectCommand(name ?? options.stack, options),
    );
  refuseCommands(stack, ["change-secrets-provider", "graph", "history", "ls", "rename", "tag", "unselect"]);
  withStack(stack.command("rm [name]"))
    .option("-f, --force", "even when it has resources")
    .option("--preserve-config", "keep the settings file")
    .option("-y, --yes", "do not ask")
    .action((name: string | undefined, options) => commands().removeStack(name, options as object));
  withStack(stack.command("export"))
    .option("--file <path>")
    .option("--show-secrets")
    .action((options) => commands().exportStack(options as object));
  withStack(stack.command("import"))
    .option("--file <path>")
    .option("-f, --force")
    .action((options) => commands().importStack(options as object));
  withStack(stack.command("output [name]"))
    .option("-j, --json")
    .option("--show-secrets")
    .action((name: string | undefined, options) => commands().showOutputs(name, options as object));
}

function addConfigCommands(program: Command): void {
  const commands = () => load("./config") as typeof import("./config");
  const config = withStack(program.command("config"))
    .option("-j, --json")
    .option("--show-secrets")
    .option("--config-file <path>");
  config.action((options) => commands().listConfig(options as object));
  withConfig(config.command("set <key> [value]"))
    .option("--secret", "encrypt the value")
    .action((key: string, value: string | undefined, options) => commands().setConfig(key, value, options as object));
  refuseCommands(config, ["cp", "env", "get", "refresh", "rm", "rm-all", "set-all"]);
}

function withStack(command: Command): Command {
  return command.option("-s, --stack <name>", "the stack; otherwise the selected one");
}

function withConfig(command: Command): Command {
  return withStack(command).option("--path", "the key is a path into an object or list").option("--config-file <path>");
}
