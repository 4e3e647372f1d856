import { sameProperties, type Properties } from "../property";
import type { ResourceState } from "../state/resource";
import { isProviderType, makeUrn, packageOf, providerType, STACK_TYPE } from "../urn";
import { packageConfig } from "../project/config";
import type { RunContext } from "./context";
import { Stopped, type Executor } from "./executor";
import { Generator, type Step } from "./generator";
import { goalOf, type Goal } from "./goal";
import { dependentsOf } from "./graph";

/** One preview, update or destruction: takes what the program registers, and deletes what it does not. */
export class Deployment {
  private readonly generator: Generator;
  private readonly states = new Map<string, ResourceState>();
  private readonly defaultProviders = new Map<string, Promise<string>>();
  private deciding: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly context: RunContext,
    private readonly executor: Executor,
  ) {
    const olds = context.snapshot.unsettled.filter((state) => !state.delete);
    this.generator = new Generator(context, executor, olds);
  }

  /** Registers a resource and resolves with its state when it is as the program wants it. */
  async register(goal: Goal): Promise<ResourceState> {
    const isOfProvider = goal.custom && !isProviderType(goal.type);
    const provider = isOfProvider ? goal.provider || (await this.defaultProvider(goal.type, goal.version)) : "";
    let state: ResourceState | undefined;
    for (const step of await this.decide(goal, provider)) state = await step();
    if (!state) throw new Stopped();
    this.states.set(state.urn, state);
    return state;
  }

  /** The outputs of a component, known once its children are registered. */
  async registerOutputs(urn: string, outputs: Properties): Promise<void> {
    const state = this.states.get(urn);
    if (!state) throw new Error(`outputs were registered for ${urn}, which is not registered`);
    const old = state.outputs;
    state.outputs = outputs;
    if (state.type === STACK_TYPE) this.context.report({ kind: "outputs", outputs });
    if (!this.context.preview && !sameProperties(old, outputs)) await this.context.snapshot.flush();
  }

  /** Asks a provider a question. */
  async invoke(token: string, args: Properties, reference: string, version: string) {
    const provider = reference || (await this.defaultProvider(token, version));
    return this.context.registry.invoke(provider, token, args);
  }

  /** Deletes, dependents first, what is in the state and was not asked for. @throws Stopped when a deletion failed. */
  async deleteUnwanted(): Promise<void> {
    const { registry, snapshot } = this.context;
    const all = snapshot.unsettled;
    const condemned = all.filter((state) => state.delete || !this.generator.isWanted(state));
    for (const { provider } of condemned) if (provider !== "") await registry.ensure(provider, all);
    const others = new Set(condemned.filter((state) => !state.delete).map(({ urn }) => urn));
    const dependents = dependentsOf(condemned, all);
    const deletions = new Map<ResourceState, Promise<void>>();
    // the last in the state depend on those before them, so going backwards finds the dependents under way
    for (const state of [...condemned].reverse()) {
      const first = (dependents.get(state) ?? []).flatMap((dependent) => deletions.get(dependent) ?? []);
      deletions.set(
        state,
        Promise.all(first).then(() => this.executor.remove(state, others)),
      );
    }
    const results = await Promise.allSettled(deletions.values());
    if (results.some(({ status }) => status === "rejected")) throw new Stopped();
  }

  /** Registers, once, the provider for resources of a package that name none. */
  private defaultProvider(token: string, version: string): Promise<string> {
    const name = version === "" ? "default" : `default_${version.replace(/[^A-Za-z0-9]/g, "_")}`;
    const key = `${packageOf(token)}::${name}`;
    const known = this.defaultProviders.get(key);
    if (known) return known;
    const configured = packageConfig(this.context.config, packageOf(token));
    const inputs = version === "" ? configured : { ...configured, version };
    const goal = goalOf(providerType(packageOf(token)), name, { inputs });
    const reference = this.register(goal).then((state) => `${state.urn}::${state.id}`);
    this.defaultProviders.set(key, reference);
    return reference;
  }

  /** Decisions are made one after the other: a replacement may involve resources that are yet to be registered. */
  private decide(goal: Goal, provider: string): Promise<Step[]> {
    const { context, executor, generator } = this;
    const decision = this.deciding.then(async () => {
      if (executor.stopped.aborted) throw new Stopped();
      try {
        return await generator.generate(goal, provider);
      } catch (error) {
        return executor.fail(error, makeUrn(context.stack, context.project.name, goal.parent, goal.type, goal.name));
      }
    });
    this.deciding = decision.catch(() => undefined);
    return decision;
  }
}
