import { messageOf } from "../errors";
import type { Supervised } from "../plugin/supervised";
import type { Project } from "../project/project";
import { Snapshot } from "../state/snapshot";
import type { Save } from "../state/snapshot";
import type { Deployment as StackState, PendingOperation } from "../state/deployment";
import { isProviderType } from "../urn";
import type { RunContext } from "./context";
import { Deployment } from "./deployment";
import type { Report } from "./events";
import { Executor, Stopped } from "./executor";
import { loadProvider } from "./load-provider";
import { Monitor } from "./monitor";
import { endOf, startProgram } from "./program";
import { ProviderRegistry } from "./provider-registry";
import { refreshAll } from "./refresh";

export interface OperationOptions extends Omit<RunContext, "project" | "snapshot" | "registry"> {
  kind: "update" | "refresh" | "destroy";
  /** Read everything back first. A refresh does nothing else. */
  refresh: boolean;
  project: Project;
  state: StackState;
  /** Not called in a preview. */
  save: Save;
  /** Aborted when the user asks to stop. */
  interrupt: AbortSignal;
}

/** Runs one preview, update, refresh or destruction to its end. Returns whether all of it succeeded. */
export async function runOperation(options: OperationOptions): Promise<boolean> {
  const { project, stack, config, preview, parallel, report } = options;
  const snapshot = new Snapshot(options.state, options.save);
  warnOfInterrupted(options.state.pendingOperations, report);
  const { monitor, address } = await Monitor.start(report);
  const registry = new ProviderRegistry((name) => loadProvider(project, address, name), preview, report);
  const context = { stack, project: project.name, config, preview, parallel, snapshot, registry, report };
  const executor = new Executor(context);
  options.interrupt.addEventListener("abort", () => {
    executor.stop();
    const text = "interrupted: finishing what is in flight; nothing new is started; once more ends at once";
    report({ kind: "message", severity: "warning", text, urn: "" });
  });
  let program: Supervised | undefined;
  try {
    // while it loads, the refresh is done, or the providers start that it will most likely need
    if (options.kind === "update") program = startProgram({ ...options, address });
    if (options.refresh) await refreshAll(snapshot, registry, executor, report);
    else if (program) {
      for (const { type, urn } of snapshot.unsettled) if (isProviderType(type)) void registry.start(urn);
    }
    if (options.kind === "refresh") return true;
    if (executor.isStopped) return false;
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
    await registry.closeAll();
    monitor.stop();
  }
}

/** Returns false when the program or something that it asked for failed, or the user stopped it. */
async function finished(program: Supervised, executor: Executor): Promise<boolean> {
  const end = await Promise.race([endOf(program), executor.whenStopped.then(() => ({ succeeded: false }))]);
  if (!end.succeeded) executor.stop();
  await executor.settled();
  return end.succeeded && !executor.isStopped;
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
