import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { conceal, holdsUnknown, revealAll, sameProperties } from "../property";
import type { Properties } from "../property";
import type { DiffResult, Provider } from "../provider";
import type { ResourceState } from "../state/resource";
import { isProviderType, packageOf, parseProviderReference, parseUrn } from "../urn";
import { UNKNOWN_STRING } from "../wire";
import { checkRequest, ProviderDriver } from "./driver";
import type { Checked, Driver, Made } from "./driver";
import { UNANSWERED } from "./diff";
import type { Report } from "./events";

/** Starts the provider of a package, not configured yet. */
export type LoadProvider = (packageName: string) => Promise<Provider>;

/** The id of a provider that a preview would create. */
export const UNKNOWN_PROVIDER_ID = UNKNOWN_STRING;

/**
 * The providers of a run: drives provider resources (type `pulumi:providers:X`), and gives the driver of everything
 * else by its provider reference. Each provider resource has a provider instance of its own.
 */
export class ProviderRegistry implements Driver {
  /** Started and not configured yet, by URN. */
  private readonly started = new Map<string, Promise<Provider>>();
  /** Configured, by reference. */
  private readonly drivers = new Map<string, { inputs: Properties; driver: Promise<ProviderDriver> }>();

  constructor(
    private readonly load: LoadProvider,
    private readonly preview: boolean,
    private readonly report: Report,
  ) {}

  /** Starts a provider that will be needed, perhaps while there is other work to wait for. */
  start(urn: string): Promise<Provider> {
    const starting = this.started.get(urn) ?? this.load(packageOf(parseUrn(urn).type));
    // whoever asks for it hears of the failure
    starting.catch(() => undefined);
    this.started.set(urn, starting);
    return starting;
  }

  /** @throws Error when no provider of this reference was registered or ensured. */
  driverOf(reference: string): Promise<ProviderDriver> {
    const known = this.drivers.get(reference);
    if (!known) throw new Error(`the provider ${reference} is not registered`);
    return known.driver;
  }

  /** What is in charge of a resource; undefined for components. */
  async driverFor(state: ResourceState): Promise<Driver | undefined> {
    if (!state.custom) return undefined;
    return isProviderType(state.type) ? this : this.driverOf(state.provider);
  }

  /** Makes sure that a provider from the old state can be used, with the configuration it has there. */
  async ensure(reference: string, olds: readonly ResourceState[]): Promise<void> {
    const { urn, id } = parseProviderReference(reference);
    const state = olds.find((candidate) => candidate.urn === urn && candidate.id === id);
    if (!state && !this.drivers.has(reference)) throw new Error(`the provider ${reference} is not in the state`);
    if (state && !this.drivers.has(reference)) await this.configure(urn, id, state.inputs);
  }

  /** Makes a provider work with a configuration: at once, or by a new instance where it works with another one. */
  async configure(urn: string, id: string, inputs: Properties): Promise<void> {
    const reference = `${urn}::${id}`;
    const known = this.drivers.get(reference);
    if (known && isDeepStrictEqual(known.inputs, inputs)) return;
    if (known) await (await known.driver).provider.close();
    const starting = this.start(urn);
    this.started.delete(urn);
    const isKnown = !holdsUnknown(inputs);
    const driver = starting.then(async (provider) => {
      if (isKnown) await provider.configure(revealAll(withoutInternal(inputs)), this.preview);
      return new ProviderDriver(provider, this.preview, isKnown, this.report);
    });
    this.drivers.set(reference, { inputs, driver });
    await driver;
  }

  async check(urn: string, olds: Properties | undefined, news: Properties): Promise<Checked> {
    // a refresh may have configured it already
    const running = [...this.drivers].find(([reference]) => parseProviderReference(reference).urn === urn);
    const provider = running ? (await running[1].driver).provider : await this.start(urn);
    if (!provider.checkConfig) return { inputs: news, failures: [] };
    const request = checkRequest(urn, olds && withoutInternal(olds), withoutInternal(news));
    const { inputs, failures } = await provider.checkConfig(request);
    const { __internal } = news;
    return { inputs: { ...conceal(inputs, news), ...(__internal !== undefined && { __internal }) }, failures };
  }

  /** Any change of a provider's configuration is an update: that is what all providers of the stacks say. */
  async diff(old: ResourceState, news: Properties): Promise<DiffResult> {
    const isSame = sameProperties(withoutInternal(old.inputs), withoutInternal(news));
    return Promise.resolve({ ...UNANSWERED, changes: isSame ? "none" : "some" });
  }

  async create(state: ResourceState): Promise<Made> {
    const id = this.preview ? UNKNOWN_PROVIDER_ID : randomUUID();
    await this.configure(state.urn, id, state.inputs);
    return { id, outputs: withoutInternal(state.inputs) };
  }

  async update(old: ResourceState, state: ResourceState): Promise<Made> {
    await this.configure(state.urn, old.id, state.inputs);
    return { id: old.id, outputs: withoutInternal(state.inputs) };
  }

  async read(state: ResourceState): Promise<Made> {
    return Promise.resolve(state);
  }

  /** Its instance ends with the run. */
  async delete(): Promise<void> {
    return Promise.resolve();
  }

  /** Ends those that started; one that did not has said why already. */
  async closeAll(): Promise<void> {
    const configured = [...this.drivers.values()].map(async ({ driver }) => (await driver).provider);
    const settled = await Promise.allSettled([...this.started.values(), ...configured]);
    const providers = settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    await Promise.allSettled(providers.map((provider) => provider.close()));
  }
}

/** Without what is the engine's own in a provider's properties. */
function withoutInternal(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => name !== "__internal"));
}
