import { UserError } from "../errors";
import { isSecret, rebuild } from "../property";
import type { Properties } from "../property";
import { parsePropertyPath, resetPath } from "../property-path";
import type { CheckFailure, DiffResult } from "../provider";
import { resourceState } from "../state/resource";
import type { ResourceState } from "../state/resource";
import { makeUrn, parseProviderReference } from "../urn";
import { UNKNOWN } from "../values";
import { previousUrns } from "./aliases";
import type { RunContext } from "./context";
import { decideDiff, replaceOnChanges, UNANSWERED } from "./diff";
import type { Driver } from "./driver";
import type { Goal } from "./goal";
import { transitiveDependents } from "./graph";

/** One thing to do, in the order in which a resource's steps are given. */
export type Step =
  | { operation: "same"; old: ResourceState; new: ResourceState }
  | { operation: "create"; new: ResourceState }
  | { operation: "update"; old: ResourceState; new: ResourceState; diff: DiffResult }
  /** `old` was deleted before, or stays until the end of the run. */
  | {
      operation: "create-replacement";
      old: ResourceState;
      new: ResourceState;
      diff?: DiffResult;
      deletedFirst: boolean;
    }
  /** Deletes the old copy first; the new one comes when its own turn comes. */
  | { operation: "delete-replaced"; old: ResourceState };

export const HOW_TO_UNPROTECT =
  "To unprotect the resource, remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`";

/** Decides what has to be done to a resource. One resource at a time: see Deployment.register. */
export class Generator {
  private readonly byUrn: Map<string, ResourceState>;
  /** URNs seen in this run, and old URNs that an alias led to. */
  private readonly seen = new Set<string>();
  private readonly renamed = new Map<string, string>();
  private readonly claimed = new Map<string, string>();
  /** Deleted ahead of a replacement, to be created again when the program comes to them. */
  private readonly deletedFirst = new Set<string>();

  /** `olds` is the state as it was when the program started, without copies that only wait to be deleted. */
  constructor(
    private readonly context: RunContext,
    private readonly olds: readonly ResourceState[],
  ) {
    this.byUrn = new Map(olds.map((state) => [state.urn, state]));
  }

  /** True for an old resource that the program asked for, under whatever name. */
  isWanted(old: ResourceState): boolean {
    return this.seen.has(old.urn) || this.claimed.has(old.urn);
  }

  /** @throws UserError when the resource is invalid or must not be changed as asked. */
  async generate(goal: Goal, provider: string): Promise<Step[]> {
    const { stack, project, registry } = this.context;
    const urn = makeUrn(stack, project, goal.parent, goal.type, goal.name);
    if (goal.parent !== "" && !this.seen.has(goal.parent))
      throw new UserError(`could not find parent resource ${goal.parent}`);
    if (this.seen.has(urn)) throw new UserError(`Duplicate resource URN '${urn}'; try giving it a unique name`);
    this.seen.add(urn);
    const old = this.findOld(urn, goal);
    const { created = "", modified = "" } = old ?? {};
    const next = resourceState({ ...goal, urn, provider, created, modified });
    const driver = await this.context.registry.driverFor(next);

    const recreate = this.deletedFirst.has(urn) || old?.pendingReplacement === true;
    if (old && !recreate) next.inputs = this.keepIgnored(next, old.inputs);
    await this.check(driver, next, old && !recreate ? old.inputs : undefined);
    if (!old) return [{ operation: "create", new: next }];
    if (recreate) {
      return [{ operation: "create-replacement", old, new: next, deletedFirst: true }];
    }
    const diff = replaceOnChanges(await this.diff(driver, old, next), goal.replaceOnChanges, old.initErrors.length > 0);
    if (diff.changes === "some" && diff.replaces.length > 0) return this.replace(driver, goal, old, next, diff);
    if (diff.changes === "some" || old.initErrors.length > 0) return [{ operation: "update", old, new: next, diff }];
    if (registry === driver) await registry.configure(urn, old.id, old.inputs);
    return [{ operation: "same", old, new: next }];
  }

  private findOld(urn: string, goal: Goal): ResourceState | undefined {
    const claimant = this.claimed.get(urn);
    if (claimant !== undefined)
      throw new UserError(`Duplicate resource URN '${urn}' conflicting with alias on resource with URN '${claimant}'`);
    for (const candidate of [urn, ...previousUrns(this.context, goal, this.renamed)]) {
      const old = this.byUrn.get(candidate);
      if (!old) continue;
      if (candidate !== urn) {
        const other = this.seen.has(candidate) ? candidate : this.claimed.get(candidate);
        if (other !== undefined)
          throw new UserError(
            `Duplicate resource alias '${candidate}' applied to resource with URN '${urn}' conflicting with resource with URN '${other}'`,
          );
        this.claimed.set(candidate, urn);
        this.renamed.set(urn, candidate);
      }
      return old;
    }
    return undefined;
  }

