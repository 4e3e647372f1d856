import { join, resolve } from "node:path";
import { runCommand } from "../../lab/src/command";
import type { Command } from "./measure";
import { peerPrograms } from "./python";
import { BenchStack } from "./stack";

/** What is measured of a tool, in this order. */
export const SCALE_STEPS = ["preview", "up", "no-op", "destroy"] as const;
export type ScaleStep = (typeof SCALE_STEPS)[number];

/** A way to bring the files about. */
export interface ScaleTool {
  readonly name: string;
  /** Commands of a round: `begin` is not measured. */
  begin?: () => Command;
  command(step: ScaleStep, jobFile: string): Command;
  remove(): void;
}

/** Engine resources that hold a host's files: one for each file, or one for all. */
export type ScaleKind = "File" | "Files";

/** Names of the tools that other figures are held against. */
export const EMPTY = "empty stack";
export const PYINFRA = "pyinfra";

const STACK_STEPS: Record<ScaleStep, string[]> = {
  preview: ["preview"],
  up: ["up", "--yes", "--skip-preview"],
  "no-op": ["up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes"],
  destroy: ["destroy", "--yes", "--skip-preview"],
};

/** dbha with resources of a kind. @param config of the stack. */
export function dbhaTool(kind: ScaleKind, folder: string, config: Record<string, unknown>): ScaleTool {
  const name = kind.toLowerCase();
  const stack = new BenchStack("test/bench/scale-stack", join(folder, name), `bench-${name}`);
  return {
    name: `dbha, ${kind}`,
    begin: () => stack.begin(),
    command: (step, jobFile) => {
      stack.configure(config);
      return withEnv(stack.command(...STACK_STEPS[step]), { SCALE_JOB: jobFile, SCALE_KIND: kind });
    },
    remove: () => stack.remove(),
  };
}

/** A stack without resources: what the engine itself takes. */
export function emptyTool(folder: string): ScaleTool {
  const stack = new BenchStack("test/bench/empty-stack", join(folder, "empty"));
  return {
    name: EMPTY,
    begin: () => stack.begin(),
    command: (step) => stack.command(...STACK_STEPS[step]),
    remove: () => stack.remove(),
  };
}

/** A command with further variables. */
export const withEnv = (command: Command, env: Record<string, string>): Command => ({
  ...command,
  env: { ...command.env, ...env },
});

/** pyinfra with an operation for each file, all hosts side by side. @throws Error that says what is missing. */
export async function pyinfraTool(): Promise<ScaleTool> {
  const program = join(await peerPrograms(), "pyinfra");
  await runCommand(program, ["--version"]);
  const folder = resolve("test/bench/scale-pyinfra");
  return {
    name: PYINFRA,
    command: (step, jobFile) => ({
      program,
      args: [
        step === "preview" ? "--dry" : "-y",
        join(folder, "inventory.py"),
        join(folder, step === "destroy" ? "destroy.py" : "deploy.py"),
      ],
      env: { SCALE_JOB: jobFile, PYTHONDONTWRITEBYTECODE: "1" },
    }),
    remove: () => undefined,
  };
}
