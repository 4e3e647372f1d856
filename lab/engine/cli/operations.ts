import { availableParallelism } from "node:os";
import { Display } from "../display";
import { EXIT, UserError } from "../errors";
import { resolveConfig } from "../project/config";
import type { EngineEvent } from "../run/events";
import type { PassphraseCrypter } from "../passphrase";
import { encodeDeployment, providersIn, type DeploymentJson } from "../state/deployment";
import { lockStack } from "../state/lock";
import { Snapshot } from "../state/snapshot";
import { decodeState, openCrypter, openStack, type CommonOptions, type StackContext } from "./context";

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
  const interrupt = interruptSignal();
  const release = onlyPreview ? undefined : await lockStack(context.file.lockDirectory);
  try {
    const json = await context.file.read();
    // the key takes a while to derive, in a thread of its own: providers start meanwhile
    const crypter = openCrypter(context.settings, json);
    // the operation hears of the failure
    crypter.catch(() => undefined);
    const job = { ...context, command, flags, json, crypter, interrupt };
    let hasChanges = false;
    if (onlyPreview || !flags.skipPreview) hasChanges = await runOnce(job, true);
    if (!onlyPreview) hasChanges = await runOnce(job, false);
    if (flags.expectNoChanges && hasChanges) {
      const found = onlyPreview ? "for preview but changes were proposed" : "but changes occurred";
      throw new UserError(`no changes were expected ${found}`, EXIT.changesFound);
    }
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
  interrupt: AbortSignal;
}

/** Returns whether anything changed, or would. @throws UserError when it did not come to its end. */
async function runOnce(job: Job, preview: boolean): Promise<boolean> {
  const { command, project, stack, file, settings, flags, json, interrupt } = job;
  let secrets: string[] = [];
  const opened = job.crypter.then(async (crypter) => {
    const state = await decodeState(json, crypter);
    if (flags.clearPendingCreates) state.pendingOperations = [];
    const config = resolveConfig(project, stack, settings, crypter);
    secrets = [...config.values()].filter(({ secret, text }) => secret && text.length > 2).map(({ text }) => text);
    return { config, snapshot: new Snapshot(state, (latest) => file.write(encodeDeployment(latest, crypter))) };
  });
  opened.catch(() => undefined);
  const kind = command === "refresh" || command === "destroy" ? command : "update";
  const display = new Display({
    title: `${preview ? `Previewing ${kind}` : TITLES[command]} (${stack})`,
    preview,
    refresh: command === "refresh",
    write: flags.json ? () => undefined : (line) => process.stdout.write(`${line}\n`),
  });
  // loaded here: `config set` must not wait for gRPC
  const { runOperation } = await import("../run/operation.js");
  const succeeded = await runOperation({
    kind,
    preview,
    refresh: command === "refresh" || flags.refresh === true,
    parallel: Math.max(16, 4 * availableParallelism()),
    project,
    stack,
    providers: providersIn(json),
    opened,
    report: (event) => display.report(withoutSecrets(event, secrets)),
    interrupt,
  });
  display.finish();
  // of the CLI's stream of events, the last one: what was counted
  if (flags.json) process.stdout.write(`${JSON.stringify({ summaryEvent: { resourceChanges: display.counts } })}\n`);
  if (!succeeded) throw new UserError("", interrupt.aborted ? EXIT.cancelled : EXIT.error);
  return display.hasChanges;
}

/** Aborted by the first Ctrl-C, which asks for a good end; a second one ends the process at once, and plugins with it. */
function interruptSignal(): AbortSignal {
  const interrupt = new AbortController();
  const handle = (): void => {
    if (interrupt.signal.aborted) process.exit(EXIT.killed);
    interrupt.abort();
  };
  process.on("SIGINT", handle).on("SIGTERM", handle);
  return interrupt.signal;
}

/** A program or a plugin may print what it was given; as in the CLI, secrets of the configuration are taken out. */
function withoutSecrets(event: EngineEvent, secrets: string[]): EngineEvent {
  if (event.kind !== "message" && event.kind !== "status") return event;
  return { ...event, text: secrets.reduce((text, secret) => text.replaceAll(secret, "[secret]"), event.text) };
}
