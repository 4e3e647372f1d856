import type { Client } from "@grpc/grpc-js";
import { CallbacksService } from "@pulumi/pulumi/proto/callback_grpc_pb";
import { CallbackInvokeRequest, type Callback } from "@pulumi/pulumi/proto/callback_pb";
import { ResourceHookRequest, ResourceHookResponse } from "@pulumi/pulumi/proto/resource_pb";
import type { RegisterResourceHookRequest } from "@pulumi/pulumi/proto/resource_pb";
import { UserError } from "../errors";
import { call, connect } from "../grpc";
import type { HookKind, ResourceState } from "../state/resource";
import { toStruct } from "../wire";

/** Functions of the program that it wants to be called before a resource is created or updated. */
export class Hooks {
  private readonly callbacks = new Map<string, { callback: Callback; inPreview: boolean }>();
  private client: Client | undefined;

  register(request: RegisterResourceHookRequest): void {
    const callback = request.getCallback();
    if (callback) this.callbacks.set(request.getName(), { callback, inPreview: request.getOnDryRun() });
  }

  /**
   * Calls a resource's hooks of a kind one after the other, in a preview those that want it.
   * @param old as it was before an update.
   * @throws UserError when one refuses: then nothing is done.
   */
  async before(kind: HookKind, preview: boolean, state: ResourceState, old?: ResourceState): Promise<void> {
    for (const name of state.resourceHooks[kind] ?? []) {
      const hook = this.callbacks.get(name);
      if (!hook) throw new UserError(`the program has not registered its hook "${name}"`);
      if (preview && !hook.inPreview) continue;
      const error = await this.call(hook.callback, state, old);
      if (error !== "") throw new UserError(`before hook "${name}" failed: ${error}`);
    }
  }

  private async call(callback: Callback, state: ResourceState, old?: ResourceState): Promise<string> {
    const request = new ResourceHookRequest()
      .setUrn(state.urn)
      .setName(state.urn.split("::").at(-1) ?? "")
      .setType(state.type)
      .setNewInputs(toStruct(state.inputs));
    if (old) request.setId(old.id).setOldInputs(toStruct(old.inputs)).setOldOutputs(toStruct(old.outputs));
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
