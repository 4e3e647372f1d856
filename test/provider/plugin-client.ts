import { ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { credentials, Metadata, Server, ServerCredentials, ServiceError } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { Alias } from "@pulumi/pulumi/proto/alias_pb";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";

export type Properties = Record<string, unknown>;

/** A component that is asked for. */
export interface ConstructOptions {
  type: string;
  name: string;
  /** With the engine's marks. */
  inputs: Properties;
  /** URN. */
  parent: string;
  /** Address of the resource monitor. */
  monitor: string;
  dryRun?: boolean;
  protect?: boolean;
  dependencies?: string[];
  providers?: Record<string, string>;
  aliases?: string[];
  /** The stack's configuration. */
  config?: Record<string, string>;
}

/** What the plugin told the engine. */
export interface LogLine {
  severity: "debug" | "info" | "warning" | "error";
  message: string;
  urn: string;
  ephemeral: boolean;
}

/** An error as the engine gets it. */
export class PluginError extends Error {
  constructor(
    message: string,
    /** What the engine is to keep, when the resource exists, but not as it should. */
    readonly initFailed?: { id: string; properties: Properties; inputs: Properties; reasons: string[] },
  ) {
    super(message);
    this.name = "PluginError";
  }
}

export interface Diff {
  changes: "unknown" | "none" | "some";
  /** Property path -> kind, in lower case as in Pulumi's protocol. */
  detailed: Record<string, string>;
  replaces: string[];
  deleteBeforeReplace: boolean;
}

export interface StartOptions {
  /** The configuration: texts as they are, anything else as JSON. */
  config?: Properties;
  env?: Record<string, string>;
  cwd?: string;
  /** A program that is given the plugin's command line, such as `sh -c '"$@"'`. */
  wrapper?: [string, ...string[]];
}

type Answered<A> = (error: ServiceError | null, answer: A) => void;

const entry = join(__dirname, "..", "..", "bin", "pulumi-resource-dbha");

/** A running plugin, spoken to as the engine speaks to it. */
export class PluginClient {
  /** All the plugin wrote to stderr. */
  stderr = "";
  /** Name of the resource that is spoken of. */
  private resource = "test";

  private constructor(
    readonly process: ChildProcess,
    readonly port: number,
    readonly log: LogLine[],
    private readonly client: ResourceProviderClient,
    private readonly engine: Server,
  ) {
    process.stderr?.on("data", (chunk: Buffer) => (this.stderr += chunk.toString()));
  }

  /** Starts the plugin with an engine that only listens to its log, and configures it. */
  static async start({ config = {}, env = {}, cwd, wrapper }: StartOptions = {}): Promise<PluginClient> {
    const engine = new Server();
    const log: LogLine[] = [];
    engine.addService(EngineService, {
      log: (call: { request: LogRequest }, callback: (error: null, answer: Empty) => void) => {
        log.push(logLine(call.request));
        callback(null, new Empty());
      },
    });
    const engineAddress = `127.0.0.1:${await bind(engine)}`;
    const [command, ...args] = wrapper === undefined ? [entry, engineAddress] : [...wrapper, entry, engineAddress];
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env }, cwd });
    const port = await firstLine(child);
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure(), {
      "grpc.max_receive_message_length": -1,
      "grpc.max_send_message_length": -1,
    });
    const plugin = new PluginClient(child, port, log, client, engine);
    await plugin.configure(config);
    return plugin;
  }

  /** The same plugin, spoken to about another resource than "test". */
  about(resource: string): PluginClient {
    return Object.assign(Object.create(this) as PluginClient, { resource });
  }

  async configure(config: Properties): Promise<proto.ConfigureResponse> {
    const request = new proto.ConfigureRequest();
    for (const [key, value] of Object.entries(config)) {
      request.getVariablesMap().set(`dbha:config:${key}`, typeof value === "string" ? value : JSON.stringify(value));
    }
    return this.ask<proto.ConfigureResponse>((done) => this.client.configure(request, done));
  }

  async checkConfig(news: Properties): Promise<Record<string, string>> {
    const request = new proto.CheckRequest().setNews(Struct.fromJavaScript(news as never));
    return failuresOf(await this.ask<proto.CheckResponse>((done) => this.client.checkConfig(request, done)));
  }

  async diffConfig(olds: Properties, news: Properties): Promise<Diff> {
    const request = new proto.DiffRequest().setOlds(struct(olds)).setNews(struct(news));
    return diffOf(await this.ask<proto.DiffResponse>((done) => this.client.diffConfig(request, done)));
  }

  async schema(): Promise<Properties> {
    const request = new proto.GetSchemaRequest();
    const response = await this.ask<proto.GetSchemaResponse>((done) => this.client.getSchema(request, done));
    return JSON.parse(response.getSchema()) as Properties;
  }

  async check(
    type: string,
    news: Properties,
    olds?: Properties,
  ): Promise<{ inputs: Properties; failures: Record<string, string> }> {
    const request = new proto.CheckRequest().setUrn(this.urn(type)).setNews(struct(news));
    request.setOlds(olds && struct(olds));
    const response = await this.ask<proto.CheckResponse>((done) => this.client.check(request, done));
    return { inputs: plain(response.getInputs()), failures: failuresOf(response) };
  }

  async diff(type: string, id: string, olds: Properties, news: Properties): Promise<Diff> {
    const request = new proto.DiffRequest()
      .setUrn(this.urn(type))
      .setId(id)
      .setOlds(struct(olds))
      .setNews(struct(news));
    return diffOf(await this.ask<proto.DiffResponse>((done) => this.client.diff(request, done)));
  }

  async create(type: string, inputs: Properties, options: { preview?: boolean; timeout?: number } = {}) {
    const request = new proto.CreateRequest().setUrn(this.urn(type)).setProperties(struct(inputs));
    request.setPreview(options.preview ?? false).setTimeout(options.timeout ?? 0);
    const response = await this.ask<proto.CreateResponse>((done) => this.client.create(request, done));
    return { id: response.getId(), state: plain(response.getProperties()) };
  }

  /** Checks the inputs as the engine does, fails on a failure, and creates. */
  async make(type: string, news: Properties): Promise<{ id: string; inputs: Properties; state: Properties }> {
    const { inputs, failures } = await this.check(type, news);
    if (Object.keys(failures).length > 0) {
      throw new Error(`check refused: ${JSON.stringify(failures)}`);
    }
    return { ...(await this.create(type, inputs)), inputs };
  }

  /** Checks the new inputs and updates from a state. */
  async change(type: string, id: string, olds: Properties, news: Properties): Promise<Properties> {
    const { inputs, failures } = await this.check(type, news);
    if (Object.keys(failures).length > 0) {
      throw new Error(`check refused: ${JSON.stringify(failures)}`);
    }
    return this.update(type, id, olds, inputs);
  }

  /** @returns undefined when the resource is gone */
  async read(
    type: string,
    id: string,
    state: Properties,
  ): Promise<{ inputs: Properties; state: Properties } | undefined> {
    const request = new proto.ReadRequest().setUrn(this.urn(type)).setId(id).setProperties(struct(state));
    const response = await this.ask<proto.ReadResponse>((done) => this.client.read(request, done));
    if (response.getId() === "") {
      return undefined;
    }
    return { inputs: plain(response.getInputs()), state: plain(response.getProperties()) };
  }

  async update(type: string, id: string, olds: Properties, news: Properties, options: { preview?: boolean } = {}) {
    const request = new proto.UpdateRequest()
      .setUrn(this.urn(type))
      .setId(id)
      .setOlds(struct(olds))
      .setNews(struct(news));
    request.setPreview(options.preview ?? false);
    return plain((await this.ask<proto.UpdateResponse>((done) => this.client.update(request, done))).getProperties());
  }

  async delete(type: string, id: string, state: Properties): Promise<void> {
    const request = new proto.DeleteRequest().setUrn(this.urn(type)).setId(id).setProperties(struct(state));
    await this.ask<Empty>((done) => this.client.delete(request, done));
  }

  async invoke(token: string, args: Properties): Promise<{ answer: Properties; failures: Record<string, string> }> {
    const request = new proto.InvokeRequest().setTok(token).setArgs(struct(args));
    const response = await this.ask<proto.InvokeResponse>((done) => this.client.invoke(request, done));
    return { answer: plain(response.getReturn()), failures: failuresOf(response) };
  }

  /** Asks for a component. */
  async construct(options: ConstructOptions): Promise<{ urn: string; state: Properties }> {
    const { type, name, inputs, parent, monitor, dryRun = false, protect, dependencies = [], aliases = [] } = options;
    const request = new proto.ConstructRequest()
      .setProject("test")
      .setStack("test")
      .setParallel(16)
      .setType(type)
      .setName(name)
      .setParent(parent)
      .setInputs(struct(inputs))
      .setMonitorendpoint(monitor)
      .setDryrun(dryRun)
      .setDependenciesList(dependencies)
      .setAliasesList(aliases.map((urn) => new Alias().setUrn(urn)));
    if (protect !== undefined) request.setProtect(protect);
    for (const [pkg, provider] of Object.entries(options.providers ?? {})) request.getProvidersMap().set(pkg, provider);
    for (const [key, value] of Object.entries(options.config ?? {})) request.getConfigMap().set(key, value);
    const response = await this.ask<proto.ConstructResponse>((done) => this.client.construct(request, done));
    return { urn: response.getUrn(), state: plain(response.getState()) };
  }

  async cancel(): Promise<void> {
    await this.ask<Empty>((done) => this.client.cancel(new Empty(), done));
  }

  async handshake(): Promise<proto.ProviderHandshakeResponse> {
    const request = new proto.ProviderHandshakeRequest().setEngineAddress("127.0.0.1:1");
    return this.ask<proto.ProviderHandshakeResponse>((done) => this.client.handshake(request, done));
  }

  /** Ends the plugin. */
  async stop(): Promise<void> {
    this.client.close();
    this.engine.forceShutdown();
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = new Promise((resolve) => this.process.once("exit", resolve));
      this.process.kill();
      await ended;
    }
  }

  private urn(type: string): string {
    return `urn:pulumi:test::test::${type}::${this.resource}`;
  }

  private ask<A>(call: (done: Answered<A>) => unknown): Promise<A> {
    return new Promise((resolve, reject) => {
      call((error, answer) => {
        if (error === null) {
          resolve(answer);
        } else {
          reject(new PluginError(error.details, initFailed(error.metadata)));
        }
      });
    });
  }
}

