import { createInterface } from "node:readline/promises";
import { availableParallelism } from "node:os";
import { ConsoleDisplay } from "../display/console";
import { eventJson, previewJson, summaryJson } from "../display/json";
import { EXIT, Failed, UserError } from "../errors";
import { resolveConfig } from "../project/config";
import type { EngineEvent } from "../run/events";
import { runOperation } from "../run/operation";
import { encodeDeployment } from "../state/deployment";
import type { DeploymentJson } from "../state/deployment";
import { lockStack } from "../state/lock";
import { decodeState, openCrypter, openStack } from "./context";
import type { CommonOptions, StackContext } from "./context";
import { onInterrupt } from "./interrupt";

export interface OperationFlags extends CommonOptions {
  yes?: boolean;
  skipPreview?: boolean;
  json?: boolean;
  diff?: boolean;
  refresh?: boolean | string;
  expectNoChanges?: boolean;
  previewOnly?: boolean;
  nonInteractive?: boolean;
  parallel?: string;
}

export type Command = "preview" | "up" | "refresh" | "destroy";

const TITLES = {
  preview: { preview: "Previewing update", run: "" },
  up: { preview: "Previewing update", run: "Updating" },
  refresh: { preview: "Previewing refresh", run: "Refreshing" },
  destroy: { preview: "Previewing destroy", run: "Destroying" },
};

interface Outcome {
  succeeded: boolean;
  hasChanges: boolean;
  interrupted: boolean;
}

/** Runs a command: its preview, the question whether to go on, and the work itself. */
export async function runCommand(command: Command, flags: OperationFlags): Promise<void> {
  const onlyPreview = command === "preview" || flags.previewOnly === true;
  const interactive = process.stdin.isTTY && process.stdout.isTTY && flags.nonInteractive !== true;
  if (!onlyPreview && !interactive && !flags.yes && !flags.skipPreview) {
    throw new UserError(
      "--yes or --skip-preview must be passed in to proceed when running in non-interactive mode",
      EXIT.configuration,
    );
  }
  const context = await openStack(flags);
  const release = onlyPreview
    ? undefined
    : await lockStack(context.backend.lockDirectory(context.project.name, context.stack));
  try {
    if (onlyPreview || !flags.skipPreview) {
      const outcome = await runOnce(command, context, flags, true);
      if (!outcome.succeeded) throw new Failed(outcome.interrupted ? EXIT.cancelled : EXIT.error);
      if (onlyPreview) {
        expectNoChanges(flags, outcome, "for preview but changes were proposed");
        return;
      }
      if (!flags.yes && !(await confirm(command)))
        throw new UserError("confirmation declined, not proceeding", EXIT.cancelled);
    }
    const outcome = await runOnce(command, context, flags, false);
    if (!outcome.succeeded) throw new Failed(outcome.interrupted ? EXIT.cancelled : EXIT.error);
    expectNoChanges(flags, outcome, "but changes occurred");
  } finally {
    await release?.();
  }
}

async function runOnce(
  command: Command,
  context: StackContext,
  flags: OperationFlags,
  preview: boolean,
): Promise<Outcome> {
  const { project, backend, stack, settings } = context;
  const started = Date.now();
  const state = await backend.read(project.name, stack);
  const crypter = await openCrypter(settings, state);
  const config = resolveConfig(project, stack, settings, crypter);
  const secrets = [...config.values()].filter(({ secret, text }) => secret && text.length > 2).map(({ text }) => text);
  const title = `${TITLES[command][preview ? "preview" : "run"]} (${stack})`;
  const output = new Output(title, { ...flags, isRefresh: command === "refresh" }, preview);
  let interrupted = false;
  const interrupts = onInterrupt();
  try {
    const succeeded = await runOperation({
      kind: command === "refresh" || command === "destroy" ? command : "update",
      preview,
      refresh: command === "refresh" || flags.refresh === true || flags.refresh === "true",
      parallel: parallelism(flags.parallel),
      project,
      stack,
      config,
      state: await decodeState(state, crypter),
      save: (deployment) => backend.write(project.name, stack, encodeDeployment(deployment, crypter)),
      report: (event) => output.report(withoutSecrets(event, secrets)),
      onInterrupt: (react) =>
        interrupts.listen((count) => {
          interrupted = true;
          react(count);
        }),
    });
    return { succeeded, hasChanges: output.display.rows.hasChanges, interrupted };
  } finally {
    interrupts.stop();
    output.finish(started);
  }
}

/** A program or a plugin may print what it was given; as in the CLI, secrets of the configuration are taken out. */
function withoutSecrets(event: EngineEvent, secrets: string[]): EngineEvent {
  if (event.kind !== "message" && event.kind !== "status") return event;
  return { ...event, text: secrets.reduce((text, secret) => text.replaceAll(secret, "[secret]"), event.text) };
}

/** Where a run's events go: to people, or as JSON to programs. */
class Output {
  readonly display: ConsoleDisplay;
  private readonly events: EngineEvent[] = [];
  private sequence = 0;

  constructor(
    title: string,
    private readonly flags: OperationFlags & { isRefresh: boolean },
    private readonly preview: boolean,
  ) {
    const write = flags.json ? () => undefined : (line: string) => process.stdout.write(`${line}\n`);
    this.display = new ConsoleDisplay({ title, preview, refresh: flags.isRefresh, diff: flags.diff === true, write });
  }

  readonly report = (event: EngineEvent): void => {
    this.display.report(event);
    if (!this.flags.json) return;
    this.events.push(event);
    if (!this.preview) this.line(eventJson(event, this.sequence));
  };

  finish(started: number): void {
    this.display.finish();
    if (!this.flags.json) return;
    if (this.preview)
      process.stdout.write(`${JSON.stringify(previewJson(this.events, this.display.rows, started), null, 4)}\n`);
    else this.line(summaryJson(this.display.rows, this.sequence, started));
  }

  private line(json: unknown): void {
    if (json === undefined) return;
    this.sequence += 1;
    process.stdout.write(`${JSON.stringify(json)}\n`);
  }
}

function parallelism(text: string | undefined): number {
  if (text === undefined) return Math.max(16, 4 * availableParallelism());
  if (!/^\d+$/.test(text))
    throw new UserError(`--parallel must be a whole number, found "${text}"`, EXIT.configuration);
  // as in the CLI, 0 and 1 mean one at a time
  return Math.max(1, Number(text));
}

function expectNoChanges(flags: OperationFlags, outcome: Outcome, where: string): void {
  if (flags.expectNoChanges && outcome.hasChanges)
    throw new UserError(`no changes were expected ${where}`, EXIT.changesFound);
}

async function confirm(command: Command): Promise<boolean> {
  const question = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await question.question(
      `Do you want to perform this ${command === "up" ? "update" : command}? [yes/no] `,
    );
    return ["y", "yes"].includes(answer.trim().toLowerCase());
  } finally {
    question.close();
  }
}

/** What `stack export` prints. */
export interface ExportJson {
  version: number;
  deployment?: DeploymentJson;
}
