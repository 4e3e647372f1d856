import { status } from "@grpc/grpc-js";
import type { ServiceError } from "@grpc/grpc-js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { isSecret, revealAll } from "../property";
import { PartialFailure } from "../provider";
import type * as api from "../provider";
import { fromStruct, toStruct } from "../wire";
import { fromServiceError } from "./failure";
import type { Call, PluginProcess } from "./process";

const KINDS: api.DiffKind[] = ["add", "add-replace", "delete", "delete-replace", "update", "update-replace"];

/** Adapts a plugin to the engine's provider interface. Secrets are sent in plain, so that any plugin understands them. */
export class PluginProvider implements api.Provider {
  supportsPreview = false;

  constructor(
    private readonly packageName: string,
    private readonly plugin: PluginProcess,
  ) {}

  async checkConfig(request: api.CheckRequest): Promise<api.CheckResult> {
    try {
      return checkResult(await this.plugin.call((client, done) => client.checkConfig(checkRequest(request), done)));
    } catch (error) {
      // a plugin need not have this call
      if ((error as Partial<ServiceError>).code !== status.UNIMPLEMENTED) throw fromServiceError(error);
      return { inputs: request.news, failures: [] };
    }
  }

  async configure(args: api.Values): Promise<void> {
    const request = new rpc.ConfigureRequest();
    const variables = request.getVariablesMap();
    for (const [name, value] of Object.entries(args)) {
      if (name === "version") continue;
      variables.set(`${this.packageName}:config:${name}`, typeof value === "string" ? value : JSON.stringify(value));
    }
    request.setArgs(struct(args));
    request.setAcceptsecrets(true);
    request.setAcceptresources(true);
    request.setSendsOldInputs(true);
    request.setSendsOldInputsToDelete(true);
    const response = await this.call<rpc.ConfigureResponse>((client, done) => client.configure(request, done));
    this.supportsPreview = response.getSupportspreview();
  }

  async check(request: api.CheckRequest): Promise<api.CheckResult> {
    return checkResult(await this.call((client, done) => client.check(checkRequest(request), done)));
  }

  async diff(request: api.DiffRequest): Promise<api.DiffResult> {
    const message = change(new rpc.DiffRequest(), request);
    return diffResult(await this.call((client, done) => client.diff(message, done)));
  }

  async create(request: api.CreateRequest): Promise<api.CreateResult> {
    const message = about(new rpc.CreateRequest(), request);
    message.setProperties(struct(request.inputs));
    message.setPreview(request.preview);
    message.setTimeout(request.timeoutSeconds);
    const response = await this.call<rpc.CreateResponse>((client, done) => client.create(message, done));
    return { id: response.getId(), ...outputs(response.getProperties()) };
  }

  async read(request: api.ReadRequest): Promise<api.ReadResult | undefined> {
    const message = about(new rpc.ReadRequest(), request);
    message.setId(request.id);
    message.setInputs(struct(request.inputs));
    message.setProperties(struct(request.outputs));
    try {
      const response = await this.call<rpc.ReadResponse>((client, done) => client.read(message, done));
      if (response.getId() === "") return undefined;
      const inputs = response.hasInputs() ? values(response.getInputs()) : request.inputs;
      return { id: response.getId(), inputs, ...outputs(response.getProperties()) };
    } catch (error) {
      if (!(error instanceof PartialFailure)) throw error;
      const { id, inputs = request.inputs, outputs, reasons } = error;
      return { id, inputs, outputs, initErrors: reasons };
    }
  }

  async update(request: api.UpdateRequest): Promise<api.UpdateResult> {
    const message = change(new rpc.UpdateRequest(), request);
    message.setPreview(request.preview);
    message.setTimeout(request.timeoutSeconds);
    const response = await this.call<rpc.UpdateResponse>((client, done) => client.update(message, done));
    return outputs(response.getProperties());
  }

  async delete(request: api.DeleteRequest): Promise<void> {
    const message = about(new rpc.DeleteRequest(), request);
    message.setId(request.id);
    message.setProperties(struct(request.outputs));
    message.setOldInputs(struct(request.inputs));
    message.setTimeout(request.timeoutSeconds);
    await this.call((client, done) => client.delete(message, done));
  }

  async invoke(token: string, args: api.Values, preview: boolean): Promise<api.InvokeResult> {
    const message = new rpc.InvokeRequest();
    message.setTok(token);
    message.setArgs(struct(args));
    message.setPreview(preview);
    const response = await this.call<rpc.InvokeResponse>((client, done) => client.invoke(message, done));
    return { outputs: values(response.getReturn()), failures: failuresOf(response) };
  }

  close(): Promise<void> {
    return this.plugin.stop();
  }

  private async call<R>(method: Call<R>): Promise<R> {
    try {
      return await this.plugin.call(method);
    } catch (error) {
      throw fromServiceError(error);
    }
  }
}

function struct(properties: api.Values): Struct {
  return toStruct(properties, { keepSecrets: false });
}

function values(message: Struct | undefined): api.Values {
  return revealAll(fromStruct(message));
}

function outputs(message: Struct | undefined): { outputs: api.Values; secretOutputs: string[] } {
  const properties = fromStruct(message);
  const secretOutputs = Object.keys(properties).filter((name) => isSecret(properties[name]));
  return { outputs: revealAll(properties), secretOutputs };
}

interface About {
  setUrn(urn: string): unknown;
  setType(type: string): unknown;
  setName(name: string): unknown;
}

/** Says in a message which resource it is about. */
function about<M extends About>(message: M, { urn, type, name }: api.ResourceRef): M {
  message.setUrn(urn);
  message.setType(type);
  message.setName(name);
  return message;
}

/** Says in a message how a resource is to change. */
function change<M extends rpc.DiffRequest | rpc.UpdateRequest>(message: M, request: api.DiffRequest): M {
  about(message, request);
  message.setId(request.id);
  message.setOlds(struct(request.olds));
  message.setOldInputs(struct(request.oldInputs));
  message.setNews(struct(request.news));
  message.setIgnorechangesList(request.ignoreChanges);
  return message;
}

function checkRequest(request: api.CheckRequest): rpc.CheckRequest {
  const message = about(new rpc.CheckRequest(), request);
  message.setOlds(struct(request.olds ?? {}));
  message.setNews(struct(request.news));
  message.setRandomseed(request.randomSeed);
  return message;
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
