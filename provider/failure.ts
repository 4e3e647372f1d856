import { Metadata, ServiceError, status } from "@grpc/grpc-js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { blot } from "./blot";
import { Properties, toStructLike } from "./wire";

/** What the engine needs to keep a resource that exists, but not as it should. */
export interface InitFailure {
  id: string;
  inputs: Properties;
  properties: Properties;
  /** What it was made of, with the marks of secrets. */
  given?: Struct;
}

/** A resource that exists, but not as it should. */
export class InitFailed extends Error {
  constructor(
    message: string,
    readonly failure: InitFailure,
  ) {
    super(message);
    this.name = "InitFailed";
  }
}

/** Turns an error into what gRPC sends: a sentence, no stack. Secrets of the configuration are blotted out. */
export function grpcError(error: unknown, secrets: readonly string[]): ServiceError {
  const message = blot(error instanceof Error ? error.message : String(error), secrets);
  const metadata = new Metadata();
  if (error instanceof InitFailed) {
    metadata.add("grpc-status-details-bin", initFailedDetails(message, error.failure));
  }
  return Object.assign(new Error(message), { code: status.UNKNOWN, details: message, metadata });
}

/** How gRPC carries details that JavaScript's implementation has no interface for. */
function initFailedDetails(message: string, { id, inputs, properties, given }: InitFailure): Buffer {
  const failed = new ErrorResourceInitFailed();
  failed.setId(id);
  failed.setInputs(toStructLike(inputs, given));
  failed.setProperties(toStructLike(properties, given));
  failed.setReasonsList([message]);
  const detail = new Any();
  detail.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const container = new Status();
  container.setCode(status.UNKNOWN);
  container.setMessage(message);
  container.addDetails(detail);
  return Buffer.from(container.serializeBinary());
}
