import { bulkhead, type BulkheadPolicy } from "cockatiel";
import { messageOf, UserError } from "../errors";
import { conceal, sameProperties } from "../property";
import type { DiffResult } from "../provider";
import type { OperationType } from "../state/deployment";
import type { ResourceState } from "../state/resource";
import { isProviderType } from "../urn";
import type { RunContext } from "./context";
import type { Driver, Made } from "./driver";
import type { Change, Operation } from "./events";

/** The run was stopped: by a failure elsewhere, or by the user. What was in flight is finished first. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}

export const HOW_TO_UNPROTECT =
  "To unprotect the resource, remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`";

/** What is noted in the state while an operation is under way. */
const PENDING: Partial<Record<Operation, OperationType>> = {
  create: "creating",
  "create-replacement": "creating",
  update: "updating",
  delete: "deleting",
  "delete-replaced": "deleting",
};

/**
 * Carries out steps: asks the drivers, keeps the state up to date, reports. A step gives the state that comes of it, or
 * throws Stopped after its failure was reported.
 */
export class Executor {
  private readonly slots: BulkheadPolicy;
  private readonly inFlight = new Set<Promise<unknown>>();
  private readonly stopping = new AbortController();

  /** Aborted when nothing new is to be started any more. */
  readonly stopped = this.stopping.signal;

  constructor(private readonly context: RunContext) {
    this.slots = bulkhead(context.parallel, Infinity);
  }

  /** From now on nothing new is started. */
  stop(): void {
    this.stopping.abort();
  }

  /** Reports what went wrong, and stops the run. */
  fail(error: unknown, urn: string): never {
    if (error instanceof Stopped) throw error;
    this.context.report({ kind: "message", severity: "error", text: messageOf(error), urn });
    this.stop();
    throw new Stopped();
  }

  /** Resolves when nothing is in flight any more. */
  async settled(): Promise<void> {
    while (this.inFlight.size > 0) await Promise.allSettled(this.inFlight);
  }

  same(old: ResourceState, state: ResourceState): ResourceState {
    state.id = old.id;
    // an output may have to be secret without another change: then it must not stay in plain
    state.outputs = state.custom ? conceal(old.outputs, state.inputs, state.additionalSecretOutputs) : old.outputs;
    this.context.snapshot.settle(state, old);
    this.context.report({ kind: "step", phase: "done", operation: "same", state });
    return state;
  }

  /** Takes over what was found, and updates it where it is not as it is to be. */
  import(found: ResourceState, state: ResourceState, diff: DiffResult): Promise<ResourceState> {
    return this.perform({ operation: "import", state, diff }, async (driver) => {
      const { id, outputs } = found;
      const made = diff.changes === "some" ? await driver.update(found, state) : { id, outputs };
      state.created = state.modified = new Date().toISOString();
      this.settle(state, made);
    });
  }

  create(state: ResourceState): Promise<ResourceState> {
    return this.perform({ operation: "create", state }, (driver) => this.make(driver, state));
  }

  update(old: ResourceState, state: ResourceState, diff: DiffResult): Promise<ResourceState> {
    return this.perform({ operation: "update", state, diff }, async (driver) => {
      await this.context.hooks.before("BeforeUpdate", this.context.preview, state, old);
      const made = await driver.update(old, state);
      state.modified = new Date().toISOString();
      this.settle(state, made, old);
    });
  }

  /** Creates the new copy of a resource; the old one was deleted before, or stays until the end of the run. */
  replace(old: ResourceState, state: ResourceState, deletedFirst: boolean, diff?: DiffResult): Promise<ResourceState> {
    return this.perform({ operation: "create-replacement", state, diff }, async (driver) => {
      await this.make(driver, state, deletedFirst ? old : undefined);
      if (!deletedFirst) old.delete = true;
    });
  }

