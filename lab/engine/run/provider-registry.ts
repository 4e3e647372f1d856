import { randomUUID } from "node:crypto";
import { conceal, holdsUnknown, revealAll, sameProperties } from "../property";
import type { Properties } from "../property";
import type { DiffResult, Provider } from "../provider";
import type { ResourceState } from "../state/resource";
import { isProviderType, packageOf, parseProviderReference } from "../urn";
import { ProviderDriver, refOf } from "./driver";
import type { Checked, Driver, Made } from "./driver";
import type { Report } from "./events";

/** Starts the provider of a package, not configured yet. */
export type LoadProvider = (packageName: string, version: string | undefined) => Promise<Provider>;

/** The id of a provider that a preview would create. */
export const UNKNOWN_PROVIDER_ID = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Properties of a provider resource that are the engine's, not the provider's. */
const INTERNAL = "__internal";

/**
 * The providers of a run: drives provider resources (type `pulumi:providers:X`), and gives the driver of everything
 * else by its provider reference. Each provider resource has a provider instance of its own.
 */
export class ProviderRegistry implements Driver {
  private readonly drivers = new Map<string, Promise<ProviderDriver>>();
  /** Loaded for `check` and not configured yet, by URN. */
  private readonly loaded = new Map<string, Promise<Provider>>();
  /** Started ahead, by package. */
  private readonly ahead = new Map<string, Promise<Provider>>();

  constructor(
    private readonly load: LoadProvider,
    private readonly preview: boolean,
    private readonly report: Report,
  ) {}

  /** Starts a provider that will be needed, while there is other work to wait for. */
  startAhead(state: ResourceState): void {
    const packageName = packageOf(state.type);
    if (this.ahead.has(packageName) || this.referenceOf(state.urn) !== undefined) return;
    const starting = this.load(packageName, versionOf(state.inputs));
    // whoever asks for it hears of the failure
    starting.catch(() => undefined);
    this.ahead.set(packageName, starting);
  }

  /** @throws Error when no provider of this reference was registered or ensured. */
  driverOf(reference: string): Promise<ProviderDriver> {
    const driver = this.drivers.get(reference);
    if (!driver) throw new Error(`the provider ${reference} is not registered`);
    return driver;
  }

  /** What is in charge of a resource; undefined for components. */
  async driverFor(state: ResourceState): Promise<Driver | undefined> {
    if (!state.custom) return undefined;
    return isProviderType(state.type) ? this : this.driverOf(state.provider);
  }

  /** Makes sure that a provider from the old state can be used, with the configuration it has there. */
  async ensure(reference: string, olds: readonly ResourceState[]): Promise<ProviderDriver> {
    const known = this.drivers.get(reference);
    if (known) return known;
    const { urn, id } = parseProviderReference(reference);
    const state = olds.find((candidate) => candidate.urn === urn && candidate.id === id);
    if (!state) throw new Error(`the provider ${reference} is not in the state`);
    return this.configure(urn, id, state.inputs, this.start(urn, state.inputs));
  }

  async check(urn: string, olds: Properties | undefined, news: Properties): Promise<Checked> {
    const provider = (await this.running(urn)) ?? (await this.loadForCheck(urn, news));
    if (!provider.checkConfig) return { inputs: news, failures: [] };
    const { inputs, failures } = await provider.checkConfig({
      ...refOf(urn),
      olds: olds && revealAll(withoutInternal(olds)),
      news: revealAll(withoutInternal(news)),
      randomSeed: new Uint8Array(),
    });
    const internal = news[INTERNAL];
    return { inputs: { ...conceal(inputs, news), ...(internal !== undefined && { [INTERNAL]: internal }) }, failures };
  }

  async diff(old: ResourceState, news: Properties, ignoreChanges: string[]): Promise<DiffResult> {
    const provider = await (this.loaded.get(old.urn) ??
      this.drivers.get(`${old.urn}::${old.id}`)?.then((driver) => driver.provider));
    return this.compare(provider, old, news, ignoreChanges);
  }

  /** Whether a resource has to be replaced because its provider became another one, or another configuration of it. */
  async replacesResources(reference: string, old: ResourceState, current: ResourceState): Promise<boolean> {
    const { provider } = await this.driverOf(reference);
    return (await this.compare(provider, old, current.inputs, [])).replaces.length > 0;
  }

  async create(state: ResourceState): Promise<Made> {
    const id = this.preview ? UNKNOWN_PROVIDER_ID : randomUUID();
    await this.configure(state.urn, id, state.inputs, this.takeLoaded(state));
    return { id, outputs: withoutInternal(state.inputs) };
  }

