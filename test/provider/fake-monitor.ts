import { credentials, Server, ServerCredentials } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { CallbacksClient } from "@pulumi/pulumi/proto/callback_grpc_pb";
import { type Callback, CallbackInvokeRequest, type CallbackInvokeResponse } from "@pulumi/pulumi/proto/callback_pb";
import { InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import type * as proto from "@pulumi/pulumi/proto/resource_pb";
import { RegisterResourceResponse, SupportsFeatureResponse } from "@pulumi/pulumi/proto/resource_pb";
import { ResourceHookRequest, ResourceHookResponse } from "@pulumi/pulumi/proto/resource_pb";

type Properties = Record<string, unknown>;

/** A resource as it was registered. */
export interface Registered {
  type: string;
  name: string;
  parent: string;
  /** With the engine's marks. */
  inputs: Properties;
  protect: boolean;
  provider: string;
  providers: Record<string, string>;
  dependencies: string[];
  aliases: string[];
}

interface Answers {
  /** Outputs of a resource beyond its inputs. */
  outputs?: (registered: Registered) => Properties;
  /** Answers of functions, by token. */
  functions?: Record<string, (args: Properties) => Properties>;
}

/** An engine's resource monitor that keeps what it is told, and deploys nothing. */
export class FakeMonitor {
  readonly registered: Registered[] = [];
  readonly invoked: { token: string; args: Properties }[] = [];
  private readonly hooks = new Map<string, Callback>();
  private readonly server = new Server();
  address = "";

  constructor(private readonly answers: Answers = {}) {
    this.server.addService(ResourceMonitorService, {
      supportsFeature: unary(() => new SupportsFeatureResponse().setHassupport(true)),
      registerResource: unary((request: proto.RegisterResourceRequest) => this.register(request)),
      registerResourceOutputs: unary(() => new Empty()),
      registerResourceHook: unary((request: proto.RegisterResourceHookRequest) => {
        this.hooks.set(request.getName(), request.getCallback() as Callback);
        return new Empty();
      }),
      invoke: unary((request: proto.ResourceInvokeRequest) => this.invoke(request)),
    });
  }

  async listen(): Promise<this> {
    const port = await new Promise<number>((resolve, reject) =>
      this.server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      ),
    );
    this.address = `127.0.0.1:${port}`;
    return this;
  }

  stop(): void {
    this.server.forceShutdown();
  }

  /** The only resource of a type that was registered. */
  only(type: string): Registered {
    const found = this.registered.filter((one) => one.type === type);
    if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} resources of type ${type}`);
    return found[0];
  }

  /** Names of the hooks that were registered. */
  get hookNames(): string[] {
    return [...this.hooks.keys()];
  }

  /** Calls a hook as the engine does. @returns what it refused for; "" for nothing */
  async callHook(name: string, urn: string, newInputs: Properties): Promise<string> {
    const callback = this.hooks.get(name);
    if (callback === undefined) throw new Error(`there is no hook ${name}; there are ${this.hookNames.join(", ")}`);
    const request = new ResourceHookRequest().setUrn(urn).setNewInputs(Struct.fromJavaScript(newInputs as never));
    const message = new CallbackInvokeRequest().setToken(callback.getToken()).setRequest(request.serializeBinary());
    const client = new CallbacksClient(callback.getTarget(), credentials.createInsecure());
    try {
      const answer = await new Promise<CallbackInvokeResponse>((resolve, reject) =>
        client.invoke(message, (error, response) => (error === null ? resolve(response) : reject(error))),
      );
      return ResourceHookResponse.deserializeBinary(answer.getResponse_asU8()).getError();
    } finally {
      client.close();
    }
  }

  private register(request: proto.RegisterResourceRequest): RegisterResourceResponse {
    const registered: Registered = {
      type: request.getType(),
      name: request.getName(),
      parent: request.getParent(),
      inputs: request.getObject()?.toJavaScript() ?? {},
      protect: request.getProtect() === true,
      provider: request.getProvider(),
      providers: Object.fromEntries(request.getProvidersMap().entries()),
      dependencies: request.getDependenciesList(),
      aliases: request.getAliasesList().map((alias) => alias.getUrn() || (alias.getSpec()?.getName() ?? "")),
    };
    this.registered.push(registered);
    const parents = /::([^:]+(?::[^:]+)*)::[^:]+$/.exec(registered.parent)?.[1]?.split("::").at(-1);
    const chain = parents === undefined || parents.startsWith("pulumi:pulumi:Stack") ? "" : `${parents}$`;
    const outputs = this.answers.outputs?.(registered) ?? {};
    return new RegisterResourceResponse()
      .setUrn(`urn:pulumi:test::test::${chain}${registered.type}::${registered.name}`)
      .setId(request.getCustom() ? `id-of-${registered.name}` : "")
      .setObject(Struct.fromJavaScript({ ...registered.inputs, ...outputs } as never));
  }

  private invoke(request: proto.ResourceInvokeRequest): InvokeResponse {
    const [token, args] = [request.getTok(), request.getArgs()?.toJavaScript() ?? {}];
    this.invoked.push({ token, args });
    const answer = this.answers.functions?.[token]?.(args) ?? {};
    return new InvokeResponse().setReturn(Struct.fromJavaScript(answer as never));
  }
}

function unary<Q, A>(handle: (request: Q) => A) {
  return (call: { request: Q }, callback: (error: Error | null, answer?: A) => void): void => {
    try {
      callback(null, handle(call.request));
    } catch (error) {
      callback(error as Error);
    }
  };
}
