import type { ComponentMaker, ComponentOrder, MadeComponent } from "../../provider/resources/component-order";
import { Host } from "../host";
import { toldOnce } from "./errors";
import { rememberHost } from "./hosts";
import { inputsOf } from "./inputs";
import { optionsOf } from "./options";
import { inRun } from "./run";
import { outcome } from "./state";
import { componentClasses, type ComponentClass } from "./table";
import { valueOf } from "../output-value";

/**
 * Makes a component for a program of any language, as a program in TypeScript would: its resources are registered with the engine
 * of that run. The plugin loads this, and the SDK with it, when the first component is asked for.
 * @throws Error when it cannot be made; why has been told to the engine.
 */
export const construct: ComponentMaker["construct"] = (order) => inRun(order.run, () => toldOnce(order, make));

async function make(order: ComponentOrder): Promise<MadeComponent> {
  const kind = order.type.replace(/^dbha:index:/, "");
  const known: Record<string, ComponentClass> = componentClasses;
  const Component = known[kind];
  if (Component === undefined) {
    throw new Error(`there is no component ${order.type}; known are ${Object.keys(known).join(", ")}`);
  }
  const args = inputsOf(kind, order);
  const component = new Component(order.name, args as never, optionsOf(order));
  const urn = await valueOf(component.urn);
  if (component instanceof Host) rememberHost(urn, component);
  return outcome(kind, component, urn);
}
