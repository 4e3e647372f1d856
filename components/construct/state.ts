import type * as pulumi from "@pulumi/pulumi";
import { serializeResourceProperties } from "@pulumi/pulumi/runtime/rpc";
import { components } from "../../provider/components-schema";
import type { MadeComponent } from "../../provider/resources/component-order";
import { valueOf } from "../output-value";

/** A component and its outputs, as soon as all of these are known. */
export async function outcome(kind: string, component: pulumi.ComponentResource, urn: string): Promise<MadeComponent> {
  const { properties } = components.resources[`dbha:index:${kind}`] as { properties: object };
  const outputs = component as unknown as Record<string, unknown>;
  const named = Object.fromEntries(Object.keys(properties).map((name) => [name, outputs[name]]));
  const [state, dependencies] = await serializeResourceProperties(`${kind} ${urn}`, named);
  const urns = [...dependencies].map(
    async ([name, resources]) => [name, await Promise.all([...resources].map(({ urn: of }) => valueOf(of)))] as const,
  );
  return { urn, state, stateDependencies: Object.fromEntries(await Promise.all(urns)) };
}
