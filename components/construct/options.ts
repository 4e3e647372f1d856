import * as pulumi from "@pulumi/pulumi";
import { DependencyProviderResource, DependencyResource, rootStackResource } from "@pulumi/pulumi/resource";
import * as runtime from "@pulumi/pulumi/runtime/resource";
import type { ComponentAlias, ComponentOrder } from "../../provider/resources/component-order";

/** What the SDK has for its own server of components, and does not declare. */
const { hookBindingFromProto } = runtime as unknown as {
  hookBindingFromProto: (message: unknown) => pulumi.ResourceHookBinding;
};

/** The options of a component as a program in TypeScript gives them. */
export function optionsOf({ parent, options }: ComponentOrder): pulumi.ComponentResourceOptions {
  const { dependsOn, providers, aliases, deletedWith, hooks, ...plain } = options;
  return {
    ...plain,
    parent: parent === "" ? undefined : new DependencyResource(parent),
    dependsOn: dependsOn.map((urn) => new DependencyResource(urn)),
    providers: mapped(providers, (reference) => new DependencyProviderResource(reference)),
    aliases: aliases.map((alias) => (typeof alias === "string" ? alias : aliasOf(alias))),
    ...(deletedWith !== "" && { deletedWith: new DependencyResource(deletedWith) }),
    ...(Object.keys(hooks).length > 0 && { hooks: bindingOf(hooks) }),
  };
}

const aliasOf = ({ parent, ...alias }: ComponentAlias): pulumi.Alias => ({
  ...alias,
  ...(parent !== undefined && { parent: parent === "" ? rootStackResource : parent }),
});

/** Hooks that the program registered, by their names; the SDK reads them from the engine's message. */
function bindingOf(hooks: Record<string, string[]>): pulumi.ResourceHookBinding {
  const message = new Proxy({}, { get: (_, getter) => () => hooks[listIn(String(getter))] ?? [] });
  return hookBindingFromProto(message);
}

/** `beforeCreate` for the message's getter `getBeforeCreateList`. */
const listIn = (getter: string): string =>
  getter.replace(/^get(.)(.*)List$/, (_, first: string, rest: string) => `${first.toLowerCase()}${rest}`);

const mapped = <A, B>(object: Record<string, A>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
