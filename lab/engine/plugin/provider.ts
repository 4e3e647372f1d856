import { status } from "@grpc/grpc-js";
import type { ServiceError } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { isSecret, revealAll } from "../property";
import { PartialFailure } from "../provider";
import type * as api from "../provider";
import { fromStruct, toStruct } from "../wire";
import { fromServiceError } from "./failure";
import type { Call, PluginProcess } from "./process";

const PLAIN = { keepSecrets: false };
const KINDS: api.DiffKind[] = ["add", "add-replace", "delete", "delete-replace", "update", "update-replace"];

/** Adapts a plugin to the engine's provider interface. Secrets are sent in plain, so that any plugin understands them. */
export class PluginProvider implements api.Provider {
  supportsPreview = false;

  constructor(
    private readonly packageName: string,
    private readonly plugin: PluginProcess,
  ) {}

  async checkConfig(request: api.CheckRequest): Promise<api.CheckResult> {
    const response = await this.optional<rpc.CheckResponse>((client, done) =>
      client.checkConfig(checkRequest(request), done),
    );
    return response ? checkResult(response) : { inputs: request.news, failures: [] };
  }

  async diffConfig(request: api.DiffRequest): Promise<api.DiffResult> {
    const response = await this.optional<rpc.DiffResponse>((client, done) =>
      client.diffConfig(diffRequest(request), done),
    );
    return response ? diffResult(response) : { changes: "unknown", replaces: [], deleteBeforeReplace: false };
  }

  async configure(args: api.Values): Promise<void> {
    const request = new rpc.ConfigureRequest();
    const variables = request.getVariablesMap();
    for (const [name, value] of Object.entries(args)) {
      if (name === "version") continue;
      variables.set(`${this.packageName}:config:${name}`, typeof value === "string" ? value : JSON.stringify(value));
    }
    request.setArgs(toStruct(args, PLAIN));
    request.setAcceptsecrets(true);
    request.setAcceptresources(true);
    request.setSendsOldInputs(true);
    request.setSendsOldInputsToDelete(true);
    const response = await this.call<rpc.ConfigureResponse>((client, done) => client.configure(request, done));
    this.supportsPreview = response.getSupportspreview();
  }

  async check(request: api.CheckRequest): Promise<api.CheckResult> {
    return checkResult(await this.call<rpc.CheckResponse>((client, done) => client.check(checkRequest(request), done)));
  }

  async diff(request: api.DiffRequest): Promise<api.DiffResult> {
    return diffResult(await this.call<rpc.DiffResponse>((client, done) => client.diff(diffRequest(request), done)));
  }

  async create(request: api.CreateRequest): Promise<api.CreateResult> {
    const message = about(new rpc.CreateRequest(), request);
    message.setProperties(toStruct(request.inputs, PLAIN));
    message.setPreview(request.preview);
    message.setTimeout(request.timeoutSeconds);
    const response = await this.call<rpc.CreateResponse>((client, done) => client.create(message, done));
    return { id: response.getId(), ...outputs(response.getProperties()) };
  }

  async read(request: api.ReadRequest): Promise<api.ReadResult | undefined> {
    const message = about(new rpc.ReadRequest(), request);
    message.setId(request.id);
    message.setInputs(toStruct(request.inputs, PLAIN));
    message.setProperties(toStruct(request.outputs, PLAIN));
    try {
      const response = await this.call<rpc.ReadResponse>((client, done) => client.read(message, done));
      if (response.getId() === "") return undefined;
      const inputs = response.getInputs();
      return {
        id: response.getId(),
        inputs: inputs ? revealAll(fromStruct(inputs)) : request.inputs,
        ...outputs(response.getProperties()),
      };
    } catch (error) {
      if (!(error instanceof PartialFailure)) throw error;
      return {
        id: error.id,
        inputs: error.inputs ?? request.inputs,
        outputs: error.outputs,
        initErrors: error.reasons,
      };
    }
  }

