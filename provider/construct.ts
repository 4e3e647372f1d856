import type { Map as ProtoMap } from "google-protobuf";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import type { Alias } from "@pulumi/pulumi/proto/alias_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import type {
  ComponentAlias,
  ComponentMaker,
  ComponentOptions,
  ComponentOrder,
  MadeComponent,
} from "./resources/component-order";

/** The engine's request as plain values. What makes components has other classes of the same messages, where both are compiled. */
export function orderOf(request: proto.ConstructRequest, engine: string): ComponentOrder {
  return {
    type: request.getType(),
    name: request.getName(),
    parent: request.getParent(),
    inputs: request.getInputs()?.toJavaScript() ?? {},
    inputDependencies: record(request.getInputdependenciesMap(), (dependencies) => dependencies.getUrnsList()),
    options: optionsOf(request),
    run: {
      project: request.getProject(),
      stack: request.getStack(),
      organization: request.getOrganization(),
      dryRun: request.getDryrun(),
      parallel: request.getParallel(),
      monitor: request.getMonitorendpoint(),
      engine,
      config: record(request.getConfigMap(), (value) => value),
      configSecretKeys: request.getConfigsecretkeysList(),
    },
  };
}

/** The packages whose resources components make, and the SDK. */
const PEERS = ["@pulumi/pulumi", "@pulumi/docker", "@pulumi/command", "@pulumi/random", "@pulumi/tls"];

/** What makes components. @throws Error that says which packages it needs, where one is not there */
export function loaded(load: () => ComponentMaker): ComponentMaker {
  try {
    return load();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "MODULE_NOT_FOUND") throw error;
    const [missing = ""] = message.split("\n");
    throw new Error(
      `the plugin cannot make components: ${missing}; fix: npm install ${PEERS.join(" ")} where pulumi-dbha is installed`,
    );
  }
}

function optionsOf(request: proto.ConstructRequest): ComponentOptions {
  const timeouts = request.getCustomtimeouts();
  return {
    aliases: request.getAliasesList().map(aliasOf),
    dependsOn: request.getDependenciesList(),
    protect: request.getProtect() === true,
    providers: record(request.getProvidersMap(), (reference) => reference),
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    ...(timeouts && {
      customTimeouts: { create: timeouts.getCreate(), update: timeouts.getUpdate(), delete: timeouts.getDelete() },
    }),
    retainOnDelete: request.getRetainondelete() === true,
    deletedWith: request.getDeletedwith(),
    hooks: hooksOf(request.getResourceHooks()),
  };
}

function hooksOf(binding: proto.ConstructRequest.ResourceHooksBinding | undefined): Record<string, string[]> {
  const names = {
    beforeCreate: binding?.getBeforeCreateList(),
    afterCreate: binding?.getAfterCreateList(),
    beforeUpdate: binding?.getBeforeUpdateList(),
    afterUpdate: binding?.getAfterUpdateList(),
    beforeDelete: binding?.getBeforeDeleteList(),
    afterDelete: binding?.getAfterDeleteList(),
  };
  return Object.fromEntries(Object.entries(names).flatMap(([when, list]) => (list?.length ? [[when, list]] : [])));
}

function aliasOf(alias: Alias): string | ComponentAlias {
  const spec = alias.getSpec();
  if (spec === undefined) return alias.getUrn();
  const given = { name: spec.getName(), type: spec.getType(), stack: spec.getStack(), project: spec.getProject() };
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ""));
  return {
    ...known,
    ...(spec.hasParenturn() && { parent: spec.getParenturn() }),
    ...(spec.hasNoparent() && spec.getNoparent() && { parent: "" }),
  };
}

/** The engine's answer. */
export function responseOf({ urn, state, stateDependencies }: MadeComponent): proto.ConstructResponse {
  const response = new proto.ConstructResponse().setUrn(urn);
  response.setState(Struct.fromJavaScript(state as Record<string, JavaScriptValue>));
  for (const [name, urns] of Object.entries(stateDependencies)) {
    const dependencies = new proto.ConstructResponse.PropertyDependencies().setUrnsList(urns);
    response.getStatedependenciesMap().set(name, dependencies);
  }
  return response;
}

function record<V, R>(map: ProtoMap<string, V>, valueOf: (value: V) => R): Record<string, R> {
  return Object.fromEntries([...map.entries()].map(([key, value]) => [key, valueOf(value)]));
}
