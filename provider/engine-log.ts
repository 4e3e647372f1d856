import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** Shows messages in Pulumi, beside the resource they concern; says nothing before an engine is attached. */
export class EngineLog {
  private client: EngineClient | undefined;

  /** Takes the address of the engine. */
  attach(address: string): void {
    this.client = new EngineClient(address, credentials.createInsecure());
  }

  /** A message that passes when the next one comes. */
  status(urn: string, message: string): void {
    this.send(urn, message, LogSeverity.INFO, true);
  }

  /** A warning that stays. */
  warn(urn: string, message: string): void {
    this.send(urn, message, LogSeverity.WARNING, false);
  }

  private send(urn: string, message: string, severity: LogSeverity, ephemeral: boolean): void {
    const request = new LogRequest().setUrn(urn).setMessage(message).setSeverity(severity).setEphemeral(ephemeral);
    // A message that does not arrive is no reason to stop.
    this.client?.log(request, () => undefined);
  }
}