  async update(request: api.UpdateRequest): Promise<api.UpdateResult> {
    const message = about(new rpc.UpdateRequest(), request);
    message.setId(request.id);
    message.setOlds(toStruct(request.olds, PLAIN));
    message.setOldInputs(toStruct(request.oldInputs, PLAIN));
    message.setNews(toStruct(request.news, PLAIN));
    message.setPreview(request.preview);
    message.setTimeout(request.timeoutSeconds);
    message.setIgnorechangesList(request.ignoreChanges);
    const response = await this.call<rpc.UpdateResponse>((client, done) => client.update(message, done));
    return outputs(response.getProperties());
  }

  async delete(request: api.DeleteRequest): Promise<void> {
    const message = about(new rpc.DeleteRequest(), request);
    message.setId(request.id);
    message.setProperties(toStruct(request.outputs, PLAIN));
    message.setOldInputs(toStruct(request.inputs, PLAIN));
    message.setTimeout(request.timeoutSeconds);
    await this.call<Empty>((client, done) => client.delete(message, done));
  }

  async invoke(token: string, args: api.Values, preview: boolean): Promise<api.InvokeResult> {
    const message = new rpc.InvokeRequest();
    message.setTok(token);
    message.setArgs(toStruct(args, PLAIN));
    message.setPreview(preview);
    const response = await this.call<rpc.InvokeResponse>((client, done) => client.invoke(message, done));
    return { outputs: revealAll(fromStruct(response.getReturn())), failures: failuresOf(response.getFailuresList()) };
  }

  async close(): Promise<void> {
    await this.plugin.stop();
  }

  private async call<R>(method: Call<R>): Promise<R> {
    try {
      return await this.plugin.call(method);
    } catch (error) {
      throw fromServiceError(error);
    }
  }

  /** For calls that a plugin need not have. */
  private async optional<R>(method: Call<R>): Promise<R | undefined> {
    try {
      return await this.plugin.call(method);
    } catch (error) {
      if ((error as Partial<ServiceError>).code === status.UNIMPLEMENTED) return undefined;
      throw fromServiceError(error);
    }
  }
}

function outputs(struct: Parameters<typeof fromStruct>[0]): { outputs: api.Values; secretOutputs: string[] } {
  const properties = fromStruct(struct);
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

function checkRequest(request: api.CheckRequest): rpc.CheckRequest {
  const message = about(new rpc.CheckRequest(), request);
  message.setOlds(toStruct(request.olds ?? {}, PLAIN));
  message.setNews(toStruct(request.news, PLAIN));
  message.setRandomseed(request.randomSeed);
  return message;
}

function checkResult(response: rpc.CheckResponse): api.CheckResult {
  return { inputs: revealAll(fromStruct(response.getInputs())), failures: failuresOf(response.getFailuresList()) };
}

function failuresOf(list: rpc.CheckFailure[]): api.CheckFailure[] {
  return list.map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() }));
}

function diffRequest(request: api.DiffRequest): rpc.DiffRequest {
  const message = about(new rpc.DiffRequest(), request);
  message.setId(request.id);
  message.setOlds(toStruct(request.olds, PLAIN));
  message.setOldInputs(toStruct(request.oldInputs, PLAIN));
  message.setNews(toStruct(request.news, PLAIN));
  message.setIgnorechangesList(request.ignoreChanges);
  return message;
}

function diffResult(response: rpc.DiffResponse): api.DiffResult {
  const { DIFF_NONE, DIFF_SOME } = rpc.DiffResponse.DiffChanges;
  const changes = new Map<number, api.DiffResult["changes"]>([
    [DIFF_NONE, "none"],
    [DIFF_SOME, "some"],
  ]);
  const detailedDiff: Record<string, api.PropertyDiff> = {};
  response.getDetaileddiffMap().forEach((entry, path) => {
    detailedDiff[path] = { kind: KINDS[entry.getKind()] ?? "update", inputDiff: entry.getInputdiff() };
  });
  return {
    changes: changes.get(response.getChanges()) ?? "unknown",
    replaces: response.getReplacesList(),
    deleteBeforeReplace: response.getDeletebeforereplace(),
    diffs: response.getDiffsList(),
    ...(response.getHasdetaileddiff() && { detailedDiff }),
  };
}
