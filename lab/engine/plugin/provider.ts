import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { isSecret, revealAll } from "../property";
import { PartialFailure } from "../provider";
import type * as api from "../provider";
import { fromStruct, toStruct } from "../wire";
import type { PluginProcess } from "./process";

const KINDS: api.DiffKind[] = ["add", "add-replace", "delete", "delete-replace", "update", "update-replace"];

/** Adapts a plugin to the engine's provider interface. Secrets are sent in plain, so that any plugin understands them. */
export class PluginProvider implements api.Provider {
  supportsPreview = false;

  constructor(
    private readonly packageName: string,
    private readonly plugin: PluginProcess,
  ) {}

  async checkConfig(request: api.CheckRequest): Promise<api.CheckResult> {
    const message = checkRequest(request);
    return checkResult(await this.plugin.call((client, done) => client.checkConfig(message, done)));
  }

  async configure(args: api.Values): Promise<void> {
    const message = fill(new rpc.ConfigureRequest(), {
      args: toStruct(args),
      acceptsecrets: true,
      acceptresources: true,
      sendsOldInputs: true,
      sendsOldInputsToDelete: true,
    });
    const variables = message.getVariablesMap();
    for (const [name, value] of Object.entries(args)) {
      if (name === "version") continue;
      variables.set(`${this.packageName}:config:${name}`, typeof value === "string" ? value : JSON.stringify(value));
    }
    const response = await this.plugin.call<rpc.ConfigureResponse>((client, done) => client.configure(message, done));
    this.supportsPreview = response.getSupportspreview();
  }

  async check(request: api.CheckRequest): Promise<api.CheckResult> {
    const message = checkRequest(request);
    return checkResult(await this.plugin.call((client, done) => client.check(message, done)));
  }

  async diff(request: api.DiffRequest): Promise<api.DiffResult> {
    const message = fill(new rpc.DiffRequest(), change(request));
    return diffResult(await this.plugin.call((client, done) => client.diff(message, done)));
  }

  async create({ inputs, timeoutSeconds: timeout, ...request }: api.CreateRequest): Promise<api.CreateResult> {
    const message = fill(new rpc.CreateRequest(), { ...request, properties: toStruct(inputs), timeout });
    const response = await this.plugin.call<rpc.CreateResponse>((client, done) => client.create(message, done));
    return { id: response.getId(), ...outputsOf(response) };
  }

  async read({ inputs, outputs, ...request }: api.ReadRequest): Promise<api.ReadResult | undefined> {
    const properties = toStruct(outputs);
    const message = fill(new rpc.ReadRequest(), { ...request, inputs: toStruct(inputs), properties });
    try {
      const response = await this.plugin.call<rpc.ReadResponse>((client, done) => client.read(message, done));
      if (response.getId() === "") return undefined;
      const read = response.hasInputs() ? values(response.getInputs()) : inputs;
      return { id: response.getId(), inputs: read, ...outputsOf(response) };
    } catch (error) {
      if (!(error instanceof PartialFailure)) throw error;
      return { id: error.id, inputs: error.inputs ?? inputs, outputs: error.outputs, initErrors: error.reasons };
    }
  }

  async update({ preview, timeoutSeconds: timeout, ...request }: api.UpdateRequest): Promise<api.UpdateResult> {
    const message = fill(new rpc.UpdateRequest(), { ...change(request), preview, timeout });
    return outputsOf(await this.plugin.call<rpc.UpdateResponse>((client, done) => client.update(message, done)));
  }

  async delete({ inputs, outputs, timeoutSeconds: timeout, ...request }: api.DeleteRequest): Promise<void> {
    const properties = toStruct(outputs);
    const message = fill(new rpc.DeleteRequest(), { ...request, oldInputs: toStruct(inputs), properties, timeout });
    await this.plugin.call((client, done) => client.delete(message, done));
  }

  async invoke(tok: string, args: api.Values, preview: boolean): Promise<api.InvokeResult> {
    const message = fill(new rpc.InvokeRequest(), { tok, args: toStruct(args), preview });
    const response = await this.plugin.call<rpc.InvokeResponse>((client, done) => client.invoke(message, done));
    return { outputs: values(response.getReturn()), failures: failuresOf(response) };
  }

  close(): Promise<void> {
    return this.plugin.stop();
  }
}

/** The fields of a message, under the names of their setters: `urn` for `setUrn`. */
type Fields<M> = {
  [Name in keyof M as Name extends `set${infer Field}` ? Uncapitalize<Field> : never]?: M[Name] extends (
    value: infer Value,
  ) => unknown
    ? Value
    : never;
};

function fill<M extends object>(message: M, fields: Fields<M>): M {
  const setters = message as Record<string, (value: unknown) => void>;
  for (const [name, value] of Object.entries(fields))
    setters[`set${name.replace(/^./, (first) => first.toUpperCase())}`]?.(value);
  return message;
}

function values(message: Struct | undefined): api.Values {
  return revealAll(fromStruct(message));
}

function outputsOf(response: { getProperties(): Struct | undefined }): api.UpdateResult & { secretOutputs: string[] } {
  const properties = fromStruct(response.getProperties());
  const secretOutputs = Object.keys(properties).filter((name) => isSecret(properties[name]));
  return { outputs: revealAll(properties), secretOutputs };
}

/** How a resource is to change, in the fields of a message. */
function change({ olds, oldInputs, news, ignoreChanges: ignorechangesList, ...request }: api.DiffRequest) {
  const structs = { olds: toStruct(olds), oldInputs: toStruct(oldInputs), news: toStruct(news) };
  return { ...request, ...structs, ignorechangesList };
}

function checkRequest({ olds = {}, news, randomSeed: randomseed, ...request }: api.CheckRequest): rpc.CheckRequest {
  return fill(new rpc.CheckRequest(), { ...request, olds: toStruct(olds), news: toStruct(news), randomseed });
}

function checkResult(response: rpc.CheckResponse): api.CheckResult {
  return { inputs: values(response.getInputs()), failures: failuresOf(response) };
}

function failuresOf(response: rpc.CheckResponse | rpc.InvokeResponse): api.CheckFailure[] {
  return response.getFailuresList().map((failure) => failure.toObject());
}

function diffResult(response: rpc.DiffResponse): api.DiffResult {
  const { DIFF_UNKNOWN, DIFF_NONE } = rpc.DiffResponse.DiffChanges;
  const changes = response.getChanges();
  const detailedDiff: Record<string, api.PropertyDiff> = {};
  response.getDetaileddiffMap().forEach((entry, path) => {
    detailedDiff[path] = { kind: KINDS[entry.getKind()] ?? "update", inputDiff: entry.getInputdiff() };
  });
  return {
    changes: changes === DIFF_UNKNOWN ? "unknown" : changes === DIFF_NONE ? "none" : "some",
    replaces: response.getReplacesList(),
    deleteBeforeReplace: response.getDeletebeforereplace(),
    diffs: response.getDiffsList(),
    ...(response.getHasdetaileddiff() && { detailedDiff }),
  };
}
