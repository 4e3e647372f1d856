import { parseArgs } from "node:util";
import { type Command, UsageError } from "../command";
import { LEFT, type Options, SHOWN } from "./options";

const help = `usage: dbha destroy --stack STACK [--lost HOST]... [--yes-i-know]

Shows what goes and what stays when a stack is destroyed: deployments, data, backups, databases. With --yes-i-know it destroys it then.
Only stacks whose setting throwAway is true are destroyed (pulumi config set throwAway true). It runs the Pulumi CLI on PATH, here.

A host whose SSH server does not answer does not stop it: nothing is removed there, and what it keeps is told. Where none of the hosts
answers, the line may be down, and nothing is done.

  --stack STACK    the stack
  --lost HOST      a host that is gone for good, though something answers at its address or its bastion's
  --yes-i-know     destroys; without it nothing is changed

Exit codes: 0 all that was to go is gone, or there was nothing; 1 something is in the way, or Pulumi failed; 2 called wrongly;
${SHOWN} shown, and nothing was changed, as --yes-i-know is missing; ${LEFT} destroyed, but for hosts that were left out.`;

export const destroy: Command = {
  about: "shows what goes and what stays of a throw-away stack, and destroys it",
  help,
  run: async (args) => {
    const options = parse(args);
    const { run } = await import("./run.js");
    return run(options);
  },
};

function parse(args: string[]): Options {
  const { stack, lost = [], "yes-i-know": isSure = false } = parsed(args);
  if (stack === undefined || stack === "")
    throw new UsageError("--stack is missing: what is destroyed has to be named");
  return { stack, lost, isSure };
}

function parsed(args: string[]) {
  try {
    const options = {
      stack: { type: "string" },
      lost: { type: "string", multiple: true },
      "yes-i-know": { type: "boolean" },
    } as const;
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
