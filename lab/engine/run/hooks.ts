import type { Client } from "@grpc/grpc-js";
import { CallbacksService } from "@pulumi/pulumi/proto/callback_grpc_pb";
import { CallbackInvokeRequest, type Callback } from "@pulumi/pulumi/proto/callback_pb";
import { ResourceHookRequest, ResourceHookResponse } from "@pulumi/pulumi/proto/resource_pb";
import type { RegisterResourceHookRequest } from "@pulumi/pulumi/proto/resource_pb";
import { UserError } from "../errors";
import { call, connect } from "../grpc";
import { BEFORE_CREATE, type ResourceState } from "../state/resource";
import { toStruct } from "../wire";

/** Functions of the program that it wants to be called before a resource is created. */
export class Hooks {
  private readonly callbacks = new Map<string, Callback>();
  private client: Client | undefined;

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
    this.client ??= connect(callback.getTarget());
    const answer = await call(this.client, CallbacksService.invoke, message);
    return ResourceHookResponse.deserializeBinary(answer.getResponse_asU8()).getError();
  }

  close(): void {
    this.client?.close();
  }
}
