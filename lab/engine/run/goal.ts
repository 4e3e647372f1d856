import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { Unsupported, UserError } from "../errors";
import { BLANK, type HookKind, type ResourceOptions } from "../state/resource";
import { fromStruct } from "../wire";

/** What the program asks of one resource; `provider` is empty for the default one. */
export interface Goal extends ResourceOptions {
  name: string;
  /** Version of the SDK that the default provider is to fit; empty when the SDK gives none. */
  version: string;
  /** Undefined leaves the answer to the provider. */
  deleteBeforeReplace: boolean | undefined;
  /** URNs that it may have had before. */
  aliases: string[];
  /** ID of a thing that is there, to be taken over where the state has no such resource; empty for none. */
  importId: string;
}

/** A goal of which nothing is asked but what is given. */
export function goalOf(type: string, name: string, given: Partial<Goal> = {}): Goal {
  return {
    ...BLANK,
    version: "",
    deleteBeforeReplace: undefined,
    aliases: [],
    importId: "",
    custom: true,
    ...given,
    type,
    name,
  };
}

/** @throws Unsupported naming the option that this engine leaves out. */
export function goalFrom(request: RegisterResourceRequest): Goal {
  refuseUnsupported(request);
  const timeouts = request.getCustomtimeouts();
  const hooks = {
    BeforeCreate: request.getHooks()?.getBeforeCreateList() ?? [],
    BeforeUpdate: request.getHooks()?.getBeforeUpdateList() ?? [],
  } satisfies Record<HookKind, string[]>;
  const propertyDependencies: [string, string[]][] = [];
  request.getPropertydependenciesMap().forEach((value, name) => propertyDependencies.push([name, value.getUrnsList()]));
  return {
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    parent: request.getParent(),
    inputs: fromStruct(request.getObject()),
    provider: request.getProvider(),
    version: request.getVersion(),
    dependencies: request.getDependenciesList(),
    propertyDependencies: Object.fromEntries(propertyDependencies.sort(([left], [right]) => (left < right ? -1 : 1))),
    protect: request.getProtect() === true,
    retainOnDelete: request.getRetainondelete() === true,
    deletedWith: request.getDeletedwith(),
    deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    customTimeouts: {
      create: durationSeconds(timeouts?.getCreate()),
      update: durationSeconds(timeouts?.getUpdate()),
      delete: durationSeconds(timeouts?.getDelete()),
    },
    aliases: request.getAliasurnsList(),
    importId: request.getImportid(),
    resourceHooks: Object.fromEntries(Object.entries(hooks).filter(([, names]) => names.length > 0)),
  };
}

function refuseUnsupported(request: RegisterResourceRequest): void {
  const hooks: Record<string, string[]> = {
    ...request.getHooks()?.toObject(),
    beforeCreateList: [],
    beforeUpdateList: [],
  };
  const found: Record<string, boolean> = {
    "remote components": request.getRemote(),
    transforms: request.getTransformsList().length > 0,
    "hooks other than beforeCreate and beforeUpdate": Object.values(hooks).some((names) => names.length > 0),
    replaceWith: request.getReplaceWithList().length > 0,
    replacementTrigger: request.hasReplacementTrigger(),
    "parameterised packages": request.getPackageref() !== "",
    envVarMappings: request.getEnvvarmappingsMap().getLength() > 0,
  };
  for (const [feature, asked] of Object.entries(found)) {
    if (asked) throw new Unsupported(`${feature}, which ${request.getType()} "${request.getName()}" asks for`);
  }
}

const SECONDS: Record<string, number> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** Reads a Go duration such as "1h30m" or "90s"; the empty text is 0. */
export function durationSeconds(text = ""): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  if (parts.map(([part]) => part).join("") !== text) {
    throw new UserError(`customTimeouts: "${text}" is not a duration; write for instance "90s", "5m" or "1h30m"`);
  }
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (SECONDS[unit ?? ""] ?? 0), 0);
}
