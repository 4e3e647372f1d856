import assert from "node:assert/strict";
import type { CreateResult, Provider, ProviderLog, Values } from "../../../lab/engine/provider";

/** Keeps what a provider says. */
export class RecordingLog implements ProviderLog {
  readonly lines: string[] = [];
  status = (message: string): void => void this.lines.push(`status: ${message}`);
  info = (message: string): void => void this.lines.push(`info: ${message}`);
  warn = (message: string): void => void this.lines.push(`warning: ${message}`);
  error = (message: string): void => void this.lines.push(`error: ${message}`);
}

/** One resource of a provider, without the engine's bookkeeping. */
export class Resource {
  readonly log = new RecordingLog();
  private readonly ref: { urn: string; type: string; name: string };

  constructor(
    private readonly provider: Provider,
    type: string,
    name = "it",
  ) {
    this.ref = { urn: `urn:pulumi:test::test::${type}::${name}`, type, name };
  }

  /** The checked inputs; fails when there is something to refuse. */
  async check(news: Values, olds?: Values): Promise<Values> {
    const { inputs, failures } = await this.provider.check({
      ...this.ref,
      news,
      olds,
      randomSeed: Buffer.alloc(32, 1),
    });
    assert.deepEqual(failures, []);
    return inputs;
  }

  /** What is wrong with inputs, one line each. */
  async problems(news: Values): Promise<string[]> {
    const { failures } = await this.provider.check({ ...this.ref, news, randomSeed: Buffer.alloc(32, 1) });
    return failures.map(({ property, reason }) => `${property}: ${reason}`);
  }

  async create(news: Values, options: { preview?: boolean; timeoutSeconds?: number } = {}): Promise<CreateResult> {
    const { preview = false, timeoutSeconds = 0 } = options;
    return this.provider.create({ ...this.ref, inputs: await this.check(news), preview, timeoutSeconds }, this.log);
  }

  async diff(olds: Values, oldInputs: Values, news: Values): ReturnType<Provider["diff"]> {
    const request = {
      ...this.ref,
      id: "id",
      olds,
      oldInputs: await this.check(oldInputs),
      news: await this.check(news),
    };
    return this.provider.diff({ ...request, ignoreChanges: [] });
  }

  async update(id: string, olds: Values, oldInputs: Values, news: Values): ReturnType<Provider["update"]> {
    const inputs = { olds, oldInputs: await this.check(oldInputs), news: await this.check(news) };
    const request = { ...this.ref, ...inputs, id, preview: false, timeoutSeconds: 0, ignoreChanges: [] };
    return this.provider.update(request, this.log);
  }

  read(id: string, inputs: Values, outputs: Values): ReturnType<Provider["read"]> {
    return this.provider.read({ ...this.ref, id, inputs, outputs }, this.log);
  }

  delete(id: string, outputs: Values): Promise<void> {
    return this.provider.delete({ ...this.ref, id, inputs: outputs, outputs, timeoutSeconds: 0 }, this.log);
  }
}
