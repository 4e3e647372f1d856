import { once } from "node:events";
import { messageOf } from "../errors";
import { loadProvider } from "../plugin/load";
import type { Supervised } from "../plugin/supervised";
import type { PendingOperation } from "../state/deployment";
import { stackUrn } from "../urn";
import type { RunContext } from "./context";
import { Deployment } from "./deployment";
import type { Report } from "./events";
import { Executor, Stopped } from "./executor";
import { Monitor } from "./monitor";
import { endOf, startProgram } from "./program";
import { ProviderRegistry } from "./provider-registry";
import { refreshAll } from "./refresh";

export interface OperationOptions extends Omit<RunContext, "config" | "snapshot" | "registry" | "hooks"> {
  kind: "update" | "refresh" | "destroy";
  /** Read everything back first. A refresh does nothing else. */
  refresh: boolean;
  /** URNs of the providers in the state, which will most likely be needed. */
  providers: string[];
  /** What is known when the stack's secrets are open. */
  opened: Promise<Pick<RunContext, "config" | "snapshot">>;
  /** Aborted when the user asks to stop. */
  interrupt: AbortSignal;
}

/**
 * Runs one preview, update, refresh or destruction to its end. Returns whether all of it succeeded.
 * @throws UserError when the state cannot be opened.
 */
export async function runOperation(options: OperationOptions): Promise<boolean> {
  const { project, stack, preview, report } = options;
  const monitor = new Monitor(report, stackUrn(stack, project.name));
  const address = await monitor.listen();
  const registry = new ProviderRegistry((name) => loadProvider(project, address, name), preview, report);
  try {
    for (const urn of options.providers) void registry.start(urn);
    if (options.kind === "update" && options.providers.length === 0)
      for (const name of project.pluginPaths.keys()) registry.prepare(name);
    const opened = await options.opened;
    warnOfInterrupted(opened.snapshot.interrupted, report);
    return await operate({ ...options, ...opened, registry, hooks: monitor.hooks }, monitor, address);
  } finally {
    await registry.closeAll();
    monitor.stop();
  }
}

async function operate(context: OperationOptions & RunContext, monitor: Monitor, address: string): Promise<boolean> {
  const { kind, preview, snapshot, report } = context;
  const executor = new Executor(context);
  const stop = (): void => {
    executor.stop();
    const text = "interrupted: finishing what is in flight; nothing new is started; once more ends at once";
    report({ kind: "message", severity: "warning", text, urn: "" });
  };
  if (context.interrupt.aborted) stop();
  else context.interrupt.addEventListener("abort", stop, { signal: executor.stopped });
  let program: Supervised | undefined;
  try {
    // while it loads, the refresh is done
    if (kind === "update") program = startProgram(context, address);
    if (context.refresh) await refreshAll(context, executor, kind === "refresh");
    if (kind === "refresh") return true;
    if (executor.stopped.aborted) return false;
    const deployment = new Deployment(context, executor);
    monitor.serve(deployment);
    if (program && !(await finished(program, executor))) return false;
    await deployment.deleteUnwanted();
    return true;
  } catch (error) {
    if (!(error instanceof Stopped)) report({ kind: "message", severity: "error", text: messageOf(error), urn: "" });
    return false;
  } finally {
    executor.stop();
    await executor.settled();
    await program?.stop();
    if (!preview) await snapshot.flush();
  }
}

/** Returns false when the program or something that it asked for failed, or the user stopped it. */
async function finished(program: Supervised, executor: Executor): Promise<boolean> {
  const stopped = once(executor.stopped, "abort").then(() => false);
  if (!(await Promise.race([endOf(program), stopped]))) executor.stop();
  await executor.settled();
  return !executor.stopped.aborted;
}

/** What an earlier run was cut off at is noted in the state; this run takes back all notes but those of creations. */
function warnOfInterrupted(operations: readonly PendingOperation[], report: Report): void {
  if (operations.length === 0) return;
  const names = operations.map(({ resource, type }) => `  * ${resource.urn}, interrupted while ${type}`);
  const text = `an earlier run was cut off, and nobody knows whether these operations took place:
${names.join("\n")}
\`pulumi refresh\` reads back what was updated or deleted; what was created may exist outside of the state: \`pulumi up\` creates it again, and \`pulumi refresh --clear-pending-creates\` forgets it`;
  report({ kind: "message", severity: "warning", text, urn: "" });
}
