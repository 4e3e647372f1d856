import { credentials } from "@grpc/grpc-js";
import { CallbacksClient } from "@pulumi/pulumi/proto/callback_grpc_pb";
import { CallbackInvokeRequest } from "@pulumi/pulumi/proto/callback_pb";
import type { Callback, CallbackInvokeResponse } from "@pulumi/pulumi/proto/callback_pb";
import { ResourceHookRequest, ResourceHookResponse } from "@pulumi/pulumi/proto/resource_pb";
import type { RegisterResourceHookRequest } from "@pulumi/pulumi/proto/resource_pb";
import { UserError } from "../errors";
import { MESSAGE_LIMIT } from "../plugin/process";
import { BEFORE_CREATE } from "../state/resource";
import type { ResourceState } from "../state/resource";
import { toStruct } from "../wire";

/** Functions of the program that it wants to be called before a resource is created. */
export class Hooks {
  private readonly callbacks = new Map<string, Callback>();
  private client: CallbacksClient | undefined;

  register(request: RegisterResourceHookRequest): void {
    const callback = request.getCallback();
    if (callback) this.callbacks.set(request.getName(), callback);
  }

  /** Calls a resource's hooks one after the other. @throws UserError when one refuses: then nothing is created. */
  async beforeCreate(state: ResourceState): Promise<void> {
    for (const name of state.resourceHooks[BEFORE_CREATE] ?? []) {
      const callback = this.callbacks.get(name);
      if (!callback) throw new UserError(`the program has not registered its hook "${name}"`);
      const error = await this.call(callback, state);
      if (error !== "") throw new UserError(`before hook "${name}" failed: ${error}`);
    }
  }

  private async call(callback: Callback, state: ResourceState): Promise<string> {
    const request = new ResourceHookRequest()
      .setUrn(state.urn)
      .setName(state.urn.split("::").at(-1) ?? "")
      .setType(state.type)
      .setNewInputs(toStruct(state.inputs));
    const message = new CallbackInvokeRequest().setToken(callback.getToken()).setRequest(request.serializeBinary());
    // all callbacks of a program are at one address
    this.client ??= new CallbacksClient(callback.getTarget(), credentials.createInsecure(), MESSAGE_LIMIT);
    const { client } = this;
    const answer = await new Promise<CallbackInvokeResponse>((resolve, reject) => {
      client.invoke(message, (error, response) => (error ? reject(error) : resolve(response)));
    });
    return ResourceHookResponse.deserializeBinary(answer.getResponse_asU8()).getError();
  }

  close(): void {
    this.client?.close();
  }
}
