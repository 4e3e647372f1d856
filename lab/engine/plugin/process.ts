import { status, type Client, type MethodDefinition, type ServiceError } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { call, connect } from "../grpc";
import { revealAll } from "../property";
import { PartialFailure } from "../provider";
import { fromStruct } from "../wire";
import { describeEnding, eachLine, Supervised, type SupervisedOptions } from "./supervised";

const START_LIMIT_MS = 60_000;

/** A running plugin and the connection to it. */
export class PluginProcess {
  private constructor(
    private readonly name: string,
    private readonly process: Supervised,
    private readonly lastLines: string[],
    private readonly client: Client,
  ) {}

  /**
   * Starts a plugin and waits for the port that it prints.
   * @throws Error with the plugin's last words when it ends, or prints no port within a minute.
   */
  static async start(name: string, command: string[], options: SupervisedOptions): Promise<PluginProcess> {
    const process = new Supervised(command, options);
    const lastLines: string[] = [];
    const remember = (line: string): void => {
      lastLines.push(line);
      if (lastLines.length > 10) lastLines.shift();
    };
    eachLine(process.stderr, remember);
    try {
      const port = await Promise.race([
        new Promise<number>((resolve) => {
          eachLine(process.stdout, (line) => (/^\d+$/.test(line) ? resolve(Number(line)) : remember(line)));
        }),
        process.endedWithin(START_LIMIT_MS).then((ending) => {
          if (ending !== undefined) throw new Error(describeEnd(name, ending, lastLines));
          throw new Error(`the plugin "${name}" did not print its port within ${START_LIMIT_MS / 1000} s`);
        }),
      ]);
      return new PluginProcess(name, process, lastLines, connect(`127.0.0.1:${port}`));
    } catch (error) {
      process.kill("SIGKILL");
      throw error;
    }
  }

  /** Makes one call. @throws PartialFailure, or an Error with the plugin's own message or how the plugin ended. */
  async call<Q, R>(method: MethodDefinition<Q, R>, request: Q): Promise<R> {
    try {
      return await call(this.client, method, request);
    } catch (error) {
      const failure = error as ServiceError;
      // when the plugin is dead, say how it died rather than what gRPC noticed
      const ending = failure.code === status.UNAVAILABLE ? await this.process.endedWithin(1000) : undefined;
      throw ending === undefined
        ? fromServiceError(failure)
        : new Error(describeEnd(this.name, ending, this.lastLines));
    }
  }

  /** Ends the plugin and resolves when it is gone. */
  async stop(): Promise<void> {
    this.client.close();
    await this.process.stop();
  }
}

function describeEnd(name: string, ending: number | NodeJS.Signals, lines: string[]): string {
  const words = lines.length > 0 ? `; its last lines were:\n${lines.map((line) => `  ${line}`).join("\n")}` : "";
  return `the plugin "${name}" ended unexpectedly (${describeEnding(ending)})${words}`;
}

/** Turns a gRPC error of a plugin into what the engine handles: a partial failure, or a plain error with its message. */
function fromServiceError({ metadata, details, message }: ServiceError): Error {
  const [bytes] = metadata.get("grpc-status-details-bin");
  const all = bytes instanceof Uint8Array ? Status.deserializeBinary(bytes).getDetailsList() : [];
  const detail = all.find((candidate) => candidate.getTypeName() === "pulumirpc.ErrorResourceInitFailed");
  if (!detail) return new Error(details || message);
  const failed = ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
  const outputs = revealAll(fromStruct(failed.getProperties()));
  const inputs = failed.hasInputs() ? revealAll(fromStruct(failed.getInputs())) : undefined;
  return new PartialFailure(failed.getId(), outputs, failed.getReasonsList(), inputs);
}
