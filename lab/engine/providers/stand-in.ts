import type { Provider, Values } from "../provider";
import { NotInTheStandIn } from "./refusal";

/** The calls of a provider for one resource type. */
export interface ResourceKind extends Pick<Provider, "check" | "diff" | "create" | "read" | "update" | "delete"> {
  /** Outputs that are secret whatever the inputs are. */
  readonly secretOutputs: readonly string[];
  /** Paths of inputs that are secret whatever the program says. */
  readonly secretInputs?: readonly string[];
}

/**
 * A stand-in of one provider package: hands each call to the kind of its type and refuses every other type by name.
 * @param kinds the implemented types, by type token
 * @param others what the package does beside handling resources
 * @param functions the implemented functions, by token
 */
export function standIn(
  packageName: string,
  kinds: Readonly<Record<string, ResourceKind>>,
  others: Partial<Pick<Provider, "configure" | "close" | "keepsSecretItems">> = {},
  functions: Readonly<Record<string, (args: Values) => Promise<Values>>> = {},
): Provider {
  const kind = (type: string): ResourceKind => {
    const found = kinds[type];
    if (found === undefined) throw new NotInTheStandIn(packageName, `resource type ${type}`);
    return found;
  };
  return {
    supportsPreview: true,
    configure: () => Promise.resolve(),
    close: () => Promise.resolve(),
    ...others,
    check: async (request) => kind(request.type).check(request),
    diff: async (request) => kind(request.type).diff(request),
    create: async (request, log) => kind(request.type).create(request, log),
    read: async (request, log) => kind(request.type).read(request, log),
    update: async (request, log) => kind(request.type).update(request, log),
    delete: async (request, log) => kind(request.type).delete(request, log),
    invoke: async (token, args) => {
      const asked = functions[token];
      if (asked === undefined) throw new NotInTheStandIn(packageName, `function ${token}`);
      return { outputs: await asked(args), failures: [] };
    },
    secretOutputs: (type) => [...kind(type).secretOutputs],
    secretInputs: (type) => [...(kind(type).secretInputs ?? [])],
  };
}
