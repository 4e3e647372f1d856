import type { ServiceError } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { fromStruct } from "../wire";
import { revealAll } from "../property";
import { PartialFailure } from "../provider";

/** Turns a gRPC error of a plugin into what the engine handles: a partial failure, or a plain error with its message. */
export function fromServiceError(error: unknown): Error {
  const { metadata, details } = error as Partial<ServiceError>;
  const [bytes] = metadata?.get("grpc-status-details-bin") ?? [];
  if (bytes instanceof Uint8Array) {
    for (const detail of Status.deserializeBinary(bytes).getDetailsList()) {
      if (detail.getTypeName() !== "pulumirpc.ErrorResourceInitFailed") continue;
      const failed = ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
      const inputs = failed.getInputs();
      return new PartialFailure(
        failed.getId(),
        revealAll(fromStruct(failed.getProperties())),
        failed.getReasonsList(),
        inputs && revealAll(fromStruct(inputs)),
      );
    }
  }
  if (details !== undefined && details !== "") return new Error(details);
  return error instanceof Error ? error : new Error(String(error));
}
