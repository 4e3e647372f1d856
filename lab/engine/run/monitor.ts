import { Server, ServerCredentials, status } from "@grpc/grpc-js";
import type { sendUnaryData, ServerUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogSeverity, SetRootResourceResponse } from "@pulumi/pulumi/proto/engine_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { CheckFailure, InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import { RegisterResourceResponse, SupportsFeatureResponse } from "@pulumi/pulumi/proto/resource_pb";
import type {
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
  ResourceInvokeRequest,
  SupportsFeatureRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import { messageOf, Unsupported } from "../errors";
import { MESSAGE_LIMIT } from "../plugin/process";
import { isProviderType } from "../urn";
import { fromStruct, toStruct } from "../wire";
import { withVersion } from "./deployment";
import type { Deployment } from "./deployment";
import type { Report, Severity } from "./events";
import { Stopped } from "./executor";
import { goalFrom } from "./goal";
import { UNKNOWN_PROVIDER_ID } from "./provider-registry";

const FEATURES = new Set(["secrets", "resourceReferences", "outputValues", "aliasSpecs", "deletedWith"]);

/** Calls of the resource monitor that this engine leaves out, and what they are for. */
const REFUSED: Record<string, string> = {
  readResource: "reading resources that it does not manage (`.get`)",
  call: "calls of remote components (`call`)",
  registerStackTransform: "transforms",
  registerStackInvokeTransform: "transforms",
  registerResourceHook: "resource hooks",
  registerErrorHook: "error hooks",
  registerPackage: "parameterised packages",
};

const SEVERITIES: Record<LogSeverity, Severity> = {
  [LogSeverity.DEBUG]: "debug",
  [LogSeverity.INFO]: "info",
  [LogSeverity.WARNING]: "warning",
  [LogSeverity.ERROR]: "error",
};

/** The gRPC server that the program and the plugins talk to: Pulumi's ResourceMonitor and Engine services. */
export class Monitor {
  private readonly server = new Server(MESSAGE_LIMIT);
  private begin: (deployment: Deployment) => void = () => undefined;
  private readonly running = new Promise<Deployment>((resolve) => (this.begin = resolve));

  private constructor(private readonly report: Report) {
    const refused = Object.entries(REFUSED).map(([method, feature]) => [method, this.refuse(feature)]);
    this.server.addService(ResourceMonitorService, {
      ...(Object.fromEntries(refused) as UntypedServiceImplementation),
      supportsFeature: unary((request: SupportsFeatureRequest) => {
        const response = new SupportsFeatureResponse();
        response.setHassupport(FEATURES.has(request.getId()));
        return response;
      }),
      registerResource: unary((request: RegisterResourceRequest) => this.register(request)),
      registerResourceOutputs: unary(async (request: RegisterResourceOutputsRequest) => {
        await (await this.running).registerOutputs(request.getUrn(), fromStruct(request.getOutputs()));
        return new Empty();
      }),
      invoke: unary((request: ResourceInvokeRequest) => this.invoke(request)),
      signalAndWaitForShutdown: unary(() => new Empty()),
    });
    this.server.addService(EngineService, {
      log: unary((request: LogRequest) => this.log(request)),
      setRootResource: unary(() => new SetRootResourceResponse()),
    });
  }

  /** Listens on a free port of the loopback interface. */
  static async start(report: Report): Promise<{ monitor: Monitor; address: string }> {
    const monitor = new Monitor(report);
    const port = await new Promise<number>((resolve, reject) => {
      monitor.server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    return { monitor, address: `127.0.0.1:${port}` };
  }

  stop(): void {
    this.server.forceShutdown();
  }

  /** From now on the program gets answers. It is started earlier, to load while there is other work to wait for. */
  serve(deployment: Deployment): void {
    this.begin(deployment);
  }

  private async register(request: RegisterResourceRequest): Promise<RegisterResourceResponse> {
    const goal = goalFrom(request);
    if (isProviderType(goal.type) && goal.version !== "") goal.inputs = withVersion(goal.inputs, goal.version);
    const state = await (await this.running).register(goal);
    const response = new RegisterResourceResponse();
    response.setUrn(state.urn);
    response.setId(state.id === UNKNOWN_PROVIDER_ID ? "" : state.id);
    // a component's old outputs may refer to resources that are not registered yet
    response.setObject(toStruct(goal.custom ? state.outputs : {}, { keepSecrets: request.getAcceptsecrets() }));
    return response;
  }

  private async invoke(request: ResourceInvokeRequest): Promise<InvokeResponse> {
    const args = fromStruct(request.getArgs());
    const { outputs, failures } = await (
      await this.running
    ).invoke(request.getTok(), args, request.getProvider(), request.getVersion());
    const response = new InvokeResponse();
    response.setReturn(toStruct(outputs, { keepSecrets: false }));
    response.setFailuresList(
      failures.map(({ property, reason }) => {
        const failure = new CheckFailure();
        failure.setProperty(property);
        failure.setReason(reason);
        return failure;
      }),
    );
    return response;
  }

  private log(request: LogRequest): Empty {
    const text = request.getMessage().replace(/\n+$/, "");
    const urn = request.getUrn();
    if (request.getEphemeral()) this.report({ kind: "status", text, urn });
    else this.report({ kind: "message", severity: SEVERITIES[request.getSeverity()], text, urn });
    return new Empty();
  }

  private refuse(feature: string) {
    return unary((): Empty => {
      throw new Unsupported(feature);
    });
  }
}

function unary<Q, R>(handler: (request: Q) => R | Promise<R>) {
  return (call: ServerUnaryCall<Q, R>, done: sendUnaryData<R>): void => {
    Promise.resolve()
      .then(() => handler(call.request))
      .then(
        (response) => done(null, response),
        // the SDK takes "unavailable" as the sign to end quietly: what went wrong was reported already
        (error: unknown) =>
          done({ code: error instanceof Stopped ? status.UNAVAILABLE : status.UNKNOWN, details: messageOf(error) }),
      );
  };
}
