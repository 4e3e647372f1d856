import { createRequire } from "node:module";
import { join } from "node:path";
import { UserError } from "../errors";
import { describeEnding, eachLine, Supervised } from "../plugin/supervised";
import type { Project } from "../project/project";
import type { RunContext } from "./context";

/** Exit code of the SDK's runner for "the error was shown to the user already". */
const ERROR_WAS_LOGGED = 32;

/** Starts the user's program with the SDK's own runner; `address` is the monitor's. */
export function startProgram(context: RunContext, address: string): Supervised {
  const { project, stack, config, parallel, preview, report } = context;
  const command = [
    process.execPath,
    ...project.nodeArguments,
    locateRunner(project),
    ...["--monitor", address, "--engine", address, "--organization", "organization"],
    ...["--project", project.name, "--stack", stack, "--root-directory", project.root, "--pwd", project.root],
    ...["--parallel", String(parallel), ...(preview ? ["--dry-run"] : [])],
    project.entryPoint,
  ];
  const values = [...config].map(([key, { text }]) => [key, text]);
  const secrets = [...config].flatMap(([key, { secret }]) => (secret ? [key] : []));
  const program = new Supervised(command, {
    directory: project.root,
    environment: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(values)),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secrets),
      ...(project.typescript && { PULUMI_NODEJS_TYPESCRIPT: "true" }),
    },
  });
  const show = (text: string): void => report({ kind: "message", severity: "info", text, urn: "" });
  eachLine(program.stdout, show);
  eachLine(program.stderr, show);
  return program;
}

/** Waits for the end of the program, and tells whether it succeeded. @throws UserError when it failed without having said why. */
export async function endOf(program: Supervised): Promise<boolean> {
  const ending = await program.ended;
  if (ending === 0 || ending === ERROR_WAS_LOGGED) return ending === 0;
  throw new UserError(`the program ended with ${describeEnding(ending)}`);
}

function locateRunner(project: Project): string {
  try {
    return createRequire(join(project.root, "index.js")).resolve("@pulumi/pulumi/cmd/run");
  } catch {
    throw new UserError(`the Pulumi SDK is not installed in ${project.root}: run "npm install" there`);
  }
}
