import { promisify } from "node:util";
import { Server, ServerCredentials, status, type sendUnaryData, type ServerUnaryCall } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { SetRootResourceResponse, type LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { CheckFailure, InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import { RegisterResourceResponse, SupportsFeatureResponse } from "@pulumi/pulumi/proto/resource_pb";
import type * as proto from "@pulumi/pulumi/proto/resource_pb";
import { messageOf, Unsupported } from "../errors";
import { MESSAGE_LIMIT } from "../grpc";
import { mapValues } from "../property";
import { isProviderType, STACK_TYPE } from "../urn";
import { fromStruct, toStruct } from "../wire";
import type { Deployment } from "./deployment";
import type { Report, Severity } from "./events";
import { Stopped } from "./executor";
import { goalFrom } from "./goal";
import { Hooks } from "./hooks";
import { UNKNOWN_PROVIDER_ID } from "./provider-registry";

/** Without `aliasSpecs` the SDK makes whole URNs of aliases, those that follow from a parent's included. */
const FEATURES = new Set(["secrets", "resourceReferences", "deletedWith", "resourceHooks"]);

/** Calls of the resource monitor that this engine leaves out, and what they are for. */
const REFUSED: Record<string, string> = {
  readResource: "reading resources that it does not manage (`.get`)",
  call: "calls of remote components (`call`)",
  registerStackTransform: "transforms",
  registerStackInvokeTransform: "transforms",
  registerErrorHook: "error hooks",
  registerPackage: "parameterised packages",
};

/** By their numbers in the protocol. */
const SEVERITIES: Severity[] = ["debug", "info", "warning", "error"];

/** The gRPC server that the program and the plugins talk to: Pulumi's ResourceMonitor and Engine services. */
export class Monitor {
  private readonly server = new Server(MESSAGE_LIMIT);
  readonly hooks = new Hooks();

  /** From now on the program gets answers. It is started earlier, to load while there is other work to wait for. */
  serve: (deployment: Deployment) => void = () => undefined;
  private readonly running = new Promise<Deployment>((resolve) => (this.serve = resolve));
  /** The program may be done before the root of its resources is in the state. */
  private stackRegistered: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly report: Report,
    /** URN of the root of all resources. */
    private readonly stackUrn: string,
  ) {
    this.server.addService(ResourceMonitorService, {
      ...mapValues(REFUSED, (feature) => unary(() => Promise.reject(new Unsupported(feature)))),
      supportsFeature: unary((request: proto.SupportsFeatureRequest) =>
        new SupportsFeatureResponse().setHassupport(FEATURES.has(request.getId())),
      ),
      registerResource: unary((request: proto.RegisterResourceRequest) => this.register(request)),
      registerResourceOutputs: unary(async (request: proto.RegisterResourceOutputsRequest) => {
        const deployment = await this.running;
        await this.stackRegistered;
        await deployment.registerOutputs(request.getUrn(), fromStruct(request.getOutputs()));
        return new Empty();
      }),
      registerResourceHook: unary((request: proto.RegisterResourceHookRequest) => {
        this.hooks.register(request);
        return new Empty();
      }),
      invoke: unary((request: proto.ResourceInvokeRequest) => this.invoke(request)),
      signalAndWaitForShutdown: unary(() => new Empty()),
    });
    this.server.addService(EngineService, {
      log: unary((request: LogRequest) => this.log(request)),
      setRootResource: unary(() => new SetRootResourceResponse()),
    });
  }

  /** Listens on a free port of the loopback interface, and gives its address. */
  async listen(): Promise<string> {
    const bind = promisify(this.server.bindAsync.bind(this.server));
    return `127.0.0.1:${await bind("127.0.0.1:0", ServerCredentials.createInsecure())}`;
  }

  stop(): void {
    this.hooks.close();
    this.server.forceShutdown();
  }

  private async register(request: proto.RegisterResourceRequest): Promise<RegisterResourceResponse> {
    const goal = goalFrom(request);
    if (isProviderType(goal.type) && goal.version !== "") goal.inputs = { ...goal.inputs, version: goal.version };
    const registered = this.running.then((deployment) => deployment.register(goal));
    if (goal.type === STACK_TYPE) {
      // the program begins when it has this answer, which is known before the state is read back; a failure stops the run
      registered.catch(() => undefined);
      this.stackRegistered = registered;
      return new RegisterResourceResponse().setUrn(this.stackUrn).setObject(new Struct());
    }
    const state = await registered;
    // a component's old outputs may refer to resources that are not registered yet
    const outputs = goal.custom ? state.outputs : {};
    return new RegisterResourceResponse()
      .setUrn(state.urn)
      .setId(state.id === UNKNOWN_PROVIDER_ID ? "" : state.id)
      .setObject(toStruct(outputs));
  }

  private async invoke(request: proto.ResourceInvokeRequest): Promise<InvokeResponse> {
    const deployment = await this.running;
    const args = fromStruct(request.getArgs());
    const answer = await deployment.invoke(request.getTok(), args, request.getProvider(), request.getVersion());
    const failures = answer.failures.map(({ property, reason }) =>
      new CheckFailure().setProperty(property).setReason(reason),
    );
    return new InvokeResponse().setReturn(toStruct(answer.outputs)).setFailuresList(failures);
  }

  private log(request: LogRequest): Empty {
    const text = request.getMessage().replace(/\n+$/, "");
    const urn = request.getUrn();
    if (request.getEphemeral()) this.report({ kind: "status", text, urn });
    else this.report({ kind: "message", severity: SEVERITIES[request.getSeverity()] ?? "info", text, urn });
    return new Empty();
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
