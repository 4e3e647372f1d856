import { Unsupported, UserError } from "../errors";
import { rebuild, revealAll, UNKNOWN, type Properties } from "../property";
import { parsePropertyPath, pathContains, resetPath } from "../property-path";
import type { DiffResult } from "../provider";
import { resourceState, type ResourceState } from "../state/resource";
import { isProviderType, makeUrn, parseProviderReference } from "../urn";
import type { RunContext } from "./context";
import type { Driver } from "./driver";
import { HOW_TO_UNPROTECT, type Executor } from "./executor";
import type { Goal } from "./goal";
import { transitiveDependents } from "./graph";

/** One thing to do to a resource. */
export type Step = () => ResourceState | Promise<ResourceState>;

/** Decides what has to be done to a resource. One resource at a time: see Deployment.register. */
export class Generator {
  private readonly byUrn: Map<string, ResourceState>;
  private readonly seen = new Set<string>();
  /** URNs of old resources with that of what the program made of them: the same, or another that has it as an alias. */
  private readonly taken = new Map<string, string>();
  /** Deleted ahead of a replacement, to be created again when the program comes to them. */
  private readonly deletedFirst = new Set<string>();

  /** `olds` is the state as it was when the program started, without copies that only wait to be deleted. */
  constructor(
    private readonly context: RunContext,
    private readonly executor: Executor,
    private readonly olds: readonly ResourceState[],
  ) {
    this.byUrn = new Map(olds.map((state) => [state.urn, state]));
  }

  /** True for an old resource that the program asked for, under whatever name. */
  isWanted(old: ResourceState): boolean {
    return this.taken.has(old.urn);
  }

  /** The steps in their order; the last one is about the resource. @throws UserError when it is invalid or must not be changed as asked. */
  async generate(goal: Goal, provider: string): Promise<Step[]> {
    const { executor } = this;
    const { stack, project, registry } = this.context;
    const urn = makeUrn(stack, project.name, goal.parent, goal.type, goal.name);
    if (this.seen.has(urn)) throw new UserError(`Duplicate resource URN '${urn}'; try giving it a unique name`);
    this.seen.add(urn);
    const old = this.takeOld([urn, ...goal.aliases]);
    const { created = "", modified = "" } = old ?? {};
    const next = resourceState({ ...goal, urn, provider, created, modified });
    const driver = await registry.driverFor(next);

    if (goal.importId !== "" && old?.id !== goal.importId) return this.import(driver, goal, old, next);
    const recreate = this.deletedFirst.has(urn) || old?.pendingReplacement === true;
    if (old && !recreate) next.inputs = this.keepIgnored(next, old.inputs);
    next.inputs = await driver.check(next, recreate ? undefined : old?.inputs);
    if (!old) return [() => executor.create(next)];
    if (recreate) return [() => executor.replace(old, next, true)];
    const hasInitErrors = old.initErrors.length > 0;
    const difference = await driver.diff({ ...old, urn }, next.inputs, next.ignoreChanges);
    const diff = replaceOnChanges(difference, goal.replaceOnChanges, hasInitErrors);
    if (diff.changes === "some" && diff.replaces.length > 0) return this.replace(driver, goal, old, next, diff);
    if (diff.changes === "some" || hasInitErrors) return [() => executor.update(old, next, diff)];
    if (isProviderType(goal.type)) await registry.configure(urn, old.id, revealAll(old.inputs));
    return [() => executor.same(old, next)];
  }

