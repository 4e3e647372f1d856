import { handleUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { PluginAttach, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import type { Failure } from "./check";
import { Change, changesOf } from "./diff";
import { grpcError } from "./failure";
import type { Difference } from "./operations";
import type { Plugin } from "./plugin";
import { fromStruct, Properties, toStruct } from "./wire";

/** What the service needs from the process around it. */
export interface Surroundings {
  version: string;
  /** Takes the address of the engine's log. */
  attach: (address: string) => void;
  plugin: Plugin;
}

/**
 * The ResourceProvider service of the plugin, in the engine's messages. What the engine may ask for and is not here
 * (components, parameters, mappings) is answered as unimplemented.
 */
export function service({ version, attach, plugin }: Surroundings): UntypedServiceImplementation {
  /** A handler whose errors reach the engine as a sentence. */
  function unary<Q, A>(handle: (request: Q, plugin: Plugin) => A | Promise<A>): handleUnaryCall<Q, A> {
    return (call, callback) => {
      plugin.session.callsUnderWay += 1;
      Promise.resolve()
        .then(() => handle(call.request, plugin))
        .finally(() => {
          plugin.session.log.settle(urnOf(call.request));
          return plugin.session.log.delivered();
        })
        .finally(() => (plugin.session.callsUnderWay -= 1))
        .then(
          (answer) => callback(null, answer),
          (error: unknown) => callback(grpcError(error, plugin.session.secrets)),
        );
    };
  }

  return {
    handshake: unary((request: proto.ProviderHandshakeRequest) => {
      attach(request.getEngineAddress());
      return new proto.ProviderHandshakeResponse();
    }),
    attach: unary((request: PluginAttach) => {
      attach(request.getAddress());
      return new Empty();
    }),
    getPluginInfo: unary(() => new PluginInfo().setVersion(version)),
    getSchema: unary((_request: proto.GetSchemaRequest, { schema }) =>
      new proto.GetSchemaResponse().setSchema(schema(version)),
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
      return new proto.ConfigureResponse().setSupportspreview(true);
    }),

    check: unary(async (request: proto.CheckRequest, { operations }) => {
      const olds = request.hasOlds() ? fromStruct(request.getOlds()) : undefined;
      const { inputs, failures } = await operations.check(request.getUrn(), olds, fromStruct(request.getNews()));
      return checkResponse(inputs, failures);
    }),
    diff: unary(async (request: proto.DiffRequest, { operations }) => {
      const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
      return diffResponse(await operations.diff(request.getUrn(), olds, news));
    }),
    create: unary(async (request: proto.CreateRequest, { operations }) => {
      const inputs = fromStruct(request.getProperties());
      const response = new proto.CreateResponse();
      if (request.getPreview()) {
        const foreseen = await operations.foresee(callOf(request), undefined, inputs);
        return response.setProperties(toStruct(foreseen));
      }
      const { id, properties } = await operations.create(callOf(request), inputs);
      return response.setId(id).setProperties(toStruct(properties));
    }),
    read: unary(async (request: proto.ReadRequest, { operations }) => {
      const state = fromStruct(request.getProperties());
      const found = await operations.read(callOf(request), request.getId(), state);
      const response = new proto.ReadResponse();
      if (found === undefined) {
        return response;
      }
      response.setId(found.id).setProperties(toStruct(found.properties));
      return response.setInputs(toStruct(found.inputs));
    }),
    update: unary(async (request: proto.UpdateRequest, { operations }) => {
      const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
      const updated = request.getPreview()
        ? await operations.foresee(callOf(request), olds, news)
        : await operations.update(callOf(request), request.getId(), olds, news);
      return new proto.UpdateResponse().setProperties(toStruct(updated));
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

function checkResponse(inputs: Properties, failures: Failure[]): proto.CheckResponse {
  return new proto.CheckResponse().setInputs(toStruct(inputs)).setFailuresList(failures.map(checkFailure));
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
