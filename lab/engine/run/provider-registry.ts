import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { holdsUnknown, revealAll, type Properties } from "../property";
import type * as api from "../provider";
import type { ResourceState } from "../state/resource";
import { isProviderType, packageOf, parseProviderReference, parseUrn } from "../urn";
import { UNKNOWN_STRING } from "../wire";
import { Driver, type InCharge } from "./driver";
import type { Report } from "./events";

/** Starts the provider of a package, not configured yet. */
export type LoadProvider = (packageName: string) => Promise<api.Provider>;

/** The id of a provider that a preview would create. */
export const UNKNOWN_PROVIDER_ID = UNKNOWN_STRING;

/** A provider that works with a configuration; while that holds unknowns it waits for one. */
interface Instance {
  inputs: api.Values;
  provider: Promise<api.Provider>;
}

/**
 * The providers of a run. Each provider resource (type `pulumi:providers:X`) has an instance of its own, and the
 * registry is itself the provider of these resources.
 */
export class ProviderRegistry implements InCharge {
  readonly supportsPreview = true;
  /** Started before anybody asked for one, by package. */
  private readonly spare = new Map<string, Promise<api.Provider>>();
  /** Started and not configured yet, by URN. */
  private readonly started = new Map<string, Promise<api.Provider>>();
  /** By provider reference. */
  private readonly instances = new Map<string, Instance>();

  constructor(
    private readonly load: LoadProvider,
    private readonly preview: boolean,
    private readonly report: Report,
  ) {}

  /** Starts a provider that will be needed, perhaps while there is other work to wait for. */
  start(urn: string): Promise<api.Provider> {
    const known = this.started.get(urn);
    if (known) return known;
    const name = packageOf(parseUrn(urn).type);
    const starting = this.spare.get(name) ?? this.load(name);
    this.spare.delete(name);
    // whoever asks for it hears of the failure
    starting.catch(() => undefined);
    this.started.set(urn, starting);
    return starting;
  }

  /** Starts a provider of a package that the program is likely to use, while that loads. */
  prepare(name: string): void {
    const starting = this.load(name);
    starting.catch(() => undefined);
    this.spare.set(name, starting);
  }

  async driverFor(state: ResourceState): Promise<Driver> {
    return new Driver(await this.inChargeOf(state), this.preview, this.report);
  }

  private async inChargeOf({ custom, type, provider: reference }: ResourceState): Promise<InCharge | undefined> {
    if (!custom) return undefined;
    if (isProviderType(type)) return this;
    const { inputs, provider } = this.instanceOf(reference);
    return holdsUnknown(inputs) ? undefined : provider;
  }

  async invoke(reference: string, token: string, args: Properties): Promise<api.InvokeResult> {
    const { inputs, provider } = this.instanceOf(reference);
    if (holdsUnknown(inputs)) return { outputs: {}, failures: [] };
    return (await provider).invoke(token, revealAll(args), this.preview);
  }

  private instanceOf(reference: string): Instance {
    const instance = this.instances.get(reference);
    if (!instance) throw new Error(`the provider ${reference} is not registered`);
    return instance;
  }

  /** Makes sure that a provider from the old state can be used, with the configuration it has there. */
  async ensure(reference: string, olds: readonly ResourceState[]): Promise<void> {
    if (this.instances.has(reference)) return;
    const { urn, id } = parseProviderReference(reference);
    const state = olds.find((candidate) => candidate.urn === urn && candidate.id === id);
    if (!state) throw new Error(`the provider ${reference} is not in the state`);
    await this.configure(urn, id, revealAll(state.inputs));
  }

  /** Makes a provider work with a configuration: at once, or by a new instance where it works with another one. */
  async configure(urn: string, id: string, inputs: api.Values): Promise<void> {
    const reference = `${urn}::${id}`;
    const known = this.instances.get(reference);
    if (known && isDeepStrictEqual(known.inputs, inputs)) return;
    if (known) await (await known.provider).close();
    const starting = this.start(urn);
    this.started.delete(urn);
    const configuring = starting.then(async (provider) => {
      if (!holdsUnknown(inputs)) await provider.configure(inputs, this.preview);
      return provider;
    });
    this.instances.set(reference, { inputs, provider: configuring });
    await configuring;
  }

  async check(request: api.CheckRequest): Promise<api.CheckResult> {
    // a refresh may have configured it already
    const running = [...this.instances].find(([reference]) => parseProviderReference(reference).urn === request.urn);
    const provider = await (running ? running[1].provider : this.start(request.urn));
    return provider.checkConfig ? provider.checkConfig(request) : { inputs: request.news, failures: [] };
  }

  /** Any change of a provider's configuration is an update: that is what all providers of the stacks say. */
  diff(): Promise<api.DiffResult> {
    return Promise.resolve({ changes: "unknown", replaces: [], deleteBeforeReplace: false });
  }

  async create({ urn, inputs }: api.CreateRequest): Promise<api.CreateResult> {
    const id = this.preview ? UNKNOWN_PROVIDER_ID : randomUUID();
    await this.configure(urn, id, inputs);
    return { id, outputs: inputs };
  }

  async update({ urn, id, news }: api.UpdateRequest): Promise<api.UpdateResult> {
    await this.configure(urn, id, news);
    return { outputs: news };
  }

  read(request: api.ReadRequest): Promise<api.ReadResult> {
    return Promise.resolve(request);
  }

  /** Its instance ends with the run. */
  delete(): Promise<void> {
    return Promise.resolve();
  }

  /** Ends those that started; one that did not has said why already. */
  async closeAll(): Promise<void> {
    const all = [
      ...this.spare.values(),
      ...this.started.values(),
      ...[...this.instances.values()].map(({ provider }) => provider),
    ];
    await Promise.allSettled(all.map(async (provider) => (await provider).close()));
  }
}
