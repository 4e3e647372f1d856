import { availableParallelism } from "node:os";
import { Display } from "../display";
import { EXIT, UserError } from "../errors";
import { resolveConfig } from "../project/config";
import type { EngineEvent } from "../run/events";
import type { PassphraseCrypter } from "../passphrase";
import { encodeDeployment, providersIn } from "../state/deployment";
import type { Deployment, DeploymentJson } from "../state/deployment";
import { lockStack } from "../state/lock";
import { decodeState, openCrypter, openStack } from "./context";
import type { CommonOptions, StackContext } from "./context";

export interface OperationFlags extends CommonOptions {
  yes?: boolean;
  skipPreview?: boolean;
  json?: boolean;
  refresh?: boolean;
  expectNoChanges?: boolean;
  previewOnly?: boolean;
  clearPendingCreates?: boolean;
}

export type Command = "preview" | "up" | "refresh" | "destroy";

const TITLES = { preview: "", up: "Updating", refresh: "Refreshing", destroy: "Destroying" };

/** Runs a command: its preview unless it is skipped, and the work itself. */
export async function runCommand(command: Command, flags: OperationFlags): Promise<void> {
  const onlyPreview = command === "preview" || flags.previewOnly === true;
  if (!onlyPreview && !flags.yes && !flags.skipPreview) {
    throw new UserError(
      "the fallback engine asks no questions: pass --yes or --skip-preview to proceed",
      EXIT.configuration,
    );
  }
  const context = openStack(flags);
  const release = onlyPreview ? undefined : await lockStack(context.file.lockDirectory);
  try {
    const json = await context.file.read();
    // the key takes a while to derive, in a thread of its own: providers start meanwhile
    const crypter = openCrypter(context.settings, json);
    // the operation hears of the failure
    crypter.catch(() => undefined);
    const job = { ...context, command, flags, json, crypter };
    const wouldChange = (onlyPreview || !flags.skipPreview) && (await runOnce(job, true));
    if (onlyPreview) expectNoChanges(flags, wouldChange, "for preview but changes were proposed");
    else expectNoChanges(flags, await runOnce(job, false), "but changes occurred");
  } finally {
    release?.();
  }
}

/** What a preview and the work itself have in common. */
interface Job extends StackContext {
  command: Command;
  flags: OperationFlags;
  json: DeploymentJson | undefined;
  crypter: Promise<PassphraseCrypter>;
}

/** Returns whether anything changed, or would. @throws UserError when it did not come to its end. */
async function runOnce(job: Job, preview: boolean): Promise<boolean> {
  const { command, project, stack, file, settings, flags, json } = job;
  let secrets: string[] = [];
  const opened = job.crypter.then(async (crypter) => {
    const state = await decodeState(json, crypter);
    if (flags.clearPendingCreates) state.pendingOperations = [];
    const config = resolveConfig(project, stack, settings, crypter);
    secrets = [...config.values()].filter(({ secret, text }) => secret && text.length > 2).map(({ text }) => text);
    return { state, config, save: (deployment: Deployment) => file.write(encodeDeployment(deployment, crypter)) };
  });
  opened.catch(() => undefined);
  const kind = command === "refresh" || command === "destroy" ? command : "update";
  const display = new Display({
    title: `${preview ? `Previewing ${kind}` : TITLES[command]} (${stack})`,
    preview,
    refresh: command === "refresh",
    write: flags.json ? () => undefined : (line) => process.stdout.write(`${line}\n`),
  });
  const interrupt = new AbortController();
  const stopListening = onInterrupt(() => interrupt.abort());
  let succeeded: boolean;
  try {
    // loaded here: `config set` must not wait for gRPC
    const { runOperation } = await import("../run/operation.js");
    succeeded = await runOperation({
      kind,
      preview,
      refresh: command === "refresh" || flags.refresh === true,
      parallel: Math.max(16, 4 * availableParallelism()),
      project,
      stack,
      providers: providersIn(json),
      opened,
      report: (event) => display.report(withoutSecrets(event, secrets)),
      interrupt: interrupt.signal,
    });
  } finally {
    stopListening();
  }
  display.finish();
  // of the CLI's stream of events, the last one: what was counted
  if (flags.json) process.stdout.write(`${JSON.stringify({ summaryEvent: { resourceChanges: display.counts } })}\n`);
  if (!succeeded) throw new UserError("", interrupt.signal.aborted ? EXIT.cancelled : EXIT.error);
  return display.hasChanges;
}

/** Ctrl-C once asks for a good end; a second time it ends the process at once, and plugins with it. */
function onInterrupt(react: () => void): () => void {
  let count = 0;
  const handle = (): void => {
    count += 1;
    if (count > 1) process.exit(EXIT.killed);
    react();
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  signals.forEach((signal) => process.on(signal, handle));
  return () => signals.forEach((signal) => process.off(signal, handle));
}

/** A program or a plugin may print what it was given; as in the CLI, secrets of the configuration are taken out. */
function withoutSecrets(event: EngineEvent, secrets: string[]): EngineEvent {
  if (event.kind !== "message" && event.kind !== "status") return event;
  return { ...event, text: secrets.reduce((text, secret) => text.replaceAll(secret, "[secret]"), event.text) };
}

function expectNoChanges(flags: OperationFlags, hasChanges: boolean, where: string): void {
  if (flags.expectNoChanges && hasChanges) throw new UserError(`no changes were expected ${where}`, EXIT.changesFound);
}