  async update(old: ResourceState, state: ResourceState): Promise<Made> {
    await this.close(`${old.urn}::${old.id}`);
    await this.configure(state.urn, old.id, state.inputs, this.takeLoaded(state));
    return { id: old.id, outputs: withoutInternal(state.inputs) };
  }

  /** Nothing changed: the provider works with the configuration it has in state, as it may do since a refresh. */
  async same(state: ResourceState, oldInputs: Properties): Promise<void> {
    if (!this.loaded.has(state.urn) && this.drivers.has(`${state.urn}::${state.id}`)) return;
    await this.configure(state.urn, state.id, oldInputs, this.takeLoaded(state));
  }

  async read(state: ResourceState): Promise<Made> {
    return Promise.resolve({ id: state.id, outputs: state.outputs, inputs: state.inputs });
  }

  async delete(state: ResourceState): Promise<void> {
    await this.close(`${state.urn}::${state.id}`);
  }

  async closeAll(): Promise<void> {
    await this.forEach(async (provider) => provider.close());
    this.drivers.clear();
    this.loaded.clear();
    this.ahead.clear();
  }

  private async compare(
    provider: Provider | undefined,
    old: ResourceState,
    news: Properties,
    ignoreChanges: string[],
  ): Promise<DiffResult> {
    const oldInputs = withoutInternal(old.inputs);
    const newInputs = withoutInternal(news);
    const isSame = sameProperties(oldInputs, newInputs);
    const unanswered: DiffResult = { changes: isSame ? "none" : "some", replaces: [], deleteBeforeReplace: false };
    if (!provider?.diffConfig) return unanswered;
    const answer = await provider.diffConfig({
      ...refOf(old.urn),
      id: old.id,
      olds: revealAll(old.outputs),
      oldInputs: revealAll(oldInputs),
      news: revealAll(newInputs),
      ignoreChanges,
    });
    return answer.changes === "unknown" ? { ...answer, changes: unanswered.changes } : answer;
  }

  private referenceOf(urn: string): string | undefined {
    return [...this.drivers.keys()].find((reference) => parseProviderReference(reference).urn === urn);
  }

  /** The provider that a refresh has started for this provider resource; undefined when there is none, or it failed. */
  private async running(urn: string): Promise<Provider | undefined> {
    const reference = this.referenceOf(urn);
    return (reference === undefined ? undefined : this.drivers.get(reference))?.then(
      ({ provider }) => provider,
      () => undefined,
    );
  }

  private loadForCheck(urn: string, inputs: Properties): Promise<Provider> {
    const starting = this.start(urn, inputs);
    this.loaded.set(urn, starting);
    return starting;
  }

  private start(urn: string, inputs: Properties): Promise<Provider> {
    const packageName = packageOf(refOf(urn).type);
    const ready = this.ahead.get(packageName);
    this.ahead.delete(packageName);
    return ready ?? this.load(packageName, versionOf(inputs));
  }

  private takeLoaded(state: ResourceState): Promise<Provider> {
    const loaded = this.loaded.get(state.urn);
    this.loaded.delete(state.urn);
    return loaded ?? this.start(state.urn, state.inputs);
  }

  private configure(urn: string, id: string, inputs: Properties, starting: Promise<Provider>): Promise<ProviderDriver> {
    const isKnown = !holdsUnknown(inputs);
    const driver = starting.then(async (provider) => {
      if (isKnown) await provider.configure(revealAll(withoutInternal(inputs)), this.preview);
      return new ProviderDriver(provider, this.preview, isKnown, this.report);
    });
    this.drivers.set(`${urn}::${id}`, driver);
    return driver;
  }

  private async close(reference: string): Promise<void> {
    const driver = this.drivers.get(reference);
    this.drivers.delete(reference);
    if (driver) await (await driver).provider.close();
  }

  /** Of those that started; one that did not has said why already. */
  private async forEach(act: (provider: Provider) => Promise<void>): Promise<void> {
    const starting = [
      ...this.loaded.values(),
      ...this.ahead.values(),
      ...[...this.drivers.values()].map(async (driver) => (await driver).provider),
    ];
    const settled = await Promise.allSettled(starting);
    const providers = settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    await Promise.allSettled(providers.map(act));
  }
}

function versionOf(inputs: Properties): string | undefined {
  return typeof inputs.version === "string" ? inputs.version : undefined;
}

function withoutInternal(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => name !== INTERNAL));
}