function struct(properties: Properties): Struct {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)) as never);
}

function plain(value: Struct | undefined): Properties {
  return value?.toJavaScript() ?? {};
}

function failuresOf(response: { getFailuresList(): proto.CheckFailure[] }): Record<string, string> {
  return Object.fromEntries(response.getFailuresList().map((failure) => [failure.getProperty(), failure.getReason()]));
}

function diffOf(response: proto.DiffResponse): Diff {
  const kinds = ["add", "add_replace", "delete", "delete_replace", "update", "update_replace"];
  const nameOf = (kind: number) => kinds[kind] ?? String(kind);
  const detailed = [...response.getDetaileddiffMap().entries()].map(([path, diff]) => [path, nameOf(diff.getKind())]);
  return {
    changes: (["unknown", "none", "some"] as const)[response.getChanges()],
    detailed: Object.fromEntries(detailed) as Record<string, string>,
    replaces: response.getReplacesList(),
    deleteBeforeReplace: response.getDeletebeforereplace(),
  };
}

function logLine(request: LogRequest): LogLine {
  return {
    severity: (["debug", "info", "warning", "error"] as const)[request.getSeverity()],
    message: request.getMessage(),
    urn: request.getUrn(),
    ephemeral: request.getEphemeral(),
  };
}

function initFailed(metadata: Metadata) {
  const [bytes] = metadata.get("grpc-status-details-bin");
  if (!Buffer.isBuffer(bytes)) {
    return undefined;
  }
  const [detail] = Status.deserializeBinary(bytes).getDetailsList();
  const failed = detail?.unpack(
    (serialized) => proto.ErrorResourceInitFailed.deserializeBinary(serialized),
    "pulumirpc.ErrorResourceInitFailed",
  );
  return failed
    ? {
        id: failed.getId(),
        properties: plain(failed.getProperties()),
        inputs: plain(failed.getInputs()),
        reasons: failed.getReasonsList(),
      }
    : undefined;
}

function bind(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) {
        resolve(port);
      } else {
        reject(error);
      }
    });
  });
}

/** The port that the plugin tells first. */
async function firstLine(child: ChildProcess): Promise<number> {
  if (child.stdout === null) {
    throw new Error("the plugin has no stdout");
  }
  for await (const line of createInterface({ input: child.stdout })) {
    return Number(line);
  }
  throw new Error("the plugin ended without telling its port");
}
