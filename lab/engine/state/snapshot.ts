import type { Deployment, OperationType, PendingOperation } from "./deployment";
import { withReferences, type ResourceState } from "./resource";

/** Writes a deployment where it lasts. */
export type Save = (deployment: Deployment) => Promise<void>;

/**
 * The state while it changes: what this run has settled, followed by what it has not come to yet. `save` is called
 * after every change that must not be lost; changes made while it runs are written together afterwards.
 */
export class Snapshot {
  /** What an earlier run was cut off at. */
  readonly interrupted: readonly PendingOperation[];
  private readonly done: ResourceState[] = [];
  private rest: ResourceState[];
  private readonly inFlight = new Set<PendingOperation>();
  private readonly renamed = new Map<string, string>();
  /** Creations of a run that was cut off: nobody knows whether they took place. The rest can be read back. */
  private unclear: PendingOperation[];
  private writing: Promise<void> | undefined;
  private next: Promise<void> | undefined;

  constructor(
    base: Deployment,
    private readonly save: Save,
  ) {
    this.rest = base.resources;
    this.interrupted = base.pendingOperations;
    this.unclear = this.interrupted.filter(({ type }) => type === "creating");
  }

  /** What is in state and was not settled by this run, in the order of the state. */
  get unsettled(): readonly ResourceState[] {
    return this.rest;
  }

  get deployment(): Deployment {
    const resources = [...this.done, ...this.rest];
    const currentName = (urn: string): string => this.renamed.get(urn) ?? urn;
    return {
      resources: this.renamed.size > 0 ? resources.map((state) => withReferences(state, currentName)) : resources,
      pendingOperations: [...this.inFlight, ...this.unclear],
    };
  }

  /** Notes on disk that an operation is about to start; returns what takes the note back (not yet on disk). */
  async begin(type: OperationType, resource: ResourceState): Promise<() => void> {
    const operation: PendingOperation = { type, resource };
    this.inFlight.add(operation);
    this.clarify(resource.urn);
    await this.flush();
    return () => this.inFlight.delete(operation);
  }

  /** The resource is as this run wants it; `old` is what it was before, if anything. */
  settle(state: ResourceState, old?: ResourceState): void {
    this.done.push(state);
    this.clarify(state.urn);
    if (!old) return;
    this.rest = this.rest.filter((candidate) => candidate !== old);
    if (old.urn !== state.urn) this.renamed.set(old.urn, state.urn);
  }

  private clarify(urn: string): void {
    this.unclear = this.unclear.filter(({ resource }) => resource.urn !== urn);
  }

  /** Puts another copy in the place of one that is not settled; without one, it is gone. */
  replace(old: ResourceState, state?: ResourceState): void {
    this.rest = this.rest.flatMap((candidate) => (candidate === old ? (state ?? []) : candidate));
  }

  /** Takes references to resources that are gone out of what is not settled: a state must not point at nothing. */
  dropDeadReferences(): void {
    const alive = new Set(this.deployment.resources.map(({ urn }) => urn));
    this.rest = this.rest.map((state) => {
      const next = withReferences(state, (urn) => (alive.has(urn) ? urn : undefined));
      const byProperty = Object.entries(next.propertyDependencies).filter(([, urns]) => urns.length > 0);
      return { ...next, propertyDependencies: Object.fromEntries(byProperty) };
    });
  }

  /** Resolves when everything that was changed before the call is written. */
  async flush(): Promise<void> {
    // what is being written may lack the change: wait for the write after it, which all callers share
    this.next ??= (this.writing ?? Promise.resolve())
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        this.writing = this.save(this.deployment);
        return this.writing;
      });
    return this.next;
  }
}
