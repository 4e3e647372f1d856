import { randomBytes } from "node:crypto";
import { conceal, markSecret, revealAll } from "../property";
import type { Properties } from "../property";
import { PartialFailure } from "../provider";
import type { CheckFailure, DiffResult, InvokeResult, Provider, ProviderLog, Values } from "../provider";
import type { ResourceState } from "../state/resource";
import { parseUrn } from "../urn";
import type { Report, Severity } from "./events";

export interface Checked {
  inputs: Properties;
  failures: CheckFailure[];
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
  diff(old: ResourceState, news: Properties, ignoreChanges: string[]): Promise<DiffResult>;
  create(state: ResourceState): Promise<Made>;
  update(old: ResourceState, state: ResourceState): Promise<Made>;
  /** Undefined when the resource is gone. */
  read(state: ResourceState): Promise<Made | undefined>;
  delete(state: ResourceState): Promise<void>;
}

/** Drives the resources of one configured provider. */
export class ProviderDriver implements Driver {
  constructor(
    readonly provider: Provider,
    private readonly preview: boolean,
    /** False in a preview when the provider's configuration holds unknowns: then it is not asked. */
    private readonly configured: boolean,
    private readonly report: Report,
  ) {}

  async check(urn: string, olds: Properties | undefined, news: Properties): Promise<Checked> {
    if (!this.configured) return { inputs: news, failures: [] };
    const { inputs, failures } = await this.provider.check({
      ...refOf(urn),
      olds: olds && revealAll(olds),
      news: revealAll(news),
      randomSeed: randomBytes(32),
    });
    const paths = this.provider.secretInputs?.(refOf(urn).type) ?? [];
    const concealed = paths.reduce((marked, path) => markSecret(marked, path.split(".")), conceal(inputs, news));
    return { inputs: concealed, failures };
  }

  async diff(old: ResourceState, news: Properties, ignoreChanges: string[]): Promise<DiffResult> {
    if (!this.configured) return { changes: "unknown", replaces: [], deleteBeforeReplace: false };
    return this.provider.diff({
      ...refOf(old.urn),
      id: old.id,
      olds: revealAll(old.outputs),
      oldInputs: revealAll(old.inputs),
      news: revealAll(news),
      ignoreChanges,
    });
  }

  async create(state: ResourceState): Promise<Made> {
    if (this.preview && !this.configured) return { id: "", outputs: {} };
    if (this.preview && !this.provider.supportsPreview) return { id: "", outputs: state.inputs };
    const request = {
      ...refOf(state.urn),
      inputs: revealAll(state.inputs),
      preview: this.preview,
      timeoutSeconds: state.customTimeouts.create,
    };
    return this.made(state, async () => {
      const made = await this.provider.create(request, this.logFor(state));
      if (made.id === "" && !this.preview) throw new Error("the provider gave no id for what it created");
      return made;
    });
  }

  async update(old: ResourceState, state: ResourceState): Promise<Made> {
    if (this.preview && !this.configured) return { id: old.id, outputs: {} };
    if (this.preview && !this.provider.supportsPreview) return { id: old.id, outputs: state.inputs };
    const request = {
      ...refOf(state.urn),
      id: old.id,
      olds: revealAll(old.outputs),
      oldInputs: revealAll(old.inputs),
      news: revealAll(state.inputs),
      preview: this.preview,
      timeoutSeconds: state.customTimeouts.update,
      ignoreChanges: state.ignoreChanges,
    };
    return this.made(state, async () => ({ id: old.id, ...(await this.provider.update(request, this.logFor(state))) }));
  }

  async read(state: ResourceState): Promise<Made | undefined> {
    const request = {
      ...refOf(state.urn),
      id: state.id,
      inputs: revealAll(state.inputs),
      outputs: revealAll(state.outputs),
    };
    const read = await this.provider.read(request, this.logFor(state));
    return (
      read && {
        id: read.id,
        inputs: conceal(read.inputs, state.inputs),
        outputs: this.conceal(state, read.outputs, read.secretOutputs, state.outputs),
        ...(read.initErrors && { initErrors: read.initErrors }),
      }
    );
  }

  async delete(state: ResourceState): Promise<void> {
    const { id, inputs, outputs, customTimeouts } = state;
    const request = { ...refOf(state.urn), id, inputs: revealAll(inputs), outputs: revealAll(outputs) };
    await this.provider.delete({ ...request, timeoutSeconds: customTimeouts.delete }, this.logFor(state));
  }

  async invoke(token: string, args: Properties): Promise<InvokeResult> {
    if (!this.configured) return { outputs: {}, failures: [] };
    return this.provider.invoke(token, revealAll(args), this.preview);
  }

  private async made(
    state: ResourceState,
    make: () => Promise<{ id: string; outputs: Values; secretOutputs?: string[] }>,
  ): Promise<Made> {
    try {
      const { id, outputs, secretOutputs } = await make();
      return { id, outputs: this.conceal(state, outputs, secretOutputs, state.inputs) };
    } catch (error) {
      if (!(error instanceof PartialFailure)) throw error;
      return {
        id: error.id,
        outputs: this.conceal(state, error.outputs, undefined, state.inputs),
        initErrors: error.reasons,
        ...(error.inputs && { inputs: conceal(error.inputs, state.inputs) }),
      };
    }
  }

  private conceal(state: ResourceState, outputs: Values, marked: string[] | undefined, like: Properties): Properties {
    const names = [
      ...state.additionalSecretOutputs,
      ...(this.provider.secretOutputs?.(state.type) ?? []),
      ...(marked ?? []),
    ];
    return conceal(outputs, like, names);
  }

  private logFor(state: ResourceState): ProviderLog {
    const message = (severity: Severity) => (text: string) =>
      this.report({ kind: "message", severity, text, urn: state.urn });
    return {
      status: (text) => this.report({ kind: "status", text, urn: state.urn }),
      info: message("info"),
      warn: message("warning"),
      error: message("error"),
    };
  }
}

export function refOf(urn: string): { urn: string; type: string; name: string } {
  const { type, name } = parseUrn(urn);
  return { urn, type, name };
}
