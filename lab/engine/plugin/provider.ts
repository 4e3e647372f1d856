import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { ResourceProviderService as service } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { isObject, isSecret, revealAll } from "../property";
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
    return checkResult(await this.plugin.call(service.checkConfig, checkRequest(request)));
  }

  async configure(args: api.Values): Promise<void> {
    const message = fill(new rpc.ConfigureRequest(), {
      args,
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
    const response = await this.plugin.call(service.configure, message);
    this.supportsPreview = response.getSupportspreview();
  }

  async check(request: api.CheckRequest): Promise<api.CheckResult> {
    return checkResult(await this.plugin.call(service.check, checkRequest(request)));
  }

  async diff({ ignoreChanges: ignorechangesList, ...request }: api.DiffRequest): Promise<api.DiffResult> {
    const message = fill(new rpc.DiffRequest(), { ...request, ignorechangesList });
    return diffResult(await this.plugin.call(service.diff, message));
  }

  async create({ inputs, timeoutSeconds: timeout, ...request }: api.CreateRequest): Promise<api.CreateResult> {
    const message = fill(new rpc.CreateRequest(), { ...request, properties: inputs, timeout });
    const response = await this.plugin.call(service.create, message);
    return { id: response.getId(), ...outputsOf(response) };
  }

  async read({ outputs, ...request }: api.ReadRequest): Promise<api.ReadResult | undefined> {
    const message = fill(new rpc.ReadRequest(), { ...request, properties: outputs });
    const response = await this.plugin.call(service.read, message);
    if (response.getId() === "") return undefined;
    const inputs = response.hasInputs() ? values(response.getInputs()) : request.inputs;
    return { id: response.getId(), inputs, ...outputsOf(response) };
  }

  async update(request: api.UpdateRequest): Promise<api.UpdateResult> {
    const { ignoreChanges: ignorechangesList, timeoutSeconds: timeout } = request;
    const message = fill(new rpc.UpdateRequest(), { ...request, ignorechangesList, timeout });
    return outputsOf(await this.plugin.call(service.update, message));
  }

  async delete(request: api.DeleteRequest): Promise<void> {
    const { inputs: oldInputs, outputs: properties, timeoutSeconds: timeout, ...resource } = request;
    await this.plugin.call(
      service.delete,
      fill(new rpc.DeleteRequest(), { ...resource, oldInputs, properties, timeout }),
    );
  }

  async invoke(tok: string, args: api.Values, preview: boolean): Promise<api.InvokeResult> {
    const message = fill(new rpc.InvokeRequest(), { tok, args, preview });
    const response = await this.plugin.call(service.invoke, message);
    return { outputs: values(response.getReturn()), failures: failuresOf(response) };
  }

  close(): Promise<void> {
    return this.plugin.stop();
  }
}

/** The fields of a message, under the names of their setters: `urn` for `setUrn`; properties as they are for a Struct. */
type Fields<M> = {
  [Name in keyof M as Name extends `set${infer Field}` ? Uncapitalize<Field> : never]?: M[Name] extends (
    value: infer Value,
  ) => unknown
    ? Value extends Struct
      ? api.Values
      : Value
    : never;
};

function fill<M extends object>(message: M, fields: Fields<M>): M {
  const setters = message as Record<string, (value: unknown) => void>;
  for (const [name, value] of Object.entries(fields)) {
    const isStruct = isObject(value) && !(value instanceof Uint8Array);
    setters[`set${name.replace(/^./, (first) => first.toUpperCase())}`]?.(isStruct ? toStruct(value) : value);
  }
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

function checkRequest({ olds = {}, randomSeed: randomseed, ...request }: api.CheckRequest): rpc.CheckRequest {
  return fill(new rpc.CheckRequest(), { ...request, olds, randomseed });
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
