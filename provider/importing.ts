import { Checked, checkInputs } from "./check";
import type { Context, Kind } from "./kinds/kind";
import { Properties, secret } from "./wire";

export interface Imported {
  id: string;
  inputs: Properties;
  properties: Properties;
}

/**
 * Makes a resource of a thing that is there, from nothing but its ID.
 * @param inventory file with the hosts
 * @throws Error about the ID, the inventory, or what was found on the host
 */
export async function importById(
  kind: Kind,
  id: string,
  inventory: string | undefined,
  context: Context,
): Promise<Imported> {
  const [, name, rest] = /^([^:]+):(.+)$/s.exec(id) ?? [];
  const look = rest === undefined ? undefined : kind.import.look(rest);
  if (name === undefined || look === undefined) {
    const { form, example } = kind.import;
    throw new Error(`${id} is no ID of a ${kind.token}; it is HOST:${form}, such as ${example}`);
  }
  if (inventory === undefined) {
    const fix =
      "set DBHA_INVENTORY=hosts.yaml for this command, a YAML list of hosts with name, address and hostKeys; " +
      "the setting dbha:inventory counts here only after an up that had it";
    throw new Error(`${id}: there is no inventory that says where host ${name} is; ${fix}`);
  }
  // Loaded when it is needed: only an import reads YAML.
  const { hostOfInventory } = await import("./inventory.js");
  const host = hostOfInventory(name, inventory);
  const found = await look(host, context);
  const checked = checkInputs(kind.inputs, kind.quiet, { ...found.inputs, host });
  const problems = [...checked.failures, ...(kind.rules?.(checked.inputs) ?? [])];
  if (problems.length > 0) {
    throw new Error(problems.map(({ reason }) => `${id} cannot be described by arguments: ${reason}`).join("\n"));
  }
  const inputs = await complete(kind, checked);
  const marked = (all: Properties) =>
    Object.fromEntries(
      Object.entries(all).map(([key, value]) => [key, found.secret?.includes(key) ? secret(value) : value]),
    );
  return { id: kind.id(inputs), inputs: marked(inputs), properties: marked({ ...inputs, ...found.outputs }) };
}

async function complete(kind: Kind, { inputs }: Checked): Promise<Properties> {
  return (await kind.complete?.(inputs, undefined)) ?? inputs;
}
