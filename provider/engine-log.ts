import { credentials, Metadata } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** How long a message may take to reach the engine, in milliseconds. */
const deliveryLimit = 2_000;

/** Shows messages in Pulumi, beside the resource they concern; says nothing before an engine is attached. */
export class EngineLog {
  /** The address of the engine; "" before it is attached. */
  address = "";
  private client: EngineClient | undefined;
  private readonly underWay = new Set<Promise<void>>();
  /** Resources beside which a passing message stands. */
  private readonly showing = new Set<string>();

  /** Takes the address of the engine. */
  attach(address: string): void {
    this.address = address;
    this.client = new EngineClient(address, credentials.createInsecure());
  }

  /** A message that passes when the next one comes, or the step ends. */
  status(urn: string, message: string): void {
    this.showing.add(urn);
    this.send(urn, message, LogSeverity.INFO, true);
  }

  /** An error that is not one of a step. */
  fail(urn: string, message: string): void {
    this.send(urn, message, LogSeverity.ERROR, false);
  }

  /** A warning that stays. */
  warn(urn: string, message: string): void {
    this.send(urn, message, LogSeverity.WARNING, false);
  }

  /** A message that stays. */
  note(urn: string, message: string): void {
    this.send(urn, message, LogSeverity.INFO, false);
  }

  /** Takes away what passes beside a resource, as its step is done: Pulumi would show it until the end of the run. */
  settle(urn: string): void {
    if (this.showing.delete(urn)) {
      this.send(urn, "", LogSeverity.INFO, true);
    }
  }

  /** Resolves when the engine has every message, so that none comes after the answer that it belongs to. */
  async delivered(): Promise<void> {
    await Promise.all(this.underWay);
  }

  private send(urn: string, message: string, severity: LogSeverity, ephemeral: boolean): void {
    const request = new LogRequest().setUrn(urn).setMessage(message).setSeverity(severity).setEphemeral(ephemeral);
    const { client } = this;
    if (client === undefined) {
      return;
    }
    // A message that does not arrive is no reason to stop, nor to wait for long.
    const delivery = new Promise<void>((resolve) => {
      client.log(request, new Metadata(), { deadline: Date.now() + deliveryLimit }, () => resolve());
    });
    this.underWay.add(delivery);
    void delivery.then(() => this.underWay.delete(delivery));
  }
}
