import { handleUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { PluginAttach, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import type { Failure } from "./check";
import { loaded, orderOf, responseOf } from "./construct";
import { Change, changesOf } from "./diff";
import { grpcError, InitFailed } from "./failure";
import type { Difference } from "./operations";
import type { Plugin } from "./plugin";
import type { ComponentMaker } from "./resources/component-order";
import { fromStruct, Properties, toStruct, toStructLike } from "./wire";

/** What the service needs from the process around it. */
export interface Surroundings {
  version: string;
  /** Takes the address of the engine's log. */
  attach: (address: string) => void;
  /** The address of the engine; "" before it is known. */
  engine: () => string;
  /** Loads what makes components, and Pulumi's SDK with it; called when the first one is asked for. */
  components: () => ComponentMaker;
  plugin: Plugin;
}

/**
 * The ResourceProvider service of the plugin, in the engine's messages. What the engine may ask for and is not here
 * (parameters, mappings, methods of components) is answered as unimplemented.
 */
export function service({ version, attach, engine, components, plugin }: Surroundings): UntypedServiceImplementation {
  /** A handler whose errors reach the engine as a sentence. */
  function unary<Q, A>(
    handle: (request: Q, plugin: Plugin) => A | Promise<A>,
    // a component that is made waits for steps, and is none
    isStep = true,
  ): handleUnaryCall<Q, A> {
    const step = isStep ? 1 : 0;
    return (call, callback) => {
      plugin.session.callsUnderWay += step;
      Promise.resolve()
        .then(() => handle(call.request, plugin))
        .finally(() => {
          plugin.session.log.settle(urnOf(call.request));
          return plugin.session.log.delivered();
        })
        .finally(() => (plugin.session.callsUnderWay -= step))
        .then(
          (answer) => callback(null, answer),
          (error: unknown) => callback(grpcError(error, plugin.session.secrets)),
        );
    };
  }

  return {
    handshake: unary((request: proto.ProviderHandshakeRequest) => {
      attach(request.getEngineAddress());
      // what counts for engines that shake hands; older ones read it in the answer to Configure
      return new proto.ProviderHandshakeResponse()
        .setAcceptSecrets(true)
        .setAcceptResources(true)
        .setAcceptOutputs(true);
    }),
    attach: unary((request: PluginAttach) => {
      attach(request.getAddress());
      return new Empty();
    }),
    getPluginInfo: unary(() => new PluginInfo().setVersion(version)),
    getSchema: unary(async (_request: proto.GetSchemaRequest, { schema }) =>
      new proto.GetSchemaResponse().setSchema(await schema(version)),
    ),
    cancel: unary((_request: Empty, { session }) => {
      session.cancel();
      return new Empty();
    }),

    checkConfig: unary((request: proto.CheckRequest, { configProblems }) => {
      const news = fromStruct(request.getNews());
      return checkResponse(news, configProblems(news));
    }),
    diffConfig: unary((request: proto.DiffRequest) => {
      const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
      const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
      return diffResponse({ changes: changesOf(names, olds, news), replacing: [], deleteBeforeReplace: false });
    }),
    configure: unary((request: proto.ConfigureRequest, { configure }) => {
      configure(request.getVariablesMap().entries());
      // without secrets the engine asks for no component
      const response = new proto.ConfigureResponse().setSupportspreview(true).setAcceptsecrets(true);
      return response.setAcceptresources(true).setAcceptoutputs(true);
    }),

    construct: unary(async (request: proto.ConstructRequest) => {
      const { construct } = loaded(components);
      return responseOf(await construct(orderOf(request, engine())));
    }, false),

    check: unary(async (request: proto.CheckRequest, { operations }) => {
      const olds = request.hasOlds() ? fromStruct(request.getOlds()) : undefined;
      const { inputs, failures } = await operations.check(request.getUrn(), olds, fromStruct(request.getNews()));
      return checkResponse(inputs, failures, request.getNews());
    }),
    diff: unary(async (request: proto.DiffRequest, { operations }) => {
      const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
      return diffResponse(await operations.diff(request.getUrn(), olds, news));
    }),
    create: unary(async (request: proto.CreateRequest, { operations }) => {
      const given = request.getProperties();
      const inputs = fromStruct(given);
      const response = new proto.CreateResponse();
      if (request.getPreview()) {
        const foreseen = await operations.foresee(callOf(request), undefined, inputs);
        return response.setProperties(toStructLike(foreseen, given));
      }
      const { id, properties } = await keepingSecrets(given, operations.create(callOf(request), inputs));
      return response.setId(id).setProperties(toStructLike(properties, given));
    }),
    read: unary(async (request: proto.ReadRequest, { operations }) => {
      const state = fromStruct(request.getProperties());
      const found = await operations.read(callOf(request), request.getId(), state);
      const response = new proto.ReadResponse();
      if (found === undefined) {
        return response;
      }
      response.setId(found.id).setProperties(toStructLike(found.properties, request.getProperties()));
      return response.setInputs(toStructLike(found.inputs, request.getInputs()));
    }),
    update: unary(async (request: proto.UpdateRequest, { operations }) => {
      const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
      const updated = request.getPreview()
        ? await operations.foresee(callOf(request), olds, news)
        : await keepingSecrets(request.getNews(), operations.update(callOf(request), request.getId(), olds, news));
      return new proto.UpdateResponse().setProperties(toStructLike(updated, request.getNews()));
    }),
    delete: unary(async (request: proto.DeleteRequest, { operations }) => {
      await operations.delete(callOf(request), fromStruct(request.getProperties()));
      return new Empty();
    }),
    invoke: unary(async (request: proto.InvokeRequest, { operations }) => {
      const { answer, failures } = await operations.invoke(request.getTok(), fromStruct(request.getArgs()));
      const response = new proto.InvokeResponse().setFailuresList(failures.map(checkFailure));
      return answer === undefined ? response : response.setReturn(toStruct(answer));
    }),
  };
}

/** The resource that a request is about; "" for one that is about none, whose passing messages stand beside the stack. */
function urnOf(request: unknown): string {
  return typeof request === "object" && request !== null && "getUrn" in request
    ? (request as { getUrn(): string }).getUrn()
    : "";
}

/** In the protocol of older SDKs, such as 3.210, a read has no time limit. */
function callOf(request: { getUrn(): string; getTimeout?(): number }) {
  return { urn: request.getUrn(), timeout: request.getTimeout?.() ?? 0 };
}

function checkFailure({ property, reason }: Failure): proto.CheckFailure {
  return new proto.CheckFailure().setProperty(property).setReason(reason);
}

/** Work that may leave a resource that is not as it should be, of which the engine keeps what was given. */
async function keepingSecrets<T>(given: Struct | undefined, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof InitFailed ? new InitFailed(error.message, { ...error.failure, given }) : error;
  }
}

/** @param given what the inputs came of; secrets that the engine gives in its configuration it marks by itself. */
function checkResponse(inputs: Properties, failures: Failure[], given?: Struct): proto.CheckResponse {
  return new proto.CheckResponse().setInputs(toStructLike(inputs, given)).setFailuresList(failures.map(checkFailure));
}

function diffResponse({ changes, replacing, deleteBeforeReplace }: Difference): proto.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
  const topLevel = (list: Change[]) => [...new Set(list.map((change) => change.path.split(/[.[]/)[0] ?? change.path))];
  const response = new proto.DiffResponse()
    .setChanges(changes.length === 0 ? DIFF_NONE : DIFF_SOME)
    .setDiffsList(topLevel(changes))
    .setReplacesList(topLevel(replacing))
    .setDeletebeforereplace(deleteBeforeReplace)
    .setHasdetaileddiff(true);
  for (const change of changes) {
    const detail = new proto.PropertyDiff().setKind(detailedKind(change, replacing.includes(change)));
    response.getDetaileddiffMap().set(change.path, detail.setInputdiff(change.input));
  }
  return response;
}

function detailedKind(change: Change, replaces: boolean): proto.PropertyDiff.Kind {
  const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE, UPDATE, UPDATE_REPLACE } = proto.PropertyDiff.Kind;
  return {
    add: replaces ? ADD_REPLACE : ADD,
    delete: replaces ? DELETE_REPLACE : DELETE,
    update: replaces ? UPDATE_REPLACE : UPDATE,
  }[change.kind];
}
