import { randomBytes } from "node:crypto";
import { conceal, markSecret, revealAll } from "../property";
import type { Properties } from "../property";
import { PartialFailure } from "../provider";
import type * as api from "../provider";
import type { ResourceState } from "../state/resource";
import { parseUrn } from "../urn";
import { UNANSWERED } from "./diff";
import type { Report, Severity } from "./events";

export interface Checked {
  inputs: Properties;
  failures: api.CheckFailure[];
}

export interface Made {
  id: string;
  outputs: Properties;
  /** Why the resource is not in order, though it exists. */
  initErrors?: string[];
  inputs?: Properties;
}

/** What the engine asks of whatever is in charge of a resource; unlike providers it knows which properties are secret. */
export interface Driver {
  check(urn: string, olds: Properties | undefined, news: Properties): Promise<Checked>;
  diff(old: ResourceState, news: Properties, ignoreChanges: string[]): Promise<api.DiffResult>;
  create(state: ResourceState): Promise<Made>;
  update(old: ResourceState, state: ResourceState): Promise<Made>;
  /** Undefined when the resource is gone. */
  read(state: ResourceState): Promise<Made | undefined>;
  delete(state: ResourceState): Promise<void>;
}

/** Drives the resources of one configured provider. */
export class ProviderDriver implements Driver {
  constructor(
    readonly provider: api.Provider,
    private readonly preview: boolean,
    /** False in a preview when the provider's configuration holds unknowns: then it is not asked. */
    private readonly configured: boolean,
    private readonly report: Report,
  ) {}

  async check(urn: string, olds: Properties | undefined, news: Properties): Promise<Checked> {
    if (!this.configured) return { inputs: news, failures: [] };
    const { inputs, failures } = await this.provider.check(checkRequest(urn, olds, news));
    const paths = this.provider.secretInputs?.(parseUrn(urn).type) ?? [];
    const concealed = paths.reduce((marked, path) => markSecret(marked, path.split(".")), conceal(inputs, news));
    return { inputs: concealed, failures };
  }

  async diff(old: ResourceState, news: Properties, ignoreChanges: string[]): Promise<api.DiffResult> {
    if (!this.configured) return UNANSWERED;
    return this.provider.diff(changeOf(old, old.urn, news, ignoreChanges));
  }

  async create(state: ResourceState): Promise<Made> {
    const inputs = revealAll(state.inputs);
    const request = { ...refOf(state.urn), inputs, preview: this.preview, timeoutSeconds: state.customTimeouts.create };
    return this.make(state, "", async (provider, log) => {
      const made = await provider.create(request, log);
      if (made.id === "" && !this.preview) throw new Error("the provider gave no id for what it created");
      return made;
    });
  }

  async update(old: ResourceState, state: ResourceState): Promise<Made> {
    const change = changeOf(old, state.urn, state.inputs, state.ignoreChanges);
    const request = { ...change, preview: this.preview, timeoutSeconds: state.customTimeouts.update };
    return this.make(state, old.id, async (provider, log) => ({
      id: old.id,
      ...(await provider.update(request, log)),
    }));
  }

  async read(state: ResourceState): Promise<Made | undefined> {
    const read = await this.provider.read(existing(state), this.logFor(state));
    if (!read) return undefined;
    const outputs = this.conceal(state, read, state.outputs);
    const { id, initErrors } = read;
    return { id, inputs: conceal(read.inputs, state.inputs), outputs, ...(initErrors && { initErrors }) };
  }

  async delete(state: ResourceState): Promise<void> {
    const request = { ...existing(state), timeoutSeconds: state.customTimeouts.delete };
    await this.provider.delete(request, this.logFor(state));
  }

  async invoke(token: string, args: Properties): Promise<api.InvokeResult> {
    if (!this.configured) return { outputs: {}, failures: [] };
    return this.provider.invoke(token, revealAll(args), this.preview);
  }

  /** Creates or updates; in a preview in which the provider cannot be asked, says what is known without it. */
  private async make(
    state: ResourceState,
    id: string,
    act: (provider: api.Provider, log: api.ProviderLog) => Promise<api.CreateResult>,
  ): Promise<Made> {
    if (this.preview && !this.configured) return { id, outputs: {} };
    if (this.preview && !this.provider.supportsPreview) return { id, outputs: state.inputs };
    try {
      const made = await act(this.provider, this.logFor(state));
      return { id: made.id, outputs: this.conceal(state, made, state.inputs) };
    } catch (error) {
      if (!(error instanceof PartialFailure)) throw error;
      return {
        id: error.id,
        outputs: this.conceal(state, error, state.inputs),
        initErrors: error.reasons,
        ...(error.inputs && { inputs: conceal(error.inputs, state.inputs) }),
      };
    }
  }

  private conceal(state: ResourceState, { outputs, secretOutputs = [] }: api.UpdateResult, like: Properties) {
    const always = this.provider.secretOutputs?.(state.type) ?? [];
    return conceal(outputs, like, [...state.additionalSecretOutputs, ...always, ...secretOutputs]);
  }

  private logFor({ urn }: ResourceState): api.ProviderLog {
    const message = (severity: Severity) => (text: string) => this.report({ kind: "message", severity, text, urn });
    return {
      status: (text) => this.report({ kind: "status", text, urn }),
      info: message("info"),
      warn: message("warning"),
      error: message("error"),
    };
  }
}

function refOf(urn: string): api.ResourceRef {
  const { type, name } = parseUrn(urn);
  return { urn, type, name };
}

export function checkRequest(urn: string, olds: Properties | undefined, news: Properties): api.CheckRequest {
  return { ...refOf(urn), olds: olds && revealAll(olds), news: revealAll(news), randomSeed: randomBytes(32) };
}

function existing({ urn, id, inputs, outputs }: ResourceState): api.ReadRequest {
  return { ...refOf(urn), id, inputs: revealAll(inputs), outputs: revealAll(outputs) };
}

/** `urn` is what the resource is called now. */
function changeOf(old: ResourceState, urn: string, news: Properties, ignoreChanges: string[]): api.DiffRequest {
  const { id, outputs, inputs } = existing(old);
  return { ...refOf(urn), id, olds: outputs, oldInputs: inputs, news: revealAll(news), ignoreChanges };
}
