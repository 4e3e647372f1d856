import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { UserError } from "../errors";
import { conceal, holdsUnknown, isSecret, revealAll, type Properties } from "../property";
import { PartialFailure } from "../provider";
import type * as api from "../provider";
import type { ResourceState } from "../state/resource";
import { parseUrn } from "../urn";
import type { Report } from "./events";

/** What a provider says of a resource, with its secrets marked. */
export interface Made {
  id: string;
  outputs: Properties;
  /** Why the resource is not in order, though it exists. */
  initErrors?: string[];
  /** Where they differ from those that were asked for. */
  inputs?: Properties;
}

type Answer = api.CreateResult & Pick<Made, "initErrors"> & { inputs?: api.Values };

/** What is needed of whatever is in charge of a resource: a provider, or the registry where it is a provider itself. */
export type InCharge = Omit<api.Provider, "configure" | "checkConfig" | "invoke" | "close">;

/** Asks on behalf of the engine: unwraps secrets on the way there, and marks them on the way back. */
export class Driver {
  constructor(
    /** Undefined for components, and in a preview where the provider's configuration holds unknowns: then nobody is asked. */
    private readonly provider: InCharge | undefined,
    private readonly preview: boolean,
    private readonly report: Report,
  ) {}

  /** The inputs with defaults filled in. @throws UserError naming what is wrong with them. */
  async check({ urn, type, inputs: news }: ResourceState, olds: Properties | undefined): Promise<Properties> {
    if (!this.provider) return news;
    const request = { olds: olds && revealAll(olds), news: revealAll(news), randomSeed: randomBytes(32) };
    const { inputs, failures } = await this.provider.check({ ...refOf(urn), ...request });
    if (failures.length > 0)
      throw new UserError(failures.map((failure) => describeFailure(urn, news, failure)).join("\n"));
    return this.conceal(inputs, news, this.provider.secretInputs?.(type));
  }

  /** How a resource differs from new inputs: what the provider says, or where it has no answer, name by name. */
  async diff(old: ResourceState, news: Properties, ignoreChanges: string[]): Promise<api.DiffResult> {
    const compared = compareInputs(old.inputs, news);
    if (!this.provider) return compared;
    const diff = await this.provider.diff(changeOf(old, old.urn, news, ignoreChanges));
    return diff.changes === "unknown" ? { ...diff, changes: compared.changes, diffs: compared.diffs } : diff;
  }

  async create(state: ResourceState): Promise<Made> {
    const { preview } = this;
    const request = { inputs: revealAll(state.inputs), preview, timeoutSeconds: state.customTimeouts.create };
    return this.make(state, { id: "", outputs: {} }, async (provider, log) => {
      const made = await provider.create({ ...refOf(state.urn), ...request }, log);
      if (made.id === "" && !preview) throw new Error("the provider gave no id for what it created");
      return made;
    });
  }

  async update(old: ResourceState, state: ResourceState): Promise<Made> {
    const { id } = old;
    const change = changeOf(old, state.urn, state.inputs, state.ignoreChanges);
    const request = { ...change, preview: this.preview, timeoutSeconds: state.customTimeouts.update };
    const known = { id, outputs: state.custom ? {} : old.outputs };
    return this.make(state, known, async (provider, log) => ({ id, ...(await provider.update(request, log)) }));
  }

  /** Undefined when the resource is gone. */
  async read(state: ResourceState): Promise<Made | undefined> {
    if (!this.provider) return state;
    const answer = await orPartly(this.provider.read(existing(state), this.logFor(state)));
    return answer && this.mark(answer, state, state.outputs);
  }

  async delete(state: ResourceState): Promise<void> {
    const request = { ...existing(state), timeoutSeconds: state.customTimeouts.delete };
    await this.provider?.delete(request, this.logFor(state));
  }

  /** Creates or updates; `known` is what is known without asking. */
  private async make(
    state: ResourceState,
    known: Made,
    act: (provider: InCharge, log: api.ProviderLog) => Promise<api.CreateResult>,
  ): Promise<Made> {
    if (!this.provider) return known;
    if (this.preview && !this.provider.supportsPreview) return { ...known, outputs: state.inputs };
    return this.mark(await orPartly(act(this.provider, this.logFor(state))), state, state.inputs);
  }

  /** Secret is what is secret in `like`, and what the program or the provider says. */
  private mark({ secretOutputs = [], ...answer }: Answer, state: ResourceState, like: Properties): Made {
    const always = this.provider?.secretOutputs?.(state.type) ?? [];
    const outputs = this.conceal(answer.outputs, like, [...state.additionalSecretOutputs, ...always, ...secretOutputs]);
    return { ...answer, outputs, inputs: answer.inputs && this.conceal(answer.inputs, state.inputs) };
  }

  private conceal(values: Properties, like: Properties, paths?: string[]): Properties {
    return conceal(values, like, paths, this.provider?.keepsSecretItems);
  }

  private logFor({ urn }: ResourceState): api.ProviderLog {
    return {
      status: (text) => this.report({ kind: "status", text, urn }),
      warn: (text) => this.report({ kind: "message", severity: "warning", text, urn }),
    };
  }
}

/** A resource that exists, but is not in order, is an answer, too. */
function orPartly<R>(answer: Promise<R>): Promise<R | Answer> {
  return answer.catch((error: unknown): Answer => {
    if (!(error instanceof PartialFailure)) throw error;
    const { id, outputs, inputs, reasons: initErrors } = error;
    return { id, outputs, inputs, initErrors };
  });
}

function refOf(urn: string): api.ResourceRef {
  const { type, name } = parseUrn(urn);
  return { urn, type, name };
}

function existing({ urn, id, inputs, outputs }: ResourceState): api.ReadRequest {
  return { ...refOf(urn), id, inputs: revealAll(inputs), outputs: revealAll(outputs) };
}

/** `urn` is what the resource is called now. */
function changeOf(old: ResourceState, urn: string, news: Properties, ignoreChanges: string[]): api.DiffRequest {
  const { id, outputs, inputs } = existing(old);
  return { ...refOf(urn), id, olds: outputs, oldInputs: inputs, news: revealAll(news), ignoreChanges };
}

/** The difference of inputs that nobody knows the meaning of. */
function compareInputs(olds: Properties, news: Properties) {
  const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
  const diffs = names.filter((name) => holdsUnknown(news[name]) || !isDeepStrictEqual(olds[name], news[name]));
  const changes: api.DiffResult["changes"] = diffs.length > 0 ? "some" : "none";
  return { changes, replaces: [], deleteBeforeReplace: false, diffs };
}

function describeFailure(urn: string, inputs: Properties, { property, reason }: api.CheckFailure): string {
  const { type, name } = parseUrn(urn);
  const resource = `${type} resource '${name}'`;
  if (property === "") return `${resource} has a problem: ${reason}`;
  const value = inputs[property];
  const shown = isSecret(value) || typeof value === "object" || value === undefined ? "" : ` value {${String(value)}}`;
  return `${resource}: property ${property}${shown} has a problem: ${reason}`;
}