  private keepIgnored(state: ResourceState, oldInputs: Properties): Properties {
    const inputs = rebuild(state.inputs, () => undefined) as Properties;
    const lost = state.ignoreChanges.filter((path) => !resetPath(parsePropertyPath(path), oldInputs, inputs));
    if (lost.length > 0) {
      const text = `cannot ignore changes in added or removed elements of the path: "${lost.join(", ")}"`;
      this.context.report({ kind: "message", severity: "info", text, urn: state.urn });
    }
    return inputs;
  }

  private async check(driver: Driver | undefined, state: ResourceState, olds: Properties | undefined): Promise<void> {
    if (!driver) return;
    const { inputs, failures } = await driver.check(state.urn, olds, state.inputs);
    if (failures.length > 0) throw new UserError(failures.map((failure) => describeFailure(state, failure)).join("\n"));
    state.inputs = inputs;
  }

  private async diff(driver: Driver | undefined, old: ResourceState, next: ResourceState): Promise<DiffResult> {
    const answer = await driver?.diff({ ...old, urn: next.urn }, next.inputs, next.ignoreChanges);
    return decideDiff(answer ?? UNANSWERED, old.inputs, next.inputs);
  }

  private async replace(
    driver: Driver | undefined,
    goal: Goal,
    old: ResourceState,
    next: ResourceState,
    diff: DiffResult,
  ): Promise<Step[]> {
    if (old.protect && next.protect) {
      throw new UserError(
        `unable to replace resource "${next.urn}"\nas it is currently marked for protection. ${HOW_TO_UNPROTECT}`,
      );
    }
    // a replacement is a new resource: what was kept from the old one does not count for it
    next.inputs = goal.inputs;
    await this.check(driver, next, undefined);
    const deletedFirst = goal.deleteBeforeReplace ?? diff.deleteBeforeReplace;
    const creation: Step = { operation: "create-replacement", old, new: next, diff, deletedFirst };
    if (!deletedFirst) return [creation];
    if (old.provider !== "") await this.context.registry.ensure(old.provider, this.olds);
    const dependents = await this.dependentsToReplace(old);
    dependents.forEach(({ urn }) => this.deletedFirst.add(urn));
    return [...dependents.reverse(), old]
      .map((state): Step => ({ operation: "delete-replaced", old: state }))
      .concat(creation);
  }

  /** Those dependents that cannot outlive the resource: they would be replaced themselves when it gets new properties. */
  private async dependentsToReplace(root: ResourceState): Promise<ResourceState[]> {
    const replaced = new Set([root.urn]);
    const result: ResourceState[] = [];
    for (const state of transitiveDependents(root, this.olds, new Set([...this.seen, ...this.claimed.keys()]))) {
      if (!(await this.mustReplace(state, replaced))) continue;
      if (state.protect) {
        throw new UserError(
          `unable to replace resource "${state.urn}" as part of replacing "${root.urn}" as it is currently marked for protection. ${HOW_TO_UNPROTECT}`,
        );
      }
      replaced.add(state.urn);
      result.push(state);
    }
    return result;
  }

  private async mustReplace(state: ResourceState, replaced: ReadonlySet<string>): Promise<boolean> {
    if (!state.custom) return false;
    const { registry } = this.context;
    if (state.provider !== "") {
      await registry.ensure(state.provider, this.olds);
      if (replaced.has(parseProviderReference(state.provider).urn)) return true;
    }
    const isAffected = (name: string): boolean =>
      (state.propertyDependencies[name] ?? []).some((urn) => replaced.has(urn));
    const names = Object.keys(state.inputs);
    if (!names.some(isAffected)) return false;
    const inputs = Object.fromEntries(
      Object.entries(state.inputs).map(([name, value]) => [name, isAffected(name) ? UNKNOWN : value]),
    );
    const driver = await this.context.registry.driverFor(state);
    if (!driver) return false;
    const diff = decideDiff(await driver.diff(state, inputs, state.ignoreChanges), state.inputs, inputs);
    return replaceOnChanges(diff, state.replaceOnChanges, false).replaces.length > 0;
  }
}

function describeFailure(state: ResourceState, { property, reason }: CheckFailure): string {
  const name = `${state.type} resource '${state.urn.split("::").pop() ?? ""}'`;
  if (property === "") return `${name} has a problem: ${reason}`;
  const value = state.inputs[property];
  const shown = isSecret(value) || typeof value === "object" || value === undefined ? "" : ` value {${String(value)}}`;
  return `${name}: property ${property}${shown} has a problem: ${reason}`;
}