  /** Deletes the old copy first; the new one comes when its own turn comes. */
  deleteFirst(old: ResourceState): Promise<ResourceState> {
    return this.perform({ operation: "delete-replaced", state: old }, async (driver) => {
      await this.deleteWith(driver, old);
      old.pendingReplacement = true;
    });
  }

  /** Deletes what is not wanted any more. `others` are the URNs that are deleted in the same run. */
  async remove(old: ResourceState, others: ReadonlySet<string>): Promise<void> {
    const operation: Operation = old.delete ? "delete-replaced" : "delete";
    await this.perform({ operation, state: old }, async (driver) => {
      if (old.protect && !old.delete)
        throw new UserError(`resource "${old.urn}" cannot be deleted\nbecause it is protected. ${HOW_TO_UNPROTECT}`);
      const goesWithAnother = old.deletedWith !== "" && others.has(old.deletedWith);
      if (!old.pendingReplacement && !goesWithAnother) await this.deleteWith(driver, old);
      this.context.snapshot.replace(old);
    });
  }

  /** Takes what is really there over into the state; `compare` asks what the next update would do about it, too. */
  async refresh(old: ResourceState, compare: boolean): Promise<void> {
    const step: Change = { operation: "refresh", state: old };
    await this.perform(step, async (driver) => {
      const read = await driver.read(old);
      if (!read) {
        step.gone = true;
        this.context.snapshot.replace(old);
        return;
      }
      const { id, outputs, inputs = old.inputs, initErrors = [] } = read;
      const next: ResourceState = { ...old, id, inputs, outputs, initErrors };
      if (!sameProperties(old.inputs, inputs) || !sameProperties(old.outputs, outputs))
        next.modified = new Date().toISOString();
      this.context.snapshot.replace(old, next);
      // that tells whether the difference matters
      if (compare) step.diff = await driver.diff(next, old.inputs, old.ignoreChanges);
      if (initErrors.length === 0) return;
      const text = `Refreshed resource is in an unhealthy state:\n* ${initErrors.join("\n* ")}`;
      this.context.report({ kind: "message", severity: "warning", text, urn: old.urn });
    });
  }

  private async perform(step: Change, act: (driver: Driver) => Promise<void>): Promise<ResourceState> {
    const { operation, state } = step;
    const noted = PENDING[operation];
    const work = this.slots.execute(async () => {
      if (this.stopped.aborted) throw new Stopped();
      const { preview, snapshot, report } = this.context;
      const touchesTheWorld = !preview && state.custom && !isProviderType(state.type);
      const ended = touchesTheWorld && noted ? await snapshot.begin(noted, state) : () => undefined;
      report({ kind: "step", phase: "start", ...step });
      try {
        await act(await this.context.registry.driverFor(state));
        report({ kind: "step", phase: "done", ...step });
      } catch (error) {
        report({ kind: "step", phase: "failed", ...step });
        this.fail(error, state.urn);
      } finally {
        ended();
        if (!preview && noted) await snapshot.flush();
      }
      return state;
    });
    this.inFlight.add(work);
    return work.finally(() => this.inFlight.delete(work));
  }

  private async make(driver: Driver, state: ResourceState, old?: ResourceState): Promise<void> {
    await this.context.hooks.before("BeforeCreate", this.context.preview, state);
    const made = await driver.create(state);
    state.created = state.modified = new Date().toISOString();
    this.settle(state, made, old);
  }

  /** What exists is kept in state even when it is not in order; the step then fails nevertheless. */
  private settle(state: ResourceState, made: Made, old?: ResourceState): void {
    state.id = made.id;
    state.outputs = made.outputs;
    state.inputs = made.inputs ?? state.inputs;
    state.initErrors = made.initErrors ?? [];
    this.context.snapshot.settle(state, old);
    if (made.initErrors)
      throw new UserError(`the resource exists, but is not in order:\n* ${made.initErrors.join("\n* ")}`);
  }

  private async deleteWith(driver: Driver, state: ResourceState): Promise<void> {
    if (!this.context.preview && !state.retainOnDelete) await driver.delete(state);
  }
}