  /** Takes over a thing that is there; where it is not as the program says, it is updated at once. */
  private async import(
    driver: Driver,
    goal: Goal,
    old: ResourceState | undefined,
    next: ResourceState,
  ): Promise<Step[]> {
    const id = goal.importId;
    if (old !== undefined)
      throw new Unsupported(`an import of ${id} in the place of "${next.urn}", which has another ID`);
    const read = await driver.read({ ...next, id, inputs: {}, outputs: {} });
    if (read?.inputs === undefined) throw new UserError(`resource '${id}' does not exist`);
    const { inputs, outputs } = read;
    const found: ResourceState = { ...next, id: read.id, inputs, outputs };
    next.inputs = this.keepIgnored(next, inputs);
    next.inputs = await driver.check(next, inputs);
    const diff = replaceOnChanges(
      await driver.diff(found, next.inputs, next.ignoreChanges),
      goal.replaceOnChanges,
      false,
    );
    if (diff.replaces.length > 0)
      throw new Unsupported(
        `an import that replaces what it imports, as of "${next.urn}" for ${diff.replaces.join(", ")}`,
      );
    return [() => this.executor.import(found, next, diff)];
  }

  /** The old resource of the first of a resource's URNs that has one. */
  private takeOld(urns: [string, ...string[]]): ResourceState | undefined {
    const found = urns.find((candidate) => this.byUrn.has(candidate));
    if (found === undefined) return undefined;
    const other = this.taken.get(found);
    if (other !== undefined)
      throw new UserError(`Duplicate resource alias: both '${urns[0]}' and '${other}' are to be what was '${found}'`);
    this.taken.set(found, urns[0]);
    return this.byUrn.get(found);
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

  private async replace(
    driver: Driver,
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
    next.inputs = await driver.check(next, undefined);
    const deletedFirst = goal.deleteBeforeReplace ?? diff.deleteBeforeReplace;
    const creation: Step = () => this.executor.replace(old, next, deletedFirst, diff);
    if (!deletedFirst) return [creation];
    if (old.provider !== "") await this.context.registry.ensure(old.provider, this.olds);
    const dependents = await this.dependentsToReplace(old);
    dependents.forEach(({ urn }) => this.deletedFirst.add(urn));
    const deletions = [...dependents.reverse(), old].map((state) => () => this.executor.deleteFirst(state));
    return [...deletions, creation];
  }

  /** Those dependents that cannot outlive the resource: they would be replaced themselves when it gets new properties. */
  private async dependentsToReplace(root: ResourceState): Promise<ResourceState[]> {
    const replaced = new Set([root.urn]);
    const result: ResourceState[] = [];
    for (const state of transitiveDependents(root, this.olds, new Set(this.taken.keys()))) {
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
    const { registry } = this.context;
    if (state.provider !== "") {
      await registry.ensure(state.provider, this.olds);
      if (replaced.has(parseProviderReference(state.provider).urn)) return true;
    }
    const dependsOnReplaced = (name: string): boolean =>
      (state.propertyDependencies[name] ?? []).some((urn) => replaced.has(urn));
    const affected = Object.keys(state.inputs).filter(dependsOnReplaced);
    if (affected.length === 0) return false;
    const driver = await registry.driverFor(state);
    const inputs = { ...state.inputs, ...Object.fromEntries(affected.map((name) => [name, UNKNOWN])) };
    const diff = await driver.diff(state, inputs, state.ignoreChanges);
    return replaceOnChanges(diff, state.replaceOnChanges, false).replaces.length > 0;
  }
}

/** Adds the replacements that the program asked for with `replaceOnChanges`. */
function replaceOnChanges(diff: DiffResult, paths: string[], hasInitErrors: boolean): DiffResult {
  if (paths.length === 0 || (diff.changes !== "some" && !hasInitErrors)) return diff;
  const outer = paths.map(parsePropertyPath);
  const forces = (path: string): boolean => outer.some((candidate) => pathContains(candidate, parsePropertyPath(path)));
  const changed = [...(diff.diffs ?? []), ...Object.keys(diff.detailedDiff ?? {})];
  if (hasInitErrors) changed.push("#initerror");
  const replaces = [...new Set([...diff.replaces, ...changed.filter(forces)])];
  return { ...diff, replaces, changes: replaces.length > 0 ? "some" : diff.changes };
}
